//! Plans the restore of an entry to its values before a run or an edit. Pure.
//!
//! Rules:
//! 1. Of each field the oldest value of the restored set comes back.
//! 2. What a restore brings back is the user's own, whoever wrote it first (decision 24).
//! 3. A field that was changed since is skipped and reported, unless `force` is set.
//! 4. What MAL would bring back is skipped: an entry that a run created or found on MAL again.
//! 5. A count of a rewatch that stays or comes back keeps the flag of the rewatch on: nobody had the count without it.
//! 6. A deleted entry is restored as a local entry without a merge base, which no sync removes. If the entry exists
//!    again, the values and pins that were deleted with it come back one by one.
//!
//! See decision 13.

use chrono::{DateTime, SubsecRound as _, Utc};
use serde_json::Value;

use crate::domain::{
    edit::{EntryEdit, SkipReason, SkippedField},
    entry::StoredEntry,
    entry_fields::{EntryValues, Field},
    merge_base::MergeBase,
    own_values,
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
    let (mut skipped, mut restored) = (Vec::new(), Vec::new());
    let mut start = entry.cloned();
    if let Some(index) = steps.iter().position(|step| step.field == Field::Entry.as_str()) {
        let step = steps.remove(index);
        match restore_entry_level(mal_id, entry, &step, source, force) {
            EntryLevelRestore::Recreate(recreated) => start = Some(*recreated),
            EntryLevelRestore::Refill { entry, restored: fields, skipped: left } => {
                (start, restored, skipped) = (Some(*entry), fields, left);
            }
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
            Some(field) => {
                let result = restore_field(&mut after.values, field, step, force);
                restored.extend(result.is_ok().then_some(field));
                result
            }
        };
        skipped.extend(result.err().map(|(current, reason)| skip_field(step, current, reason)));
    }
    if is_count_without_flag(&after.values) && !entry.is_some_and(|entry| is_count_without_flag(&entry.values)) {
        after.values.is_rewatching = true;
        restored.retain(|field| *field != Field::IsRewatching);
        let flag_steps = steps.iter().filter(|step| step.field == Field::IsRewatching.as_str());
        skipped.extend(flag_steps.map(|step| skip_field(step, true.into(), SkipReason::CountOfRewatch)));
    }
    RestorePlan { edit: plan_restored_entry(entry, after, &restored), skipped }
}

/// Returns the edit from `before` to `after`, in which the `restored` values are the user's own. Returns `None` if it
/// changes nothing.
fn plan_restored_entry(before: Option<&StoredEntry>, mut after: StoredEntry, restored: &[Field]) -> Option<EntryEdit> {
    let base = edit::merge_base_fields(&after);
    let Some(before) = before else {
        after.kept = own_values::record_kept_values(&after.values, base.as_ref(), |_| true);
        return Some(edit::plan_edit(None, after));
    };
    let base_before = edit::merge_base_fields(before);
    let was_own = |field: Field| own_values::is_own(&before.values, &before.kept, base_before.as_ref(), field);
    let is_own = |field| restored.contains(&field) || was_own(field);
    let kept = own_values::record_kept_values(&after.values, base.as_ref(), is_own);
    after.altered = after.altered.without(restored);
    let becomes_own =
        |field: &Field| !was_own(*field) && own_values::is_own(&after.values, &kept, base.as_ref(), *field);
    let newly_own: Vec<Field> = restored.iter().copied().filter(becomes_own).collect();
    if *before == after && newly_own.is_empty() {
        return None;
    }
    // A pin that comes back, and a value that becomes own, are recorded with the value.
    let is_pinned = |field: &Field| after.pinned.contains(field) && !before.pinned.contains(field);
    let pinned: Vec<Field> = Field::SYNCED_FIELDS.into_iter().filter(is_pinned).collect();
    let mut edit = edit::plan_edit(Some(before), StoredEntry { kept, ..after });
    edit::record_unchanged_fields(&mut edit, before, &[newly_own, pinned].concat());
    // Clearing `removed_at` drops the merge base. Record it, so that undoing the edit can bring it back.
    let base = before.base.as_ref().and_then(MergeBase::parse_json).unwrap_or_default();
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
    /// The entry exists again. It gets the deleted values, except for the skipped ones.
    Refill {
        entry: Box<StoredEntry>,
        restored: Vec<Field>,
        skipped: Vec<SkippedField>,
    },
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
        (deleted, _) => {
            let Some((values, pinned)) = parse_deleted_entry(deleted) else {
                return EntryLevelRestore::Skip(SkipReason::Unknown);
            };
            match entry {
                None => {
                    let recreated = StoredEntry { mal_id, values, pinned, ..StoredEntry::default() };
                    EntryLevelRestore::Recreate(Box::new(recreated))
                }
                Some(entry) => refill_entry(entry, &values, &pinned, force),
            }
        }
    }
}

/// Parses the record of a deleted entry: its values and pins. Returns `None` if it is not one: a delete records every
/// field.
fn parse_deleted_entry(deleted: &Value) -> Option<(EntryValues, Vec<Field>)> {
    let mut values = EntryValues::default();
    for field in Field::SYNCED_FIELDS {
        values.set_field_json(field, &deleted[field.as_str()])?;
    }
    let was_pinned =
        |field: &Field| deleted["pinned"].as_array().is_some_and(|pins| pins.contains(&field.as_str().into()));
    Some((values, Field::SYNCED_FIELDS.into_iter().filter(was_pinned).collect()))
}

/// Brings back deleted values in an entry that exists again. A value that is empty is not brought back. One that was
/// edited since is skipped, unless `force` is set.
fn refill_entry(entry: &StoredEntry, deleted: &EntryValues, pinned: &[Field], force: bool) -> EntryLevelRestore {
    let mut refilled = entry.clone();
    let (mut restored, mut skipped) = (Vec::new(), Vec::new());
    let own = own_values::own_fields(entry);
    for field in deleted.differing_fields(&entry.values).filter(|field| deleted.get(*field).is_set()) {
        if own.contains(&field) && !force {
            let (current_value, recorded_value) = (entry.values.field_json(field), deleted.field_json(field));
            let (field, reason) = (field.as_str().to_owned(), SkipReason::ChangedSince);
            skipped.push(SkippedField { field, current_value, recorded_value, reason });
        } else {
            refilled.values.copy_field(field, deleted);
            restored.push(field);
        }
    }
    let is_pinned = |field: &Field| pinned.contains(field) || entry.pinned.contains(field);
    refilled.pinned = Field::SYNCED_FIELDS.into_iter().filter(is_pinned).collect();
    EntryLevelRestore::Refill { entry: Box::new(refilled), restored, skipped }
}

fn is_count_without_flag(values: &EntryValues) -> bool {
    !values.is_rewatching && values.rewatch_episodes.is_some()
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
