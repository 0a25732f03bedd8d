//! Finds what would stop a sync: damage, a database that takes no writes, missing tables. For `doctor`.

use crate::store::{
    database::{Backend, Database},
    error::Error,
    migration::{POSTGRES_MIGRATIONS, SchemaVersions},
    name_conflicts::added_names,
    sql::{Dialect, SqlValue},
};

/// The tables of the first migration, which an application may have made.
const BASELINE_TABLES: [&str; 3] = ["users", "anime", "user_anime_lists"];

/// Result of one check of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// What was checked.
    pub name: &'static str,
    /// The result.
    pub message: String,
    /// What to do. `None` if all is well.
    pub hint: Option<String>,
    /// True if syncs work anyway.
    pub is_harmless: bool,
}

impl HealthCheck {
    fn passed(name: &'static str, message: &str) -> Self {
        Self { name, message: message.to_owned(), hint: None, is_harmless: true }
    }

    fn failed(name: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { name, message: message.into(), hint: Some(hint.into()), is_harmless: false }
    }
}

impl Database {
    /// Checks the database for damage, for whether it takes writes, and for missing tables. Changes nothing.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn check_health(&self, schema: SchemaVersions) -> Result<Vec<HealthCheck>, Error> {
        let mut checks = vec![self.check_writable().await?];
        checks.push(match self.dialect() {
            Dialect::Postgres => self.check_encoding().await?,
            Dialect::Sqlite => self.check_damage().await,
        });
        if schema.is_current() {
            checks.push(self.check_tables().await?);
        }
        Ok(checks)
    }

    /// Returns the text in the first row of a query.
    async fn query_text(&self, sql: &str, column: &str) -> Result<String, Error> {
        let rows = self.query_with_retry(sql, Vec::new()).await?;
        Ok(rows.first().map(|row| row.optional_text(column)).transpose()?.flatten().unwrap_or_default())
    }

    async fn check_writable(&self) -> Result<HealthCheck, Error> {
        const NAME: &str = "writes";
        const PASSED: &str = "the database accepts writes";
        match &self.backend {
            Backend::Sqlite(file) if file.is_writable() => Ok(HealthCheck::passed(NAME, PASSED)),
            Backend::Sqlite(file) => Ok(HealthCheck::failed(
                NAME,
                "this account has no write access to the file or its directory: reading works, syncing does not",
                format!(
                    "check the owner and mode of {} and its directory, and whether the disk is mounted read-only",
                    file.path().display()
                ),
            )),
            Backend::Postgres(_) => {
                let sql = "SELECT CASE WHEN pg_is_in_recovery() THEN 'standby' \
                    WHEN current_setting('transaction_read_only') = 'on' THEN 'read-only by default' END AS state";
                Ok(match self.query_text(sql, "state").await?.as_str() {
                    "standby" => HealthCheck::failed(
                        NAME,
                        "the server is a standby or still recovering: it accepts no writes",
                        "point DATABASE_URL at the primary",
                    ),
                    "read-only by default" => self.describe_read_only_default(NAME).await?,
                    _ => HealthCheck::passed(NAME, PASSED),
                })
            }
        }
    }

    /// Returns the check of a database with `default_transaction_read_only = on`. Each transaction of a sync sets its own mode;
    /// the request slots and the migrations keep the default.
    async fn describe_read_only_default(&self, name: &'static str) -> Result<HealthCheck, Error> {
        let sql = "SELECT CASE source WHEN 'client' THEN 'remove it from the options in DATABASE_URL or PGOPTIONS' \
            ELSE format('run in the database: BEGIN READ WRITE; ALTER ROLE %I IN DATABASE %I \
            SET default_transaction_read_only = off; COMMIT', session_user, current_database()) END AS hint FROM pg_settings WHERE name = 'default_transaction_read_only'";
        let message = "default_transaction_read_only is on: syncs write anyway, but the rate limit is not shared \
            with other processes, and a new version of malsync cannot upgrade the schema";
        let check = HealthCheck::failed(name, message, self.query_text(sql, "hint").await?);
        Ok(HealthCheck { is_harmless: true, ..check })
    }

    async fn check_encoding(&self) -> Result<HealthCheck, Error> {
        const NAME: &str = "encoding";
        let encoding = self.query_text("SELECT current_setting('server_encoding') AS encoding", "encoding").await?;
        Ok(if encoding == "UTF8" {
            HealthCheck::passed(NAME, "UTF8")
        } else {
            HealthCheck::failed(
                NAME,
                format!("the database's encoding is {encoding}, which cannot store many titles"),
                "run createdb -E UTF8 -T template0 NAME, and use that database in DATABASE_URL",
            )
        })
    }

    /// Checks the pages of an SQLite file. A file that is too damaged for the check fails it.
    async fn check_damage(&self) -> HealthCheck {
        const NAME: &str = "damage";
        let hint = "restore the file from a backup; to rescue what is left: sqlite3 FILE .recover";
        match self.query_text("PRAGMA quick_check(1)", "quick_check").await {
            Ok(result) if result == "ok" => HealthCheck::passed(NAME, "PRAGMA quick_check finds none"),
            Ok(damage) => HealthCheck::failed(NAME, format!("the file is damaged: {damage}"), hint),
            Err(error) => HealthCheck::failed(NAME, error.message(), hint),
        }
    }

    async fn check_tables(&self) -> Result<HealthCheck, Error> {
        const NAME: &str = "tables";
        let migrations: Vec<_> = POSTGRES_MIGRATIONS.iter().collect();
        let added = added_names(&migrations).into_iter().filter(|name| !name.contains('.'));
        let mut missing = Vec::new();
        for table in BASELINE_TABLES.map(str::to_owned).into_iter().chain(added) {
            let rows = self.query_with_retry(self.dialect().table_exists_sql(), vec![SqlValue::text(&table)]).await?;
            if !rows.first().is_some_and(|row| row.bool_or_false("found").unwrap_or(false)) {
                missing.push(table);
            }
        }
        Ok(if missing.is_empty() {
            HealthCheck::passed(NAME, "none is missing")
        } else {
            HealthCheck::failed(
                NAME,
                format!("missing: {}", missing.join(", ")),
                "restore them from a backup; docs/schema.md describes them",
            )
        })
    }
}
