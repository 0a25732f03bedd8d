//! Plans the restore of an entry to its values before a run or an edit. Pure.
//!
//! Rules:
//! 1. Of each field the oldest value of the restored set comes back.
//! 2. A field that was changed since is skipped and reported, unless `force` is set.
//! 3. What MAL would bring back is skipped: an entry that a run created or found on MAL again.
//! 4. An entry that MAL no longer has is restored as a local entry without a merge base, which no sync removes.
//!
//! See decision 13.

use chrono::{DateTime, SubsecRound as _, Utc};
use serde_json::Value;

use crate::domain::{
    edit::{EntryEdit, SkipReason, SkippedField},
    entry::StoredEntry,
    entry_fields::{EntryValues, Field},
    merge_base::MergeBase,
};

use super::{edit, removal::entry_json};

/// One recorded change of one field, by a run or an edit.
#[derive(Clone, Debug, PartialEq)]
pub struct RestoreStep {
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// The column's name. A newer malsync may have written names that this one does not know.
    pub field: String,
    /// The value before the change.
    pub before: Value,
    /// The value after the change.
    pub after: Value,
    /// The merge base that an edit dropped when it cleared `removed_at`, otherwise null.
    pub base: Value,
}

/// What made the changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeSource {
    /// A sync run.
    Run,
    /// A local command.
    Edit,
}

/// What a restore does to an entry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RestorePlan {
    /// The edit. `None` if nothing changes.
    pub edit: Option<EntryEdit>,
    /// The fields that are not restored.
    pub skipped: Vec<SkippedField>,
}

/// Plans to undo these steps of one entry, given oldest first. `entry` is `None` if the entry is not in the list.
#[must_use]
pub fn plan_restore(
    mal_id: i32,
    entry: Option<&StoredEntry>,
    steps: &[&RestoreStep],
    source: ChangeSource,
    force: bool,
) -> RestorePlan {
    let mut steps = merge_steps_by_field(steps);
    let mut skipped = Vec::new();
    let mut start = entry.cloned();
    if let Some(index) = steps.iter().position(|step| step.field == Field::Entry.as_str()) {
        let step = steps.remove(index);
        match restore_entry_level(mal_id, entry, &step, source, force) {
            EntryLevelRestore::Recreate(recreated) => start = Some(*recreated),
            EntryLevelRestore::Delete(edit) => return RestorePlan { edit: Some(*edit), skipped },
            EntryLevelRestore::Skip(reason) => {
                skipped.push(skip_field(&step, entry.map_or(Value::Null, entry_json), reason));
                return RestorePlan { edit: None, skipped };
            }
        }
    }
    let Some(mut after) = start else {
        skipped.extend(steps.iter().map(|step| skip_field(step, Value::Null, SkipReason::NotInList)));
        return RestorePlan { edit: None, skipped };
    };
    for step in &steps {
        let result = match Field::parse_name(&step.field) {
            Some(Field::RemovedAt) => restore_removed_at(&mut after, step, source, force),
            Some(Field::Entry) | None => Err((Value::Null, SkipReason::Unknown)),
            Some(field) => restore_field(&mut after.values, field, step, force),
        };
        skipped.extend(result.err().map(|(current, reason)| skip_field(step, current, reason)));
    }
    RestorePlan { edit: edit_if_changed(entry, after), skipped }
}

/// Returns the edit from `before` to `after`. Returns `None` if they are equal.
fn edit_if_changed(before: Option<&StoredEntry>, after: StoredEntry) -> Option<EntryEdit> {
    if before == Some(&after) {
        return None;
    }
    let mut edit = edit::plan_edit(before, after);
    // Clearing `removed_at` drops the merge base. Record it, so that undoing the edit can bring it back.
    let base = before.and_then(|before| before.base.as_ref()).and_then(MergeBase::parse_json).unwrap_or_default();
    let removed_at_edits = edit.field_edits.iter_mut().filter(|field_edit| field_edit.field == Field::RemovedAt);
    removed_at_edits.for_each(|field_edit| field_edit.base = base.clone());
    Some(edit)
}

/// Merges the steps of each field into one: from the oldest `before` to the newest `after`. Drops fields whose value is
/// the same in the end.
fn merge_steps_by_field(steps: &[&RestoreStep]) -> Vec<RestoreStep> {
    let mut merged: Vec<RestoreStep> = Vec::new();
    for step in steps {
        match merged.iter_mut().find(|earlier| earlier.field == step.field) {
            Some(earlier) => earlier.after.clone_from(&step.after),
            None => merged.push((*step).clone()),
        }
    }
    merged.retain(|step| step.before != step.after);
    merged
}

/// How to undo the creation or deletion of an entry.
enum EntryLevelRestore {
    Recreate(Box<StoredEntry>),
    Delete(Box<EntryEdit>),
    Skip(SkipReason),
}

/// Decides how to undo a step that created (`before` is null) or deleted an entry.
fn restore_entry_level(
    mal_id: i32,
    entry: Option<&StoredEntry>,
    step: &RestoreStep,
    source: ChangeSource,
    force: bool,
) -> EntryLevelRestore {
    match (&step.before, entry) {
        (Value::Null, None) => EntryLevelRestore::Skip(SkipReason::NotInList),
        (Value::Null, Some(_)) if source == ChangeSource::Run => EntryLevelRestore::Skip(SkipReason::CreatedByRun),
        (Value::Null, Some(entry)) if entry.base.is_some() => EntryLevelRestore::Skip(SkipReason::OnMal),
        (Value::Null, Some(entry)) if force || entry_json(entry) == step.after => {
            EntryLevelRestore::Delete(Box::new(edit::plan_delete(entry)))
        }
        (Value::Null, Some(_)) => EntryLevelRestore::Skip(SkipReason::ChangedSince),
        (_, Some(_)) => EntryLevelRestore::Skip(SkipReason::Recreated),
        (deleted, None) => {
            let mut values = EntryValues::default();
            let restore = |field: &Field| values.set_field_json(*field, &deleted[field.as_str()]).is_some();
            // A delete records every field. A record with fewer fields is not one.
            if Field::SYNCED_FIELDS.iter().all(restore) {
                let was_pinned = |field: &Field| {
                    deleted["pinned"].as_array().is_some_and(|pins| pins.contains(&field.as_str().into()))
                };
                let pinned = Field::SYNCED_FIELDS.into_iter().filter(was_pinned).collect();
                EntryLevelRestore::Recreate(Box::new(StoredEntry { mal_id, values, pinned, ..StoredEntry::default() }))
            } else {
                EntryLevelRestore::Skip(SkipReason::Unknown)
            }
        }
    }
}

fn is_base_readable(base: &MergeBase) -> bool {
    base.parse_json().is_some()
}

/// Undoes a step that set or cleared `removed_at`.
fn restore_removed_at(
    entry: &mut StoredEntry,
    step: &RestoreStep,
    source: ChangeSource,
    force: bool,
) -> Result<(), (Value, SkipReason)> {
    let parse_time = |value: &Value| value.as_str().and_then(|text| text.parse::<DateTime<Utc>>().ok());
    match (parse_time(&step.before), entry.removed_at) {
        // A later run set `removed_at` again.
        (None, Some(current))
            if step.before.is_null()
                && !force
                && parse_time(&step.after).is_some_and(|after| after.trunc_subsecs(0) != current.trunc_subsecs(0)) =>
        {
            Err((step.after.clone(), SkipReason::ChangedSince))
        }
        // The step set `removed_at`: clear it, and make the entry a local one.
        (None, Some(_)) if step.before.is_null() => {
            (entry.removed_at, entry.mal_updated_at) = (None, None);
            // Keep an unreadable merge base: it cannot be recorded, so undo could not bring it back.
            entry.base.take_if(|base| is_base_readable(base));
            Ok(())
        }
        (None, None) if step.before.is_null() => Ok(()),
        (None, _) => Err((Value::Null, SkipReason::Unknown)),
        (Some(_), Some(_)) => Ok(()),
        (Some(_), None) if source == ChangeSource::Run || entry.base.as_ref().is_some_and(is_base_readable) => {
            Err((Value::Null, SkipReason::OnMal))
        }
        (Some(removed_at), None) => {
            entry.removed_at = Some(removed_at);
            entry.base = entry.base.take().or_else(|| (!step.base.is_null()).then(|| MergeBase::from(&step.base)));
            Ok(())
        }
    }
}

/// Sets a field back to the value before the step. Fails if the field was changed since or the record is not readable.
fn restore_field(
    values: &mut EntryValues,
    field: Field,
    step: &RestoreStep,
    force: bool,
) -> Result<(), (Value, SkipReason)> {
    let current = values.field_json(field);
    if field.is_same_json(&current, &step.before) {
        return Ok(());
    }
    if !field.is_same_json(&current, &step.after) && !force {
        return Err((current, SkipReason::ChangedSince));
    }
    values.set_field_json(field, &step.before).ok_or((current, SkipReason::Unknown))
}

fn skip_field(step: &RestoreStep, current_value: Value, reason: SkipReason) -> SkippedField {
    SkippedField { field: step.field.clone(), current_value, recorded_value: step.after.clone(), reason }
}

#[cfg(test)]
#[path = "restore_tests.rs"]
mod tests;
