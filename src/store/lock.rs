//! The locks of a user: one run at a time, one refresh at a time, over all processes and machines that share the database.
//!
//! The rules: a lock goes with its process; looking takes none that could make a run step back; a run that lost its lock's
//! connection gets the lock back before it writes again, or ends. Where many processes share the work of many users, the run
//! lock is the claim, and there is no other.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Backend, Database, Error, postgres, sql::SqlValue};
use crate::domain::user::UserId;

/// How long a run's start waits for the lock: a run that just ended, or a looker, may still have it for an instant.
const RUN_LOCK_TIMEOUT: Duration = Duration::from_secs(1);

/// How long a refresh waits for another one.
const REFRESH_LOCK_TIMEOUT: Duration = Duration::from_secs(30);

/// What a lock is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum LockKind {
    /// A sync of the user.
    Run,
    /// A refresh of the user's token pair.
    Refresh,
}

/// Held while a run of the user goes on.
#[derive(Debug)]
pub struct RunLock(#[expect(dead_code, reason = "held, never looked at")] LockGuard);

/// Held while the user's token pair is refreshed.
#[derive(Debug)]
pub struct RefreshLock(#[expect(dead_code, reason = "held, never looked at")] LockGuard);

#[derive(Debug)]
enum LockGuard {
    #[expect(dead_code, reason = "held, never looked at")]
    Postgres(postgres::AdvisoryLockGuard),
    #[expect(dead_code, reason = "held, never looked at")]
    Sqlite(std::fs::File),
}

/// By which mark, and since when, a user has been synced and is no longer due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipCriterion {
    /// A complete sync ended after this.
    Synced(DateTime<Utc>),
    /// A complete full one did.
    FullySynced(DateTime<Utc>),
    /// No mark tells: everybody is due.
    Never,
}

impl SkipCriterion {
    /// The times after which `last_mal_sync` and `last_full_sync` tell of it.
    pub(super) const fn column_times(self) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        match self {
            Self::Synced(since) => (Some(since), None),
            Self::FullySynced(since) => (None, Some(since)),
            Self::Never => (None, None),
        }
    }

    /// The column that tells of it, and the time.
    const fn column_and_time(self) -> Option<(&'static str, DateTime<Utc>)> {
        match self {
            Self::Synced(since) => Some(("last_mal_sync", since)),
            Self::FullySynced(since) => Some(("last_full_sync", since)),
            Self::Never => None,
        }
    }
}

impl Database {
    /// Takes the run lock of the first of these users who is due and whom nobody holds; waits for nobody.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn claim_next_user(
        &self,
        among: &[UserId],
        done: SkipCriterion,
    ) -> Result<Option<(UserId, RunLock)>, Error> {
        let claimed = match &self.backend {
            Backend::Postgres(server) => {
                let claimed =
                    server.locks.claim_next_user(among, done).await.map_err(|error| error.with_database(&self.url))?;
                claimed.map(|(user, lock)| (user, LockGuard::Postgres(lock)))
            }
            Backend::Sqlite(_) => self.claim_next_user_sqlite(among, done).await?,
        };
        Ok(claimed.map(|(user, lock)| (user, RunLock(lock))))
    }

    async fn claim_next_user_sqlite(
        &self,
        among: &[UserId],
        done: SkipCriterion,
    ) -> Result<Option<(UserId, LockGuard)>, Error> {
        for user in among {
            let Some(lock) = self.acquire_lock(LockKind::Run, *user, Duration::ZERO).await? else { continue };
            // Whoever had the lock until now may just have synced the user.
            if self.load_synced_users(&[*user], done).await?.is_empty() {
                return Ok(Some((*user, lock)));
            }
        }
        Ok(None)
    }

    /// Those of these users who have been synced.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn load_synced_users(&self, among: &[UserId], done: SkipCriterion) -> Result<Vec<UserId>, Error> {
        let Some((mark, since)) = done.column_and_time() else { return Ok(Vec::new()) };
        let ids = SqlValue::Ids(among.iter().map(|user| user.0).collect());
        let sql = format!("SELECT id FROM users WHERE {} AND {mark} > $2", self.dialect().in_list("id", 1));
        let rows = self.query_with_retry(&sql, vec![ids, SqlValue::Time(Some(since))]).await?;
        rows.iter().map(|row| row.required_i32("id").map(UserId)).collect()
    }

    pub(super) async fn lock_run(&self, user: UserId) -> Result<Option<RunLock>, Error> {
        Ok(self.acquire_lock(LockKind::Run, user, RUN_LOCK_TIMEOUT).await?.map(RunLock))
    }

    pub(super) async fn lock_refresh(&self, user: UserId) -> Result<Option<RefreshLock>, Error> {
        Ok(self.acquire_lock(LockKind::Refresh, user, REFRESH_LOCK_TIMEOUT).await?.map(RefreshLock))
    }

    async fn acquire_lock(&self, purpose: LockKind, user: UserId, wait: Duration) -> Result<Option<LockGuard>, Error> {
        let taken = match &self.backend {
            Backend::Postgres(server) => {
                server.locks.acquire(purpose, user, wait).await.map(|lock| lock.map(LockGuard::Postgres))
            }
            Backend::Sqlite(file) => {
                file.acquire_lock(purpose, user, wait).await.map(|lock| lock.map(LockGuard::Sqlite))
            }
        };
        taken.map_err(|error| error.with_database(&self.url))
    }

    /// Makes sure that a run lock taken through this database is still held.
    pub(super) async fn ensure_run_lock(&self, user: UserId) -> Result<(), Error> {
        match &self.backend {
            Backend::Postgres(server) => {
                server.locks.ensure_run_lock(user).await.map_err(|error| error.with_database(&self.url))
            }
            Backend::Sqlite(_) => Ok(()),
        }
    }

    /// Whether somebody, anywhere, holds the user's run lock.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn is_running(&self, user: UserId) -> Result<bool, Error> {
        match &self.backend {
            Backend::Postgres(_) => {
                let binds = vec![i64::from(postgres::lock_class(LockKind::Run)).into(), user.0.into()];
                let rows = self.query_with_retry(postgres::IS_LOCKED_SQL, binds).await?;
                rows.first().map_or(Ok(false), |row| row.bool_or_false("held"))
            }
            Backend::Sqlite(file) => {
                file.is_locked(LockKind::Run, user).map_err(|error| error.with_database(&self.url))
            }
        }
    }
}

/// How long somebody goes on asking for what another has.
pub(super) struct PollDeadline(tokio::time::Instant);

impl PollDeadline {
    /// From now on, so long.
    pub(super) fn after(wait: Duration) -> Self {
        Self(tokio::time::Instant::now() + wait)
    }

    /// Waits a tenth of a second; says whether to ask again.
    pub(super) async fn wait_and_check(&self) -> bool {
        let lasts = tokio::time::Instant::now() < self.0;
        if lasts {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        lasts
    }
}
