//! What only SQLite has: a file to make, with its folder, its mode and its neighbours.

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

/// How long is waited for another program's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// How many rows may be on their way from the thread that reads them: each wait of one thread for the other costs more than a row.
const ROW_BUFFER_SIZE: usize = 256;

/// A file, with a small pool of connections.
pub(super) struct SqliteBackend {
    pub(super) pool: SqlitePool,
    /// The file's real name: however it is reached, its locks are the same.
    path: PathBuf,
    /// Whoever writes has it: several users' batches are written one after the other, in the order in which they came.
    pub(super) writer_mutex: Arc<tokio::sync::Mutex<()>>,
}

impl SqliteBackend {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) async fn open(path: &Path, make_folder: bool) -> Result<Self, Error> {
        let path = database_file::create_private(path, make_folder)?;
        let options = connect_options(&path).journal_mode(SqliteJournalMode::Wal);
        migrate::run(&path, &options).await?;
        Ok(Self::with_pool(path, options))
    }

    /// Opens it for a look: nothing is made, and nothing altered. Says too which schema it has.
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
        // In KiB, negative so that it is no count of pages: a sync has three connections, and each a cache of its own.
        .pragma("cache_size", "-1000")
        .log_slow_statements(tracing::log::LevelFilter::Off, Duration::default())
}
