//! A list entry with its anime, as used by `list`, `show`, `export` and `stats`.

use chrono::{DateTime, Utc};

use super::{anime::Anime, entry::StoredEntry};

/// An entry of a user's list with its anime.
#[derive(Clone, Debug, PartialEq)]
pub struct ListEntry {
    /// The anime.
    pub anime: Anime,
    /// The stored entry.
    pub stored: StoredEntry,
    /// Time of the row's last change. `None` if another application left the column null.
    pub updated_at: Option<DateTime<Utc>>,
}

impl ListEntry {
    /// Returns true if the entry is marked as no longer on MAL.
    #[must_use]
    pub const fn is_removed(&self) -> bool {
        self.stored.removed_at.is_some()
    }

    /// Returns all titles of the anime: main, English, Japanese, synonyms.
    pub fn all_titles(&self) -> impl Iterator<Item = &str> {
        let anime = &self.anime;
        let official = [Some(&anime.title), anime.title_english.as_ref(), anime.title_japanese.as_ref()];
        official.into_iter().flatten().chain(&anime.synonyms).map(String::as_str)
    }
}
