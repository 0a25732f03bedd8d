//! An open database of either kind: connections, and queries outside a transaction.

use std::sync::Arc;

use super::{
    connection::DbConnection,
    database_url::DatabaseUrl,
    error::Error,
    missing_schema::MissingSchema,
    postgres::PostgresBackend,
    retry::with_retry,
    sql::{DbRow, Dialect, SqlValue},
    sqlite::SqliteBackend,
};
use crate::clock::Clock;

/// An open database with a schema version that this malsync knows.
pub struct Database {
    pub(super) url: DatabaseUrl,
    pub(super) backend: Backend,
    /// Used for SQLite; PostgreSQL has its own clock.
    pub(super) clock: Arc<dyn Clock>,
    /// Set if the database has none of malsync's tables. `backend` is then an empty database in memory.
    pub(super) missing_schema: Option<MissingSchema>,
}

/// What only one of the two databases has.
pub(super) enum Backend {
    Postgres(Box<PostgresBackend>),
    Sqlite(SqliteBackend),
}

impl Database {
    /// Returns the database's URL, which displays without a password.
    #[must_use]
    pub const fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Returns why the database has none of malsync's tables. Returns `None` if it has them. See
    /// [`Database::open_existing`].
    #[must_use]
    pub const fn missing_schema(&self) -> Option<MissingSchema> {
        self.missing_schema
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
    pub async fn close(&self) {
        match &self.backend {
            Backend::Postgres(server) => server.close().await,
            Backend::Sqlite(file) => file.close().await,
        }
    }

    /// Fails if the database is a file that was deleted or replaced since it was opened.
    pub(super) fn ensure_file_in_place(&self) -> Result<(), Error> {
        match &self.backend {
            Backend::Postgres(_) => Ok(()),
            Backend::Sqlite(file) => file.ensure_file_in_place().map_err(|error| error.with_database(&self.url)),
        }
    }

    pub(super) const fn dialect(&self) -> Dialect {
        match self.backend {
            Backend::Postgres(_) => Dialect::Postgres,
            Backend::Sqlite(_) => Dialect::Sqlite,
        }
    }

    pub(super) async fn acquire_connection(&self) -> Result<DbConnection, Error> {
        Ok(match &self.backend {
            Backend::Postgres(server) => DbConnection::Postgres(server.pool.acquire().await?),
            Backend::Sqlite(file) => DbConnection::Sqlite(file.pool.acquire().await?),
        })
    }

    /// Runs a query outside a transaction, with retries.
    pub(super) async fn query_with_retry(&self, sql: &str, params: Vec<SqlValue<'_>>) -> Result<Vec<DbRow>, Error> {
        let rows = with_retry!(match self.acquire_connection().await {
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
