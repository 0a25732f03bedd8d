//! `runs`: lists past runs, newest first.

use crate::{
    cli::args,
    domain::run::{RunId, RunStatus},
    exit::Exit,
    failure::Failure,
    ui::view,
};

use super::context::Context;

pub(crate) async fn run(context: &Context<'_>, args: &args::RunsArgs) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open_to_read().await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let runs = database.load_runs(Some(user.id), args.limit).await?;
    if args.json {
        runs.iter().try_for_each(|run| context.ui.print_json(&view::run::to_json(run)))?;
    } else if !runs.is_empty() {
        context.ui.print_table(&view::run::to_table(&runs))?;
        let failed = runs.iter().find(|run| run.status == RunStatus::Failed).and_then(|run| run.id);
        if let Some(RunId(id)) = failed {
            context.ui.print_note(&format!("Why #{id} failed: malsync status --run {id}"));
        }
    } else if args.limit != Some(0) {
        context.ui.print_note("No syncs yet. Run: malsync sync");
    }
    Ok(Exit::Done)
}
