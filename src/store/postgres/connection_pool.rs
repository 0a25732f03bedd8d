//! Small connection pool for one PostgreSQL server.
//!
//! Not `sqlx::PgPool`, because it opens one more connection per command, pings before and after each use, and reports
//! connection errors as timeouts (figures in decision 17).
//!
//! Invariants:
//! 1. The connection that checked the schema serves the first statement, and a statement that would follow within a
//!    moment waits for it.
//! 2. A connection that broke, or that was dropped in the middle of a statement, is never reused. All connections
//!    idle at the time of a break are closed too.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use sqlx::{PgConnection, postgres::PgConnectOptions};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::{connect, statement_limit::statement_limit};
use crate::store::error::{Error, StoreErrorKind};

/// How long a task waits for a connection that another task of this process uses, before it opens one more. A statement
/// mostly takes less than this, and a new session longer.
const IDLE_WAIT: Duration = Duration::from_millis(3);

/// Maximum number of connections, not counting the session that holds the locks.
const MAX_CONNECTIONS: usize = 4;

/// Connections of this process to one server.
pub(in crate::store) struct ConnectionPool {
    options: PgConnectOptions,
    /// The search path of all sessions, as quoted identifiers.
    search_path: String,
    idle: Mutex<Vec<PgConnection>>,
    permits: Arc<Semaphore>,
    /// Number of connections that tasks of this process use now.
    in_use: AtomicUsize,
    /// Notified when a connection is no longer in use.
    returned: Notify,
}

impl ConnectionPool {
    /// Creates a pool with one open connection.
    pub(super) fn new(options: PgConnectOptions, first: PgConnection, search_path: String) -> Arc<Self> {
        Arc::new(Self {
            options,
            search_path,
            idle: Mutex::new(vec![first]),
            permits: Arc::new(Semaphore::new(MAX_CONNECTIONS)),
            in_use: AtomicUsize::new(0),
            returned: Notify::new(),
        })
    }

    fn lock_idle(&self) -> MutexGuard<'_, Vec<PgConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a connection; waits for one to be returned if all are in use. The wait is bounded because every use
    /// is.
    pub(in crate::store) async fn acquire(self: &Arc<Self>) -> Result<PooledConnection, Error> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.expect("the semaphore is never closed");
        self.wait_for_idle().await;
        loop {
            let returned = self.returned.notified();
            match self.take_connection().await {
                Ok(connection) => {
                    self.in_use.fetch_add(1, Ordering::SeqCst);
                    let pool = Arc::clone(self);
                    return Ok(PooledConnection {
                        connection: Some(connection),
                        is_reusable: true,
                        pool,
                        _permit: permit,
                    });
                }
                // The server gives this role no further connection: share those that there are.
                Err(error) if error.kind == StoreErrorKind::ServerFull && self.in_use.load(Ordering::SeqCst) > 0 => {
                    if tokio::time::timeout(statement_limit(), returned).await.is_err() {
                        return Err(error);
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits a moment for an idle connection, if there is none and one of those in use may be returned.
    async fn wait_for_idle(&self) {
        let returned = self.returned.notified();
        if self.lock_idle().is_empty() && self.in_use.load(Ordering::SeqCst) > 0 {
            let _ = tokio::time::timeout(IDLE_WAIT, returned).await;
        }
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
        connect::connect_further(&self.options, &self.search_path).await
    }

    /// Adds a connection that [`Self::connect_new`] opened.
    pub(super) fn add_idle(&self, connection: PgConnection) {
        self.lock_idle().push(connection);
    }

    /// Closes the idle connections.
    pub(in crate::store) async fn close(&self) {
        let idle = std::mem::take(&mut *self.lock_idle());
        for connection in idle {
            connect::close(connection).await;
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
            Err(error) if error.is_unreachable() => self.pool.lock_idle().clear(),
            _ => self.is_reusable = true,
        }
        result
    }

    /// Returns true if a statement is in flight or broke the connection.
    pub(in crate::store) const fn is_broken(&self) -> bool {
        !self.is_reusable
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
        self.pool.in_use.fetch_sub(1, Ordering::SeqCst);
        self.pool.returned.notify_waiters();
    }
}
