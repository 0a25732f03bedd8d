//! Migrations on SQLite: all pending ones in one transaction, under a lock file, because sqlx takes no lock here.
//!
//! Invariant: all or none, and no row is lost. [`run`] connects with foreign keys off, so that a rebuilt
//! table does not delete its child rows; they are checked before COMMIT.

use std::path::Path;

use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection, SqlitePool, migrate::Migrate as _,
    sqlite::SqliteConnectOptions,
};

use super::{backend::BUSY_TIMEOUT, drop_not_null, lock_files};
use crate::{
    failpoint::failpoint,
    store::{
        error::Error,
        lock_request::PollDeadline,
        migration::{
            APPLICATION_TOKENS_SQL, APPLIED_SQL, AppliedMigration, SQLITE_MIGRATIONS, SchemaVersions,
            column_probe_queries, pending_migrations,
        },
        missing_schema::MissingSchema,
        name_conflicts,
        tables::all_tables,
    },
};

/// Returns which of the names, `table` or `table.column`, exist, ignoring case.
const EXISTING_OBJECTS_SQL: &str = "SELECT added.value FROM json_each($1) AS added \
    WHERE EXISTS (SELECT 1 FROM sqlite_schema WHERE type <> 'trigger' AND lower(name) = added.value) \
    OR EXISTS (SELECT 1 FROM pragma_table_xinfo(substr(added.value, 1, instr(added.value, '.') - 1)) \
        WHERE lower(name) = substr(added.value, instr(added.value, '.') + 1))";

/// Migrates the schema and switches the file to WAL mode.
pub(super) async fn run(path: &Path, options: &SqliteConnectOptions) -> Result<(), Error> {
    let lock = lock_files::lock_file(&lock_files::with_suffix(path, ".lock"), BUSY_TIMEOUT).await?;
    if lock.is_none() {
        return Err(Error::fatal("another malsync process has been upgrading the schema for 30 s")
            .with_hint("stop it, then try again"));
    }
    let mut connection = connect_when_not_busy(options.clone().foreign_keys(false)).await?;
    let result = migrate_in_transaction(&mut connection).await;
    let closed = connection.close().await;
    result?;
    Ok(closed?)
}

/// Connects and retries while the file is busy: the switch to WAL does not wait for other programs by itself.
async fn connect_when_not_busy(options: SqliteConnectOptions) -> Result<SqliteConnection, Error> {
    let is_busy = |error: &sqlx::Error| {
        let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
        code.is_some_and(|code| matches!(code & 0xff, 5 | 6))
    };
    let deadline = PollDeadline::after(BUSY_TIMEOUT);
    loop {
        match options.connect().await {
            Ok(connection) => return Ok(connection),
            Err(error) if is_busy(&error) && deadline.wait_and_check().await => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Migrates the schema over an open connection, in one transaction.
pub(super) async fn migrate_in_transaction(connection: &mut SqliteConnection) -> Result<(), Error> {
    if pending_migrations(&SQLITE_MIGRATIONS, &load_applied(connection).await?)?.is_empty() {
        return Ok(());
    }
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    match apply_pending(&mut tx).await {
        Ok(()) => Ok(tx.commit().await?),
        Err(error) => {
            let _ = tx.rollback().await;
            Err(error)
        }
    }
}

/// Returns the schema versions. Changes nothing, and fails at once if another program is switching the file to WAL.
pub(super) async fn load_schema_versions(pool: &SqlitePool) -> Result<SchemaVersions, Error> {
    let applied = load_applied(&mut *pool.acquire().await?).await?;
    SchemaVersions::from_applied(&SQLITE_MIGRATIONS, &applied)
}

/// Returns the schema versions. Returns why there are none if the file has none of malsync's tables.
pub(super) async fn load_contents(pool: &SqlitePool) -> Result<Result<SchemaVersions, MissingSchema>, Error> {
    let connection = &mut *pool.acquire().await?;
    let applied = load_applied(connection).await?;
    let schema = SchemaVersions::from_applied(&SQLITE_MIGRATIONS, &applied)?;
    let sql = "SELECT name FROM sqlite_schema WHERE name IN ('sync_runs', 'users')";
    let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *connection).await?;
    let has_table = |name: &str| tables.iter().any(|table| table == name);
    if !applied.is_empty() || has_table("sync_runs") {
        return Ok(Ok(schema));
    }
    if !has_table("users") {
        return Ok(Err(MissingSchema::NoTables));
    }
    let has_tokens = sqlx::query_scalar(APPLICATION_TOKENS_SQL).fetch_one(connection).await.unwrap_or(false);
    Ok(Err(MissingSchema::ApplicationTables { has_tokens }))
}

/// Returns true if the file is in WAL mode. Asks a connection, which keeps its lock on the file.
pub(super) async fn is_in_wal_mode(pool: &SqlitePool) -> Result<bool, Error> {
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(pool).await?;
    Ok(mode == "wal")
}

/// Returns malsync's tables (`$1`) in whose place there is a view. The statement of a view in a file from elsewhere may run
/// for ever. Before the first migration only the tables count that another application may have created: the names that a
/// migration adds are checked with that migration.
const VIEWS_AS_TABLES_SQL: &str = "SELECT name FROM sqlite_schema WHERE type = 'view' \
    AND (lower(name) IN ('users', 'anime', 'user_anime_lists', '_sqlx_migrations') \
    OR lower(name) IN (SELECT value FROM json_each($1)) \
        AND EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '_sqlx_migrations'))";

async fn load_applied(connection: &mut SqliteConnection) -> Result<Vec<AppliedMigration>, Error> {
    let tables = serde_json::json!(all_tables().map(|table| table.name));
    let views: Vec<String> = sqlx::query_scalar(VIEWS_AS_TABLES_SQL).bind(tables).fetch_all(&mut *connection).await?;
    if let Some(view) = views.first() {
        return Err(Error::fatal(format!("{view} is a view, not a table"))
            .with_hint("set DATABASE_URL to another file; malsync creates it if it does not exist"));
    }
    let table_count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations'")
            .fetch_one(&mut *connection)
            .await?;
    if table_count == 0 {
        return Ok(Vec::new());
    }
    Ok(sqlx::query_as(APPLIED_SQL).fetch_all(connection).await?)
}

async fn apply_pending(connection: &mut SqliteConnection) -> Result<(), Error> {
    let pending = pending_migrations(&SQLITE_MIGRATIONS, &load_applied(connection).await?)?;
    let added = name_conflicts::added_names(&pending);
    let existing: Vec<String> =
        sqlx::query_scalar(EXISTING_OBJECTS_SQL).bind(serde_json::json!(added)).fetch_all(&mut *connection).await?;
    name_conflicts::check_free(&added, &existing)?;
    connection.ensure_migrations_table("_sqlx_migrations").await?;
    for migration in pending {
        connection.apply("_sqlx_migrations", migration).await?;
        failpoint!("migrate.step");
    }
    // A migration of PostgreSQL does this. SQLite cannot alter a column, so no migration here can.
    drop_not_null::drop_email_not_null(connection).await?;
    for probe in column_probe_queries() {
        sqlx::raw_sql(AssertSqlSafe(probe)).execute(&mut *connection).await?;
    }
    let orphans = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut *connection).await?;
    let integrity: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(connection).await?;
    if !orphans.is_empty() || integrity != "ok" {
        let problem =
            if integrity == "ok" { format!("{} rows refer to missing rows", orphans.len()) } else { integrity };
        return Err(Error::fatal(format!("the schema was not changed: {problem}"))
            .with_hint("repair the file, or restore it from a backup"));
    }
    Ok(())
}
