//! An entry: a row of a user's list, as it stands here (`Local`) and as MAL sends it (`Remote`).

use chrono::{DateTime, Utc};

use super::{anime::Anime, change::Field, list_status::ListStatus, merge_base::MergeBase, partial_date::PartialDate};

/// The columns of `user_anime_lists` that the conflict rules speak of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryValues {
    /// One of MAL's five words; a row that another program wrote may hold anything.
    pub status: String,
    /// 1 to 10; none is no score.
    pub score: Option<i32>,
    /// Episodes watched; null in the database is none.
    pub episodes_watched: Option<i32>,
    /// When the user began.
    pub start_date: Option<PartialDate>,
    /// When the user finished.
    pub finish_date: Option<PartialDate>,
    /// The user's notes here; MAL calls them comments. Entities resolved, empty is none.
    pub notes: Option<String>,
    /// Being watched again.
    pub is_rewatching: bool,
    /// How often it was watched again.
    pub times_rewatched: i32,
    /// 0 to 5.
    pub rewatch_value: i32,
    /// 0 to 2.
    pub priority: i32,
    /// The user's tags, in MAL's order.
    pub tags: Vec<String>,
}

/// An entry as it stands in the database.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoredEntry {
    /// `user_anime_lists.id`; 0 where there is no row yet.
    pub id: i64,
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// The columns under the rules.
    pub values: EntryValues,
    /// `mal_entry`: MAL's `list_status` as last seen; none where MAL never had the entry.
    pub base: Option<MergeBase>,
    /// `mal_updated_at`.
    pub mal_updated_at: Option<DateTime<Utc>>,
    /// `removed_at`: found to be no longer on MAL.
    pub removed_at: Option<DateTime<Utc>>,
    /// `pinned`: the fields that no sync touches, in the order of [`Field::RULED`].
    pub pinned: Vec<Field>,
}

/// An entry as MAL sent it, decoded and checked by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteEntry {
    /// The anime's metadata.
    pub anime: Anime,
    /// The user's side of it.
    pub list_status: ListStatus,
}

impl RemoteEntry {
    /// MAL's id of the anime, by which an entry is known.
    #[must_use]
    pub const fn mal_id(&self) -> i32 {
        self.anime.mal_id
    }
}
