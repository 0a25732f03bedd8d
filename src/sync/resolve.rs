//! The merge rules: resolve a local entry against MAL's. Pure, and the only place that decides.
//!
//! A three-way merge: `local` is the row, `base` MAL's value at the last sync, `remote` MAL's value now.
//!
//! 1. If local equals base, a different remote value is a plain update.
//! 2. If local differs from base, or the rule keeps the local value, a different remote value is a conflict.
//! 3. The rules are the table of `default_rule` and the arms of `apply_rule`.
//! 4. A pinned field keeps its local value, even an empty one. Any differing remote value, even an empty one, is a
//!    conflict: it is the only sign that the pin blocks something.
//!
//! See decision 13 for pins.

use std::{borrow::Cow, fmt};

use serde_json::{Value, json};

use crate::domain::{
    change::{Field, MergeRule},
    entry::EntryValues,
    partial_date::PartialDate,
};

use super::port::LastConflict;

/// The value of one field, borrowed from its entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FieldValue<'a> {
    Null,
    Text(&'a str),
    Number(i32),
    Bool(bool),
    Date(PartialDate),
    Tags(&'a [String]),
}

impl<'a> FieldValue<'a> {
    fn from_fields(values: &'a EntryValues, field: Field) -> Self {
        let text = |text: &'a Option<String>| text.as_deref().map_or(Self::Null, Self::Text);
        let number = |number: Option<i32>| number.map_or(Self::Null, Self::Number);
        let date = |date: Option<PartialDate>| date.map_or(Self::Null, Self::Date);
        match field {
            Field::Status => Self::Text(&values.status),
            Field::Score => number(values.score),
            Field::EpisodesWatched => number(values.episodes_watched),
            Field::StartDate => date(values.start_date),
            Field::FinishDate => date(values.finish_date),
            Field::Notes => text(&values.notes),
            Field::IsRewatching => Self::Bool(values.is_rewatching),
            Field::TimesRewatched => Self::Number(values.times_rewatched),
            Field::RewatchValue => Self::Number(values.rewatch_value),
            Field::Priority => Self::Number(values.priority),
            Field::Tags => Self::Tags(&values.tags),
            Field::Entry | Field::RemovedAt => Self::Null,
        }
    }

    /// Returns true if there is a value: not null, empty, 0 or false.
    fn is_set(self) -> bool {
        match self {
            Self::Null => false,
            Self::Text(text) => !text.is_empty(),
            Self::Number(number) => number != 0,
            Self::Bool(flag) => flag,
            Self::Date(_) => true,
            Self::Tags(tags) => !tags.is_empty(),
        }
    }

    const fn as_number(self) -> i32 {
        match self {
            Self::Number(number) => number,
            _ => 0,
        }
    }

    fn to_json(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Text(text) => json!(text),
            Self::Number(number) => json!(number),
            Self::Bool(flag) => json!(flag),
            Self::Date(date) => json!(date.to_string()),
            Self::Tags(tags) => json!(tags),
        }
    }
}

/// Returns the rule of a field, given the pinned fields.
#[must_use]
pub fn effective_rule(field: Field, pinned: &[Field]) -> MergeRule {
    if pinned.contains(&field) { MergeRule::Pinned } else { default_rule(field) }
}

/// Returns the rule of a field that is not pinned.
const fn default_rule(field: Field) -> MergeRule {
    match field {
        Field::Score => MergeRule::MalWinsIfScored,
        Field::EpisodesWatched => MergeRule::HigherWins,
        Field::StartDate | Field::FinishDate => MergeRule::MalWinsIfSet,
        Field::Notes => MergeRule::LocalWinsIfOwn,
        _ => MergeRule::MalWins,
    }
}

/// Returns the value that the rule keeps.
fn apply_rule<'a>(
    rule: MergeRule,
    local: FieldValue<'a>,
    base: Option<FieldValue<'_>>,
    remote: FieldValue<'a>,
) -> FieldValue<'a> {
    match rule {
        MergeRule::MalWins => remote,
        MergeRule::MalWinsIfScored | MergeRule::MalWinsIfSet if remote.is_set() => remote,
        MergeRule::MalWinsIfScored | MergeRule::MalWinsIfSet => local,
        MergeRule::HigherWins if local.as_number() > remote.as_number() => local,
        MergeRule::HigherWins => remote,
        MergeRule::LocalWinsIfOwn => {
            let differs_from = |other| !is_equivalent(rule, local, other);
            let is_own = local.is_set() && differs_from(remote) && base.is_none_or(differs_from);
            if is_own || !remote.is_set() { local } else { remote }
        }
        MergeRule::Pinned => local,
    }
}

/// Returns true if two values are equal under a rule. Notes are compared with HTML entities decoded on both sides.
fn is_equivalent(rule: MergeRule, a: FieldValue<'_>, b: FieldValue<'_>) -> bool {
    match (rule, a, b) {
        (MergeRule::LocalWinsIfOwn, FieldValue::Text(a), FieldValue::Text(b)) => {
            decode_entities(a) == decode_entities(b)
        }
        _ => a == b,
    }
}

fn decode_entities(text: &str) -> Cow<'_, str> {
    html_escape::decode_html_entities(text)
}

/// A field that changes or is in conflict.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldResolution {
    /// The field.
    pub field: Field,
    /// The local value.
    pub local: Value,
    /// MAL's value.
    pub mal: Value,
    /// The value that is kept.
    pub kept: Value,
    /// The rule that decided.
    pub rule: MergeRule,
    /// True if the row's column changes.
    pub changed: bool,
    /// Whether the field is in conflict.
    pub conflict: ConflictState,
}

/// Whether the two values of a field are in conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictState {
    /// No conflict: a value is missing, or the difference is a plain update from MAL.
    NoConflict,
    /// A conflict that did not exist at the last sync.
    New,
    /// A conflict that may have existed at the last sync. It is new unless it is the last recorded one.
    NewUnlessRecorded,
}

impl FieldResolution {
    /// Returns true if this is a new conflict, given the last recorded conflict of the field.
    #[must_use]
    pub fn is_new_conflict(&self, last: Option<&LastConflict>) -> bool {
        match self.conflict {
            ConflictState::NoConflict => false,
            ConflictState::New => true,
            // If MAL's value was kept last time, that conflict ended, and the same values are a new one.
            ConflictState::NewUnlessRecorded => {
                last.is_none_or(|last| last.local != self.local || last.mal != self.mal || last.kept != self.local)
            }
        }
    }
}

/// The result of resolving an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryResolution {
    /// The resolved values of the row.
    pub values: EntryValues,
    /// The fields that change or are in conflict, in the order of [`Field::SYNCED_FIELDS`].
    pub field_resolutions: Vec<FieldResolution>,
}

impl EntryResolution {
    /// Returns true if a column changes.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        self.field_resolutions.iter().any(|resolution| resolution.changed)
    }

    /// Returns true if the last recorded conflicts are needed to tell old conflicts from new ones.
    #[must_use]
    pub fn needs_conflict_history(&self) -> bool {
        self.field_resolutions.iter().any(|resolution| resolution.conflict == ConflictState::NewUnlessRecorded)
    }
}

/// Resolves every field of an entry by the rules. Pinned fields keep their local value.
#[must_use]
pub fn resolve_entry(
    local: &EntryValues,
    base: Option<&EntryValues>,
    remote: &EntryValues,
    pinned: &[Field],
) -> EntryResolution {
    let mut values = local.clone();
    let mut field_resolutions = Vec::new();
    for field in Field::SYNCED_FIELDS {
        let rule = effective_rule(field, pinned);
        let (local_value, mal) = (FieldValue::from_fields(local, field), FieldValue::from_fields(remote, field));
        if local_value == mal {
            continue;
        }
        let base_value = base.map(|base| FieldValue::from_fields(base, field));
        let kept = apply_rule(rule, local_value, base_value, mal);
        let conflict = classify_conflict(field, rule, local_value, base_value, mal, kept);
        let changed = kept != local_value;
        if changed {
            copy_field(&mut values, field, remote);
        }
        if changed || conflict != ConflictState::NoConflict {
            let (local, mal, kept) = (local_value.to_json(), mal.to_json(), kept.to_json());
            field_resolutions.push(FieldResolution { field, local, mal, kept, rule, changed, conflict });
        }
    }
    EntryResolution { values, field_resolutions }
}

/// Returns whether the local and MAL's value of a field are in conflict, and whether the conflict is new.
fn classify_conflict(
    field: Field,
    rule: MergeRule,
    local: FieldValue<'_>,
    base: Option<FieldValue<'_>>,
    mal: FieldValue<'_>,
    kept: FieldValue<'_>,
) -> ConflictState {
    let is_same = |a, b| is_equivalent(default_rule(field), a, b);
    let can_conflict = match rule {
        MergeRule::Pinned => local.is_set() || mal.is_set(),
        _ => local.is_set() && mal.is_set(),
    };
    if !can_conflict || is_same(local, mal) {
        return ConflictState::NoConflict;
    }
    let is_mal_kept = kept == mal;
    let is_base = |value| base.is_some_and(|base| is_same(value, base));
    if is_mal_kept && is_base(local) {
        ConflictState::NoConflict
    } else if is_base(mal) {
        // Also if MAL's value is kept: the conflict may have existed until now, because of a pin that was removed.
        ConflictState::NewUnlessRecorded
    } else {
        ConflictState::New
    }
}

/// Copies one field from `remote`. A changed field always takes MAL's value.
pub(super) fn copy_field(values: &mut EntryValues, field: Field, remote: &EntryValues) {
    match field {
        Field::Status => values.status.clone_from(&remote.status),
        Field::Score => values.score = remote.score,
        Field::EpisodesWatched => values.episodes_watched = remote.episodes_watched,
        Field::StartDate => values.start_date = remote.start_date,
        Field::FinishDate => values.finish_date = remote.finish_date,
        Field::Notes => values.notes.clone_from(&remote.notes),
        Field::IsRewatching => values.is_rewatching = remote.is_rewatching,
        Field::TimesRewatched => values.times_rewatched = remote.times_rewatched,
        Field::RewatchValue => values.rewatch_value = remote.rewatch_value,
        Field::Priority => values.priority = remote.priority,
        Field::Tags => values.tags.clone_from(&remote.tags),
        Field::Entry | Field::RemovedAt => {}
    }
}

/// Returns a field's value as JSON in its own type: a date as MAL writes it, an absent value as null.
#[must_use]
pub fn field_json(values: &EntryValues, field: Field) -> Value {
    FieldValue::from_fields(values, field).to_json()
}

impl fmt::Display for FieldResolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} here, {} on MAL, kept {}", self.field.as_str(), self.local, self.mal, self.kept)
    }
}

#[cfg(test)]
#[path = "resolve_tests.rs"]
mod tests;
