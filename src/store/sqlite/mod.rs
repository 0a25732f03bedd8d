//! What only SQLite has: a file to make, with its folder, its mode and its neighbours.

mod file;
mod lock;
mod migrate;
mod nullable;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sqlx::{
    ConnectOptions as _, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::error::Error;

/// How long is waited for another program's lock.
const BUSY: Duration = Duration::from_secs(30);

/// A file, with a small pool of connections.
pub(super) struct Sqlite {
    pub(super) pool: SqlitePool,
    /// The file's real name: however it is reached, its locks are the same.
    path: PathBuf,
    /// Whoever writes has it: several users' batches are written one after the other, in the order in which they came.
    pub(super) writer: Arc<tokio::sync::Mutex<()>>,
}

impl Sqlite {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) async fn open(path: &Path, make_folder: bool) -> Result<Self, Error> {
        let path = file::prepare(path, make_folder)?;
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .log_slow_statements(tracing::log::LevelFilter::Off, Duration::default());
        migrate::run(&path, &options).await?;
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(BUSY + Duration::from_secs(10))
            .connect_lazy_with(options);
        Ok(Self { pool, path, writer: Arc::default() })
    }
}
