//! Migrations on PostgreSQL: all pending ones in one transaction, under a transaction-level advisory lock.
//!
//! Invariant: all or none. If the role may not alter a table, or a view blocks the change, everything is rolled back
//! and the error contains the statements for the owner. Once the owner has run them, malsync starts without altering
//! anything.

use std::fmt::Write as _;

use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection,
    migrate::{Migrate as _, Migration},
};

use super::statement_limit::with_statement_limit;
use crate::{
    failpoint::failpoint,
    store::{
        error::{Error, StoreErrorKind},
        migration::{
            APPLICATION_TOKENS_SQL, APPLIED_SQL, AppliedMigration, POSTGRES_MIGRATIONS, SchemaVersions,
            column_probe_queries, outdated_schema_error, pending_migrations,
        },
        missing_schema::MissingSchema,
        name_conflicts,
        retry::with_retry,
        tables::{all_tables, tables_with_sequence},
    },
};

/// SQLSTATE of a missing table.
const UNDEFINED_TABLE: &str = "42P01";

/// Key of the migrations' advisory lock: `malsync` in ASCII.
const MIGRATION_LOCK_ID: i64 = 0x6d_616c_7379_6e63;

/// Returns which of the names, `table` or `table.column`, exist. A table would be created in the first schema of the
/// search path; a column is added to its table anywhere on the path.
const EXISTING_OBJECTS_SQL: &str = "SELECT name FROM unnest($1::text[]) AS name \
    WHERE EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
        WHERE n.nspname = current_schema() AND c.relname = name) \
    OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass(split_part(name, '.', 1)) \
        AND attname = split_part(name, '.', 2) AND attnum > 0 AND NOT attisdropped)";

/// Migrates the schema. If it is current, reads the applied versions without a lock or DDL.
pub(super) async fn run(connection: &mut PgConnection, role: &str) -> Result<(), Error> {
    let pending = pending_migrations(&POSTGRES_MIGRATIONS, &load_applied(connection).await?)?;
    if pending.is_empty() {
        return Ok(());
    }
    let result = with_retry!(apply_pending(connection).await);
    result.map_err(|error: Error| match error.kind {
        StoreErrorKind::Forbidden => {
            let cause = "the schema must be extended, but this role cannot alter it, or a view or rule depends \
                on a column";
            Error::new(StoreErrorKind::Forbidden, format!("{cause}: {}", error.message()))
                .with_hint(
                    "ask the owner of the tables to run the statements below; drop views that block them \
                    before, and create them again after",
                )
                .with_script(owner_script(&pending, role))
        }
        _ => error,
    })
}

/// Migrates an outdated schema. Returns why there is none if the database has none of malsync's tables.
pub(super) async fn run_if_present(connection: &mut PgConnection, role: &str) -> Result<Option<MissingSchema>, Error> {
    let applied = load_applied(connection).await?;
    let schema = SchemaVersions::from_applied(&POSTGRES_MIGRATIONS, &applied)?;
    if schema.is_current() {
        return Ok(None);
    }
    if applied.is_empty()
        && let Some(missing) = find_missing_schema(connection).await?
    {
        return Ok(Some(missing));
    }
    let query = sqlx::query_scalar("SHOW transaction_read_only").fetch_one(&mut *connection);
    let is_read_only: String = with_statement_limit(query).await?;
    if is_read_only == "on" {
        return Err(outdated_schema_error(schema, "this server is read-only"));
    }
    run(connection, role).await.map(|()| None)
}

/// Returns why the database has none of malsync's tables. Returns `None` if it has `sync_runs`.
async fn find_missing_schema(connection: &mut PgConnection) -> Result<Option<MissingSchema>, Error> {
    let sql = "SELECT to_regclass('sync_runs') IS NOT NULL, to_regclass('users') IS NOT NULL";
    let (has_runs, has_users): (bool, bool) =
        with_statement_limit(sqlx::query_as(sql).fetch_one(&mut *connection)).await?;
    Ok(match (has_runs, has_users) {
        (true, _) => None,
        (false, false) => Some(MissingSchema::NoTables),
        (false, true) => {
            let has_tokens = with_statement_limit(sqlx::query_scalar(APPLICATION_TOKENS_SQL).fetch_one(connection))
                .await
                .unwrap_or(false);
            Some(MissingSchema::ApplicationTables { has_tokens })
        }
    })
}

/// Returns the schema versions. Changes nothing.
pub(super) async fn load_schema_versions(connection: &mut PgConnection) -> Result<SchemaVersions, Error> {
    SchemaVersions::from_applied(&POSTGRES_MIGRATIONS, &load_applied(connection).await?)
}

/// Returns the applied migrations; none if the table is missing. Must run outside a transaction, which the error of a
/// missing table would abort.
async fn load_applied(connection: &mut PgConnection) -> Result<Vec<AppliedMigration>, Error> {
    with_statement_limit(async {
        match query_applied(connection).await {
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(UNDEFINED_TABLE) => Ok(Vec::new()),
            rows => rows,
        }
    })
    .await
}

/// Returns the applied migrations after waiting for the lock. Looks up `pg_class`, not the name alone: a session that
/// waited may have cached that the table is missing.
async fn reload_applied(tx: &mut PgConnection) -> Result<Vec<AppliedMigration>, Error> {
    let sql = "SELECT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('_sqlx_migrations'))";
    let table_exists: bool = sqlx::query_scalar(sql).fetch_one(&mut *tx).await?;
    Ok(if table_exists { query_applied(tx).await? } else { Vec::new() })
}

async fn query_applied(connection: &mut PgConnection) -> Result<Vec<AppliedMigration>, sqlx::Error> {
    sqlx::query_as(APPLIED_SQL).fetch_all(connection).await
}

async fn apply_pending(connection: &mut PgConnection) -> Result<(), Error> {
    let mut tx = with_statement_limit(connection.begin()).await?;
    let lock = sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(MIGRATION_LOCK_ID).execute(&mut *tx);
    with_statement_limit(lock).await?;
    let applied = with_statement_limit(reload_applied(&mut tx)).await?;
    let pending = pending_migrations(&POSTGRES_MIGRATIONS, &applied)?;
    let added = name_conflicts::added_names(&pending);
    let query = sqlx::query_scalar(EXISTING_OBJECTS_SQL).bind(&added).fetch_all(&mut *tx);
    let existing: Vec<String> = with_statement_limit(query).await?;
    name_conflicts::check_free(&added, &existing)?;
    with_statement_limit(tx.ensure_migrations_table("_sqlx_migrations")).await?;
    for migration in pending {
        with_statement_limit(tx.apply("_sqlx_migrations", migration)).await?;
        failpoint!("migrate.step");
    }
    for probe in column_probe_queries() {
        with_statement_limit(sqlx::raw_sql(AssertSqlSafe(probe)).execute(&mut *tx)).await?;
    }
    with_statement_limit(tx.commit()).await
}

/// Returns the script for the owner: the migrations, their rows in `_sqlx_migrations`, and this role's permissions.
fn owner_script(migrations: &[&Migration], role: &str) -> String {
    let role = format!("\"{}\"", role.replace('"', "\"\""));
    let mut sql = String::from(
        "BEGIN;\n\nCREATE TABLE IF NOT EXISTS _sqlx_migrations (\n    version BIGINT PRIMARY KEY,\n    \
        description TEXT NOT NULL,\n    installed_on TIMESTAMPTZ NOT NULL DEFAULT now(),\n    \
        success BOOLEAN NOT NULL,\n    checksum BYTEA NOT NULL,\n    execution_time BIGINT NOT NULL\n);\n\n",
    );
    for migration in migrations {
        let checksum = migration.checksum.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        let _ = write!(
            sql,
            "{}\nINSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)\n    \
            VALUES ({}, '{}', TRUE, '\\x{checksum}', -1);\n\n",
            migration.sql.as_str().trim_end(),
            migration.version,
            migration.description.replace('\'', "''"),
        );
    }
    let tables = all_tables().map(|table| table.name).join(", ");
    let sequences: Vec<String> = tables_with_sequence().map(|table| format!("{table}_id_seq")).collect();
    let _ = write!(
        sql,
        "GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {role};\n\
        GRANT SELECT ON mal_anime_genres, mal_anime_studios, _sqlx_migrations TO {role};\n\
        GRANT USAGE, SELECT ON SEQUENCE {} TO {role};\n\nCOMMIT;",
        sequences.join(", ")
    );
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owner_script_has_migrations_bookkeeping_and_grants() {
        let all: Vec<&Migration> = POSTGRES_MIGRATIONS.iter().collect();
        let sql = owner_script(&all, "mal \"sync");
        for migration in all {
            assert!(sql.contains(migration.sql.as_str().trim_end()));
        }
        assert_eq!(sql.matches("INSERT INTO _sqlx_migrations").count(), POSTGRES_MIGRATIONS.iter().count());
        assert!(sql.contains("TO \"mal \"\"sync\";"));
        assert!(sql.starts_with("BEGIN;") && sql.ends_with("COMMIT;"));
    }
}
