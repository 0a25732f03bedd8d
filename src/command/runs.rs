//! `runs`: past runs, the newest first.

use crate::{cli::args, exit::Exit, failure::Failure, ui::view};

use super::context::{Context, close};

pub(crate) async fn run(context: &Context<'_>, args: &args::Runs) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open().await?;
    let user = context.user(&database, args.user.name.as_ref()).await?;
    let runs = database.runs(Some(user.id), args.limit).await?;
    if args.json {
        runs.iter().try_for_each(|run| context.ui.json(&view::run::json(run)))?;
    } else if !runs.is_empty() {
        context.ui.table(&view::run::table(&runs))?;
    } else if args.limit != Some(0) {
        context.ui.note("no run yet: malsync sync");
    }
    close(database).await;
    Ok(Exit::Done)
}
