//! The connections to a server: a few, made where none is idle, kept for whoever comes next.
//!
//! The rules: the one that looked at the schema is the first to serve; one that was left in the middle of a statement, or
//! that broke, never serves again, nor does any that was idle when it broke. The library's own pool would make a connection
//! more for a command, ask each whether it lives before and after every use, and tell of a server that refuses as of time
//! that ran out; decision 17 has the figures.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connect;
use crate::store::error::{Error, StoreErrorKind};

/// How many there are at most; the session that holds the locks is not counted.
const MAX_CONNECTIONS: usize = 4;

/// The connections of this process to a server.
pub(in crate::store) struct ConnectionPool {
    options: PgConnectOptions,
    idle: Mutex<Vec<PgConnection>>,
    permits: Arc<Semaphore>,
}

impl ConnectionPool {
    /// Begins with one that was made already.
    pub(super) fn new(options: PgConnectOptions, first: PgConnection) -> Arc<Self> {
        Arc::new(Self { options, idle: Mutex::new(vec![first]), permits: Arc::new(Semaphore::new(MAX_CONNECTIONS)) })
    }

    fn lock_idle(&self) -> MutexGuard<'_, Vec<PgConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One to use; where all are in use, the next that is given back. Each use is bounded by itself, and so is this.
    pub(in crate::store) async fn acquire(self: &Arc<Self>) -> Result<PooledConnection, Error> {
        let place = Arc::clone(&self.permits).acquire_owned().await.expect("the places are never closed");
        let connection = Some(self.take_connection().await?);
        Ok(PooledConnection { connection, is_reusable: true, pool: Arc::clone(self), _permit: place })
    }

    /// One to keep.
    pub(super) async fn take_connection(&self) -> Result<PgConnection, Error> {
        let idle = self.lock_idle().pop();
        match idle {
            Some(connection) => Ok(connection),
            None => self.connect_new().await,
        }
    }

    /// A new one to keep.
    pub(super) async fn connect_new(&self) -> Result<PgConnection, Error> {
        connect(&self.options).await
    }

    /// Ends those that are idle in good order.
    pub(in crate::store) async fn close(&self) {
        let idle = std::mem::take(&mut *self.lock_idle());
        for connection in idle {
            let _ = connection.close().await;
        }
    }
}

/// A connection in use. It goes back when this is dropped, where it can serve again.
pub(in crate::store) struct PooledConnection {
    connection: Option<PgConnection>,
    /// No statement is on its way, and none broke it.
    is_reusable: bool,
    pool: Arc<ConnectionPool>,
    _permit: OwnedSemaphorePermit,
}

/// Without the options, which have the password.
impl std::fmt::Debug for PooledConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Borrowed").field("sound", &self.is_reusable).finish_non_exhaustive()
    }
}

impl PooledConnection {
    /// For a statement, which [`Self::ended`] is told the end of.
    pub(in crate::store) fn start_statement(&mut self) -> &mut PgConnection {
        self.is_reusable = false;
        self.connection.as_mut().expect("it has its connection until it is dropped")
    }

    /// Takes it from how the statement ended whether the connection can serve again.
    pub(in crate::store) fn record_statement_result<T>(&mut self, done: Result<T, Error>) -> Result<T, Error> {
        match &done {
            Err(error) if error.kind == StoreErrorKind::ConnectionLost => self.pool.lock_idle().clear(),
            _ => self.is_reusable = true,
        }
        done
    }

    /// Closes it, with whatever it had begun.
    pub(in crate::store) fn discard(mut self) {
        self.is_reusable = false;
    }
}

impl Drop for PooledConnection {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take().filter(|_| self.is_reusable) {
            self.pool.lock_idle().push(connection);
        }
    }
}
