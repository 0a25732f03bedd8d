//! The conflict rules: what stands after a local entry and MAL's meet. Pure, and nowhere else.
//!
//! `local` is the row, `base` MAL's value as last seen, `remote` MAL's value now. Where local equals base, a difference is
//! MAL's news; where it does not, or where a rule keeps the local value, it is a conflict. The rules themselves are the
//! table of `rule_of` and the arms of `keep`. A pin is the one exception to them: a pinned field keeps its local value,
//! an empty one too, and wherever MAL's is another, that is a conflict, an empty side included: it is the only sign that
//! a pin holds something off.

use std::{borrow::Cow, fmt};

use serde_json::{Value, json};

use crate::domain::{
    change::{Field, MergeRule},
    entry::EntryValues,
    partial_date::PartialDate,
};

use super::port::LastConflict;

/// One field's value, borrowed from where it stands.
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

    /// Whether there is a value: not null, empty, 0 or false.
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

/// Which rule settles a field, where these are pinned.
#[must_use]
pub fn effective_rule(field: Field, pinned: &[Field]) -> MergeRule {
    if pinned.contains(&field) { MergeRule::Pinned } else { default_rule(field) }
}

/// Which rule settles a field that is not pinned.
const fn default_rule(field: Field) -> MergeRule {
    match field {
        Field::Score => MergeRule::MalWinsIfScored,
        Field::EpisodesWatched => MergeRule::HigherWins,
        Field::StartDate | Field::FinishDate => MergeRule::MalWinsIfSet,
        Field::Notes => MergeRule::LocalWinsIfOwn,
        _ => MergeRule::MalWins,
    }
}

/// The value that stands, by the rule.
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
            let differs = |from| !is_equivalent(rule, local, from);
            let own = local.is_set() && differs(remote) && base.is_none_or(differs);
            if own || !remote.is_set() { local } else { remote }
        }
        MergeRule::Pinned => local,
    }
}

/// Whether two values are the same to a rule: notes are compared with their HTML entities resolved on both sides.
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

/// A field that changes, or in which two values stand against each other.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldResolution {
    /// Which.
    pub field: Field,
    /// The value here.
    pub local: Value,
    /// MAL's value.
    pub mal: Value,
    /// The value that stands.
    pub kept: Value,
    /// What settled it.
    pub rule: MergeRule,
    /// The row's column changes.
    pub changed: bool,
    /// Whether it is a conflict.
    pub conflict: ConflictState,
}

/// Whether the two values of a field are in conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictState {
    /// They are not: one has no value, or it is MAL's news.
    NoConflict,
    /// They are, and were not when MAL was last seen.
    New,
    /// They are, and perhaps stood so when MAL was last seen: it is new unless it was the last one recorded.
    NewUnlessRecorded,
}

impl FieldResolution {
    /// Whether this is a conflict that is met for the first time, given the last one that was recorded for the field.
    #[must_use]
    pub fn is_new_conflict(&self, last: Option<&LastConflict>) -> bool {
        match self.conflict {
            ConflictState::NoConflict => false,
            ConflictState::New => true,
            // Where MAL's was kept the last time, the pair did not stand on: somebody made it anew.
            ConflictState::NewUnlessRecorded => {
                last.is_none_or(|last| last.local != self.local || last.mal != self.mal || last.kept != self.local)
            }
        }
    }
}

/// What stands after the two have met.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryResolution {
    /// The row's values now.
    pub values: EntryValues,
    /// The fields that change or are in conflict, in the order of [`Field::RULED`].
    pub field_resolutions: Vec<FieldResolution>,
}

impl EntryResolution {
    /// Whether a column changes.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        self.field_resolutions.iter().any(|settled| settled.changed)
    }

    /// Whether the last recorded conflicts are needed to tell an old conflict from a new one.
    #[must_use]
    pub fn needs_conflict_history(&self) -> bool {
        self.field_resolutions.iter().any(|settled| settled.conflict == ConflictState::NewUnlessRecorded)
    }
}

/// Applies the rules to every field of an entry; those that are pinned stay as they are here.
#[must_use]
pub fn resolve_entry(
    local: &EntryValues,
    base: Option<&EntryValues>,
    remote: &EntryValues,
    pinned: &[Field],
) -> EntryResolution {
    let mut values = local.clone();
    let mut settled = Vec::new();
    for field in Field::SYNCED_FIELDS {
        let rule = effective_rule(field, pinned);
        let (here, mal) = (FieldValue::from_fields(local, field), FieldValue::from_fields(remote, field));
        if here == mal {
            continue;
        }
        let before = base.map(|base| FieldValue::from_fields(base, field));
        let kept = apply_rule(rule, here, before, mal);
        let conflict = classify_conflict(field, rule, here, before, mal, kept);
        let changed = kept != here;
        if changed {
            copy_field(&mut values, field, remote);
        }
        if changed || conflict != ConflictState::NoConflict {
            let (local, mal, kept) = (here.to_json(), mal.to_json(), kept.to_json());
            settled.push(FieldResolution { field, local, mal, kept, rule, changed, conflict });
        }
    }
    EntryResolution { values, field_resolutions: settled }
}

fn classify_conflict(
    field: Field,
    rule: MergeRule,
    local: FieldValue<'_>,
    base: Option<FieldValue<'_>>,
    mal: FieldValue<'_>,
    kept: FieldValue<'_>,
) -> ConflictState {
    let same = |a, b| is_equivalent(default_rule(field), a, b);
    let stand = match rule {
        MergeRule::Pinned => local.is_set() || mal.is_set(),
        _ => local.is_set() && mal.is_set(),
    };
    if !stand || same(local, mal) {
        return ConflictState::NoConflict;
    }
    let mal_taken = kept == mal;
    let is_base = |value| base.is_some_and(|base| same(value, base));
    if mal_taken && is_base(local) {
        ConflictState::NoConflict
    } else if is_base(mal) {
        // Be it kept or set back: what is set back now may have stood so far, by a pin that was let go.
        ConflictState::NewUnlessRecorded
    } else {
        ConflictState::New
    }
}

/// Takes MAL's value of a field: whatever is not kept as it was is MAL's.
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

/// A field's value in its own JSON type: a date as MAL gives it, an absent value as null.
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
