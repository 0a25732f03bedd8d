//! Migrations on PostgreSQL: all that are pending in one transaction, under a lock of that transaction.
//!
//! The rule: nothing half done. Where the role may not alter a table, or a view holds it, everything is undone and the
//! owner is given the statements; once they are run, malsync starts without altering anything.

use std::fmt::Write as _;

use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection,
    migrate::{Migrate as _, Migration},
};

use crate::{
    failpoint::failpoint,
    store::{
        error::{Error, StoreErrorKind},
        migration::{AppliedMigration, POSTGRES_MIGRATIONS, SchemaVersions, column_probe_queries, pending_migrations},
        name_conflicts,
        retry::with_retry,
    },
};

/// What PostgreSQL says of a table that there is none of.
const UNDEFINED_TABLE: &str = "42P01";

/// The number of the migrations' advisory lock: `malsync` in ASCII codes.
const MIGRATION_LOCK_ID: i64 = 0x6d_616c_7379_6e63;

/// Which of these names, `table` or `table.column`, there are: a table is made in the first schema of the path, a column
/// added wherever on the path its table is.
const EXISTING_OBJECTS_SQL: &str = "SELECT name FROM unnest($1::text[]) AS name \
    WHERE EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
        WHERE n.nspname = current_schema() AND c.relname = name) \
    OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass(split_part(name, '.', 1)) \
        AND attname = split_part(name, '.', 2) AND attnum > 0 AND NOT attisdropped)";

/// Brings the schema up to date; a look without lock or DDL is all where it is.
pub(super) async fn run(connection: &mut PgConnection, role: &str) -> Result<(), Error> {
    let missing = pending_migrations(&POSTGRES_MIGRATIONS, &load_applied(connection).await?)?;
    if missing.is_empty() {
        return Ok(());
    }
    let done = with_retry!(apply_pending(connection).await);
    done.map_err(|error: Error| match error.kind {
        StoreErrorKind::Forbidden => {
            let schema = "the schema is to be extended, which this role may not do, or a view or rule holds a column";
            Error::new(StoreErrorKind::Forbidden, format!("{schema}: {}", error.message()))
                .with_hint("let the owner of the tables run the statements below, with any view in the way dropped before and made again after")
                .with_script(owner_script(&missing, role))
        }
        _ => error,
    })
}

/// Which schema there is. Alters nothing.
pub(super) async fn load_schema_versions(connection: &mut PgConnection) -> Result<SchemaVersions, Error> {
    SchemaVersions::from_applied(&POSTGRES_MIGRATIONS, &load_applied(connection).await?)
}

/// Outside a transaction, which a missing table would break: that there is none says that nothing was applied yet.
async fn load_applied(connection: &mut PgConnection) -> Result<Vec<AppliedMigration>, Error> {
    match query_applied(connection).await {
        Err(sqlx::Error::Database(why)) if why.code().as_deref() == Some(UNDEFINED_TABLE) => Ok(Vec::new()),
        rows => Ok(rows?),
    }
}

/// Asked of a table, not of the name alone: a session that waited for the lock would remember that there was none.
async fn reload_applied(tx: &mut PgConnection) -> Result<Vec<AppliedMigration>, Error> {
    let there = "SELECT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('_sqlx_migrations'))";
    let there: bool = sqlx::query_scalar(there).fetch_one(&mut *tx).await?;
    Ok(if there { query_applied(tx).await? } else { Vec::new() })
}

async fn query_applied(connection: &mut PgConnection) -> Result<Vec<AppliedMigration>, sqlx::Error> {
    let rows: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version")
            .fetch_all(connection)
            .await?;
    Ok(rows.into_iter().map(|(version, checksum)| AppliedMigration { version, checksum }).collect())
}

async fn apply_pending(connection: &mut PgConnection) -> Result<(), Error> {
    let mut tx = connection.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(MIGRATION_LOCK_ID).execute(&mut *tx).await?;
    // A large table takes its time; whoever waits for it is bounded by its own lock_timeout.
    sqlx::raw_sql("SET LOCAL statement_timeout = 0").execute(&mut *tx).await?;
    let pending = pending_migrations(&POSTGRES_MIGRATIONS, &reload_applied(&mut tx).await?)?;
    let added = name_conflicts::added_names(&pending);
    let there: Vec<String> = sqlx::query_scalar(EXISTING_OBJECTS_SQL).bind(&added).fetch_all(&mut *tx).await?;
    name_conflicts::check_free(&added, &there)?;
    tx.ensure_migrations_table("_sqlx_migrations").await.map_err(from_migrate_error)?;
    for migration in pending {
        tx.apply("_sqlx_migrations", migration).await.map_err(from_migrate_error)?;
        failpoint!("migrate.step");
    }
    for probe in column_probe_queries() {
        sqlx::raw_sql(AssertSqlSafe(probe)).execute(&mut *tx).await?;
    }
    Ok(tx.commit().await?)
}

fn from_migrate_error(error: sqlx::migrate::MigrateError) -> Error {
    use sqlx::migrate::MigrateError::{Execute, ExecuteMigration};
    match error {
        Execute(error) | ExecuteMigration(error, _) => error.into(),
        other => Error::fatal(other.to_string()),
    }
}

/// All that the owner runs: the migrations, their bookkeeping, and this role's rights.
fn owner_script(missing: &[&Migration], role: &str) -> String {
    let role = format!("\"{}\"", role.replace('"', "\"\""));
    let mut sql = String::from(
        "BEGIN;\n\nCREATE TABLE IF NOT EXISTS _sqlx_migrations (\n    version BIGINT PRIMARY KEY,\n    \
        description TEXT NOT NULL,\n    installed_on TIMESTAMPTZ NOT NULL DEFAULT now(),\n    \
        success BOOLEAN NOT NULL,\n    checksum BYTEA NOT NULL,\n    execution_time BIGINT NOT NULL\n);\n\n",
    );
    for migration in missing {
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
    let _ = write!(
        sql,
        "GRANT SELECT, INSERT, UPDATE, DELETE ON users, anime, user_anime_lists, sync_runs, sync_changes, mal_genres, \
        mal_studios, mal_anime_genres, mal_anime_studios, list_edits, mal_pace TO {role};\n\
        GRANT SELECT ON _sqlx_migrations TO {role};\n\
        GRANT USAGE, SELECT ON SEQUENCE users_id_seq, anime_id_seq, user_anime_lists_id_seq, sync_runs_id_seq, \
        sync_changes_id_seq, list_edits_id_seq TO {role};\n\nCOMMIT;"
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
