//! Opens an SQLite database: creates a missing file, and migrates the schema.

use std::{path::Path, str::FromStr as _};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};

use super::{
    backend::{SqliteBackend, connect_options},
    database_file,
    file_access::{FileAccess, explain_read_error, is_in_wal_mode, locate_file, options_for},
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
    let backend = SqliteBackend::new(path.clone(), options_for(&path, file_access)).with_write_access(is_writable);
    // The connection that reads the schema serves the first statement of the command.
    match migrate::load_contents(&backend.pool).await {
        Ok(Ok(schema)) if schema.is_current() && (!is_writable || is_in_wal_mode(&path)) => Ok(Ok(backend)),
        contents => {
            backend.close().await;
            match contents.map_err(|error| explain_read_error(error, file_access))? {
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
