//! An SQLite file with its connections.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sqlx::{
    ConnectOptions as _, SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous},
};

/// Maximum wait for another program's lock.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Rows buffered between sqlx's worker thread and the reader. A thread switch costs more than a row.
const ROW_BUFFER_SIZE: usize = 256;

/// An SQLite file with a small connection pool.
pub(in crate::store) struct SqliteBackend {
    pub(in crate::store) pool: SqlitePool,
    /// Real path of the file, so that its lock files are the same for every path that leads to it.
    path: PathBuf,
    /// Held while writing: batches of several users are written one after the other, first come, first served.
    pub(in crate::store) writer_mutex: Arc<tokio::sync::Mutex<()>>,
}

impl SqliteBackend {
    pub(in crate::store) fn path(&self) -> &Path {
        &self.path
    }

    /// Creates a backend that connects when the first statement is run.
    pub(super) fn new(path: PathBuf, options: SqliteConnectOptions) -> Self {
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .test_before_acquire(false)
            .acquire_timeout(BUSY_TIMEOUT + Duration::from_secs(10))
            .connect_lazy_with(options);
        Self { pool, path, writer_mutex: Arc::default() }
    }

    /// Closes all connections. With the last one of all processes SQLite removes its `-wal` and `-shm` files.
    pub(in crate::store) async fn close(&self) {
        self.pool.close().await;
    }
}

pub(super) fn connect_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .row_buffer_size(ROW_BUFFER_SIZE)
        // Negative means KiB instead of pages. A sync has three connections, each with its own cache.
        .pragma("cache_size", "-1000")
        .log_slow_statements(tracing::log::LevelFilter::Off, Duration::default())
}
