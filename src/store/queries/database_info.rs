//! Reports the version and size of the database for `doctor`.

use crate::store::{database::Database, error::Error};

/// Version and size of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseInfo {
    /// Product and version: `PostgreSQL 15.18` or `SQLite 3.51.3`.
    pub version: String,
    /// Size in bytes. `None` if the role has no permission to read it.
    pub size_bytes: Option<i64>,
}

impl Database {
    /// Queries the version and the size of the database.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn database_info(&self) -> Result<DatabaseInfo, Error> {
        let dialect = self.dialect();
        let rows = self.query_with_retry(dialect.version_sql(), Vec::new()).await?;
        let version = rows.first().map(|row| row.optional_text("version")).transpose()?.flatten().unwrap_or_default();
        let rows = self.query_with_retry(dialect.size_sql(), Vec::new()).await.ok();
        let size_bytes = rows.and_then(|rows| rows.first().and_then(|row| row.optional_i64("bytes").ok().flatten()));
        Ok(DatabaseInfo { version: format!("{} {version}", dialect.product_name()), size_bytes })
    }
}
