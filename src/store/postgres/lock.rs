//! Session advisory locks, each on a connection of its own: freed by the server as soon as the connection is gone.
//!
//! A pooler that hands the session on after each transaction would break the promise; a direct connection is needed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::PgConnection;

use super::{Postgres, connect};
use crate::{
    domain::user::UserId,
    store::{
        error::Error,
        lock::{Patience, Purpose},
        retry::retried,
    },
};

/// Whether anybody holds the lock of class `$1` for `$2`; takes none.
pub(in crate::store) const IS_LOCKED: &str = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' \
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
    AND classid::bigint = $1 AND objid::bigint = $2 AND objsubid = 2 AND granted) AS held";

type Connections = Mutex<HashMap<UserId, Arc<tokio::sync::Mutex<PgConnection>>>>;

/// A lock that a session of its own holds.
#[derive(Debug)]
pub(in crate::store) struct SessionLock {
    #[expect(dead_code, reason = "the connection is the lock")]
    connection: Arc<tokio::sync::Mutex<PgConnection>>,
    watched: Option<(UserId, Arc<Connections>)>,
}

impl Drop for SessionLock {
    fn drop(&mut self) {
        if let Some((user, connections)) = &self.watched {
            connections.lock().unwrap_or_else(PoisonError::into_inner).remove(user);
        }
    }
}

/// The first of the two numbers that name a lock; the second is the user's id. In the ASCII codes of `mal`.
pub(in crate::store) const fn class(purpose: Purpose) -> i32 {
    match purpose {
        Purpose::Run => 0x6d61_6c01,
        Purpose::Refresh => 0x6d61_6c02,
    }
}

impl Postgres {
    pub(in crate::store) async fn lock(
        &self,
        purpose: Purpose,
        user: UserId,
        wait: Duration,
    ) -> Result<Option<SessionLock>, Error> {
        let mut connection = connect(&self.options).await?;
        if !lock(&mut connection, purpose, user, wait).await? {
            return Ok(None);
        }
        let connection = Arc::new(tokio::sync::Mutex::new(connection));
        let watched = (purpose == Purpose::Run).then(|| {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            held.insert(user, Arc::clone(&connection));
            (user, Arc::clone(&self.held))
        });
        Ok(Some(SessionLock { connection, watched }))
    }

    /// Makes sure that a run lock taken here is still held. A broken connection is made anew, and the lock taken again,
    /// unless another run has it by now.
    pub(in crate::store) async fn keep_lock(&self, user: UserId) -> Result<(), Error> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).get(&user).cloned();
        let Some(held) = held else { return Ok(()) };
        let mut connection = held.lock().await;
        match tokio::time::timeout(super::CONNECT, holds(&mut connection, user)).await {
            Ok(Ok(true)) => return Ok(()),
            Ok(Ok(false)) => {
                let what =
                    "the session with the run lock became another one: a pooler in transaction mode is in between";
                return Err(Error::fatal(what).hint("give malsync a direct connection, or a pooler in session mode"));
            }
            // It broke, or does not answer.
            Ok(Err(_)) | Err(_) => {}
        }
        tracing::debug!(%user, "the connection that holds the run lock broke");
        *connection = retried!(self.lock_again(user).await)?;
        Ok(())
    }

    async fn lock_again(&self, user: UserId) -> Result<PgConnection, Error> {
        let mut anew = connect(&self.options).await?;
        // The server may take the old session for alive a little longer.
        if lock(&mut anew, Purpose::Run, user, Duration::from_secs(5)).await? {
            return Ok(anew);
        }
        Err(Error::fatal(format!("the lock of user {user} was lost, and another sync has it now")))
    }
}

/// Whether this very session holds the user's run lock.
async fn holds(session: &mut PgConnection, user: UserId) -> Result<bool, sqlx::Error> {
    let held = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() \
        AND classid::bigint = $1 AND objid::bigint = $2 AND objsubid = 2 AND granted)";
    sqlx::query_scalar(held).bind(i64::from(class(Purpose::Run))).bind(i64::from(user.0)).fetch_one(session).await
}

async fn lock(session: &mut PgConnection, purpose: Purpose, user: UserId, wait: Duration) -> Result<bool, Error> {
    let patience = Patience::of(wait);
    loop {
        let taken = sqlx::query_scalar("SELECT pg_try_advisory_lock($1, $2)").bind(class(purpose)).bind(user.0);
        if taken.fetch_one(&mut *session).await? {
            return Ok(true);
        }
        if !patience.lasts().await {
            return Ok(false);
        }
    }
}
