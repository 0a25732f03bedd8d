//! Opens an SQLite database: creates a missing file, and migrates the schema.

use std::path::Path;

use sqlx::sqlite::SqliteJournalMode;

use super::{
    backend::{SqliteBackend, connect_options},
    database_file, migrate,
};
use crate::store::{error::Error, migration::SchemaVersions};

/// Creates a missing file, and its directory if `create_directory`, and migrates the schema.
pub(in crate::store) async fn open(path: &Path, create_directory: bool) -> Result<SqliteBackend, Error> {
    let path = database_file::create_private(path, create_directory)?;
    let options = connect_options(&path).journal_mode(SqliteJournalMode::Wal);
    migrate::run(&path, &options).await?;
    Ok(SqliteBackend::new(path, options))
}

/// Opens the file without creating or changing anything, and returns the schema versions.
pub(in crate::store) async fn open_read_only(path: &Path) -> Result<(SqliteBackend, SchemaVersions), Error> {
    let path = database_file::existing_file(path)?;
    let options = connect_options(&path);
    let schema = migrate::load_schema_versions(&options).await?;
    Ok((SqliteBackend::new(path, options), schema))
}
