//! Small connection pool for one PostgreSQL server.
//!
//! Not `sqlx::PgPool`, because it opens one more connection per command, pings before and after each use, and reports
//! connection errors as timeouts (figures in decision 17).
//!
//! Invariants:
//! 1. The connection that checked the schema serves the first statement.
//! 2. A connection that broke, or that was dropped in the middle of a statement, is never reused. All connections
//!    idle at the time of a break are closed too.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connect::connect;
use crate::store::error::{Error, StoreErrorKind};

/// Maximum number of connections, not counting the session that holds the locks.
const MAX_CONNECTIONS: usize = 4;

/// Connections of this process to one server.
pub(in crate::store) struct ConnectionPool {
    options: PgConnectOptions,
    idle: Mutex<Vec<PgConnection>>,
    permits: Arc<Semaphore>,
}

impl ConnectionPool {
    /// Creates a pool with one open connection.
    pub(super) fn new(options: PgConnectOptions, first: PgConnection) -> Arc<Self> {
        Arc::new(Self { options, idle: Mutex::new(vec![first]), permits: Arc::new(Semaphore::new(MAX_CONNECTIONS)) })
    }

    fn lock_idle(&self) -> MutexGuard<'_, Vec<PgConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a connection; waits for one to be returned if all are in use. The wait is bounded because every use
    /// is.
    pub(in crate::store) async fn acquire(self: &Arc<Self>) -> Result<PooledConnection, Error> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.expect("the semaphore is never closed");
        let connection = Some(self.take_connection().await?);
        Ok(PooledConnection { connection, is_reusable: true, pool: Arc::clone(self), _permit: permit })
    }

    /// Takes a connection out of the pool for good.
    pub(super) async fn take_connection(&self) -> Result<PgConnection, Error> {
        let idle = self.lock_idle().pop();
        match idle {
            Some(connection) => Ok(connection),
            None => self.connect_new().await,
        }
    }

    /// Opens a new connection outside the pool.
    pub(super) async fn connect_new(&self) -> Result<PgConnection, Error> {
        connect(&self.options).await
    }

    /// Closes the idle connections.
    pub(in crate::store) async fn close(&self) {
        let idle = std::mem::take(&mut *self.lock_idle());
        for connection in idle {
            let _ = connection.close().await;
        }
    }
}

/// A connection in use. Returned to the pool on drop if it is reusable.
pub(in crate::store) struct PooledConnection {
    connection: Option<PgConnection>,
    /// True if no statement is in flight and none broke the connection.
    is_reusable: bool,
    pool: Arc<ConnectionPool>,
    _permit: OwnedSemaphorePermit,
}

/// Omits the options, which contain the password.
impl std::fmt::Debug for PooledConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PooledConnection").field("is_reusable", &self.is_reusable).finish_non_exhaustive()
    }
}

impl PooledConnection {
    /// Returns the connection for one statement. The caller passes the result to [`Self::record_statement_result`].
    pub(in crate::store) fn start_statement(&mut self) -> &mut PgConnection {
        self.is_reusable = false;
        self.connection.as_mut().expect("the connection is taken only on drop")
    }

    /// Records from a statement's result whether the connection is reusable, and returns the result.
    pub(in crate::store) fn record_statement_result<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        match &result {
            Err(error) if error.kind == StoreErrorKind::ConnectionLost => self.pool.lock_idle().clear(),
            _ => self.is_reusable = true,
        }
        result
    }

    /// Closes the connection and with it any open transaction.
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
