//! SQLite only: the database file with its mode, lock files and migrations.

mod database_file;
mod drop_not_null;
mod lock_files;
mod migrate;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sqlx::{
    ConnectOptions as _, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{error::Error, migration::SchemaVersions};

/// Maximum wait for another program's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Rows buffered between sqlx's worker thread and the reader. A thread switch costs more than a row.
const ROW_BUFFER_SIZE: usize = 256;

/// An SQLite file with a small connection pool.
pub(super) struct SqliteBackend {
    pub(super) pool: SqlitePool,
    /// Real path of the file, so that its lock files are the same for every path that leads to it.
    path: PathBuf,
    /// Held while writing: batches of several users are written one after the other, first come, first served.
    pub(super) writer_mutex: Arc<tokio::sync::Mutex<()>>,
}

impl SqliteBackend {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) async fn open(path: &Path, create_directory: bool) -> Result<Self, Error> {
        let path = database_file::create_private(path, create_directory)?;
        let options = connect_options(&path).journal_mode(SqliteJournalMode::Wal);
        migrate::run(&path, &options).await?;
        Ok(Self::with_pool(path, options))
    }

    /// Opens the file without creating or changing anything, and returns the schema versions.
    pub(super) async fn open_read_only(path: &Path) -> Result<(Self, SchemaVersions), Error> {
        let path = database_file::existing_file(path)?;
        let options = connect_options(&path);
        let schema = migrate::load_schema_versions(&options).await?;
        Ok((Self::with_pool(path, options), schema))
    }

    fn with_pool(path: PathBuf, options: SqliteConnectOptions) -> Self {
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .test_before_acquire(false)
            .acquire_timeout(BUSY_TIMEOUT + Duration::from_secs(10))
            .connect_lazy_with(options);
        Self { pool, path, writer_mutex: Arc::default() }
    }
}

fn connect_options(path: &Path) -> SqliteConnectOptions {
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
