//! `edit`: changes entries locally and forecasts which changes the next sync keeps. With `--push` it sends them to MAL.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::Local;

use crate::{
    cli::args,
    clock::{Clock as _, SystemClock},
    domain::{edit::EditCommand, entry::StoredEntry, list_entry::ListEntry, user::User},
    exit::Exit,
    failure::Failure,
    store::{Database, DatabaseAccess, ListQuery},
    sync::edit,
    ui::view::{
        self,
        edit_notes::{self, ProgressEdit},
        edit_result::{self, EditResult, FollowUp},
    },
};

use super::{
    bulk_edit::BulkEdit,
    context::Context,
    entry_filter::{EntryFilter, FilterPurpose},
    entry_selection::{SelectedEntries, find_optional_anime_id},
    push::{PushJob, PushResult, UserPush, check_full_sync, print_push},
    run_account::check_login,
    signals::Signals,
};

pub(crate) async fn run(context: &Context<'_>, args: &args::EditArgs) -> Result<Exit, Failure> {
    context.config()?;
    // A wrong filter is an error before the database is opened.
    args.parse_filter()?;
    let database = context.open_existing(DatabaseAccess::Write).await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let named_id = find_optional_anime_id(context, &database, &user, args.anime.as_ref()).await?;
    let mut items = load_entries(context, args, &database, &user, named_id).await?;
    let entries: Vec<(i32, String)> = items.iter().map(|item| (item.anime.mal_id, item.anime.title.clone())).collect();
    if let (true, Some(mal_id)) = (entries.is_empty(), named_id) {
        return Err(not_in_list_failure(mal_id, &user));
    }
    if entries.is_empty() {
        context.ui.print_note("No entries match.");
        return Ok(Exit::Done);
    }
    let today = SystemClock.now().with_timezone(&Local).date_naive();
    let plan = |_: i32, entry: Option<&StoredEntry>| {
        let entry_edit = entry.and_then(|before| {
            let plan_edit = if args.pin { edit::plan_pinning_edit } else { edit::plan_user_edit };
            plan_edit(before, args.apply_to(&before.values, today), &args.named_fields(&before.values))
        });
        (entry_edit, Vec::new())
    };
    // `--push` is itself the yes.
    let flags = args::BulkArgs { yes: args.bulk.yes || args.push, ..args.bulk };
    let bulk_edit = BulkEdit { user: user.id, command: EditCommand::Edit, entries: &entries, plan: &plan, flags };
    let bulk_result = bulk_edit.run(context, &database).await?;
    let Some(bulk_result) = bulk_result else {
        context.ui.print_note("Nothing was changed.");
        return Ok(Exit::Done);
    };
    if args.bulk.json {
        bulk_result
            .results
            .iter()
            .try_for_each(|result| context.ui.print_json(&edit_result::to_json(result, bulk_result.edit_id)))?;
    } else if args.bulk.dry_run || !context.ui.is_quiet() {
        let follow_up = if args.push { FollowUp::Push } else { FollowUp::Sync };
        context.ui.print(&edit_result::to_text(&bulk_result.results, args.bulk.dry_run, follow_up))?;
    }
    if !args.push {
        let warnings = edit_result::overwrite_warnings(&bulk_result.results);
        warnings.iter().for_each(|warning| context.ui.print_warning(warning));
    }
    print_progress_messages(context, args, &bulk_result.results, &items);
    match (args.push, args.bulk.dry_run) {
        (false, _) => Ok(Exit::Done),
        (true, true) => {
            for item in &mut items {
                item.stored.values = args.apply_to(&item.stored.values, today);
            }
            preview_push(context, args, &user, items, &bulk_result.results);
            Ok(Exit::Done)
        }
        (true, false) => push_edited_fields(context, args, &database, &user, &bulk_result.results).await,
    }
}

/// Maximum number of entries that are named in the command of a hint.
const MAX_NAMED_ENTRIES: usize = 3;

/// Loads the named entry, or those that match `--where`.
async fn load_entries(
    context: &Context<'_>,
    args: &args::EditArgs,
    database: &Database,
    user: &User,
    named_id: Option<i32>,
) -> Result<Vec<ListEntry>, Failure> {
    if let Some(mal_id) = named_id {
        return Ok(database.load_list_by_ids(user.id, &[mal_id]).await?);
    }
    let mut items = database.load_list(user.id, &ListQuery::default()).await?;
    EntryFilter::new(&args.parse_filter()?, FilterPurpose::Changing).apply(context.ui, &mut items)?;
    Ok(items)
}

/// Tells what would keep the push of a dry run from sending the edit. `items` are the entries after the edit.
fn preview_push(
    context: &Context<'_>,
    args: &args::EditArgs,
    user: &User,
    items: Vec<ListEntry>,
    results: &[EditResult],
) {
    let job = plan_push(args, items.clone(), results);
    let preview = job.preview(&SelectedEntries { items, named_ids: HashSet::new() });
    view::push::preview_hints(&preview).iter().for_each(|hint| context.ui.print_note(hint));
    view::push::skipped_texts(&job.skipped).iter().for_each(|note| context.ui.print_note(note));
    for guard in [job.check_size(args.max), check_full_sync(user)] {
        if let Err(failure) = guard {
            context.ui.print_warning(&failure.message());
        }
    }
}

/// Plans the push of the fields that the edit named or set. `items` are the entries after the edit.
fn plan_push(args: &args::EditArgs, items: Vec<ListEntry>, results: &[EditResult]) -> PushJob {
    let with_fields = |item: ListEntry| {
        let result = results.iter().find(|result| result.mal_id == item.anime.mal_id);
        let changed = result.into_iter().flat_map(|result| result.changes.iter().map(|change| change.field));
        let fields = args.named_fields(&item.stored.values).into_iter().chain(changed).collect();
        (item, fields)
    };
    PushJob::plan_edited(&items.into_iter().map(with_fields).collect::<Vec<_>>())
}

/// Pushes what [`plan_push`] plans. The edit stands however the push ends.
async fn push_edited_fields(
    context: &Context<'_>,
    args: &args::EditArgs,
    database: &Arc<Database>,
    user: &User,
    results: &[EditResult],
) -> Result<Exit, Failure> {
    let result = push_results(context, args, database, user, results).await;
    // A login or MAL was missing, or a guard: the same edit again would not be what is needed.
    let names: String = results.iter().take(MAX_NAMED_ENTRIES).map(|result| format!(" {}", result.mal_id)).collect();
    let names = if results.len() > MAX_NAMED_ENTRIES { String::new() } else { names };
    result
        .map_err(|failure| failure.with_hint(format!("the edit is stored here; to send it later: malsync push{names}")))
}

async fn push_results(
    context: &Context<'_>,
    args: &args::EditArgs,
    database: &Arc<Database>,
    user: &User,
    results: &[EditResult],
) -> Result<Exit, Failure> {
    let ids: Vec<i32> = results.iter().map(|result| result.mal_id).collect();
    let items = database.load_list_by_ids(user.id, &ids).await?;
    let job = plan_push(args, items, results);
    view::push::skipped_texts(&job.skipped).iter().for_each(|note| context.ui.print_note(note));
    if job.is_empty() {
        return print_push(context, PushResult::skipped(user, false, database).await?, args.bulk.json);
    }
    job.check_size(args.max)?;
    check_full_sync(user)?;
    context.config()?.client_id()?;
    check_login(context, user, database)?;
    Signals::force_exit_on_signal();
    let transport = context.transport(database)?;
    let result = UserPush { context, database, transport: &transport }.run(user, &job).await;
    print_push(context, result, args.bulk.json)
}

/// Prints what the user should know about the edited episodes and rewatches. `items` are the entries before the edit.
fn print_progress_messages(context: &Context<'_>, args: &args::EditArgs, results: &[EditResult], items: &[ListEntry]) {
    let episode_counts: HashMap<i32, i32> =
        items.iter().filter_map(|item| Some((item.anime.mal_id, item.anime.episodes?))).collect();
    if let Some(warning) = edit_notes::episode_warning(results, &episode_counts) {
        context.ui.print_warning(&warning);
    }
    let is_completed = |item: &ListEntry| item.stored.values.status == "completed";
    let progress = ProgressEdit {
        completed_ids: items.iter().filter(|item| is_completed(item)).map(|item| item.anime.mal_id).collect(),
        watched: items
            .iter()
            .map(|item| (item.anime.mal_id, item.stored.values.episodes_watched.unwrap_or_default()))
            .collect(),
        sets_episodes: args.episodes.is_some(),
        sets_times_rewatched: args.times_rewatched.is_some(),
        sets_status: args.status.is_some(),
    };
    if !args.push {
        let is_removed = |item: &&ListEntry| item.stored.removed_at.is_some();
        let removed_ids = items.iter().filter(is_removed).map(|item| item.anime.mal_id).collect();
        edit_notes::removed_note(results, &removed_ids).iter().for_each(|note| context.ui.print_note(note));
    }
    edit_notes::progress_notes(results, &episode_counts, &progress).iter().for_each(|note| context.ui.print_note(note));
}

/// Returns the MAL id and title of an entry of the user.
///
/// # Errors
/// Exit code 1 if the anime is not in the list.
pub(super) async fn find_listed_entry(database: &Database, user: &User, mal_id: i32) -> Result<(i32, String), Failure> {
    let found = database.find_entry(user.id, mal_id).await?;
    found.map(|(_, title)| (mal_id, title)).ok_or_else(|| not_in_list_failure(mal_id, user))
}

pub(super) fn not_in_list_failure(mal_id: i32, user: &User) -> Failure {
    let message = format!("anime {mal_id} is not in the list of {}", user.username);
    Failure::from_text(Exit::Failed, message).with_hint("find IDs with malsync list")
}
