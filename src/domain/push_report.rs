//! What a push did with each entry.

use serde_json::Value;

use super::entry_fields::Field;

/// What became of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldResult {
    /// MAL took the value. In a dry run: it would be sent.
    Sent,
    /// MAL had the value already.
    AlreadyOnMal,
    /// The field was not sent: MAL has a third value, does not have the entry any more, or has the entry that was to be
    /// added.
    Conflict(ConflictCause),
    /// MAL stored another value than the one sent: this one.
    Altered(Value),
    /// The value cannot be sent, for this reason.
    Invalid(String),
    /// MAL refused the write of the entry, for this reason.
    Refused(String),
}

/// Why a field is in conflict, which decides what the user can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictCause {
    /// Another client changed the field on MAL.
    ChangedOnMal,
    /// The entry was to be added, and MAL turned out to have it.
    AddedOnMal,
    /// MAL does not have the entry any more.
    GoneFromMal,
}

/// A field of an [`EntryReport`].
#[derive(Clone, Debug, PartialEq)]
pub struct FieldReport {
    /// The field.
    pub field: Field,
    /// The local value.
    pub local: Value,
    /// MAL's value right before.
    pub mal: Value,
    /// What became of it.
    pub result: FieldResult,
}

/// What a push did with an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryReport {
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// The title. `None` if it is unknown.
    pub title: Option<String>,
    /// True if the entry was made on MAL.
    pub is_created: bool,
    /// The fields.
    pub fields: Vec<FieldReport>,
}
