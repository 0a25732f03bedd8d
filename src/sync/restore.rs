//! What `restore` makes of an entry: the values that stood before a run or an edit touched it. Pure.
//!
//! The rules: of each field the oldest value of the set comes back; a field that says something else by now than the set
//! left in it is left alone and told, unless force is asked for; what MAL would bring again (an entry that a run made, or
//! found on MAL again) is left alone. What comes back to an entry that MAL no longer has makes it a local one, without a
//! base, which no sync takes away.

use chrono::{DateTime, SubsecRound as _, Utc};
use serde_json::Value;

use crate::domain::{
    base::Base,
    change::Field,
    edit::Edited,
    entry::{Local, Values},
};

use super::{edit, removal::whole, resolve::value_of};

/// One recorded change of one field, as a run or an edit left it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
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
pub enum Origin {
    /// A run.
    Run,
    /// A command here.
    Edit,
}

/// Why a field is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It has another value by now than the change left.
    ChangedSince,
    /// The entry is not in the list.
    NotInList,
    /// The entry was deleted, and is there again.
    ThereAgain,
    /// The entry was made by the run: the next one would bring it back.
    Made,
    /// The entry is on MAL by now.
    OnMal,
    /// What was recorded is not understood.
    Unknown,
}

impl Why {
    /// The word in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChangedSince => "changed_since",
            Self::NotInList => "not_in_list",
            Self::ThereAgain => "there_again",
            Self::Made => "made_by_run",
            Self::OnMal => "on_mal",
            Self::Unknown => "unknown",
        }
    }
}

/// A field that is left alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    /// Which.
    pub field: String,
    /// Its value now.
    pub here: Value,
    /// The value that the change left.
    pub left: Value,
    /// Why.
    pub why: Why,
}

/// What becomes of an entry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Restored {
    /// The edit; none where nothing changes.
    pub edited: Option<Edited>,
    /// What is left alone.
    pub left: Vec<Left>,
}

/// Sets an entry (none: it is not in the list) back to what it was before these steps, all of them its own and the oldest
/// first.
#[must_use]
pub fn restored(mal_id: i32, entry: Option<&Local>, steps: &[&Step], origin: Origin, force: bool) -> Restored {
    let mut steps = folded(steps);
    let mut left = Vec::new();
    let mut now = entry.cloned();
    if let Some(at) = steps.iter().position(|step| step.field == Field::Entry.as_str()) {
        let step = steps.remove(at);
        match whole_one(mal_id, entry, &step, origin, force) {
            Whole::Made(local) => now = Some(*local),
            Whole::Deleted(edited) => return Restored { edited: Some(*edited), left },
            Whole::Stays(why) => {
                left.push(leave(&step, entry.map_or(Value::Null, whole), why));
                return Restored { edited: None, left };
            }
        }
    }
    let Some(mut after) = now else {
        left.extend(steps.iter().map(|step| leave(step, Value::Null, Why::NotInList)));
        return Restored { edited: None, left };
    };
    for step in &steps {
        let outcome = match Field::from_word(&step.field) {
            Some(Field::RemovedAt) => mark(&mut after, step, origin, force),
            Some(Field::Entry) | None => Err((Value::Null, Why::Unknown)),
            Some(field) => value(&mut after.values, field, step, force),
        };
        left.extend(outcome.err().map(|(here, why)| leave(step, here, why)));
    }
    Restored { edited: changed(entry, after), left }
}

fn changed(before: Option<&Local>, after: Local) -> Option<Edited> {
    if before == Some(&after) {
        return None;
    }
    let mut edited = edit::edited(before, after);
    // With the mark goes the base; an edit that sets the mark again needs it.
    let base = before.and_then(|before| before.base.as_ref()).and_then(Base::value).unwrap_or_default();
    let marks = edited.lines.iter_mut().filter(|line| line.field == Field::RemovedAt);
    marks.for_each(|line| line.base = base.clone());
    Some(edited)
}

/// One step a field: from the value before the oldest to the one after the newest. What came to nothing is left out.
fn folded(steps: &[&Step]) -> Vec<Step> {
    let mut all: Vec<Step> = Vec::new();
    for step in steps {
        match all.iter_mut().find(|known| known.field == step.field) {
            Some(known) => known.after.clone_from(&step.after),
            None => all.push((*step).clone()),
        }
    }
    all.retain(|step| step.before != step.after);
    all
}

enum Whole {
    Made(Box<Local>),
    Deleted(Box<Edited>),
    Stays(Why),
}

fn whole_one(mal_id: i32, entry: Option<&Local>, step: &Step, origin: Origin, force: bool) -> Whole {
    match (&step.before, entry) {
        (Value::Null, None) => Whole::Stays(Why::NotInList),
        (Value::Null, Some(_)) if origin == Origin::Run => Whole::Stays(Why::Made),
        (Value::Null, Some(entry)) if entry.base.is_some() => Whole::Stays(Why::OnMal),
        (Value::Null, Some(entry)) if force || whole(entry) == step.after => {
            Whole::Deleted(Box::new(edit::deleted(entry)))
        }
        (Value::Null, Some(_)) => Whole::Stays(Why::ChangedSince),
        (_, Some(_)) => Whole::Stays(Why::ThereAgain),
        (was, None) => {
            let mut values = Values::default();
            let read = |field: &Field| put(&mut values, *field, &was[field.as_str()]).is_some();
            // Every field was recorded; a line that has fewer is not one of these.
            if Field::RULED.iter().all(read) {
                let was_pinned =
                    |field: &Field| was["pinned"].as_array().is_some_and(|pins| pins.contains(&field.as_str().into()));
                let pinned = Field::RULED.into_iter().filter(was_pinned).collect();
                Whole::Made(Box::new(Local { mal_id, values, pinned, ..Local::default() }))
            } else {
                Whole::Stays(Why::Unknown)
            }
        }
    }
}

fn is_readable(base: &Base) -> bool {
    base.value().is_some()
}

fn mark(entry: &mut Local, step: &Step, origin: Origin, force: bool) -> Result<(), (Value, Why)> {
    let time = |value: &Value| value.as_str().and_then(|text| text.parse::<DateTime<Utc>>().ok());
    match (time(&step.before), entry.removed_at) {
        // Another run marked it anew.
        (None, Some(at))
            if step.before.is_null()
                && !force
                && time(&step.after).is_some_and(|left| left.trunc_subsecs(0) != at.trunc_subsecs(0)) =>
        {
            Err((step.after.clone(), Why::ChangedSince))
        }
        // It was marked: the mark goes, and the entry is a local one.
        (None, Some(_)) if step.before.is_null() => {
            (entry.removed_at, entry.mal_updated_at) = (None, None);
            // What cannot be read could not be recorded, nor set back.
            entry.base.take_if(|base| is_readable(base));
            Ok(())
        }
        (None, None) if step.before.is_null() => Ok(()),
        (None, _) => Err((Value::Null, Why::Unknown)),
        (Some(_), Some(_)) => Ok(()),
        (Some(_), None) if origin == Origin::Run || entry.base.as_ref().is_some_and(is_readable) => {
            Err((Value::Null, Why::OnMal))
        }
        (Some(at), None) => {
            entry.removed_at = Some(at);
            entry.base = entry.base.take().or_else(|| (!step.base.is_null()).then(|| Base::from(&step.base)));
            Ok(())
        }
    }
}

fn value(values: &mut Values, field: Field, step: &Step, force: bool) -> Result<(), (Value, Why)> {
    let here = value_of(values, field);
    if here == step.before {
        return Ok(());
    }
    if here != step.after && !force {
        return Err((here, Why::ChangedSince));
    }
    put(values, field, &step.before).ok_or((here, Why::Unknown))
}

/// Writes a recorded value back; none where it is not one of the field's.
fn put(values: &mut Values, field: Field, value: &Value) -> Option<()> {
    let text = || value.as_str().map(str::to_owned);
    let number = || value.as_i64().and_then(|number| i32::try_from(number).ok());
    let date = || value.as_str().and_then(|text| text.parse().ok());
    match field {
        Field::Status => values.status = text()?,
        Field::Score => values.score = maybe(value, number())?,
        Field::EpisodesWatched => values.episodes_watched = maybe(value, number())?,
        Field::StartDate => values.start_date = maybe(value, date())?,
        Field::FinishDate => values.finish_date = maybe(value, date())?,
        Field::Notes => values.notes = maybe(value, text())?,
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
fn maybe<T>(value: &Value, read: Option<T>) -> Option<Option<T>> {
    (read.is_some() || value.is_null()).then_some(read)
}

fn leave(step: &Step, here: Value, why: Why) -> Left {
    Left { field: step.field.clone(), here, left: step.after.clone(), why }
}

#[cfg(test)]
#[path = "restore_tests.rs"]
mod tests;
