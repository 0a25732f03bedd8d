//! MAL's `list_status` of one entry: its values, and its JSON as the merge base.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{entry_fields::EntryValues, list_status_parser, loose_json::UnreadableValues, merge_base::MergeBase};

/// A valid, sanitized `list_status`.
#[derive(Clone, Debug, PartialEq)]
pub struct ListStatus {
    /// Values by column. `notes` are MAL's comments with HTML entities resolved.
    pub values: EntryValues,
    /// Time when MAL last changed the entry. `None` if the value is absent or invalid.
    pub updated_at: Option<DateTime<Utc>>,
    /// The object as MAL sent it, stored as `mal_entry`. It differs from that in two ways: it is sanitized as the
    /// database requires (NUL, lengths), and each documented field has its documented type.
    pub base: MergeBase,
}

impl ListStatus {
    /// Parses a `list_status` from MAL or from `mal_entry`. Absent and null fields are equal: `None`, 0, false, no
    /// tags.
    ///
    /// Calls `warn` for each sanitized value: NUL in a text, too long texts, too many tags, an impossible date, an
    /// invalid time. `unreadable` receives the values of a wrong type or size that are taken as absent.
    ///
    /// # Errors
    /// Fails with the field's name if status, score or watched episodes cannot be read, or no row can hold them.
    pub fn parse(sent: Value, warn: &mut dyn FnMut(&str), unreadable: &mut UnreadableValues) -> Result<Self, String> {
        let mut sent = sent;
        let (values, updated_at) = list_status_parser::parse_fields(&mut sent, warn, unreadable)?;
        Ok(Self { values, updated_at, base: MergeBase::from(&sent) })
    }
}

#[cfg(test)]
mod tests;
