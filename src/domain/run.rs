//! A run: one sync or push of one user with its counters, as stored in `sync_runs` and printed by `sync --json`.

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

/// The part of the list that a run fetches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncMode {
    /// The whole list.
    Full,
    /// The entries changed since the watermark.
    Incremental,
    /// Nothing, because the last complete sync is too recent.
    Skipped,
    /// Nothing: the run sends values to MAL.
    Push,
}

impl SyncMode {
    /// Returns the name used in the table and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Incremental => "incremental",
            Self::Skipped => "skipped",
            Self::Push => "push",
        }
    }

    /// Parses a name of [`SyncMode::as_str`]. Returns `None` if it is unknown.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Full, Self::Incremental, Self::Skipped, Self::Push].into_iter().find(|mode| mode.as_str() == name)
    }
}

/// The state of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RunStatus {
    /// The run is in progress.
    Running,
    /// All entries were fetched and stored.
    Success,
    /// The run finished, but some entries could not be stored.
    Partial,
    /// The run ended with an error.
    Failed,
    /// The run was stopped by a signal, or its process is gone.
    Interrupted,
    /// The run was not needed.
    Skipped,
}

impl RunStatus {
    const ALL: [Self; 6] =
        [Self::Running, Self::Success, Self::Partial, Self::Failed, Self::Interrupted, Self::Skipped];

    /// Returns the name used in the table and in JSON.
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

    /// Parses a name of [`RunStatus::as_str`]. Returns `None` if it is unknown.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// Counters of a run.
///
/// Invariant: `anime_created + anime_updated + anime_unchanged + errors = anime_fetched`, and the same for
/// `user_lists_*`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunCounters {
    /// Distinct entries that MAL sent.
    pub anime_fetched: i64,
    /// Anime rows created.
    pub anime_created: i64,
    /// Anime rows that changed.
    pub anime_updated: i64,
    /// Anime rows that did not change.
    pub anime_unchanged: i64,
    /// Entries created.
    pub user_lists_created: i64,
    /// Entries whose row changed.
    pub user_lists_updated: i64,
    /// Entries whose row did not change.
    pub user_lists_unchanged: i64,
    /// Entries that this run marked as removed or deleted.
    pub user_lists_removed: i64,
    /// Entries that MAL did not send and that the run changed: local edits replaced by MAL's values.
    pub user_lists_settled: i64,
    /// Entries of which MAL took a pushed value. 0 in a sync.
    pub pushed_entries: i64,
    /// Pushed values that MAL took. 0 in a sync.
    pub pushed_fields: i64,
    /// Fields in conflict that a push did not send. 0 in a sync.
    pub push_conflicts: i64,
    /// Conflicts seen for the first time.
    pub conflicts_resolved: i64,
    /// Requests sent to MAL, including token requests and retries.
    pub requests: i64,
    /// Requests repeated after a failure.
    pub retries: i64,
    /// Token pairs obtained by a refresh.
    pub token_refreshes: i64,
    /// Constraint violations reported by the database, including handled ones.
    pub constraint_violations: i64,
    /// Requests to MAL that failed: every answer but a usable one, and every request without an answer.
    #[serde(skip)]
    pub api_errors: i64,
}

/// Counts of the requests sent so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestCounters {
    /// Requests sent to MAL, token calls and retries included.
    pub requests: i64,
    /// Requests repeated after a failure.
    pub retries: i64,
    /// Token pairs obtained by a refresh.
    pub token_refreshes: i64,
    /// Requests that failed: every answer but a usable one, and every request without an answer.
    pub api_errors: i64,
}

/// The reason why an entry could not be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryErrorKind {
    /// MAL sent a value that no row can hold.
    Invalid,
    /// The database rejected this entry.
    Constraint,
    /// The database rejected the batch that contained the entry.
    Batch,
    /// MAL refused to take the entry's values.
    Refused,
    /// MAL took another value than the one that was sent.
    Altered,
}

/// An entry that could not be stored, or that a push could not send as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryError {
    /// MAL's id. `None` if the entry had none.
    pub mal_id: Option<i64>,
    /// The title. `None` if the entry had none.
    pub title: Option<String>,
    /// The kind of error.
    pub kind: EntryErrorKind,
    /// The error message.
    pub message: String,
}

/// Maximum length of the title and of the message of an [`EntryError`]. All errors of a run are stored in one row.
const MAX_ERROR_TEXT_CHARS: usize = 200;

/// Maximum length of the failure text of a run.
const MAX_FAILURE_TEXT_CHARS: usize = 500;

impl EntryError {
    /// Returns an error of bounded length: title and message are truncated, and possible tokens in the message are
    /// redacted.
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

/// Returns a run's failure text for storage: on one line, with NUL replaced, and truncated.
#[must_use]
pub fn sanitize_failure_text(message: &str) -> String {
    let mut line =
        text::truncate_chars(&message.lines().collect::<Vec<_>>().join(" "), MAX_FAILURE_TEXT_CHARS).into_owned();
    // The text is below the size limit here, so only NUL is replaced.
    let _ = text::sanitize(&mut line);
    line
}

/// Returns the duration in seconds with millisecond resolution, as the closest `f64`. Used in the table and in JSON.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "no run takes 285,000 years")]
pub fn to_seconds(duration: TimeDelta) -> f64 {
    duration.num_milliseconds() as f64 / 1000.0
}

/// One sync of one user. A dry or skipped run has no id because no row is written for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The row's id.
    pub id: Option<RunId>,
    /// The user whose list is synced.
    pub user_id: UserId,
    /// The user's name.
    pub username: String,
    /// The mode that the run used in the end.
    pub mode: SyncMode,
    /// True if `--force-full` was given.
    pub force_full: bool,
    /// True if nothing was written (dry run).
    pub dry_run: bool,
    /// The run's state.
    pub status: RunStatus,
    /// Start of the run.
    pub started_at: DateTime<Utc>,
    /// End of the run. `None` if it is still running or its process vanished.
    pub finished_at: Option<DateTime<Utc>>,
    /// Duration by the monotonic clock, in milliseconds. `None` if the run did not end by itself.
    pub duration: Option<TimeDelta>,
    /// The run's counters.
    pub counters: RunCounters,
    /// The entries that could not be stored.
    pub errors: Vec<EntryError>,
    /// Why the run failed. `None` if it did not fail, or if the failure could not be written to the database.
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
