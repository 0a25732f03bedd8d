//! `changes`: what runs changed, field by field, and which conflicts they settled.

use crate::{cli::args, domain::run::RunId, exit::Exit, failure::Failure, store::ChangeQuery, ui::view};

use super::context::{Context, close};

pub(crate) async fn run(context: &Context<'_>, args: &args::Changes) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open().await?;
    let user = context.user(&database, args.user.name.as_ref()).await?;
    let query = ChangeQuery {
        user: Some(user.id),
        run: args.run.map(RunId),
        mal_id: args.anime,
        conflicts: args.conflicts,
        limit: args.limit,
    };
    let changes = database.changes(&query).await?;
    if args.json {
        changes.iter().try_for_each(|change| context.ui.json(&view::changes::json(change)))?;
    } else if changes.is_empty() {
        context.ui.note("no change");
    } else {
        context.ui.table(&view::changes::table(&changes))?;
    }
    close(database).await;
    Ok(Exit::Done)
}
