//! A change: what a run did to one field of one entry, or a conflict that it met.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::run::RunId;

/// A column of `user_anime_lists` that changes are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The whole entry: made or deleted.
    Entry,
    /// The mark of an entry that is no longer on MAL.
    RemovedAt,
    /// `status`
    Status,
    /// `score`
    Score,
    /// `episodes_watched`
    EpisodesWatched,
    /// `start_date`
    StartDate,
    /// `finish_date`
    FinishDate,
    /// `notes`
    Notes,
    /// `is_rewatching`
    IsRewatching,
    /// `times_rewatched`
    TimesRewatched,
    /// `rewatch_value`
    RewatchValue,
    /// `priority`
    Priority,
    /// `tags`
    Tags,
}

impl Field {
    /// The fields that a conflict rule settles, in the order in which they are told.
    pub const SYNCED_FIELDS: [Self; 11] = [
        Self::Status,
        Self::Score,
        Self::EpisodesWatched,
        Self::StartDate,
        Self::FinishDate,
        Self::Notes,
        Self::IsRewatching,
        Self::TimesRewatched,
        Self::RewatchValue,
        Self::Priority,
        Self::Tags,
    ];

    /// Every field that changes are told of.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::SYNCED_FIELDS.into_iter().chain([Self::Entry, Self::RemovedAt])
    }

    /// The field with this name.
    #[must_use]
    pub fn parse_name(word: &str) -> Option<Self> {
        Self::all().find(|field| field.as_str() == word)
    }

    /// The column's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::RemovedAt => "removed_at",
            Self::Status => "status",
            Self::Score => "score",
            Self::EpisodesWatched => "episodes_watched",
            Self::StartDate => "start_date",
            Self::FinishDate => "finish_date",
            Self::Notes => "notes",
            Self::IsRewatching => "is_rewatching",
            Self::TimesRewatched => "times_rewatched",
            Self::RewatchValue => "rewatch_value",
            Self::Priority => "priority",
            Self::Tags => "tags",
        }
    }
}

/// The conflict rule that settled a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MergeRule {
    /// MAL's, always.
    MalWins,
    /// MAL's if above 0, else the local one.
    MalWinsIfScored,
    /// The higher: progress never goes backwards.
    HigherWins,
    /// MAL's if it has one, else the local one.
    MalWinsIfSet,
    /// The local ones if own and not empty, else MAL's if any, else what is there.
    LocalWinsIfOwn,
    /// The local one, whatever MAL says: the field is pinned.
    Pinned,
}

impl MergeRule {
    /// The word in `changes`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MalWins => "mal",
            Self::MalWinsIfScored => "mal_if_scored",
            Self::HigherWins => "higher",
            Self::MalWinsIfSet => "mal_if_set",
            Self::LocalWinsIfOwn => "local_if_own",
            Self::Pinned => "pinned",
        }
    }
}

/// One changed field or new conflict of one entry.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// What changed.
    pub field: Field,
    /// The value here before, in the field's own JSON type.
    pub local: Value,
    /// MAL's value.
    pub mal: Value,
    /// The value that stands now.
    pub kept: Value,
    /// Both had a value, they differed, and it was not simply news from MAL.
    pub is_conflict: bool,
    /// What settled it.
    pub rule: MergeRule,
}

/// A change as it is read back from `sync_changes`. The words are as stored: a newer malsync may have made some.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeRecord {
    /// The row.
    pub id: i64,
    /// The run that made it.
    pub run_id: RunId,
    /// When.
    pub at: DateTime<Utc>,
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// The anime's title today, if the anime is still known.
    pub title: Option<String>,
    /// The column's name.
    pub field: String,
    /// The value here before.
    pub local: Value,
    /// MAL's value.
    pub mal: Value,
    /// The value that stood afterwards.
    pub kept: Value,
    /// Whether it was a conflict.
    pub is_conflict: bool,
    /// The rule's word.
    pub rule: String,
}
