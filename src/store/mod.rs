//! The adapter to the databases: all SQL. One story for PostgreSQL and SQLite.
//!
//! - [`Database`] is one type over both; [`Place`] says where it is, [`Error`] what it would not do.
//! - `sql` lets one statement serve both; `transaction` begins, commits and finds out what a lost COMMIT became; `retry`
//!   says what is tried again.
//! - `merge` applies a batch: `rows` reads what it meets, `write` changes what differs. `runs`, `changes`, `entries`,
//!   `list`, `sketch`, `leading`, `known`, `users`, `logins` and `pace` have the statements about what they are named after.
//! - `postgres` and `sqlite` have what only one of them has: opening, migrations, locks.
//! - `port` fulfils [`crate::sync::port::Store`] and [`crate::auth::port::Logins`].
//!
//! The rule: whatever is written by the laws of the ports is written inside one transaction. No conflict rule is decided here.

mod anime_lookup;
mod batch_rows;
mod batch_writes;
mod bulk_values;
mod changes;
mod database_info;
mod database_url;
mod edits;
mod entries;
mod error;
mod genres_studios;
mod leading;
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

/// The database, opened and of the schema that this malsync knows.
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
    /// Opens the database, makes it where it is a missing file, and brings its schema up to date. The clock serves
    /// SQLite; PostgreSQL has its own.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being used, by name: out of reach, refusing, newer than this malsync, not to be altered.
    pub async fn open(place: &DatabaseUrl, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let backend = match place {
            DatabaseUrl::Postgres(server) => {
                postgres::PostgresBackend::open(server).await.map(|server| Backend::Postgres(Box::new(server)))
            }
            DatabaseUrl::Sqlite { path, create_directory: make_folder } => {
                sqlite::SqliteBackend::open(path, *make_folder).await.map(Backend::Sqlite)
            }
        };
        let backend = backend.map_err(|error| error.with_database(place))?;
        Ok(Self { url: place.clone(), backend, clock })
    }

    /// Opens the database for a look, and says which schema it has. Nothing is made or altered; where the schema is not
    /// current, only [`Database::about`] and the time can be asked for.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being used, by name, a missing file included.
    pub async fn open_read_only(place: &DatabaseUrl, clock: Arc<dyn Clock>) -> Result<(Self, SchemaVersions), Error> {
        let looked = match place {
            DatabaseUrl::Postgres(server) => postgres::PostgresBackend::open_read_only(server)
                .await
                .map(|(server, schema)| (Backend::Postgres(Box::new(server)), schema)),
            DatabaseUrl::Sqlite { path, .. } => {
                sqlite::SqliteBackend::open_read_only(path).await.map(|(file, schema)| (Backend::Sqlite(file), schema))
            }
        };
        let (backend, schema) = looked.map_err(|error| error.with_database(place))?;
        Ok((Self { url: place.clone(), backend, clock }, schema))
    }

    /// Where it is; shown without a password.
    #[must_use]
    pub const fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Names the database for what rests elsewhere: a file by its real name, so that it is the same from every folder.
    #[must_use]
    pub fn stable_id(&self) -> String {
        match &self.backend {
            Backend::Postgres(_) => self.url.to_string(),
            Backend::Sqlite(file) => format!("sqlite://{}", file.path().display()),
        }
    }

    /// Ends all connections in good order; SQLite's `-wal` and `-shm` go with the last one.
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

    /// Reads outside a transaction.
    async fn query_with_retry(&self, sql: &str, binds: Vec<SqlValue<'_>>) -> Result<Vec<DbRow>, Error> {
        let rows = retry::with_retry!(match self.acquire_connection().await {
            Ok(mut link) => link.query_all(sql, binds.clone()).await,
            Err(error) => Err(error),
        });
        rows.map_err(|error: Error| error.with_database(&self.url))
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("place", &self.url).finish_non_exhaustive()
    }
}
