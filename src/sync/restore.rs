//! What `restore` makes of an entry: the values that stood before a run or an edit touched it. Pure.
//!
//! The rules: of each field the oldest value of the set comes back; a field that says something else by now than the set
//! left in it is left alone and told, unless force is asked for; what MAL would bring again (an entry that a run made, or
//! found on MAL again) is left alone. What comes back to an entry that MAL no longer has makes it a local one, without a
//! base, which no sync takes away.

use chrono::{DateTime, SubsecRound as _, Utc};
use serde_json::Value;

use crate::domain::{
    change::Field,
    edit::EntryEdit,
    entry::{EntryValues, StoredEntry},
    merge_base::MergeBase,
};

use super::{edit, removal::entry_json, resolve::field_json};

/// One recorded change of one field, as a run or an edit left it.
#[derive(Clone, Debug, PartialEq)]
pub struct RestoreStep {
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// The column's name; a newer malsync may have made some.
    pub field: String,
    /// The value before.
    pub before: Value,
    /// The value that it left.
    pub after: Value,
    /// MAL's entry as last seen, of a mark of removal that an edit took off.
    pub base: Value,
}

/// Who made the changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeSource {
    /// A run.
    Run,
    /// A command here.
    Edit,
}

/// Why a field is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// It has another value by now than the change left.
    ChangedSince,
    /// The entry is not in the list.
    NotInList,
    /// The entry was deleted, and is there again.
    Recreated,
    /// The entry was made by the run: the next one would bring it back.
    CreatedByRun,
    /// The entry is on MAL by now.
    OnMal,
    /// What was recorded is not understood.
    Unknown,
}

impl SkipReason {
    /// The word in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChangedSince => "changed_since",
            Self::NotInList => "not_in_list",
            Self::Recreated => "there_again",
            Self::CreatedByRun => "made_by_run",
            Self::OnMal => "on_mal",
            Self::Unknown => "unknown",
        }
    }
}

/// A field that is left alone.
#[derive(Clone, Debug, PartialEq)]
pub struct SkippedField {
    /// Which.
    pub field: String,
    /// Its value now.
    pub current_value: Value,
    /// The value that the change left.
    pub recorded_value: Value,
    /// Why.
    pub reason: SkipReason,
}

/// What becomes of an entry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RestorePlan {
    /// The edit; none where nothing changes.
    pub edit: Option<EntryEdit>,
    /// What is left alone.
    pub skipped: Vec<SkippedField>,
}

/// Sets an entry (none: it is not in the list) back to what it was before these steps, all of them its own and the oldest
/// first.
#[must_use]
pub fn plan_restore(
    mal_id: i32,
    entry: Option<&StoredEntry>,
    steps: &[&RestoreStep],
    origin: ChangeSource,
    force: bool,
) -> RestorePlan {
    let mut steps = merge_steps_by_field(steps);
    let mut left = Vec::new();
    let mut now = entry.cloned();
    if let Some(at) = steps.iter().position(|step| step.field == Field::Entry.as_str()) {
        let step = steps.remove(at);
        match restore_entry_level(mal_id, entry, &step, origin, force) {
            EntryLevelRestore::Recreate(local) => now = Some(*local),
            EntryLevelRestore::Delete(edited) => return RestorePlan { edit: Some(*edited), skipped: left },
            EntryLevelRestore::Skip(why) => {
                left.push(skip_field(&step, entry.map_or(Value::Null, entry_json), why));
                return RestorePlan { edit: None, skipped: left };
            }
        }
    }
    let Some(mut after) = now else {
        left.extend(steps.iter().map(|step| skip_field(step, Value::Null, SkipReason::NotInList)));
        return RestorePlan { edit: None, skipped: left };
    };
    for step in &steps {
        let outcome = match Field::parse_name(&step.field) {
            Some(Field::RemovedAt) => restore_removed_at(&mut after, step, origin, force),
            Some(Field::Entry) | None => Err((Value::Null, SkipReason::Unknown)),
            Some(field) => restore_field(&mut after.values, field, step, force),
        };
        left.extend(outcome.err().map(|(here, why)| skip_field(step, here, why)));
    }
    RestorePlan { edit: edit_if_changed(entry, after), skipped: left }
}

fn edit_if_changed(before: Option<&StoredEntry>, after: StoredEntry) -> Option<EntryEdit> {
    if before == Some(&after) {
        return None;
    }
    let mut edited = edit::plan_edit(before, after);
    // With the mark goes the base; an edit that sets the mark again needs it.
    let base = before.and_then(|before| before.base.as_ref()).and_then(MergeBase::parse_json).unwrap_or_default();
    let marks = edited.field_edits.iter_mut().filter(|line| line.field == Field::RemovedAt);
    marks.for_each(|line| line.base = base.clone());
    Some(edited)
}

/// One step a field: from the value before the oldest to the one after the newest. What came to nothing is left out.
fn merge_steps_by_field(steps: &[&RestoreStep]) -> Vec<RestoreStep> {
    let mut all: Vec<RestoreStep> = Vec::new();
    for step in steps {
        match all.iter_mut().find(|known| known.field == step.field) {
            Some(known) => known.after.clone_from(&step.after),
            None => all.push((*step).clone()),
        }
    }
    all.retain(|step| step.before != step.after);
    all
}

enum EntryLevelRestore {
    Recreate(Box<StoredEntry>),
    Delete(Box<EntryEdit>),
    Skip(SkipReason),
}

fn restore_entry_level(
    mal_id: i32,
    entry: Option<&StoredEntry>,
    step: &RestoreStep,
    origin: ChangeSource,
    force: bool,
) -> EntryLevelRestore {
    match (&step.before, entry) {
        (Value::Null, None) => EntryLevelRestore::Skip(SkipReason::NotInList),
        (Value::Null, Some(_)) if origin == ChangeSource::Run => EntryLevelRestore::Skip(SkipReason::CreatedByRun),
        (Value::Null, Some(entry)) if entry.base.is_some() => EntryLevelRestore::Skip(SkipReason::OnMal),
        (Value::Null, Some(entry)) if force || entry_json(entry) == step.after => {
            EntryLevelRestore::Delete(Box::new(edit::plan_delete(entry)))
        }
        (Value::Null, Some(_)) => EntryLevelRestore::Skip(SkipReason::ChangedSince),
        (_, Some(_)) => EntryLevelRestore::Skip(SkipReason::Recreated),
        (was, None) => {
            let mut values = EntryValues::default();
            let read = |field: &Field| set_field(&mut values, *field, &was[field.as_str()]).is_some();
            // Every field was recorded; a line that has fewer is not one of these.
            if Field::SYNCED_FIELDS.iter().all(read) {
                let was_pinned =
                    |field: &Field| was["pinned"].as_array().is_some_and(|pins| pins.contains(&field.as_str().into()));
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

fn restore_removed_at(
    entry: &mut StoredEntry,
    step: &RestoreStep,
    origin: ChangeSource,
    force: bool,
) -> Result<(), (Value, SkipReason)> {
    let time = |value: &Value| value.as_str().and_then(|text| text.parse::<DateTime<Utc>>().ok());
    match (time(&step.before), entry.removed_at) {
        // Another run marked it anew.
        (None, Some(at))
            if step.before.is_null()
                && !force
                && time(&step.after).is_some_and(|left| left.trunc_subsecs(0) != at.trunc_subsecs(0)) =>
        {
            Err((step.after.clone(), SkipReason::ChangedSince))
        }
        // It was marked: the mark goes, and the entry is a local one.
        (None, Some(_)) if step.before.is_null() => {
            (entry.removed_at, entry.mal_updated_at) = (None, None);
            // What cannot be read could not be recorded, nor set back.
            entry.base.take_if(|base| is_base_readable(base));
            Ok(())
        }
        (None, None) if step.before.is_null() => Ok(()),
        (None, _) => Err((Value::Null, SkipReason::Unknown)),
        (Some(_), Some(_)) => Ok(()),
        (Some(_), None) if origin == ChangeSource::Run || entry.base.as_ref().is_some_and(is_base_readable) => {
            Err((Value::Null, SkipReason::OnMal))
        }
        (Some(at), None) => {
            entry.removed_at = Some(at);
            entry.base = entry.base.take().or_else(|| (!step.base.is_null()).then(|| MergeBase::from(&step.base)));
            Ok(())
        }
    }
}

fn restore_field(
    values: &mut EntryValues,
    field: Field,
    step: &RestoreStep,
    force: bool,
) -> Result<(), (Value, SkipReason)> {
    let here = field_json(values, field);
    if here == step.before {
        return Ok(());
    }
    if here != step.after && !force {
        return Err((here, SkipReason::ChangedSince));
    }
    set_field(values, field, &step.before).ok_or((here, SkipReason::Unknown))
}

/// Writes a recorded value back; none where it is not one of the field's.
fn set_field(values: &mut EntryValues, field: Field, value: &Value) -> Option<()> {
    let text = || value.as_str().map(str::to_owned);
    let number = || value.as_i64().and_then(|number| i32::try_from(number).ok());
    let date = || value.as_str().and_then(|text| text.parse().ok());
    match field {
        Field::Status => values.status = text()?,
        Field::Score => values.score = parse_nullable(value, number())?,
        Field::EpisodesWatched => values.episodes_watched = parse_nullable(value, number())?,
        Field::StartDate => values.start_date = parse_nullable(value, date())?,
        Field::FinishDate => values.finish_date = parse_nullable(value, date())?,
        Field::Notes => values.notes = parse_nullable(value, text())?,
        Field::IsRewatching => values.is_rewatching = value.as_bool()?,
        Field::TimesRewatched => values.times_rewatched = number()?,
        Field::RewatchValue => values.rewatch_value = number()?,
        Field::Priority => values.priority = number()?,
        Field::Tags => {
            let tags = value.as_array()?.iter().map(|tag| tag.as_str().map(str::to_owned));
            values.tags = tags.collect::<Option<_>>()?;
        }
        Field::Entry | Field::RemovedAt => return None,
    }
    Some(())
}

/// A value that may be absent: null is none of it, anything that cannot be read is no value of the field.
fn parse_nullable<T>(value: &Value, read: Option<T>) -> Option<Option<T>> {
    (read.is_some() || value.is_null()).then_some(read)
}

fn skip_field(step: &RestoreStep, here: Value, why: SkipReason) -> SkippedField {
    SkippedField { field: step.field.clone(), current_value: here, recorded_value: step.after.clone(), reason: why }
}

#[cfg(test)]
#[path = "restore_tests.rs"]
mod tests;
