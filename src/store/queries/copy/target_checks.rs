//! Checks that a database may be the target of a copy: it is another one than the source, and malsync's tables are empty.

use crate::store::{
    database::{Backend, Database},
    error::{Error, StoreErrorKind},
    sql::{DbRow, Dialect, SqlValue},
    tables::all_tables,
    transaction::DbTransaction,
};

/// Identifies the server, the database in it, and the table that the search path finds.
const POSTGRES_IDENTITY_SQL: &str = "SELECT system_identifier || ' ' || (SELECT oid FROM pg_database \
    WHERE datname = current_database()) || ' ' || to_regclass('users')::oid AS identity FROM pg_control_system()";

impl Database {
    /// Fails if malsync's tables in this database, of any schema version or none, have a row, or if it is the same database
    /// as `source`. Changes nothing.
    ///
    /// # Errors
    ///
    /// As described. Also if the database does not answer.
    pub async fn check_copy_target(&self, source: &Self) -> Result<(), Error> {
        let result = self.find_copy_obstacle(source).await;
        result.and_then(|obstacle| obstacle.map_or(Ok(()), Err)).map_err(|error| error.with_database(&self.url))
    }

    async fn find_copy_obstacle(&self, source: &Self) -> Result<Option<Error>, Error> {
        if self.is_same_database(source).await {
            return Ok(Some(unusable_target("it is the database to copy, not another one".to_owned())));
        }
        for table in all_tables() {
            let rows =
                self.query_with_retry(self.dialect().table_exists_sql(), vec![SqlValue::text(table.name)]).await?;
            if is_set(&rows)? && is_set(&self.query_with_retry(&has_rows_sql(table.name), Vec::new()).await?)? {
                return Ok(Some(not_empty(table.name)));
            }
        }
        Ok(None)
    }

    /// Returns true if both are the same database, whatever their URLs are.
    async fn is_same_database(&self, other: &Self) -> bool {
        match (&self.backend, &other.backend) {
            (Backend::Sqlite(file), Backend::Sqlite(other)) => file.is_same_file(other),
            (Backend::Postgres(_), Backend::Postgres(_)) => {
                let identity = self.postgres_identity().await;
                self.url == other.url || (identity.is_some() && identity == other.postgres_identity().await)
            }
            (Backend::Postgres(_), Backend::Sqlite(_)) | (Backend::Sqlite(_), Backend::Postgres(_)) => false,
        }
    }

    /// Returns `None` if there is no users table yet, or if the server does not say who it is.
    async fn postgres_identity(&self) -> Option<String> {
        let rows = self.query_with_retry(POSTGRES_IDENTITY_SQL, Vec::new()).await.ok()?;
        rows.first()?.optional_text("identity").ok()?
    }
}

/// Locks malsync's tables against writers until the transaction ends, and fails if one of them has a row.
pub(super) async fn lock_empty_tables(tx: &mut DbTransaction) -> Result<(), Error> {
    match tx.dialect() {
        Dialect::Postgres => {
            let names = all_tables().map(|table| format!("\"{}\"", table.name)).join(", ");
            tx.execute(&format!("LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"), Vec::new()).await?;
        }
        // The write transaction locks the whole file.
        Dialect::Sqlite => {}
    }
    for table in all_tables() {
        if is_set(&tx.query_all(&has_rows_sql(table.name), Vec::new()).await?)? {
            return Err(not_empty(table.name));
        }
    }
    Ok(())
}

fn has_rows_sql(table: &str) -> String {
    format!("SELECT EXISTS (SELECT 1 FROM \"{table}\") AS found")
}

fn is_set(rows: &[DbRow]) -> Result<bool, Error> {
    Ok(rows.first().map(|row| row.bool_or_false("found")).transpose()?.unwrap_or_default())
}

fn not_empty(table: &str) -> Error {
    unusable_target(format!("the target of a copy must be empty, but its table {table} has rows; nothing was copied"))
}

fn unusable_target(message: String) -> Error {
    Error::new(StoreErrorKind::UnusableTarget, message)
        .with_hint("name a new file or an empty database: malsync copy --to DATABASE_URL")
}
