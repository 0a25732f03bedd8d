//! List entries: as stored in the database ([`StoredEntry`]) and as MAL sends them ([`RemoteEntry`]).

use chrono::{DateTime, Utc};

use super::{anime::Anime, change::Field, list_status::ListStatus, merge_base::MergeBase, partial_date::PartialDate};

/// Values of the `user_anime_lists` columns that the merge rules cover.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryValues {
    /// One of MAL's five statuses. A row written by another program may hold any text.
    pub status: String,
    /// 1 to 10; `None` if there is no score.
    pub score: Option<i32>,
    /// Number of episodes watched; `None` if the column is null.
    pub episodes_watched: Option<i32>,
    /// Date on which the user started watching.
    pub start_date: Option<PartialDate>,
    /// Date on which the user finished watching.
    pub finish_date: Option<PartialDate>,
    /// The user's notes; MAL calls them comments. HTML entities are resolved. `None` if empty.
    pub notes: Option<String>,
    /// True while the user is rewatching the anime.
    pub is_rewatching: bool,
    /// Number of completed rewatches.
    pub times_rewatched: i32,
    /// 0 to 5.
    pub rewatch_value: i32,
    /// 0 to 2.
    pub priority: i32,
    /// The user's tags, in MAL's order.
    pub tags: Vec<String>,
}

/// An entry as stored in the database.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoredEntry {
    /// `user_anime_lists.id`; 0 if the row does not exist yet.
    pub id: i64,
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// The synced field values.
    pub values: EntryValues,
    /// `mal_entry`: the merge base, MAL's `list_status` at the last sync. `None` if MAL never had the entry.
    pub base: Option<MergeBase>,
    /// `mal_updated_at`.
    pub mal_updated_at: Option<DateTime<Utc>>,
    /// `removed_at`: time at which a run found the entry missing on MAL.
    pub removed_at: Option<DateTime<Utc>>,
    /// `pinned`: the fields that no sync changes, in the order of [`Field::SYNCED_FIELDS`].
    pub pinned: Vec<Field>,
}

/// One decoded and validated entry as MAL sent it.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteEntry {
    /// The anime's metadata.
    pub anime: Anime,
    /// The user's `list_status`.
    pub list_status: ListStatus,
}

impl RemoteEntry {
    /// Returns MAL's id of the anime, which identifies the entry.
    #[must_use]
    pub const fn mal_id(&self) -> i32 {
        self.anime.mal_id
    }
}
