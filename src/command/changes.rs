//! The command `changes`: lists the field changes and conflicts of runs; with `--local`, the changes by local commands.

use crate::{
    cli::{args, value::RunArg},
    clock::{Clock as _, SystemClock},
    domain::{change::ChangeRecord, run::RunId, user::User},
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
        let run = match args.run {
            Some(run) => Some(find_run_of_user(&database, &user, run).await?),
            None => None,
        };
        let conflicts = args.conflicts;
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
        // A query for a run or a field, or with a limit, lists every change. Any other only counts the entries of a run
        // that created many.
        let is_overview = run.is_none() && field.is_none() && limit.is_none();
        let to_table = |changes: &[ChangeRecord]| view::changes::to_table(changes, now, is_overview);
        print_changes(context, args, &changes, view::changes::to_json, to_table).await?;
    }
    Ok(Exit::Done)
}

/// Returns the id of the user's run that `run` names.
///
/// # Errors
/// Exit code 1 if there is none.
pub(super) async fn find_run_of_user(database: &Database, user: &User, run: RunArg) -> Result<RunId, Failure> {
    let (id, name) = match run {
        RunArg::Id(id) => {
            let run = database.find_run(RunId(id)).await?;
            (run.filter(|run| run.user_id == user.id).and_then(|run| run.id), format!("run {id}"))
        }
        RunArg::Last => {
            let runs = database.load_runs(Some(user.id), Some(1)).await?;
            (runs.first().and_then(|run| run.id), "run yet".to_owned())
        }
    };
    id.ok_or_else(|| {
        let message = format!("no {name} of {}", user.username);
        Failure::from_text(Exit::Failed, message).with_hint("list the runs with malsync runs")
    })
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
