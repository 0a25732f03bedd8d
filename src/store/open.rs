//! Opens a database: connects, and migrates its schema.

use std::sync::Arc;

use super::{
    database::{Backend, Database},
    database_url::DatabaseUrl,
    error::Error,
    migration::SchemaVersions,
    missing_schema::DatabaseAccess,
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
        let database = Self { url: url.clone(), backend, clock, missing_schema: None };
        database.run_due_upgrades().await?;
        Ok(database)
    }

    /// Opens a database that has malsync's tables, and migrates them if they are outdated. Creates nothing: where there
    /// are no such tables, the result is an empty database in memory with a [`Database::missing_schema`].
    ///
    /// # Errors
    ///
    /// As for [`Database::open`]. With [`DatabaseAccess::Read`], a database that refuses writes is read, unless its
    /// schema is outdated.
    pub async fn open_existing(
        url: &DatabaseUrl,
        access: DatabaseAccess,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        let opened = match url {
            DatabaseUrl::Postgres(server) => postgres::open_existing(server)
                .await
                .map(|opened| opened.map(|server| Backend::Postgres(Box::new(server)))),
            DatabaseUrl::Sqlite { path, .. } => {
                sqlite::open_existing(path, access).await.map(|opened| opened.map(Backend::Sqlite))
            }
        };
        let (backend, missing_schema) = match opened.map_err(|error| error.with_database(url))? {
            Ok(backend) => (backend, None),
            Err(missing) => (Backend::Sqlite(sqlite::open_in_memory().await?), Some(missing)),
        };
        let database = Self { url: url.clone(), backend, clock, missing_schema };
        let hint = "run once with write access to the database: malsync status";
        database.run_due_upgrades().await.map_err(|error| error.with_hint(hint))?;
        Ok(database)
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
        Ok((Self { url: url.clone(), backend, clock, missing_schema: None }, schema))
    }
}
