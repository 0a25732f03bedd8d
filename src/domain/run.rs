//! A run: one sync of one user, with its counters, as `sync_runs` keeps it and `sync --json` prints it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{text, user::UserId};
use crate::secret::redact_tokens;

/// `sync_runs.id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub i64);

impl std::fmt::Display for RunId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// How much of the list was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncMode {
    /// The whole list.
    Full,
    /// What changed since the watermark.
    Incremental,
    /// Nothing: a complete sync was too short a time ago.
    Skipped,
}

impl SyncMode {
    /// The word in the table and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Incremental => "incremental",
            Self::Skipped => "skipped",
        }
    }

    /// Reads the word of [`Mode::as_str`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Full, Self::Incremental, Self::Skipped].into_iter().find(|mode| mode.as_str() == word)
    }
}

/// Where a run is, or how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RunStatus {
    /// Going on.
    Running,
    /// Everything came and was stored.
    Success,
    /// Finished; some entries could not be stored.
    Partial,
    /// Ended by an error.
    Failed,
    /// Stopped by a signal, or its process is gone.
    Interrupted,
    /// Not needed.
    Skipped,
}

impl RunStatus {
    const ALL: [Self; 6] =
        [Self::Running, Self::Success, Self::Partial, Self::Failed, Self::Interrupted, Self::Skipped];

    /// The word in the table and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Success => "SUCCESS",
            Self::Partial => "PARTIAL",
            Self::Failed => "FAILED",
            Self::Interrupted => "INTERRUPTED",
            Self::Skipped => "SKIPPED",
        }
    }

    /// Reads the word of [`RunStatus::as_str`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// What a run counted. For every run `anime_created + anime_updated + anime_unchanged + errors = anime_fetched`, and the same
/// for `user_lists_*`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunCounters {
    /// Distinct entries that MAL sent.
    pub anime_fetched: i64,
    /// Anime rows made.
    pub anime_created: i64,
    /// Anime rows that changed.
    pub anime_updated: i64,
    /// Anime rows that were the same.
    pub anime_unchanged: i64,
    /// Entries made.
    pub user_lists_created: i64,
    /// Entries whose row changed.
    pub user_lists_updated: i64,
    /// Entries whose row stayed as it was.
    pub user_lists_unchanged: i64,
    /// Entries that this run marked as removed, or deleted.
    pub user_lists_removed: i64,
    /// Conflicts met for the first time.
    pub conflicts_resolved: i64,
    /// Requests sent to MAL, token calls and retries included.
    pub requests: i64,
    /// Requests repeated after a failure.
    pub retries: i64,
    /// Token pairs obtained by a refresh.
    pub token_refreshes: i64,
    /// Violations that the database reported, handled ones included.
    pub constraint_violations: i64,
}

/// Why an entry could not be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryErrorKind {
    /// MAL sent what no row can hold.
    Invalid,
    /// The database refused this entry.
    Constraint,
    /// The database refused the batch that the entry was in.
    Batch,
}

/// An entry that could not be stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryError {
    /// MAL's id, where the entry had one.
    pub mal_id: Option<i64>,
    /// Its title, where it had one.
    pub title: Option<String>,
    /// Who refused it.
    pub kind: EntryErrorKind,
    /// Why.
    pub message: String,
}

/// The longest title and message in an error, in characters: all errors of a run stand in one row.
const MAX_ERROR_TEXT_CHARS: usize = 200;

/// The longest reason of a run's failure, in characters.
const MAX_FAILURE_TEXT_CHARS: usize = 500;

impl EntryError {
    /// An error that no entry can make long: its title is cut, and so is the message, which holds nothing that may be a token.
    #[must_use]
    pub fn new(mal_id: Option<i64>, title: Option<&str>, kind: EntryErrorKind, message: &str) -> Self {
        let title = title.map(|title| text::truncate_chars(title, MAX_ERROR_TEXT_CHARS).into_owned());
        Self {
            mal_id,
            title,
            kind,
            message: text::truncate_chars(&redact_tokens(message), MAX_ERROR_TEXT_CHARS).into_owned(),
        }
    }
}

/// Why a run failed, as its row has it: on one line, with NUL replaced, and of a length that one can read.
#[must_use]
pub fn sanitize_failure_text(message: &str) -> String {
    let mut line =
        text::truncate_chars(&message.lines().collect::<Vec<_>>().join(" "), MAX_FAILURE_TEXT_CHARS).into_owned();
    // Every text that is short enough is fit by then.
    let _ = text::sanitize(&mut line);
    line
}

/// A length of time in seconds, to the millisecond, as the closest double: what is written in the table and in JSON.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "no run takes 285,000 years")]
pub fn to_seconds(took: TimeDelta) -> f64 {
    took.num_milliseconds() as f64 / 1000.0
}

/// One sync of one user. A dry or skipped run has no id: it wrote no row.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The row's id.
    pub id: Option<RunId>,
    /// Whose list.
    pub user_id: UserId,
    /// The user's name.
    pub username: String,
    /// What it did, in the end.
    pub mode: SyncMode,
    /// `--force-full` was asked for.
    pub force_full: bool,
    /// Nothing was written.
    pub dry_run: bool,
    /// Where it is, or how it ended.
    pub status: RunStatus,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; none while it runs, and where its process vanished.
    pub finished_at: Option<DateTime<Utc>>,
    /// How long it took, by the monotonic clock, to the millisecond; none where it did not end by itself.
    pub duration: Option<TimeDelta>,
    /// What it counted.
    pub counters: RunCounters,
    /// The entries that could not be stored.
    pub errors: Vec<EntryError>,
    /// Why it failed; none of any other run, and where the database could not be told.
    pub failure: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sanitize_failure_text_returns_one_storable_line() {
        assert_eq!(sanitize_failure_text("MAL is away:\n502 Bad\0Gateway"), "MAL is away: 502 Bad\u{FFFD}Gateway");
        assert_eq!(sanitize_failure_text(&"é".repeat(5000)).chars().count(), MAX_FAILURE_TEXT_CHARS + 1);
    }
}
