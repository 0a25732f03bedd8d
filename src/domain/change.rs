//! Change records: what a run did to one field of an entry, and the conflicts that it found.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{entry_fields::Field, run::RunId};

/// The merge rule that decided the value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MergeRule {
    /// MAL's value always wins.
    MalWins,
    /// MAL's score wins if it is above 0, otherwise the local score.
    MalWinsIfScored,
    /// The higher value wins: progress never decreases.
    HigherWins,
    /// MAL's value wins if it is set, otherwise the local value.
    MalWinsIfSet,
    /// The local value wins if it is an own value and not empty, otherwise MAL's value if set, otherwise the stored
    /// value.
    LocalWinsIfOwn,
    /// The local value always wins because the field is pinned.
    Pinned,
    /// The local value was sent to MAL by a push, which no merge rule decides.
    Push,
}

impl MergeRule {
    /// Returns the rule's name in `sync_changes.rule`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MalWins => "mal",
            Self::MalWinsIfScored => "mal_if_scored",
            Self::HigherWins => "higher",
            Self::MalWinsIfSet => "mal_if_set",
            Self::LocalWinsIfOwn => "local_if_own",
            Self::Pinned => "pinned",
            Self::Push => "push",
        }
    }
}

/// One changed field, or one new conflict, of one entry.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// The field that changed.
    pub field: Field,
    /// The local value before the run, in the field's own JSON type.
    pub local: Value,
    /// MAL's value.
    pub mal: Value,
    /// The value after resolution.
    pub kept: Value,
    /// True if the values differed, both were set, and the difference was not a plain update. For a pinned field one
    /// set value is enough. In a plain update the local value equals the base, and the rule takes MAL's value. Under
    /// [`MergeRule::Push`]: true if the push did not send the field because of a conflict.
    pub is_conflict: bool,
    /// The rule that decided the value.
    pub rule: MergeRule,
}

/// A row of `sync_changes`. Field and rule names stay text because a newer malsync may have written unknown ones.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeRecord {
    /// The row's id.
    pub id: i64,
    /// The run that wrote the row.
    pub run_id: RunId,
    /// Time of the change.
    pub at: DateTime<Utc>,
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// The anime's current title. `None` if the anime is no longer stored.
    pub title: Option<String>,
    /// The column's name.
    pub field: String,
    /// The local value before the run.
    pub local: Value,
    /// MAL's value.
    pub mal: Value,
    /// The value after resolution.
    pub kept: Value,
    /// True for a conflict, as in [`FieldChange::is_conflict`].
    pub is_conflict: bool,
    /// The rule's name.
    pub rule: String,
}
