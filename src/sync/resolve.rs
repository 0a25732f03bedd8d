//! The merge rules: resolve a local entry against MAL's. Pure, and the only place that decides.
//!
//! A three-way merge: `local` is the row, `base` MAL's value when it was last seen, `remote` MAL's value now.
//!
//! 1. If local equals base and the rule takes the remote value, a different remote value is a plain update.
//! 2. If local differs from base, or the rule keeps the local value, a different remote value is a conflict. Both must be
//!    set; for a pinned field one set value is enough.
//! 3. The rules are the table of `default_rule` and the arms of `apply_rule`.
//! 4. Which local values are the user's own is defined in `own_values`.
//! 5. While MAL's entry is being rewatched, MAL's count of episodes is that of the rewatch (`rewatch_episodes`) and never
//!    meets `episodes_watched`.
//! 6. A pinned field keeps its local value, even an empty one. Any differing remote value, even an empty one, is a
//!    conflict: it is the only sign that the pin blocks something.
//!
//! See decision 13 for pins.

use std::fmt;

use serde_json::Value;

use crate::domain::{
    change::MergeRule,
    comment_text,
    entry_fields::{EntryValues, Field},
    field_value::FieldValue,
    kept_values::KeptValues,
    own_values,
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

/// Returns the value that the rule keeps. `is_own` says whether the user wrote the local value.
fn apply_rule<'a>(
    rule: MergeRule,
    local: FieldValue<'a>,
    remote: FieldValue<'a>,
    is_own: impl Fn() -> bool,
) -> FieldValue<'a> {
    match rule {
        MergeRule::MalWins => remote,
        MergeRule::MalWinsIfScored | MergeRule::MalWinsIfSet if remote.is_set() => remote,
        MergeRule::MalWinsIfScored | MergeRule::MalWinsIfSet => local,
        MergeRule::HigherWins if local.as_number() > remote.as_number() => local,
        MergeRule::HigherWins => remote,
        MergeRule::LocalWinsIfOwn if !remote.is_set() || (local.is_set() && is_own()) => local,
        MergeRule::LocalWinsIfOwn => remote,
        MergeRule::Pinned | MergeRule::Push => local,
    }
}

/// Returns true if local notes are MAL's, in the spelling of MAL's API. Other applications store them so.
fn is_encoded_form(local: FieldValue<'_>, remote: FieldValue<'_>) -> bool {
    match (local, remote) {
        (FieldValue::Text(local), FieldValue::Text(remote)) => {
            comment_text::is_same_text(&comment_text::decode_comments(local), remote)
        }
        _ => false,
    }
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
                let is_same = |a: &Value, b: &Value| self.field.is_same_json(a, b);
                let is_recorded = |last: &LastConflict| {
                    is_same(&last.local, &self.local)
                        && is_same(&last.mal, &self.mal)
                        && is_same(&last.kept, &self.local)
                };
                !last.is_some_and(is_recorded)
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

/// Resolves every field of an entry by the rules. Pinned fields keep their local value. `kept` records which local
/// values the user did not write.
#[must_use]
pub fn resolve_entry(
    local: &EntryValues,
    kept: &KeptValues,
    base: Option<&EntryValues>,
    remote: &EntryValues,
    pinned: &[Field],
) -> EntryResolution {
    let mut values = local.clone();
    let mut field_resolutions = Vec::new();
    for field in Field::SYNCED_FIELDS {
        // Without a rewatch there is no count of one, pinned or not.
        let is_count_without_rewatch = field == Field::RewatchEpisodes && !values.is_rewatching;
        let (rule, mal) = if is_count_without_rewatch {
            (default_rule(field), FieldValue::Null)
        } else {
            let Some(mal) = own_values::comparable_value(remote, field) else { continue };
            (effective_rule(field, pinned), mal)
        };
        let local_value = local.get(field);
        if field.is_same(local_value, mal) {
            continue;
        }
        let base_value = base.and_then(|base| {
            // If MAL said nothing about the field, a value that the user did not write is as MAL had it.
            let unwritten = || (!own_values::is_own(local, kept, Some(base), field)).then_some(local_value);
            own_values::comparable_value(base, field).or_else(unwritten)
        });
        let is_own = || {
            let is_mal_in_other_spelling = base.is_none() && is_encoded_form(local_value, mal);
            !is_mal_in_other_spelling && own_values::is_own(local, kept, base, field)
        };
        let result = apply_rule(rule, local_value, mal, is_own);
        let conflict = classify_conflict(field, rule, local_value, base_value, mal, result);
        let changed = result != local_value;
        if changed {
            // A changed field always takes MAL's value.
            if is_count_without_rewatch {
                values.rewatch_episodes = None;
            } else {
                values.copy_field(field, remote);
            }
        }
        if changed || conflict != ConflictState::NoConflict {
            let (local, mal, kept) = (local_value.to_json(), mal.to_json(), result.to_json());
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
    let is_same = |a, b| field.is_same(a, b);
    let can_conflict = match rule {
        MergeRule::Pinned => local.is_set() || mal.is_set(),
        _ => local.is_set() && mal.is_set(),
    };
    let is_mal_in_other_spelling = field == Field::Notes && base.is_none() && is_encoded_form(local, mal);
    if !can_conflict || is_mal_in_other_spelling {
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
        write!(f, "{}: local {}, MAL {}, kept {}", self.field.as_str(), self.local, self.mal, self.kept)
    }
}

#[cfg(test)]
#[path = "resolve_tests.rs"]
mod tests;
