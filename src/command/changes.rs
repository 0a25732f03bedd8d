//! `changes`: what runs changed, field by field, and which conflicts they settled; with `--local`, what commands here did.

use crate::{
    cli::args,
    clock::{Clock as _, SystemClock},
    domain::{run::RunId, user::User},
    exit::Exit,
    failure::Failure,
    store::{ChangeQuery, Database, EditQuery},
    ui::{Table, view, view::changes::ChangeJson},
};

use super::context::{Context, close};

pub(crate) async fn run(context: &Context<'_>, args: &args::Changes) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open().await?;
    let user = context.user(&database, args.user.name.as_ref()).await?;
    let now = SystemClock.now();
    let since = args.since.map(|moment| moment.begins(now));
    let until = args.until.map(|moment| moment.ends(now));
    let (mal_id, field, limit) = (args.anime, args.field, args.limit);
    if args.local {
        let query = EditQuery { mal_id, field, since, until, limit, ..EditQuery::default() };
        let edits = database.edits(user.id, &query).await?;
        show(context, args, &edits, view::changes::local_json, view::changes::local_table)?;
    } else {
        if let Some(id) = args.run {
            known_run(&database, &user, id).await?;
        }
        let (run, conflicts) = (args.run.map(RunId), args.conflicts);
        let query = ChangeQuery { user: Some(user.id), run, mal_id, id: None, field, since, until, conflicts, limit };
        let changes = database.changes(&query).await?;
        show(context, args, &changes, view::changes::json, view::changes::table)?;
    }
    close(database).await;
    Ok(Exit::Done)
}

/// Whether this is a run of the user.
///
/// # Errors
/// Exit code 1: it is not.
pub(super) async fn known_run(database: &Database, user: &User, id: i64) -> Result<(), Failure> {
    if database.run(RunId(id)).await?.is_some_and(|run| run.user_id == user.id) {
        return Ok(());
    }
    let what = format!("there is no run {id} of {}", user.username);
    Err(Failure::text(Exit::Failed, what).hint("malsync runs shows what there is, with its ids"))
}

fn show<'a, T>(
    context: &Context<'_>,
    args: &args::Changes,
    changes: &'a [T],
    json: impl Fn(&'a T) -> ChangeJson<'a>,
    table: impl Fn(&[T]) -> Table,
) -> Result<(), Failure> {
    if args.json {
        changes.iter().try_for_each(|change| context.ui.json(&json(change)))
    } else if changes.is_empty() {
        if args.limit != Some(0) {
            context.ui.note("no change");
        }
        Ok(())
    } else {
        context.ui.pages(&table(changes).render(context.ui.limit()), !args.no_pager)
    }
}
