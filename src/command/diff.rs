//! `diff`: shows what differs from MAL's last values, and why. Sends no request.

use crate::{
    cli::args,
    domain::{
        difference::{DifferenceReason, FieldDifference},
        list_entry::ListEntry,
        user::User,
    },
    exit::Exit,
    failure::Failure,
    store::Database,
    sync::push::difference::find_differences,
    ui::view::{self, diff::ShownDifference},
};

use super::{context::Context, entry_filter::FilterPurpose, entry_selection::load_selected_entries};

pub(crate) async fn run(context: &Context<'_>, args: &args::DiffArgs) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open_to_read().await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let selected = load_selected_entries(context, &database, &user, &args.selection, FilterPurpose::Reading).await?;
    let shown = find_shown_differences(&database, &user, &selected.items).await?;
    if args.json {
        shown.iter().try_for_each(|difference| context.ui.print_json(&view::diff::to_json(difference)))?;
    } else if shown.is_empty() {
        context.ui.print("nothing differs from MAL, as last seen\n")?;
    } else {
        let text = view::diff::to_table(&shown, context.ui.is_stdout_terminal()).render(context.ui.terminal_width());
        context.print_paged(&text, !args.no_pager).await?;
        context.ui.print_note(&view::diff::summary_text(&shown));
    }
    Ok(Exit::Done)
}

/// Returns the differences of these entries, with the time of the edit that made each.
pub(super) async fn find_shown_differences(
    database: &Database,
    user: &User,
    items: &[ListEntry],
) -> Result<Vec<ShownDifference>, Failure> {
    let mut found = Vec::new();
    for item in items {
        let differences = find_differences(&item.stored);
        found.extend(differences.into_iter().map(|difference| (item, difference)));
    }
    let is_edited = |difference: &FieldDifference| difference.reason == DifferenceReason::Edited;
    let mut ids: Vec<i32> =
        found.iter().filter(|(_, difference)| is_edited(difference)).map(|(item, _)| item.anime.mal_id).collect();
    ids.dedup();
    let edit_times = database.load_last_edits(user.id, ids).await?;
    let shown = |(item, difference): (&ListEntry, FieldDifference)| {
        let edited_at = edit_times
            .get(&(item.anime.mal_id, difference.field))
            .filter(|_| is_edited(&difference))
            .filter(|(_, kept)| difference.field.is_same_json(kept, &difference.local));
        ShownDifference {
            mal_id: item.anime.mal_id,
            title: item.anime.title.clone(),
            edited_at: edited_at.map(|(at, _)| *at),
            difference,
        }
    };
    Ok(found.into_iter().map(shown).collect())
}
