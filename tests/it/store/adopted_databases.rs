//! A database that another application made from the seed document is taken over as it stands.

use std::{collections::BTreeSet, sync::Arc};

use malsync::{
    clock::SystemClock,
    domain::user::UserId,
    exit::Exit,
    failure::Failure,
    store::{Database, DatabaseUrl, ListQuery},
};

use super::test_database::DatabaseSite;
use crate::support::postgres::shared_cluster;

const POSTGRES_SEED_SQL: &str = include_str!("../../../migrations/postgres/0001_seed_tables.sql");
const SQLITE_SEED_SQL: &str = include_str!("../../../migrations/sqlite/0001_seed_tables.sql");

const SAMPLE_ROWS_SQL: &str = "INSERT INTO users (username, email) VALUES ('ann', 'ann@example.org'), ('bob', 'bob@example.org'); \
    INSERT INTO anime (mal_id, title, score) VALUES (1, 'One', 8.75), (2, 'Two', NULL); \
    INSERT INTO user_anime_lists (user_id, anime_id, status, score, notes) \
    VALUES (1, 1, 'watching', 7, 'mine'), (1, 2, 'completed', NULL, NULL), (2, 1, 'dropped', 0, '');";

const LIST_DUMP_SQL: &str = "SELECT u.username, u.email, CAST(u.created_at AS TEXT), a.title, CAST(a.score AS TEXT), l.status, \
    CAST(l.score AS TEXT), l.notes, CAST(l.updated_at AS TEXT) FROM user_anime_lists l \
    JOIN users u ON u.id = l.user_id JOIN anime a ON a.id = l.anime_id ORDER BY l.id";

async fn open_database(site: &DatabaseSite) -> Database {
    site.open().await.unwrap()
}

/// What every adopted database has to stand.
async fn assert_taken_over(site: &DatabaseSite) {
    let before = site.read_rows(LIST_DUMP_SQL).await;
    assert_eq!(before.len(), 3);
    let database = open_database(site).await;
    assert_eq!(site.read_rows(LIST_DUMP_SQL).await, before, "every row as it was");
    assert_eq!(database.load_users().await.unwrap().len(), 2);
    // The application goes on, knowing nothing of what was added.
    site.execute_sql("INSERT INTO users (username, email) VALUES ('eve', 'eve@example.org')").await.unwrap();
    site.execute_sql("INSERT INTO user_anime_lists (user_id, anime_id, status) VALUES (3, 1, 'on_hold')")
        .await
        .unwrap();
    site.execute_sql("INSERT INTO users (username, email) VALUES ('max', 'eve@example.org')")
        .await
        .expect_err("still unique");
    // MAL gives no address.
    site.execute_sql("INSERT INTO users (username) VALUES ('mal'), ('mal2')").await.unwrap();
    // A user who goes takes the list along, as before.
    site.execute_sql(if matches!(site, DatabaseSite::Sqlite(_)) {
        "PRAGMA foreign_keys = ON; DELETE FROM users WHERE id = 1"
    } else {
        "DELETE FROM users WHERE id = 1"
    })
    .await
    .unwrap();
    assert_eq!(site.read_rows("SELECT CAST(count(*) AS TEXT) FROM user_anime_lists").await, ["2"]);
    database.close().await;
    open_database(site).await.close().await;
}

#[tokio::test]
async fn a_filled_postgres_database_is_taken_over() {
    let site = DatabaseSite::postgres().await;
    site.execute_sql(POSTGRES_SEED_SQL).await.unwrap();
    site.execute_sql(SAMPLE_ROWS_SQL).await.unwrap();
    site.execute_sql("ALTER TABLE users ADD COLUMN theme TEXT DEFAULT 'dark'; CREATE VIEW names AS SELECT username, email FROM users")
        .await
        .unwrap();
    assert_taken_over(&site).await;
    assert_eq!(site.read_rows("SELECT DISTINCT theme FROM users").await, ["dark"]);
    let types = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'anime'::regclass \
        AND attname IN ('title', 'title_english', 'status', 'score') ORDER BY attname";
    assert_eq!(site.read_rows(types).await, ["numeric(4,2)", "text", "text", "text"]);
}

#[tokio::test]
async fn a_filled_sqlite_database_is_taken_over_with_its_own_columns_indexes_and_triggers() {
    let folder = tempfile::tempdir().unwrap();
    let site = DatabaseSite::sqlite(&folder);
    let own = SQLITE_SEED_SQL
        .replace("email VARCHAR(100) UNIQUE NOT NULL", "\"email\" varchar(100)\n unique  not\tnull COLLATE NOCASE")
        .replace("mal_access_token TEXT", "theme TEXT NOT NULL DEFAULT 'dark', mal_access_token TEXT");
    site.execute_sql(&own).await.unwrap();
    site.execute_sql(
        "CREATE INDEX by_email ON users (email, theme); CREATE TABLE log (line TEXT); CREATE VIEW names AS SELECT email FROM users; \
        CREATE TRIGGER logged AFTER INSERT ON users BEGIN INSERT INTO log VALUES (NEW.username); END",
    )
    .await
    .unwrap();
    site.execute_sql(SAMPLE_ROWS_SQL).await.unwrap();
    assert_taken_over(&site).await;
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

#[tokio::test]
async fn f_c18_f_p13_f_s13_a_newer_schema_and_an_altered_migration_are_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    for site in [DatabaseSite::postgres().await, DatabaseSite::sqlite(&folder)] {
        open_database(&site).await.close().await;
        site.execute_sql("INSERT INTO _sqlx_migrations SELECT 99, description, installed_on, success, checksum, 0 FROM _sqlx_migrations WHERE version = 1")
            .await
            .unwrap();
        let refused = site.open().await.unwrap_err().to_string();
        assert!(refused.contains("made by a newer malsync"), "{refused}");
        site.execute_sql("DELETE FROM _sqlx_migrations WHERE version = 99").await.unwrap();
        let other = if matches!(site, DatabaseSite::Postgres(_)) { "'\\x00'" } else { "x'00'" };
        site.execute_sql(&format!("UPDATE _sqlx_migrations SET checksum = {other} WHERE version = 2")).await.unwrap();
        let refused = site.open().await.unwrap_err().to_string();
        assert!(refused.contains("schema version 2 differs"), "{refused}");
    }
}

#[tokio::test]
async fn f_p17_a_table_of_another_shape_is_named_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    for site in [DatabaseSite::postgres().await, DatabaseSite::sqlite(&folder)] {
        site.execute_sql("CREATE TABLE anime (id INTEGER PRIMARY KEY, mal_id INTEGER UNIQUE)").await.unwrap();
        let refused = site.open().await.unwrap_err().to_string();
        assert!(refused.contains("title"), "{refused}");
        let tables = if matches!(site, DatabaseSite::Postgres(_)) {
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
        } else {
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        };
        assert_eq!(site.read_rows(tables).await, ["anime"], "nothing half done");
    }
}

/// Every column and table, as `table.column` and `table`.
async fn table_and_column_names(site: &DatabaseSite) -> BTreeSet<String> {
    let names = match site {
        DatabaseSite::Postgres(_) => {
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' \
            UNION SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        }
        DatabaseSite::Sqlite(_) => {
            "SELECT t.name || '.' || c.name FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c WHERE t.type = 'table' \
            AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' \
            UNION SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
        }
    };
    site.read_rows(names).await.into_iter().collect()
}

#[tokio::test]
async fn what_an_application_has_under_a_name_of_ours_is_told_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    for (site, seed) in
        [(DatabaseSite::postgres().await, POSTGRES_SEED_SQL), (DatabaseSite::sqlite(&folder), SQLITE_SEED_SQL)]
    {
        site.execute_sql(seed).await.unwrap();
        site.execute_sql("ALTER TABLE anime ADD COLUMN rating REAL; CREATE TABLE sync_runs (task TEXT)").await.unwrap();
        site.execute_sql(SAMPLE_ROWS_SQL).await.unwrap();
        site.execute_sql("UPDATE anime SET rating = 4.5").await.unwrap();
        let before = table_and_column_names(&site).await;
        let refused = Failure::from(site.open().await.unwrap_err());
        assert_eq!(refused.exit, Exit::Database);
        let told = "names that malsync adds to the schema are taken already: table sync_runs, column rating of table anime; \
            nothing was changed";
        assert!(refused.message().ends_with(told), "{}", refused.message());
        assert!(refused.hints[0].contains("ALTER TABLE sync_runs RENAME TO app_sync_runs"), "{:?}", refused.hints);
        assert_eq!(table_and_column_names(&site).await, before, "nothing half done");

        site.execute_sql("ALTER TABLE sync_runs RENAME TO app_sync_runs").await.unwrap();
        let refused = Failure::from(site.open().await.unwrap_err());
        assert!(refused.message().ends_with("already: column rating of table anime; nothing was changed"));
        let (_, way_out) = refused.hints[0].split_once('(').unwrap();
        site.execute_sql(way_out.split_once(')').unwrap().0).await.unwrap();
        assert_taken_over(&site).await;
        assert_eq!(site.read_rows("SELECT DISTINCT CAST(app_rating AS TEXT) FROM anime").await, ["4.5"]);
    }
}

/// A role that may not alter is given statements that would take the column over: it is told before.
#[tokio::test]
async fn an_owner_is_given_no_statements_that_take_over_what_is_an_applications() {
    let site = DatabaseSite::postgres().await;
    let DatabaseSite::Postgres(name) = &site else { unreachable!() };
    let role = format!("guest_{name}");
    site.execute_sql(POSTGRES_SEED_SQL).await.unwrap();
    site.execute_sql(&format!(
        "ALTER TABLE user_anime_lists ADD COLUMN pinned BOOLEAN; CREATE ROLE {role} LOGIN; \
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
    ))
    .await
    .unwrap();
    let place = DatabaseUrl::parse(&shared_cluster().role_url(&role, name)).unwrap();
    let refused = Failure::from(Database::open(&place, Arc::new(SystemClock)).await.unwrap_err());
    assert!(refused.message().contains("column pinned of table user_anime_lists"), "{}", refused.message());
    assert_eq!(refused.script, None);
}

/// Not one name is forgotten, and those of the seed are none of them.
#[tokio::test]
async fn no_name_that_is_added_is_ever_taken_for_ours() {
    let folder = tempfile::tempdir().unwrap();
    let fresh = DatabaseSite::Sqlite(folder.path().join("fresh.db"));
    fresh.open().await.unwrap().close().await;
    let seed = DatabaseSite::Sqlite(folder.path().join("seed.db"));
    seed.execute_sql(SQLITE_SEED_SQL).await.unwrap();
    let (all, seeds) = (table_and_column_names(&fresh).await, table_and_column_names(&seed).await);
    let tables: BTreeSet<_> = all.iter().filter(|name| !name.contains('.')).collect();
    let added = all.difference(&seeds).filter(|name| match name.split_once('.') {
        Some((table, _)) => seeds.contains(table),
        None => *name != "_sqlx_migrations",
    });
    let mut tried = 0;
    for name in added {
        tried += 1;
        let site = DatabaseSite::Sqlite(folder.path().join(format!("{name}.db")));
        site.execute_sql(SQLITE_SEED_SQL).await.unwrap();
        let taken = match name.split_once('.') {
            Some((table, column)) => format!("ALTER TABLE {table} ADD COLUMN \"{}\"", column.to_uppercase()),
            None => format!("CREATE VIEW {name} AS SELECT 1"),
        };
        site.execute_sql(&taken).await.unwrap();
        let refused = site.open().await.unwrap_err().to_string();
        let last = name.split('.').next_back().unwrap();
        assert!(refused.contains("taken already") && refused.contains(last), "{name}: {refused}");
    }
    assert!(tried > 40 && tables.len() > 9, "{tried} of {tables:?}");
}

/// What stands beyond ASCII in an encoding other than Unicode is read as it was written.
#[tokio::test]
async fn adopted_database_of_another_encoding_keeps_its_titles() {
    for (encoding, title) in [("LATIN1", "É b"), ("EUC_JP", "進撃の巨人"), ("SQL_ASCII", "zé")] {
        let site = DatabaseSite::postgres().await;
        let DatabaseSite::Postgres(name) = &site else { unreachable!() };
        let name = format!("{name}_{}", encoding.to_lowercase());
        let create_sql =
            format!("CREATE DATABASE {name} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
        site.execute_sql(&create_sql).await.unwrap();
        let site = DatabaseSite::Postgres(name);
        let rows = format!(
            "INSERT INTO users (username, email) VALUES ('ann', 'ann@example.org'); \
            INSERT INTO anime (mal_id, title) VALUES (1, '{title}'); \
            INSERT INTO user_anime_lists (user_id, anime_id, status) VALUES (1, 1, 'watching')"
        );
        site.execute_sql(&format!("{POSTGRES_SEED_SQL}; {rows}")).await.unwrap();
        let database = open_database(&site).await;
        let list = database.load_list(UserId(1), &ListQuery::default()).await.unwrap();
        assert_eq!(list[0].anime.title, title, "{encoding}");
        database.close().await;
    }
}

/// Migration 7 made an index that no query reads any more.
#[tokio::test]
async fn title_index_of_an_earlier_version_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    for site in [DatabaseSite::sqlite(&folder), DatabaseSite::postgres().await] {
        let index_sql = match site {
            DatabaseSite::Sqlite(_) => "SELECT name FROM sqlite_schema WHERE name = 'anime_by_title'",
            DatabaseSite::Postgres(_) => "SELECT indexname::text FROM pg_indexes WHERE indexname = 'anime_by_title'",
        };
        open_database(&site).await.close().await;
        assert!(site.read_rows(index_sql).await.is_empty(), "{site:?}: a new database");
        site.execute_sql(
            "CREATE INDEX anime_by_title ON anime (title); DELETE FROM _sqlx_migrations WHERE version = 9",
        )
        .await
        .unwrap();
        assert_eq!(site.read_rows(index_sql).await.len(), 1);
        open_database(&site).await.close().await;
        assert!(site.read_rows(index_sql).await.is_empty(), "{site:?}: an earlier version's database");
    }
}
