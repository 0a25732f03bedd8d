//! List entries: as stored in the database ([`StoredEntry`]) and as MAL sends them ([`RemoteEntry`]).

use chrono::{DateTime, Utc};

use super::{
    altered_values::AlteredValues,
    anime::Anime,
    entry_fields::{EntryValues, Field},
    kept_values::KeptValues,
    list_status::ListStatus,
    merge_base::MergeBase,
};

/// An entry as stored in the database.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoredEntry {
    /// `user_anime_lists.id`; 0 if the row does not exist yet.
    pub id: i64,
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// The synced field values.
    pub values: EntryValues,
    /// `mal_entry`: the merge base, MAL's `list_status` when a sync or a push last saw it. `None` if MAL never had the
    /// entry.
    pub base: Option<MergeBase>,
    /// `kept_values`: the values that differ from MAL's and that the user did not write.
    pub kept: KeptValues,
    /// `altered_values`: the pushed values that MAL took otherwise.
    pub altered: AlteredValues,
    /// `mal_updated_at`.
    pub mal_updated_at: Option<DateTime<Utc>>,
    /// `removed_at`: time at which a run found the entry absent on MAL.
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
    /// How many values of the entry could not be read and are taken as absent.
    pub unreadable_values: u64,
}

impl RemoteEntry {
    /// Returns MAL's id of the anime, which identifies the entry.
    #[must_use]
    pub const fn mal_id(&self) -> i32 {
        self.anime.mal_id
    }
}
