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

mod about;
mod additions;
mod changes;
mod conditions;
mod edits;
mod entries;
mod error;
mod known;
mod leading;
mod list;
mod lock;
mod logins;
mod merge;
mod migration;
mod named;
mod pace;
mod place;
mod port;
mod postgres;
mod retry;
mod row;
mod rows;
mod runs;
mod sketch;
mod sql;
mod sqlite;
mod table;
mod text;
mod transaction;
mod users;
mod write;

use std::sync::Arc;

pub use about::About;
pub use changes::ChangeQuery;
pub use edits::{Decide, EditQuery, Whose};
pub use error::Error;
pub use known::Titles;
pub use list::ListQuery;
pub use lock::{Done, RefreshLock, RunLock};
pub use migration::Schema;
pub use place::{Place, Server};
pub use sketch::{Sketched, Sketches};

use crate::clock::Clock;
use row::Row;
use sql::{Bind, Dialect, Link};

/// The database, opened and of the schema that this malsync knows.
pub struct Database {
    place: Place,
    backend: Backend,
    clock: Arc<dyn Clock>,
}

enum Backend {
    Postgres(Box<postgres::Postgres>),
    Sqlite(sqlite::Sqlite),
}

impl Database {
    /// Opens the database, makes it where it is a missing file, and brings its schema up to date. The clock serves
    /// SQLite; PostgreSQL has its own.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being used, by name: out of reach, refusing, newer than this malsync, not to be altered.
    pub async fn open(place: &Place, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let backend = match place {
            Place::Postgres(server) => {
                postgres::Postgres::open(server).await.map(|server| Backend::Postgres(Box::new(server)))
            }
            Place::Sqlite { path, make_folder } => sqlite::Sqlite::open(path, *make_folder).await.map(Backend::Sqlite),
        };
        let backend = backend.map_err(|error| error.at(place))?;
        Ok(Self { place: place.clone(), backend, clock })
    }

    /// Opens the database for a look, and says which schema it has. Nothing is made or altered; where the schema is not
    /// current, only [`Database::about`] and the time can be asked for.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being used, by name, a missing file included.
    pub async fn look(place: &Place, clock: Arc<dyn Clock>) -> Result<(Self, Schema), Error> {
        let looked = match place {
            Place::Postgres(server) => postgres::Postgres::look(server)
                .await
                .map(|(server, schema)| (Backend::Postgres(Box::new(server)), schema)),
            Place::Sqlite { path, .. } => {
                sqlite::Sqlite::look(path).await.map(|(file, schema)| (Backend::Sqlite(file), schema))
            }
        };
        let (backend, schema) = looked.map_err(|error| error.at(place))?;
        Ok((Self { place: place.clone(), backend, clock }, schema))
    }

    /// Where it is; shown without a password.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// Names the database for what rests elsewhere: a file by its real name, so that it is the same from every folder.
    #[must_use]
    pub fn identity(&self) -> String {
        match &self.backend {
            Backend::Postgres(_) => self.place.to_string(),
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

    async fn link(&self) -> Result<Link, Error> {
        Ok(match &self.backend {
            Backend::Postgres(server) => Link::Postgres(server.connections.borrow().await?),
            Backend::Sqlite(file) => Link::Sqlite(file.pool.acquire().await?),
        })
    }

    /// Reads outside a transaction.
    async fn read(&self, sql: &str, binds: Vec<Bind<'_>>) -> Result<Vec<Row>, Error> {
        let rows = retry::retried!(match self.link().await {
            Ok(mut link) => link.rows(sql, binds.clone()).await,
            Err(error) => Err(error),
        });
        rows.map_err(|error: Error| error.at(&self.place))
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("place", &self.place).finish_non_exhaustive()
    }
}
