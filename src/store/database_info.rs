//! What `doctor` wants to know of the database.

use super::{Backend, Database, Error};

/// The database, described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseInfo {
    /// `PostgreSQL 15.18` or `SQLite 3.51.3`.
    pub version: String,
    /// How much room it takes, in bytes; none where the role may not know.
    pub size_bytes: Option<i64>,
}

impl Database {
    /// Asks the database about itself.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn database_info(&self) -> Result<DatabaseInfo, Error> {
        let (name, version, size) = match self.backend {
            Backend::Postgres(_) => (
                "PostgreSQL",
                "SELECT split_part(current_setting('server_version'), ' ', 1) AS version",
                "SELECT pg_database_size(current_database()) AS bytes",
            ),
            Backend::Sqlite(_) => (
                "SQLite",
                "SELECT sqlite_version() AS version",
                "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()",
            ),
        };
        let rows = self.query_with_retry(version, Vec::new()).await?;
        let version = rows.first().map(|row| row.optional_text("version")).transpose()?.flatten().unwrap_or_default();
        let bytes = self.query_with_retry(size, Vec::new()).await.ok();
        let bytes = bytes.and_then(|rows| rows.first().and_then(|row| row.optional_i64("bytes").ok().flatten()));
        Ok(DatabaseInfo { version: format!("{name} {version}"), size_bytes: bytes })
    }
}
