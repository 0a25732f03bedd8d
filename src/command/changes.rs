//! `changes`: lists the field changes and resolved conflicts of runs; with `--local`, those of local commands.

use crate::{
    cli::args,
    clock::{Clock as _, SystemClock},
    domain::{run::RunId, user::User},
    exit::Exit,
    failure::Failure,
    store::{ChangeQuery, Database, EditQuery},
    ui::{TextTable, view, view::changes::ChangeJson},
};

use super::{context::Context, entry_selection::find_optional_anime_id};

pub(crate) async fn run(context: &Context<'_>, args: &args::ChangesArgs) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open_to_read().await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let now = SystemClock.now();
    let since = args.since.map(|date| date.earliest_time(now));
    let until = args.until.map(|date| date.latest_time(now));
    let mal_id = find_optional_anime_id(context, &database, &user, args.anime.as_ref()).await?;
    let (field, limit) = (args.field, args.limit);
    if args.local {
        let query = EditQuery { mal_id, field, since, until, limit, ..EditQuery::default() };
        let edits = database.load_edits(user.id, &query).await?;
        print_changes(context, args, &edits, view::changes::edit_to_json, view::changes::edits_to_table).await?;
    } else {
        if let Some(id) = args.run {
            check_run_of_user(&database, &user, id).await?;
        }
        let (run, conflicts) = (args.run.map(RunId), args.conflicts);
        let query = ChangeQuery {
            user: Some(user.id),
            run,
            mal_id,
            id: None,
            field,
            since,
            until,
            conflicts_only: conflicts,
            limit,
        };
        let changes = database.load_changes(&query).await?;
        print_changes(context, args, &changes, view::changes::to_json, view::changes::to_table).await?;
    }
    Ok(Exit::Done)
}

/// Checks that run `id` belongs to the user.
///
/// # Errors
/// Exit code 1 if it does not.
pub(super) async fn check_run_of_user(database: &Database, user: &User, id: i64) -> Result<(), Failure> {
    if database.find_run(RunId(id)).await?.is_some_and(|run| run.user_id == user.id) {
        return Ok(());
    }
    let message = format!("no run {id} of {}", user.username);
    Err(Failure::from_text(Exit::Failed, message).with_hint("list the runs with malsync runs"))
}

async fn print_changes<'a, T>(
    context: &Context<'_>,
    args: &args::ChangesArgs,
    changes: &'a [T],
    to_json: impl Fn(&'a T) -> ChangeJson<'a>,
    to_table: impl Fn(&[T]) -> TextTable,
) -> Result<(), Failure> {
    if args.json {
        changes.iter().try_for_each(|change| context.ui.print_json(&to_json(change)))
    } else if changes.is_empty() {
        if args.limit != Some(0) {
            context.ui.print_note("No changes.");
        }
        Ok(())
    } else {
        context.print_paged_table(&to_table(changes), !args.no_pager).await
    }
}
