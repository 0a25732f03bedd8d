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

use serde_json::Value;

use crate::domain::{
    change::MergeRule,
    entry_fields::{EntryValues, Field},
    field_value::FieldValue,
};

use super::port::LastConflict;

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
        let (local_value, mal) = (local.get(field), remote.get(field));
        if local_value == mal {
            continue;
        }
        let base_value = base.map(|base| base.get(field));
        let kept = apply_rule(rule, local_value, base_value, mal);
        let conflict = classify_conflict(field, rule, local_value, base_value, mal, kept);
        let changed = kept != local_value;
        if changed {
            // A changed field always takes MAL's value.
            values.copy_field(field, remote);
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

impl fmt::Display for FieldResolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} here, {} on MAL, kept {}", self.field.as_str(), self.local, self.mal, self.kept)
    }
}

#[cfg(test)]
#[path = "resolve_tests.rs"]
mod tests;
