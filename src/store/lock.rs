//! Locks of a user: at most one run and one token refresh at a time, across all processes and machines that share the
//! database.
//!
//! Invariants:
//! 1. A lock is released when its process ends.
//! 2. Checking whether a run is active never takes a lock that could make a starting run give up.
//! 3. After losing the lock connection, a run re-acquires its lock before the next write, or stops.
//! 4. If several processes share many users, the run lock is the only claim on a user.

use std::time::Duration;

use super::{
    database::{Backend, Database},
    error::Error,
    lock_request::{LockKind, SkipCriterion},
    postgres,
    sql::SqlValue,
};
use crate::domain::user::UserId;

/// Maximum wait of a starting run for its lock: a run that just ended, or a check, may hold it for a moment.
const RUN_LOCK_TIMEOUT: Duration = Duration::from_secs(1);

/// Maximum wait of a token refresh for another one.
const REFRESH_LOCK_TIMEOUT: Duration = Duration::from_secs(30);

/// Guard of a user's run lock.
#[derive(Debug)]
pub struct RunLock(#[expect(dead_code, reason = "held until dropped, never read")] LockGuard);

/// Guard of a user's refresh lock.
#[derive(Debug)]
pub struct RefreshLock(#[expect(dead_code, reason = "held until dropped, never read")] LockGuard);

#[derive(Debug)]
enum LockGuard {
    #[expect(dead_code, reason = "held until dropped, never read")]
    Postgres(postgres::AdvisoryLockGuard),
    #[expect(dead_code, reason = "held until dropped, never read")]
    Sqlite(std::fs::File),
}

impl Database {
    /// Takes the run lock of the first user that is due and not locked. Does not wait for locks. Returns `None` if
    /// there is no such user.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn claim_next_user(
        &self,
        users: &[UserId],
        criterion: SkipCriterion,
    ) -> Result<Option<(UserId, RunLock)>, Error> {
        let claimed = match &self.backend {
            Backend::Postgres(server) => {
                let claimed = server
                    .locks
                    .claim_next_user(users, criterion)
                    .await
                    .map_err(|error| error.with_database(&self.url))?;
                claimed.map(|(user, lock)| (user, LockGuard::Postgres(lock)))
            }
            Backend::Sqlite(_) => self.claim_next_user_sqlite(users, criterion).await?,
        };
        Ok(claimed.map(|(user, lock)| (user, RunLock(lock))))
    }

    async fn claim_next_user_sqlite(
        &self,
        users: &[UserId],
        criterion: SkipCriterion,
    ) -> Result<Option<(UserId, LockGuard)>, Error> {
        for user in users {
            let Some(lock) = self.acquire_lock(LockKind::Run, *user, Duration::ZERO).await? else { continue };
            // The previous holder of the lock may have just synced the user.
            if self.load_synced_users(&[*user], criterion).await?.is_empty() {
                return Ok(Some((*user, lock)));
            }
        }
        Ok(None)
    }

    /// Returns those of the given users that the criterion skips.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn load_synced_users(&self, users: &[UserId], criterion: SkipCriterion) -> Result<Vec<UserId>, Error> {
        let Some((column, since)) = criterion.column_and_time() else { return Ok(Vec::new()) };
        let ids = SqlValue::Ids(users.iter().map(|user| user.0).collect());
        // A time in the future is not believed: the clock was set back.
        let now = self.database_now().await?;
        let sql = format!(
            "SELECT id FROM users WHERE {} AND {column} > $2 AND {column} <= $3",
            self.dialect().in_list("id", 1)
        );
        let params = vec![ids, SqlValue::Time(Some(since)), SqlValue::Time(Some(now))];
        let rows = self.query_with_retry(&sql, params).await?;
        rows.iter().map(|row| row.required_i32("id").map(UserId)).collect()
    }

    pub(super) async fn lock_run(&self, user: UserId) -> Result<Option<RunLock>, Error> {
        Ok(self.acquire_lock(LockKind::Run, user, RUN_LOCK_TIMEOUT).await?.map(RunLock))
    }

    pub(super) async fn lock_refresh(&self, user: UserId) -> Result<Option<RefreshLock>, Error> {
        Ok(self.acquire_lock(LockKind::Refresh, user, REFRESH_LOCK_TIMEOUT).await?.map(RefreshLock))
    }

    async fn acquire_lock(&self, kind: LockKind, user: UserId, wait: Duration) -> Result<Option<LockGuard>, Error> {
        let result = match &self.backend {
            Backend::Postgres(server) => {
                server.locks.acquire(kind, user, wait).await.map(|lock| lock.map(LockGuard::Postgres))
            }
            Backend::Sqlite(file) => file.acquire_lock(kind, user, wait).await.map(|lock| lock.map(LockGuard::Sqlite)),
        };
        result.map_err(|error| error.with_database(&self.url))
    }

    /// Fails if a run lock taken through this database is no longer held and cannot be re-acquired.
    pub(super) async fn ensure_run_lock(&self, user: UserId) -> Result<(), Error> {
        match &self.backend {
            Backend::Postgres(server) => {
                server.locks.ensure_run_lock(user).await.map_err(|error| error.with_database(&self.url))
            }
            Backend::Sqlite(_) => Ok(()),
        }
    }

    /// Returns true if any process holds the user's run lock.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn is_running(&self, user: UserId) -> Result<bool, Error> {
        match &self.backend {
            Backend::Postgres(server) => {
                let params = vec![i64::from(server.locks.class(LockKind::Run)).into(), user.0.into()];
                let rows = self.query_with_retry(postgres::IS_LOCKED_SQL, params).await?;
                rows.first().map_or(Ok(false), |row| row.bool_or_false("held"))
            }
            Backend::Sqlite(file) => {
                file.is_locked(LockKind::Run, user).map_err(|error| error.with_database(&self.url))
            }
        }
    }
}
