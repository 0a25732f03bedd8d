//! State of one field of an entry, as `pin`, `unpin` and `show` render it.

use serde_json::Value;

use crate::domain::{change::MergeRule, entry_fields::Field};

/// State of one field: its local value, MAL's value, and what the next sync does to it.
#[derive(Clone, Debug)]
pub struct FieldState {
    /// Field.
    pub field: Field,
    /// Local value.
    pub local: Value,
    /// MAL's value at the last sync. `None` if MAL never had the entry.
    pub mal: Option<Value>,
    /// True if the local value is another one than MAL's. False if MAL never had the entry.
    pub differs_from_mal: bool,
    /// True if the user wrote the local value.
    pub is_own: bool,
    /// True if no sync changes the field.
    pub is_pinned: bool,
    /// What the next sync makes of the field. `None` if it keeps the local value.
    pub overwrite: Option<PendingOverwrite>,
}

/// Value with which the next sync overwrites a local one.
#[derive(Clone, Debug)]
pub struct PendingOverwrite {
    /// Value after the sync.
    pub kept: Value,
    /// Rule that decides.
    pub rule: MergeRule,
}
