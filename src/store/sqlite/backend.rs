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

use crate::store::error::Error;

/// Maximum wait for another program's lock.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Rows buffered between sqlx's worker thread and the reader. A thread switch costs more than a row.
const ROW_BUFFER_SIZE: usize = 256;

/// An SQLite file with a small connection pool.
pub(in crate::store) struct SqliteBackend {
    pub(in crate::store) pool: SqlitePool,
    /// Real path of the file, so that its lock files are the same for every path that leads to it.
    path: PathBuf,
    identity: Option<FileIdentity>,
    /// False if the file was opened for reading only, because this account may not write it.
    is_writable: bool,
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
        let identity = FileIdentity::of_path(&path);
        Self { pool, path, identity, is_writable: true, writer_mutex: Arc::default() }
    }

    /// Returns the backend with this answer of [`SqliteBackend::is_writable`].
    pub(super) fn with_write_access(self, is_writable: bool) -> Self {
        Self { is_writable, ..self }
    }

    /// Returns false if this account may not write the file.
    pub(in crate::store) const fn is_writable(&self) -> bool {
        self.is_writable
    }

    /// Creates a backend for a database in memory, which lives as long as the pool.
    pub(super) fn in_memory(options: SqliteConnectOptions) -> Self {
        // All connections share the database. One of them always stays open.
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_lazy_with(options);
        Self { pool, path: PathBuf::new(), identity: None, is_writable: true, writer_mutex: Arc::default() }
    }

    /// Fails if the file at the path is not the one that was opened: it was deleted or replaced, and what is written
    /// reaches no file that anybody will open again.
    pub(in crate::store) fn ensure_file_in_place(&self) -> Result<(), Error> {
        if self.identity.is_none() || FileIdentity::of_path(&self.path) == self.identity {
            return Ok(());
        }
        Err(Error::fatal("the file was deleted or replaced while it was open; later writes are lost")
            .with_hint("restore the file from a backup if it contained data, then try again"))
    }

    /// Returns true if both are the same file, whatever their paths are.
    pub(in crate::store) fn is_same_file(&self, other: &Self) -> bool {
        self.path == other.path || (self.identity.is_some() && self.identity == other.identity)
    }

    /// Writes the write-ahead log into the file, so that the file alone has everything.
    ///
    /// # Errors
    /// Fails if the file cannot be written. It is no error if another connection reads, and a part of the log stays
    /// unwritten.
    pub(in crate::store) async fn write_log_into_file(&self) -> Result<(), Error> {
        sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.pool).await?;
        Ok(())
    }

    /// Closes all connections. With the last one of all processes SQLite removes its `-wal` and `-shm` files.
    pub(in crate::store) async fn close(&self) {
        self.pool.close().await;
    }
}

/// Tells two files apart, whatever their paths are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileIdentity {
    device: u64,
    inode: u64,
}

impl FileIdentity {
    /// Returns the identity of the file at a path. Returns `None` if there is none, or on a system without inodes, where
    /// an open file cannot be deleted.
    #[cfg(unix)]
    fn of_path(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        std::fs::metadata(path).ok().map(|file| Self { device: file.dev(), inode: file.ino() })
    }

    #[cfg(not(unix))]
    fn of_path(_: &Path) -> Option<Self> {
        None
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
