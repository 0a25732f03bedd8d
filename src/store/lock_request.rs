//! What a lock is asked for: its kind, whom a claim skips, and how long is waited.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// What a lock protects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum LockKind {
    /// A sync run of the user.
    Run,
    /// A refresh of the user's token pair.
    Refresh,
    /// The choice of the row that a login is stored in. One lock for all users.
    Login,
}

/// Skip criterion of a claim: users synced since this time are not claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipCriterion {
    /// Skip users whose last complete sync ended after this time.
    Synced(DateTime<Utc>),
    /// Skip users whose last complete full sync ended after this time.
    FullySynced(DateTime<Utc>),
    /// Skip no user.
    Never,
}

impl SkipCriterion {
    /// Returns the limits for `last_mal_sync` and `last_full_sync`: a later time in the column means that the user is
    /// skipped.
    pub(super) const fn column_times(self) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        match self {
            Self::Synced(since) => (Some(since), None),
            Self::FullySynced(since) => (None, Some(since)),
            Self::Never => (None, None),
        }
    }

    /// Returns the column of the criterion and its limit. Returns `None` if no user is skipped.
    pub(super) const fn column_and_time(self) -> Option<(&'static str, DateTime<Utc>)> {
        match self {
            Self::Synced(since) => Some(("last_mal_sync", since)),
            Self::FullySynced(since) => Some(("last_full_sync", since)),
            Self::Never => None,
        }
    }
}

/// Deadline for polling a lock.
pub(super) struct PollDeadline(tokio::time::Instant);

impl PollDeadline {
    /// Creates a deadline that is `wait` from now.
    pub(super) fn after(wait: Duration) -> Self {
        Self(tokio::time::Instant::now() + wait)
    }

    /// Waits 100 ms and returns true. Returns false at once if the deadline has passed.
    pub(super) async fn wait_and_check(&self) -> bool {
        let is_pending = tokio::time::Instant::now() < self.0;
        if is_pending {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        is_pending
    }
}
