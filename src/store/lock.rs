//! The locks of a user: one run at a time, one refresh at a time, over all processes and machines that share the database.
//!
//! The rules: a lock goes with its process; looking takes none that could make a run step back; a run that lost its lock's
//! connection gets the lock back before it writes again, or ends. Where many processes share the work of many users, the run
//! lock is the claim, and there is no other.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Backend, Database, Error, postgres, sql::Bind};
use crate::domain::user::UserId;

/// How long a run's start waits for the lock: a run that just ended, or a looker, may still have it for an instant.
const RUN_WAIT: Duration = Duration::from_secs(1);

/// How long a refresh waits for another one.
const REFRESH_WAIT: Duration = Duration::from_secs(30);

/// What a lock is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Purpose {
    /// A sync of the user.
    Run,
    /// A refresh of the user's token pair.
    Refresh,
}

/// Held while a run of the user goes on.
#[derive(Debug)]
pub struct RunLock(#[expect(dead_code, reason = "held, never looked at")] Held);

/// Held while the user's token pair is refreshed.
#[derive(Debug)]
pub struct RefreshLock(#[expect(dead_code, reason = "held, never looked at")] Held);

#[derive(Debug)]
enum Held {
    #[expect(dead_code, reason = "held, never looked at")]
    Postgres(postgres::SessionLock),
    #[expect(dead_code, reason = "held, never looked at")]
    Sqlite(std::fs::File),
}

/// By which mark, and since when, a user has been synced and is no longer due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// A complete sync ended after this.
    Synced(DateTime<Utc>),
    /// A complete full one did.
    Full(DateTime<Utc>),
    /// No mark tells: everybody is due.
    Never,
}

impl Done {
    /// The times after which `last_mal_sync` and `last_full_sync` tell of it.
    pub(super) const fn after(self) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        match self {
            Self::Synced(since) => (Some(since), None),
            Self::Full(since) => (None, Some(since)),
            Self::Never => (None, None),
        }
    }

    /// The column that tells of it, and the time.
    const fn mark(self) -> Option<(&'static str, DateTime<Utc>)> {
        match self {
            Self::Synced(since) => Some(("last_mal_sync", since)),
            Self::Full(since) => Some(("last_full_sync", since)),
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
    pub async fn claim(&self, among: &[UserId], done: Done) -> Result<Option<(UserId, RunLock)>, Error> {
        let claimed = match &self.backend {
            Backend::Postgres(server) => {
                let claimed = server.locks.claim(among, done).await.map_err(|error| error.at(&self.place))?;
                claimed.map(|(user, lock)| (user, Held::Postgres(lock)))
            }
            Backend::Sqlite(_) => self.claim_by_file(among, done).await?,
        };
        Ok(claimed.map(|(user, lock)| (user, RunLock(lock))))
    }

    async fn claim_by_file(&self, among: &[UserId], done: Done) -> Result<Option<(UserId, Held)>, Error> {
        for user in among {
            let Some(lock) = self.take_lock(Purpose::Run, *user, Duration::ZERO).await? else { continue };
            // Whoever had the lock until now may just have synced the user.
            if self.done(&[*user], done).await?.is_empty() {
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
    pub async fn done(&self, among: &[UserId], done: Done) -> Result<Vec<UserId>, Error> {
        let Some((mark, since)) = done.mark() else { return Ok(Vec::new()) };
        let ids = Bind::Ids(among.iter().map(|user| user.0).collect());
        let sql = format!("SELECT id FROM users WHERE {} AND {mark} > $2", self.dialect().among("id", 1));
        let rows = self.read(&sql, vec![ids, Bind::Time(Some(since))]).await?;
        rows.iter().map(|row| row.id("id").map(UserId)).collect()
    }

    pub(super) async fn take_run_lock(&self, user: UserId) -> Result<Option<RunLock>, Error> {
        Ok(self.take_lock(Purpose::Run, user, RUN_WAIT).await?.map(RunLock))
    }

    pub(super) async fn take_refresh_lock(&self, user: UserId) -> Result<Option<RefreshLock>, Error> {
        Ok(self.take_lock(Purpose::Refresh, user, REFRESH_WAIT).await?.map(RefreshLock))
    }

    async fn take_lock(&self, purpose: Purpose, user: UserId, wait: Duration) -> Result<Option<Held>, Error> {
        let taken = match &self.backend {
            Backend::Postgres(server) => {
                server.locks.take(purpose, user, wait).await.map(|lock| lock.map(Held::Postgres))
            }
            Backend::Sqlite(file) => file.lock(purpose, user, wait).await.map(|lock| lock.map(Held::Sqlite)),
        };
        taken.map_err(|error| error.at(&self.place))
    }

    /// Makes sure that a run lock taken through this database is still held.
    pub(super) async fn keep_run_lock(&self, user: UserId) -> Result<(), Error> {
        match &self.backend {
            Backend::Postgres(server) => server.locks.keep(user).await.map_err(|error| error.at(&self.place)),
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
                let binds = vec![i64::from(postgres::class(Purpose::Run)).into(), user.0.into()];
                let rows = self.read(postgres::IS_LOCKED, binds).await?;
                rows.first().map_or(Ok(false), |row| row.flag("held"))
            }
            Backend::Sqlite(file) => file.is_locked(Purpose::Run, user).map_err(|error| error.at(&self.place)),
        }
    }
}

/// How long somebody goes on asking for what another has.
pub(super) struct Patience(tokio::time::Instant);

impl Patience {
    /// From now on, so long.
    pub(super) fn of(wait: Duration) -> Self {
        Self(tokio::time::Instant::now() + wait)
    }

    /// Waits a tenth of a second; says whether to ask again.
    pub(super) async fn lasts(&self) -> bool {
        let lasts = tokio::time::Instant::now() < self.0;
        if lasts {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        lasts
    }
}
