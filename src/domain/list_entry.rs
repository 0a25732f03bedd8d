//! An entry together with its anime: what `list`, `show`, `export` and `stats` speak of.

use chrono::{DateTime, Utc};

use super::{anime::Anime, entry::StoredEntry};

/// An entry of a user's list, and its anime.
#[derive(Clone, Debug, PartialEq)]
pub struct ListEntry {
    /// The anime.
    pub anime: Anime,
    /// The user's side of it.
    pub stored: StoredEntry,
    /// When the entry's row last changed; null only where an application left it so.
    pub updated_at: Option<DateTime<Utc>>,
}

impl ListEntry {
    /// Marked as no longer on MAL.
    #[must_use]
    pub const fn is_removed(&self) -> bool {
        self.stored.removed_at.is_some()
    }

    /// Every title that the anime goes by: the main one, English, Japanese, synonyms.
    pub fn all_titles(&self) -> impl Iterator<Item = &str> {
        let anime = &self.anime;
        let official = [Some(&anime.title), anime.title_english.as_ref(), anime.title_japanese.as_ref()];
        official.into_iter().flatten().chain(&anime.synonyms).map(String::as_str)
    }
}
