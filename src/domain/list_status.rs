//! MAL's `list_status`: what MAL knows of one user's entry, read from its JSON.
//!
//! One reader serves what MAL sends now and what it sent before (`mal_entry`, the base of the rules), so that the two can
//! be compared. It rejects by name what no row can hold and mends what one can; it never guesses.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::entry::Values;

/// The five words that MAL has for an entry's status, in the order of its site.
pub const STATUSES: [&str; 5] = ["watching", "completed", "on_hold", "dropped", "plan_to_watch"];

/// A `list_status` that a row can hold.
#[derive(Clone, Debug, PartialEq)]
pub struct ListStatus {
    /// The values by column; `notes` are MAL's comments with their HTML entities resolved.
    pub values: Values,
    /// When MAL last changed the entry; none where it did not say so in a form that can be read.
    pub updated_at: Option<DateTime<Utc>>,
    /// The object as MAL sent it, mended only as far as a database demands (NUL): becomes `mal_entry`.
    pub raw: Value,
}

impl ListStatus {
    /// placeholder until merged
    pub fn read(_: &Value, _: &mut dyn FnMut(&str)) -> Result<Self, String> {
        Err(String::new())
    }
}
