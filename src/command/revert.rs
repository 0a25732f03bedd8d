//! The command `revert`: sets fields that differ from MAL to MAL's last values. It is recorded as a local edit, which
//! `restore` and `undo` take back.

use crate::{
    cli::args,
    domain::{edit::EditCommand, entry::StoredEntry, list_entry::ListEntry},
    exit::Exit,
    failure::Failure,
    store::DatabaseAccess,
    sync::revert::plan_revert,
    ui::view::{
        edit_result::{self, EditResult, FollowUp},
        push::{PreviewedField, count_text, open_push_conflict_hints, preview_table},
    },
};

use super::{
    bulk_edit::BulkEdit, context::Context, entry_filter::FilterPurpose, entry_selection::load_selected_entries,
    open_push_conflicts::load_open_push_conflicts, terminal_input::DefaultAnswer,
};

pub(crate) async fn run(context: &Context<'_>, args: &args::ConfirmedChangeArgs) -> Result<Exit, Failure> {
    context.config()?;
    let access = if args.dry_run { DatabaseAccess::Read } else { DatabaseAccess::Write };
    let database = context.open_existing(access).await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let selected = load_selected_entries(context, &database, &user, &args.selection, FilterPurpose::Changing).await?;
    let preview = preview_revert(&selected.items, args);
    if preview.is_empty() {
        context.ui.print_note("Nothing to revert.");
        return Ok(Exit::Done);
    }
    // A push may have met a newer value, which only a sync brings.
    let conflicts = load_open_push_conflicts(&database, &user).await?;
    let shown = preview.iter().map(PreviewedField::as_shown);
    open_push_conflict_hints(shown, &conflicts, |_| "To take that value instead: malsync sync".to_owned())
        .iter()
        .for_each(|hint| context.ui.print_note(hint));
    if !args.dry_run && !args.yes && !confirm_revert(context, &preview).await? {
        context.ui.print_note("Nothing was changed.");
        return Ok(Exit::Done);
    }
    // Planned again on the rows as the transaction reads them; a revert has no skipped fields.
    let plan =
        |_: i32, entry: Option<&StoredEntry>| (entry.and_then(|entry| plan_revert(entry, &args.fields)), Vec::new());
    let mut entries: Vec<(i32, String)> = preview.iter().map(|field| (field.mal_id, field.title.clone())).collect();
    entries.dedup();
    // Confirmed above.
    let flags = args::BulkArgs { dry_run: args.dry_run, yes: true, json: args.json };
    let bulk_edit = BulkEdit { user: user.id, command: EditCommand::Revert, entries: &entries, plan: &plan, flags };
    let Some(bulk_result) = bulk_edit.run(context, &database).await? else { return Ok(Exit::Done) };
    let results: &[EditResult] = &bulk_result.results;
    if args.json {
        results
            .iter()
            .try_for_each(|result| context.ui.print_json(&edit_result::to_json(result, bulk_result.edit_id)))?;
    } else if args.dry_run || !context.ui.is_quiet() {
        context.ui.print(&edit_result::to_text(results, args.dry_run, FollowUp::Sync))?;
    }
    if let Some(edit_id) = bulk_result.edit_id {
        context.ui.print_note(&format!("To undo this: malsync restore --edit {edit_id}"));
    }
    Ok(Exit::Done)
}

/// Returns the fields that a revert would change.
fn preview_revert(items: &[ListEntry], args: &args::ConfirmedChangeArgs) -> Vec<PreviewedField> {
    let mut preview = Vec::new();
    for item in items {
        let Some(edit) = plan_revert(&item.stored, &args.fields) else { continue };
        let reasons = crate::sync::push::difference::find_differences(&item.stored);
        preview.extend(edit.field_edits.into_iter().map(|field_edit| PreviewedField {
            mal_id: item.anime.mal_id,
            title: item.anime.title.clone(),
            field: field_edit.field,
            local: field_edit.local,
            mal: field_edit.kept,
            reason: reasons.iter().find(|found| found.field == field_edit.field).map(|found| found.reason),
            is_pinned: item.stored.pinned.contains(&field_edit.field),
            goes_along: false,
            cannot_send: None,
            episodes: item.anime.episodes,
        }));
    }
    preview
}

/// Shows what would change, and asks. Without an interactive terminal, `--yes` is required.
async fn confirm_revert(context: &Context<'_>, preview: &[PreviewedField]) -> Result<bool, Failure> {
    let mut ids: Vec<i32> = preview.iter().map(|field| field.mal_id).collect();
    ids.dedup();
    let what = count_text(preview.len(), ids.len());
    if !context.ui.is_interactive() {
        let message = format!("refusing to revert {what} without confirmation");
        return Err(Failure::usage_error(message).with_hint("confirm with --yes, or preview with --dry-run"));
    }
    context.ui.print_table(&preview_table(preview))?;
    context.confirm(&format!("Set {what} to MAL's values?"), DefaultAnswer::No).await
}
