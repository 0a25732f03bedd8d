//! `undo`: takes back the last local edit that is not undone yet, so that a second `undo` goes one edit further back.
//!
//! The record of an undo names the edit that it undid. `restore` of that record redoes the edit.

use std::{cmp::Reverse, collections::HashSet};

use crate::{
    cli::args::{self, BulkArgs},
    domain::edit::{EditCommand, EditRecord},
    exit::Exit,
    failure::Failure,
    store::{DatabaseAccess, EditQuery},
};

use super::{context::Context, pin, restore::RestoreJob, terminal_input::DefaultAnswer};

pub(crate) async fn run(context: &Context<'_>, args: &args::UndoArgs) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open_existing(DatabaseAccess::Write).await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let mut records = database.load_edits(user.id, &EditQuery::default()).await?;
    records.sort_by_key(|record| Reverse(record.edit_id));
    let undone: HashSet<i64> = records.iter().filter_map(|record| record.undone_edit_id).collect();
    let is_undoable = |record: &EditRecord| record.undone_edit_id.is_none() && !undone.contains(&record.edit_id);
    // Edits with nothing left to undo: a sync or a later edit has replaced their values.
    let mut replaced_ids = Vec::new();
    for edit in records.chunk_by(|a, b| a.edit_id == b.edit_id) {
        let Some(first) = edit.first().filter(|first| is_undoable(first)) else { continue };
        let changed_pins = [EditCommand::Pin, EditCommand::Unpin].map(EditCommand::as_str);
        let is_pin_change = changed_pins.contains(&first.command.as_str());
        let job = RestoreJob::undo_edit(first.edit_id, edit.to_vec(), args);
        let has_effect = match is_pin_change {
            true => pin::can_undo_pin_change(&database, &user, edit).await?,
            false => job.has_effect(&database, &user).await?,
        };
        if !has_effect {
            replaced_ids.push(first.edit_id);
            continue;
        }
        print_replaced_edits(context, &replaced_ids);
        if !replaced_ids.is_empty() && !confirm_earlier_edit(context, edit, args.bulk).await? {
            context.ui.print_note("Nothing was changed.");
            return Ok(Exit::Done);
        }
        if !is_pin_change {
            // One question is enough.
            let was_asked = !replaced_ids.is_empty() && context.ui.is_interactive();
            return job.with_yes(was_asked).run(context, &database, &user).await;
        }
        pin::undo_pin_change(context, &database, &user, edit, args.bulk).await?;
        return Ok(Exit::Done);
    }
    print_replaced_edits(context, &replaced_ids);
    context.ui.print_note("No local edit to undo");
    Ok(Exit::Done)
}

/// Asks on a terminal whether to undo this edit, which is not the last one.
async fn confirm_earlier_edit(context: &Context<'_>, edit: &[EditRecord], flags: BulkArgs) -> Result<bool, Failure> {
    let (Some(first), true) = (edit.first(), context.ui.is_interactive() && !flags.yes && !flags.dry_run) else {
        return Ok(true);
    };
    let title = first.title.clone().unwrap_or_else(|| format!("anime {}", first.mal_id));
    let entries: HashSet<i32> = edit.iter().map(|record| record.mal_id).collect();
    let more = if entries.len() > 1 { format!(" and {} more", entries.len() - 1) } else { String::new() };
    let question = format!("Undo edit #{} of {title}{more} instead?", first.edit_id);
    context.confirm(&question, DefaultAnswer::No).await
}

/// Notes the edits of which nothing is left to undo.
fn print_replaced_edits(context: &Context<'_>, ids: &[i64]) {
    match ids {
        [] => {}
        [id] => context.ui.print_note(&format!("Skipped edit #{id}: a sync or a later edit has replaced it")),
        [first, rest @ ..] => context.ui.print_note(&format!(
            "Skipped edit #{first} and {} before it: syncs or later edits have replaced them",
            rest.len()
        )),
    }
}
