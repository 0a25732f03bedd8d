//! The locks of a user: one run at a time, one refresh at a time, over all processes and machines that share the database.
//!
//! The rules: a lock goes with its process; looking takes none that could make a run step back; a run that lost its lock's
//! connection gets the lock back before it writes again, or ends.

use std::time::Duration;

use super::{Backend, Database, Error, postgres};
use crate::domain::user::UserId;

/// How long a run's start waits for the lock: a run that just ended, or a looker, may still have it for an instant.
const RUN_WAIT: Duration = Duration::from_secs(1);

/// How long a refresh waits for another one.
const REFRESH_WAIT: Duration = Duration::from_secs(30);

/// What a lock is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

impl Database {
    pub(super) async fn take_run_lock(&self, user: UserId) -> Result<Option<RunLock>, Error> {
        Ok(self.take_lock(Purpose::Run, user, RUN_WAIT).await?.map(RunLock))
    }

    pub(super) async fn take_refresh_lock(&self, user: UserId) -> Result<Option<RefreshLock>, Error> {
        Ok(self.take_lock(Purpose::Refresh, user, REFRESH_WAIT).await?.map(RefreshLock))
    }

    async fn take_lock(&self, purpose: Purpose, user: UserId, wait: Duration) -> Result<Option<Held>, Error> {
        let taken = match &self.backend {
            Backend::Postgres(server) => server.lock(purpose, user, wait).await.map(|lock| lock.map(Held::Postgres)),
            Backend::Sqlite(file) => file.lock(purpose, user, wait).await.map(|lock| lock.map(Held::Sqlite)),
        };
        taken.map_err(|error| error.at(&self.place))
    }

    /// Makes sure that a run lock taken through this database is still held.
    pub(super) async fn keep_run_lock(&self, user: UserId) -> Result<(), Error> {
        match &self.backend {
            Backend::Postgres(server) => server.keep_lock(user).await.map_err(|error| error.at(&self.place)),
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
