//! `edit`: changes entries locally and forecasts which changes the next sync keeps. Sends nothing to MAL.

use std::collections::HashMap;

use crate::{
    cli::args,
    domain::{edit::EditCommand, entry::StoredEntry, list_entry::ListEntry, user::User},
    exit::Exit,
    failure::Failure,
    store::{Database, DatabaseAccess, ListQuery},
    sync::edit,
    ui::view::edit_result::{self, EditResult, ProgressEdit},
};

use super::{
    bulk_edit::BulkEdit,
    context::Context,
    entry_filter::{EntryFilter, FilterPurpose},
};

pub(crate) async fn run(context: &Context<'_>, args: &args::EditArgs) -> Result<Exit, Failure> {
    context.config()?;
    let filter = args.parse_filter()?;
    let database = context.open_existing(DatabaseAccess::Write).await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let items = match args.mal_id {
        Some(mal_id) => database.load_list_by_ids(user.id, &[mal_id]).await?,
        None => {
            let mut items = database.load_list(user.id, &ListQuery::default()).await?;
            EntryFilter::new(&filter, FilterPurpose::Changing).apply(context.ui, &mut items);
            items
        }
    };
    let entries: Vec<(i32, String)> = items.iter().map(|item| (item.anime.mal_id, item.anime.title.clone())).collect();
    if let (true, Some(mal_id)) = (entries.is_empty(), args.mal_id) {
        return Err(not_in_list_failure(mal_id, &user));
    }
    if entries.is_empty() {
        context.ui.print_note("no entry is like that");
        return Ok(Exit::Done);
    }
    let plan = |_: i32, entry: Option<&StoredEntry>| {
        let entry_edit = entry.and_then(|before| {
            edit::plan_user_edit(before, args.apply_to(&before.values), &args.named_fields(&before.values))
        });
        (entry_edit, Vec::new())
    };
    let bulk_edit =
        BulkEdit { user: user.id, command: EditCommand::Edit, entries: &entries, plan: &plan, flags: args.bulk };
    let bulk_result = bulk_edit.run(context, &database).await?;
    let Some(bulk_result) = bulk_result else {
        context.ui.print_note("nothing was changed");
        return Ok(Exit::Done);
    };
    if args.bulk.json {
        bulk_result
            .results
            .iter()
            .try_for_each(|result| context.ui.print_json(&edit_result::to_json(result, bulk_result.edit_id)))?;
    } else {
        context.ui.print(&edit_result::to_text(&bulk_result.results, args.bulk.dry_run))?;
    }
    edit_result::overwrite_warnings(&bulk_result.results).iter().for_each(|warning| context.ui.print_warning(warning));
    print_progress_messages(context, args, &bulk_result.results, &items);
    Ok(Exit::Done)
}

/// Prints what the user should know about the edited episodes and rewatches. `items` are the entries before the edit.
fn print_progress_messages(context: &Context<'_>, args: &args::EditArgs, results: &[EditResult], items: &[ListEntry]) {
    let episode_counts: HashMap<i32, i32> =
        items.iter().filter_map(|item| Some((item.anime.mal_id, item.anime.episodes?))).collect();
    if let Some(warning) = edit_result::episode_warning(results, &episode_counts) {
        context.ui.print_warning(&warning);
    }
    let is_completed = |item: &ListEntry| item.stored.values.status == "completed";
    let progress = ProgressEdit {
        completed_ids: items.iter().filter(|item| is_completed(item)).map(|item| item.anime.mal_id).collect(),
        sets_episodes: args.episodes.is_some(),
        sets_times_rewatched: args.times_rewatched.is_some(),
        sets_status: args.status.is_some(),
    };
    edit_result::progress_notes(results, &episode_counts, &progress)
        .iter()
        .for_each(|note| context.ui.print_note(note));
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
    Failure::from_text(Exit::Failed, message).with_hint("malsync list shows what is, with its ids")
}
