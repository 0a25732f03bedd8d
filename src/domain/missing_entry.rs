//! Entries that are missing because the database refused them: column `mal_missing_entries` of `users`.

use serde::{Deserialize, Serialize};

/// An entry that MAL sent and the database refused. Every run fetches the whole list until the entry is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingEntry {
    /// MAL's id of the anime.
    pub mal_id: i64,
    /// The title. `None` if MAL sent none.
    pub title: Option<String>,
    /// The database's message.
    pub message: String,
}
