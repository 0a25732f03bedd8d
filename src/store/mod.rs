//! Database adapter: all SQL, for PostgreSQL and SQLite.
//!
//! - [`Database`] is one type for both databases; [`DatabaseUrl`] says where the database is; [`Error`] classifies
//!   failures.
//! - `sql` hides the differences between the two dialects; `transaction` begins and commits, and finds out whether a
//!   COMMIT took effect whose connection broke; `retry` decides what is retried.
//! - `merge` applies a batch: `batch_rows` loads its rows, `batch_writes` writes what changed.
//! - `runs`, `changes`, `edits`, `entries`, `list`, `partial_entries`, `anime_lookup`, `users`, `logins` and
//!   `request_slots` contain the statements of their subject.
//! - `postgres` and `sqlite` contain what only one of them has: opening, migrations, locks.
//! - `port` implements [`crate::sync::port::SyncStore`] and [`crate::sync::port::LoginRepository`].
//!
//! Invariant: everything that the ports require to be atomic is written in one transaction. No merge rule is decided
//! here.

mod anime_lookup;
mod batch_rows;
mod batch_writes;
mod bulk_values;
mod changes;
mod columns;
mod database_info;
mod database_url;
mod edits;
mod entries;
mod error;
mod genres_studios;
mod list;
mod lock;
mod logins;
mod merge;
mod migration;
mod name_conflicts;
mod partial_entries;
mod port;
mod postgres;
mod request_slots;
mod retry;
mod row_reader;
mod runs;
mod sql;
mod sqlite;
mod sqlite_time;
mod tables;
mod transaction;
mod users;
mod where_builder;

use std::sync::Arc;

pub use anime_lookup::AnimeTitles;
pub use changes::ChangeQuery;
pub use database_info::DatabaseInfo;
pub use database_url::{DatabaseUrl, PostgresServer};
pub use edits::{EditFn, EditOwner, EditQuery};
pub use error::Error;
pub use list::ListQuery;
pub use lock::{RefreshLock, RunLock, SkipCriterion};
pub use migration::SchemaVersions;
pub use partial_entries::{ListColumn, PartialEntries};

use crate::clock::Clock;
use row_reader::DbRow;
use sql::{DbConnection, Dialect, SqlValue};

/// An open database with a schema version that this malsync knows.
pub struct Database {
    url: DatabaseUrl,
    backend: Backend,
    clock: Arc<dyn Clock>,
}

enum Backend {
    Postgres(Box<postgres::PostgresBackend>),
    Sqlite(sqlite::SqliteBackend),
}

impl Database {
    /// Opens the database, creates a missing SQLite file, and migrates the schema. `clock` is used for SQLite;
    /// PostgreSQL has its own clock.
    ///
    /// # Errors
    ///
    /// Fails if the database is unreachable, refuses access, has a newer schema than this malsync, or cannot be
    /// migrated.
    pub async fn open(url: &DatabaseUrl, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let backend = match url {
            DatabaseUrl::Postgres(server) => {
                postgres::PostgresBackend::open(server).await.map(|server| Backend::Postgres(Box::new(server)))
            }
            DatabaseUrl::Sqlite { path, create_directory } => {
                sqlite::SqliteBackend::open(path, *create_directory).await.map(Backend::Sqlite)
            }
        };
        let backend = backend.map_err(|error| error.with_database(url))?;
        Ok(Self { url: url.clone(), backend, clock })
    }

    /// Opens the database without creating or changing anything, and returns its schema versions. If the schema is
    /// not current, only [`Database::database_info`] and the clock may be used.
    ///
    /// # Errors
    ///
    /// Fails if the database cannot be used or the SQLite file does not exist.
    pub async fn open_read_only(url: &DatabaseUrl, clock: Arc<dyn Clock>) -> Result<(Self, SchemaVersions), Error> {
        let opened = match url {
            DatabaseUrl::Postgres(server) => postgres::PostgresBackend::open_read_only(server)
                .await
                .map(|(server, schema)| (Backend::Postgres(Box::new(server)), schema)),
            DatabaseUrl::Sqlite { path, .. } => {
                sqlite::SqliteBackend::open_read_only(path).await.map(|(file, schema)| (Backend::Sqlite(file), schema))
            }
        };
        let (backend, schema) = opened.map_err(|error| error.with_database(url))?;
        Ok((Self { url: url.clone(), backend, clock }, schema))
    }

    /// Returns the database's URL, which displays without a password.
    #[must_use]
    pub const fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Returns a stable id of the database, used to scope keyring entries. A file is named by its real path, so the
    /// id does not depend on the working directory.
    #[must_use]
    pub fn stable_id(&self) -> String {
        match &self.backend {
            Backend::Postgres(_) => self.url.to_string(),
            Backend::Sqlite(file) => format!("sqlite://{}", file.path().display()),
        }
    }

    /// Closes all connections. With the last one SQLite removes its `-wal` and `-shm` files.
    pub async fn close(self) {
        match self.backend {
            Backend::Postgres(server) => server.close().await,
            Backend::Sqlite(file) => file.pool.close().await,
        }
    }

    const fn dialect(&self) -> Dialect {
        match self.backend {
            Backend::Postgres(_) => Dialect::Postgres,
            Backend::Sqlite(_) => Dialect::Sqlite,
        }
    }

    async fn acquire_connection(&self) -> Result<DbConnection, Error> {
        Ok(match &self.backend {
            Backend::Postgres(server) => DbConnection::Postgres(server.pool.acquire().await?),
            Backend::Sqlite(file) => DbConnection::Sqlite(file.pool.acquire().await?),
        })
    }

    /// Runs a query outside a transaction, with retries.
    async fn query_with_retry(&self, sql: &str, params: Vec<SqlValue<'_>>) -> Result<Vec<DbRow>, Error> {
        let rows = retry::with_retry!(match self.acquire_connection().await {
            Ok(mut connection) => connection.query_all(sql, params.clone()).await,
            Err(error) => Err(error),
        });
        rows.map_err(|error: Error| error.with_database(&self.url))
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("url", &self.url).finish_non_exhaustive()
    }
}
