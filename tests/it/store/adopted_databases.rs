//! A database in which another application created the tables of the baseline (migration 1) is adopted without a change
//! to its data.

use std::{collections::BTreeSet, sync::Arc};

use malsync::{
    clock::SystemClock,
    exit::Exit,
    failure::Failure,
    store::{Database, DatabaseUrl},
};
use malsync_test_macros::{on_both, on_postgres, on_sqlite};

use super::test_database::DatabaseSite;
use crate::support::postgres::shared_cluster;

const POSTGRES_BASELINE_SQL: &str = include_str!("../../../migrations/postgres/0001_seed_tables.sql");
const SQLITE_BASELINE_SQL: &str = include_str!("../../../migrations/sqlite/0001_seed_tables.sql");

const SAMPLE_ROWS_SQL: &str = "INSERT INTO users (username, email) VALUES ('ann', 'ann@example.org'), ('bob', 'bob@example.org'); \
    INSERT INTO anime (mal_id, title, score) VALUES (1, 'One', 8.75), (2, 'Two', NULL); \
    INSERT INTO user_anime_lists (user_id, anime_id, status, score, notes) \
    VALUES (1, 1, 'watching', 7, 'mine'), (1, 2, 'completed', NULL, NULL), (2, 1, 'dropped', 0, '');";

const LIST_DUMP_SQL: &str = "SELECT u.username, u.email, CAST(u.created_at AS TEXT), a.title, CAST(a.score AS TEXT), l.status, \
    CAST(l.score AS TEXT), l.notes, CAST(l.updated_at AS TEXT) FROM user_anime_lists l \
    JOIN users u ON u.id = l.user_id JOIN anime a ON a.id = l.anime_id ORDER BY l.id";

/// Returns the statements that create the baseline's tables in this kind of database.
fn baseline_sql(site: &DatabaseSite) -> &'static str {
    if site.is_postgres() { POSTGRES_BASELINE_SQL } else { SQLITE_BASELINE_SQL }
}

async fn open_database(site: &DatabaseSite) -> Database {
    site.open().await.unwrap()
}

/// Opens a database with the sample rows. Asserts that malsync keeps them, and that the application can go on as before.
async fn assert_adopted(site: &DatabaseSite) {
    let before = site.read_rows(LIST_DUMP_SQL).await;
    assert_eq!(before.len(), 3);
    let database = open_database(site).await;
    assert_eq!(site.read_rows(LIST_DUMP_SQL).await, before, "all rows are unchanged");
    assert_eq!(database.load_users().await.unwrap().len(), 2);
    // The application continues, without knowing the added columns.
    site.execute_sql("INSERT INTO users (username, email) VALUES ('eve', 'eve@example.org')").await.unwrap();
    site.execute_sql("INSERT INTO user_anime_lists (user_id, anime_id, status) VALUES (3, 1, 'on_hold')")
        .await
        .unwrap();
    site.execute_sql("INSERT INTO users (username, email) VALUES ('max', 'eve@example.org')")
        .await
        .expect_err("the address is still unique");
    // MAL sends no email address.
    site.execute_sql("INSERT INTO users (username) VALUES ('mal'), ('mal2')").await.unwrap();
    // Deleting a user still deletes the user's list.
    site.execute_sql(if site.is_postgres() {
        "DELETE FROM users WHERE id = 1"
    } else {
        "PRAGMA foreign_keys = ON; DELETE FROM users WHERE id = 1"
    })
    .await
    .unwrap();
    assert_eq!(site.read_rows("SELECT CAST(count(*) AS TEXT) FROM user_anime_lists").await, ["2"]);
    database.close().await;
    open_database(site).await.close().await;
}

#[on_postgres]
async fn filled_postgres_database_is_adopted(site: DatabaseSite) {
    site.execute_sql(POSTGRES_BASELINE_SQL).await.unwrap();
    site.execute_sql(SAMPLE_ROWS_SQL).await.unwrap();
    site.execute_sql("ALTER TABLE users ADD COLUMN theme TEXT DEFAULT 'dark'; CREATE VIEW names AS SELECT username, email FROM users")
        .await
        .unwrap();
    assert_adopted(&site).await;
    assert_eq!(site.read_rows("SELECT DISTINCT theme FROM users").await, ["dark"]);
    let types = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'anime'::regclass \
        AND attname IN ('title', 'title_english', 'status', 'score') ORDER BY attname";
    assert_eq!(site.read_rows(types).await, ["numeric(4,2)", "text", "text", "text"]);
}

#[on_sqlite]
async fn filled_sqlite_database_is_adopted_with_its_columns_indexes_and_triggers(site: DatabaseSite) {
    let baseline = SQLITE_BASELINE_SQL
        .replace("email VARCHAR(100) UNIQUE NOT NULL", "\"email\" varchar(100)\n unique  not\tnull COLLATE NOCASE")
        .replace("mal_access_token TEXT", "theme TEXT NOT NULL DEFAULT 'dark', mal_access_token TEXT");
    site.execute_sql(&baseline).await.unwrap();
    site.execute_sql(
        "CREATE INDEX by_email ON users (email, theme); CREATE TABLE log (line TEXT); CREATE VIEW names AS SELECT email FROM users; \
        CREATE TRIGGER logged AFTER INSERT ON users BEGIN INSERT INTO log VALUES (NEW.username); END",
    )
    .await
    .unwrap();
    site.execute_sql(SAMPLE_ROWS_SQL).await.unwrap();
    assert_adopted(&site).await;
    let kept = "SELECT name FROM sqlite_schema WHERE name IN ('by_email', 'logged', 'names') ORDER BY name";
    assert_eq!(site.read_rows(kept).await, ["by_email", "logged", "names"]);
    assert_eq!(site.read_rows("SELECT line FROM log ORDER BY rowid").await, ["ann", "bob", "eve", "mal", "mal2"]);
    assert_eq!(site.read_rows("SELECT DISTINCT theme FROM users").await, ["dark"]);
    assert_eq!(site.read_rows("PRAGMA integrity_check").await, ["ok"]);
    assert_eq!(
        site.read_rows("SELECT name FROM pragma_table_info('users') WHERE \"notnull\" AND name = 'email'").await,
        [""; 0]
    );
}

#[on_both]
async fn f_c18_f_p13_f_s13_newer_schema_and_altered_migration_are_refused(site: DatabaseSite) {
    open_database(&site).await.close().await;
    site.execute_sql("INSERT INTO _sqlx_migrations SELECT 99, description, installed_on, success, checksum, 0 FROM _sqlx_migrations WHERE version = 1")
        .await
        .unwrap();
    let error = site.open().await.unwrap_err().to_string();
    assert!(error.contains("created by a newer version of malsync"), "{error}");
    site.execute_sql("DELETE FROM _sqlx_migrations WHERE version = 99").await.unwrap();
    let checksum = if site.is_postgres() { "'\\x00'" } else { "x'00'" };
    site.execute_sql(&format!("UPDATE _sqlx_migrations SET checksum = {checksum} WHERE version = 2")).await.unwrap();
    let error = site.open().await.unwrap_err().to_string();
    assert!(error.contains("schema version 2 differs"), "{error}");
}

#[on_both]
async fn f_p17_table_of_another_shape_is_named_and_left_unchanged(site: DatabaseSite) {
    site.execute_sql("CREATE TABLE anime (id INTEGER PRIMARY KEY, mal_id INTEGER UNIQUE)").await.unwrap();
    let error = site.open().await.unwrap_err().to_string();
    assert!(error.contains("title"), "{error}");
    let tables = if site.is_postgres() {
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
    } else {
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    };
    assert_eq!(site.read_rows(tables).await, ["anime"], "no other table was created");
}

/// Returns every column and table, as `table.column` and `table`.
async fn table_and_column_names(site: &DatabaseSite) -> BTreeSet<String> {
    let sql = match site {
        DatabaseSite::Postgres(_) => {
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' \
            UNION SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        }
        DatabaseSite::Sqlite { .. } => {
            "SELECT t.name || '.' || c.name FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c WHERE t.type = 'table' \
            AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' \
            UNION SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
        }
    };
    site.read_rows(sql).await.into_iter().collect()
}

#[on_both]
async fn names_taken_by_the_application_are_reported_and_left_unchanged(site: DatabaseSite) {
    site.execute_sql(baseline_sql(&site)).await.unwrap();
    site.execute_sql("ALTER TABLE anime ADD COLUMN rating REAL; CREATE TABLE sync_runs (task TEXT)").await.unwrap();
    site.execute_sql(SAMPLE_ROWS_SQL).await.unwrap();
    site.execute_sql("UPDATE anime SET rating = 4.5").await.unwrap();
    let before = table_and_column_names(&site).await;
    let failure = Failure::from(site.open().await.unwrap_err());
    assert_eq!(failure.exit, Exit::Database);
    let message = "names that malsync adds to the schema are already taken: table sync_runs, column rating of table anime; \
        nothing was changed";
    assert!(failure.message().ends_with(message), "{}", failure.message());
    assert!(failure.hints[0].contains("ALTER TABLE sync_runs RENAME TO app_sync_runs"), "{:?}", failure.hints);
    assert_eq!(table_and_column_names(&site).await, before, "nothing was created");

    site.execute_sql("ALTER TABLE sync_runs RENAME TO app_sync_runs").await.unwrap();
    let failure = Failure::from(site.open().await.unwrap_err());
    assert!(failure.message().ends_with("already taken: column rating of table anime; nothing was changed"));
    let (_, suggested_sql) = failure.hints[0].split_once('(').unwrap();
    site.execute_sql(suggested_sql.split_once(')').unwrap().0).await.unwrap();
    assert_adopted(&site).await;
    assert_eq!(site.read_rows("SELECT DISTINCT CAST(app_rating AS TEXT) FROM anime").await, ["4.5"]);
}

/// A role without the right to alter tables gets statements for the owner. They must not use a column of the
/// application as one of malsync's.
#[on_postgres]
async fn owner_statements_never_reuse_columns_of_the_application(site: DatabaseSite) {
    let name = site.postgres_name();
    let role = format!("guest_{name}");
    site.execute_sql(POSTGRES_BASELINE_SQL).await.unwrap();
    site.execute_sql(&format!(
        "ALTER TABLE user_anime_lists ADD COLUMN pinned BOOLEAN; CREATE ROLE {role} LOGIN; \
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
    ))
    .await
    .unwrap();
    let url = DatabaseUrl::parse(&shared_cluster().role_url(&role, name)).unwrap();
    let failure = Failure::from(Database::open(&url, Arc::new(SystemClock)).await.unwrap_err());
    assert!(failure.message().contains("column pinned of table user_anime_lists"), "{}", failure.message());
    assert_eq!(failure.script, None);
}

/// Tries every table and column that malsync adds to the baseline.
#[on_sqlite]
async fn every_added_name_is_refused_if_the_application_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let fresh = DatabaseSite::at_path(folder.path().join("fresh.db"));
    fresh.open().await.unwrap().close().await;
    let baseline = DatabaseSite::at_path(folder.path().join("baseline.db"));
    baseline.execute_sql(SQLITE_BASELINE_SQL).await.unwrap();
    let (all_names, baseline_names) = (table_and_column_names(&fresh).await, table_and_column_names(&baseline).await);
    let tables: BTreeSet<_> = all_names.iter().filter(|name| !name.contains('.')).collect();
    let added = all_names.difference(&baseline_names).filter(|name| match name.split_once('.') {
        Some((table, _)) => baseline_names.contains(table),
        None => *name != "_sqlx_migrations",
    });
    let mut tried = 0;
    for name in added {
        tried += 1;
        let site = DatabaseSite::at_path(folder.path().join(format!("{name}.db")));
        site.execute_sql(SQLITE_BASELINE_SQL).await.unwrap();
        let take_name = match name.split_once('.') {
            Some((table, column)) => format!("ALTER TABLE {table} ADD COLUMN \"{}\"", column.to_uppercase()),
            None => format!("CREATE VIEW {name} AS SELECT 1"),
        };
        site.execute_sql(&take_name).await.unwrap();
        let error = site.open().await.unwrap_err().to_string();
        let last = name.split('.').next_back().unwrap();
        assert!(error.contains("already taken") && error.contains(last), "{name}: {error}");
    }
    assert!(tried > 40 && tables.len() > 9, "{tried} of {tables:?}");
}

/// A database in an encoding other than UTF-8 refuses most titles: every sync would fail.
#[on_postgres]
async fn database_in_another_encoding_is_refused_at_the_first_connection() {
    for encoding in ["LATIN1", "EUC_JP", "SQL_ASCII"] {
        let name = format!("{}_{}", shared_cluster().create_database().await, encoding.to_lowercase());
        let create_sql =
            format!("CREATE DATABASE {name} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
        DatabaseSite::Postgres("postgres".to_owned()).execute_sql(&create_sql).await.unwrap();
        let site = DatabaseSite::Postgres(name.clone());
        site.execute_sql(POSTGRES_BASELINE_SQL).await.unwrap();
        let failure = Failure::from(site.open().await.unwrap_err());
        assert_eq!(failure.exit.code(), 6);
        assert!(failure.message().contains(&format!("its encoding is {encoding}")), "{}", failure.message());
        assert!(
            failure.hints[0].starts_with(&format!("run createdb -E UTF8 -T template0 {name}_utf8")),
            "{:?}",
            failure.hints
        );
        let added = site.read_rows("SELECT tablename::text FROM pg_tables WHERE tablename = 'sync_runs'").await;
        assert!(added.is_empty(), "nothing was created");
    }
}

/// Migration 7 created an index that no query reads any more.
#[on_both]
async fn title_index_of_an_earlier_version_is_dropped(site: DatabaseSite) {
    let index_sql = if site.is_postgres() {
        "SELECT indexname::text FROM pg_indexes WHERE indexname = 'anime_by_title'"
    } else {
        "SELECT name FROM sqlite_schema WHERE name = 'anime_by_title'"
    };
    open_database(&site).await.close().await;
    assert!(site.read_rows(index_sql).await.is_empty(), "a new database");
    site.execute_sql("CREATE INDEX anime_by_title ON anime (title); DELETE FROM _sqlx_migrations WHERE version = 9")
        .await
        .unwrap();
    assert_eq!(site.read_rows(index_sql).await.len(), 1);
    open_database(&site).await.close().await;
    assert!(site.read_rows(index_sql).await.is_empty(), "a database of an earlier version");
}
