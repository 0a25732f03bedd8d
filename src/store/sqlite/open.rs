//! Opens an SQLite database: creates a missing file, and migrates the schema.

use std::{path::Path, str::FromStr as _};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};

use super::{
    backend::{SqliteBackend, connect_options},
    database_file,
    file_access::{FileAccess, explain_read_error, locate_file, options_for},
    migrate,
};
use crate::store::{
    error::Error,
    migration::{SchemaVersions, outdated_schema_error},
    missing_schema::{DatabaseAccess, MissingSchema},
};

/// Creates a missing file, and its directory if `create_directory`, and migrates the schema.
pub(in crate::store) async fn open(path: &Path, create_directory: bool) -> Result<SqliteBackend, Error> {
    let path = database_file::create_private(path, create_directory)?;
    let options = connect_options(&path).journal_mode(SqliteJournalMode::Wal);
    migrate::run(&path, &options).await?;
    Ok(SqliteBackend::new(path, options))
}

/// Opens an existing file that has malsync's tables, and migrates them if they are outdated. Returns why there are none
/// otherwise.
pub(in crate::store) async fn open_existing(
    path: &Path,
    access: DatabaseAccess,
) -> Result<Result<SqliteBackend, MissingSchema>, Error> {
    if !path.try_exists().is_ok_and(|exists| exists) && !path.is_symlink() {
        return Ok(Err(MissingSchema::NoTables));
    }
    let (path, file_access) = locate_file(path, access)?;
    let is_writable = file_access == FileAccess::ReadWrite;
    let options = options_for(&path, file_access);
    let backend = SqliteBackend::new(path.clone(), options.clone()).with_write_access(is_writable);
    // The connection that reads the schema serves the first statement of the command.
    let opened = async {
        let contents = migrate::load_contents(&backend.pool).await?;
        let is_ready = match contents {
            Ok(schema) => schema.is_current() && (!is_writable || migrate::is_in_wal_mode(&backend.pool).await?),
            Err(_) => false,
        };
        Ok((contents, is_ready))
    };
    match opened.await {
        Ok((_, true)) => {
            if is_writable {
                // A further connection sets the mode again, in case another program has changed it.
                backend.pool.set_connect_options(options.journal_mode(SqliteJournalMode::Wal));
            }
            Ok(Ok(backend))
        }
        not_ready => {
            backend.close().await;
            let (contents, _) = not_ready.map_err(|error| explain_read_error(error, file_access))?;
            match contents {
                Err(missing) => Ok(Err(missing)),
                Ok(_) if is_writable => open(&path, false).await.map(Ok),
                Ok(schema) => Err(outdated_schema_error(schema, "the database is read-only")),
            }
        }
    }
}

/// Opens an empty database in memory, with malsync's tables.
pub(in crate::store) async fn open_in_memory() -> Result<SqliteBackend, Error> {
    let options = SqliteConnectOptions::from_str("sqlite::memory:")?;
    let backend = SqliteBackend::in_memory(options);
    migrate::migrate_in_transaction(&mut *backend.pool.acquire().await?).await?;
    Ok(backend)
}

/// Opens the file without creating or changing anything, and returns the schema versions.
pub(in crate::store) async fn open_read_only(path: &Path) -> Result<(SqliteBackend, SchemaVersions), Error> {
    let (path, access) = locate_file(path, DatabaseAccess::Read)?;
    let options = options_for(&path, access);
    let backend = SqliteBackend::new(path, options).with_write_access(access == FileAccess::ReadWrite);
    match migrate::load_schema_versions(&backend.pool).await {
        Ok(schema) => Ok((backend, schema)),
        Err(error) => {
            backend.close().await;
            Err(explain_read_error(error, access))
        }
    }
}
