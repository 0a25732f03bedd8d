//! Opens a database: connects, and migrates its schema.

use std::sync::Arc;

use super::{
    database::{Backend, Database},
    database_url::DatabaseUrl,
    error::Error,
    migration::SchemaVersions,
    postgres, sqlite,
};
use crate::clock::Clock;

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
                postgres::open(server).await.map(|server| Backend::Postgres(Box::new(server)))
            }
            DatabaseUrl::Sqlite { path, create_directory } => {
                sqlite::open(path, *create_directory).await.map(Backend::Sqlite)
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
            DatabaseUrl::Postgres(server) => postgres::open_read_only(server)
                .await
                .map(|(server, schema)| (Backend::Postgres(Box::new(server)), schema)),
            DatabaseUrl::Sqlite { path, .. } => {
                sqlite::open_read_only(path).await.map(|(file, schema)| (Backend::Sqlite(file), schema))
            }
        };
        let (backend, schema) = opened.map_err(|error| error.with_database(url))?;
        Ok((Self { url: url.clone(), backend, clock }, schema))
    }
}
