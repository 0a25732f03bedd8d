//! A database that another application made from the seed document is taken over as it stands.

use std::{collections::BTreeSet, sync::Arc};

use malsync::{
    clock::SystemClock,
    domain::user::UserId,
    exit::Exit,
    failure::Failure,
    store::{Database, DatabaseUrl, ListQuery},
};

use super::home::Site;
use crate::support::postgres::cluster;

const POSTGRES: &str = include_str!("../../../migrations/postgres/0001_seed_tables.sql");
const SQLITE: &str = include_str!("../../../migrations/sqlite/0001_seed_tables.sql");

const ROWS: &str = "INSERT INTO users (username, email) VALUES ('ann', 'ann@example.org'), ('bob', 'bob@example.org'); \
    INSERT INTO anime (mal_id, title, score) VALUES (1, 'One', 8.75), (2, 'Two', NULL); \
    INSERT INTO user_anime_lists (user_id, anime_id, status, score, notes) \
    VALUES (1, 1, 'watching', 7, 'mine'), (1, 2, 'completed', NULL, NULL), (2, 1, 'dropped', 0, '');";

const DUMP: &str = "SELECT u.username, u.email, CAST(u.created_at AS TEXT), a.title, CAST(a.score AS TEXT), l.status, \
    CAST(l.score AS TEXT), l.notes, CAST(l.updated_at AS TEXT) FROM user_anime_lists l \
    JOIN users u ON u.id = l.user_id JOIN anime a ON a.id = l.anime_id ORDER BY l.id";

async fn opened(site: &Site) -> Database {
    site.open().await.unwrap()
}

/// What every adopted database has to stand.
async fn is_taken_over(site: &Site) {
    let before = site.read(DUMP).await;
    assert_eq!(before.len(), 3);
    let database = opened(site).await;
    assert_eq!(site.read(DUMP).await, before, "every row as it was");
    assert_eq!(database.load_users().await.unwrap().len(), 2);
    // The application goes on, knowing nothing of what was added.
    site.run("INSERT INTO users (username, email) VALUES ('eve', 'eve@example.org')").await.unwrap();
    site.run("INSERT INTO user_anime_lists (user_id, anime_id, status) VALUES (3, 1, 'on_hold')").await.unwrap();
    site.run("INSERT INTO users (username, email) VALUES ('max', 'eve@example.org')").await.expect_err("still unique");
    // MAL gives no address.
    site.run("INSERT INTO users (username) VALUES ('mal'), ('mal2')").await.unwrap();
    // A user who goes takes the list along, as before.
    site.run(if matches!(site, Site::Sqlite(_)) {
        "PRAGMA foreign_keys = ON; DELETE FROM users WHERE id = 1"
    } else {
        "DELETE FROM users WHERE id = 1"
    })
    .await
    .unwrap();
    assert_eq!(site.read("SELECT CAST(count(*) AS TEXT) FROM user_anime_lists").await, ["2"]);
    database.close().await;
    opened(site).await.close().await;
}

#[tokio::test]
async fn a_filled_postgres_database_is_taken_over() {
    let site = Site::postgres().await;
    site.run(POSTGRES).await.unwrap();
    site.run(ROWS).await.unwrap();
    site.run("ALTER TABLE users ADD COLUMN theme TEXT DEFAULT 'dark'; CREATE VIEW names AS SELECT username, email FROM users")
        .await
        .unwrap();
    is_taken_over(&site).await;
    assert_eq!(site.read("SELECT DISTINCT theme FROM users").await, ["dark"]);
    let types = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'anime'::regclass \
        AND attname IN ('title', 'title_english', 'status', 'score') ORDER BY attname";
    assert_eq!(site.read(types).await, ["numeric(4,2)", "text", "text", "text"]);
}

#[tokio::test]
async fn a_filled_sqlite_database_is_taken_over_with_its_own_columns_indexes_and_triggers() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::sqlite(&folder);
    let own = SQLITE
        .replace("email VARCHAR(100) UNIQUE NOT NULL", "\"email\" varchar(100)\n unique  not\tnull COLLATE NOCASE")
        .replace("mal_access_token TEXT", "theme TEXT NOT NULL DEFAULT 'dark', mal_access_token TEXT");
    site.run(&own).await.unwrap();
    site.run(
        "CREATE INDEX by_email ON users (email, theme); CREATE TABLE log (line TEXT); CREATE VIEW names AS SELECT email FROM users; \
        CREATE TRIGGER logged AFTER INSERT ON users BEGIN INSERT INTO log VALUES (NEW.username); END",
    )
    .await
    .unwrap();
    site.run(ROWS).await.unwrap();
    is_taken_over(&site).await;
    let kept = "SELECT name FROM sqlite_schema WHERE name IN ('by_email', 'logged', 'names') ORDER BY name";
    assert_eq!(site.read(kept).await, ["by_email", "logged", "names"]);
    assert_eq!(site.read("SELECT line FROM log ORDER BY rowid").await, ["ann", "bob", "eve", "mal", "mal2"]);
    assert_eq!(site.read("SELECT DISTINCT theme FROM users").await, ["dark"]);
    assert_eq!(site.read("PRAGMA integrity_check").await, ["ok"]);
    assert_eq!(
        site.read("SELECT name FROM pragma_table_info('users') WHERE \"notnull\" AND name = 'email'").await,
        [""; 0]
    );
}

#[tokio::test]
async fn f_c18_f_p13_f_s13_a_newer_schema_and_an_altered_migration_are_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    for site in [Site::postgres().await, Site::sqlite(&folder)] {
        opened(&site).await.close().await;
        site.run("INSERT INTO _sqlx_migrations SELECT 99, description, installed_on, success, checksum, 0 FROM _sqlx_migrations WHERE version = 1")
            .await
            .unwrap();
        let refused = site.open().await.unwrap_err().to_string();
        assert!(refused.contains("made by a newer malsync"), "{refused}");
        site.run("DELETE FROM _sqlx_migrations WHERE version = 99").await.unwrap();
        let other = if matches!(site, Site::Postgres(_)) { "'\\x00'" } else { "x'00'" };
        site.run(&format!("UPDATE _sqlx_migrations SET checksum = {other} WHERE version = 2")).await.unwrap();
        let refused = site.open().await.unwrap_err().to_string();
        assert!(refused.contains("schema version 2 differs"), "{refused}");
    }
}

#[tokio::test]
async fn f_p17_a_table_of_another_shape_is_named_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    for site in [Site::postgres().await, Site::sqlite(&folder)] {
        site.run("CREATE TABLE anime (id INTEGER PRIMARY KEY, mal_id INTEGER UNIQUE)").await.unwrap();
        let refused = site.open().await.unwrap_err().to_string();
        assert!(refused.contains("title"), "{refused}");
        let tables = if matches!(site, Site::Postgres(_)) {
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
        } else {
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        };
        assert_eq!(site.read(tables).await, ["anime"], "nothing half done");
    }
}

/// Every column and table, as `table.column` and `table`.
async fn names(site: &Site) -> BTreeSet<String> {
    let names = match site {
        Site::Postgres(_) => {
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' \
            UNION SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        }
        Site::Sqlite(_) => {
            "SELECT t.name || '.' || c.name FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c WHERE t.type = 'table' \
            AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' \
            UNION SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
        }
    };
    site.read(names).await.into_iter().collect()
}

#[tokio::test]
async fn what_an_application_has_under_a_name_of_ours_is_told_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    for (site, seed) in [(Site::postgres().await, POSTGRES), (Site::sqlite(&folder), SQLITE)] {
        site.run(seed).await.unwrap();
        site.run("ALTER TABLE anime ADD COLUMN rating REAL; CREATE TABLE sync_runs (task TEXT)").await.unwrap();
        site.run(ROWS).await.unwrap();
        site.run("UPDATE anime SET rating = 4.5").await.unwrap();
        let before = names(&site).await;
        let refused = Failure::from(site.open().await.unwrap_err());
        assert_eq!(refused.exit, Exit::Database);
        let told = "names that malsync adds to the schema are taken already: table sync_runs, column rating of table anime; \
            nothing was changed";
        assert!(refused.message().ends_with(told), "{}", refused.message());
        assert!(refused.hints[0].contains("ALTER TABLE sync_runs RENAME TO app_sync_runs"), "{:?}", refused.hints);
        assert_eq!(names(&site).await, before, "nothing half done");

        site.run("ALTER TABLE sync_runs RENAME TO app_sync_runs").await.unwrap();
        let refused = Failure::from(site.open().await.unwrap_err());
        assert!(refused.message().ends_with("already: column rating of table anime; nothing was changed"));
        let (_, way_out) = refused.hints[0].split_once('(').unwrap();
        site.run(way_out.split_once(')').unwrap().0).await.unwrap();
        is_taken_over(&site).await;
        assert_eq!(site.read("SELECT DISTINCT CAST(app_rating AS TEXT) FROM anime").await, ["4.5"]);
    }
}

/// A role that may not alter is given statements that would take the column over: it is told before.
#[tokio::test]
async fn an_owner_is_given_no_statements_that_take_over_what_is_an_applications() {
    let site = Site::postgres().await;
    let Site::Postgres(name) = &site else { unreachable!() };
    let role = format!("guest_{name}");
    site.run(POSTGRES).await.unwrap();
    site.run(&format!(
        "ALTER TABLE user_anime_lists ADD COLUMN pinned BOOLEAN; CREATE ROLE {role} LOGIN; \
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
    ))
    .await
    .unwrap();
    let place = DatabaseUrl::parse(&cluster().url_as(&role, name)).unwrap();
    let refused = Failure::from(Database::open(&place, Arc::new(SystemClock)).await.unwrap_err());
    assert!(refused.message().contains("column pinned of table user_anime_lists"), "{}", refused.message());
    assert_eq!(refused.script, None);
}

/// Not one name is forgotten, and those of the seed are none of them.
#[tokio::test]
async fn no_name_that_is_added_is_ever_taken_for_ours() {
    let folder = tempfile::tempdir().unwrap();
    let fresh = Site::Sqlite(folder.path().join("fresh.db"));
    fresh.open().await.unwrap().close().await;
    let seed = Site::Sqlite(folder.path().join("seed.db"));
    seed.run(SQLITE).await.unwrap();
    let (all, seeds) = (names(&fresh).await, names(&seed).await);
    let tables: BTreeSet<_> = all.iter().filter(|name| !name.contains('.')).collect();
    let added = all.difference(&seeds).filter(|name| match name.split_once('.') {
        Some((table, _)) => seeds.contains(table),
        None => *name != "_sqlx_migrations",
    });
    let mut tried = 0;
    for name in added {
        tried += 1;
        let site = Site::Sqlite(folder.path().join(format!("{name}.db")));
        site.run(SQLITE).await.unwrap();
        let taken = match name.split_once('.') {
            Some((table, column)) => format!("ALTER TABLE {table} ADD COLUMN \"{}\"", column.to_uppercase()),
            None => format!("CREATE VIEW {name} AS SELECT 1"),
        };
        site.run(&taken).await.unwrap();
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
        let site = Site::postgres().await;
        let Site::Postgres(name) = &site else { unreachable!() };
        let name = format!("{name}_{}", encoding.to_lowercase());
        let create_sql =
            format!("CREATE DATABASE {name} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
        site.run(&create_sql).await.unwrap();
        let site = Site::Postgres(name);
        let rows = format!(
            "INSERT INTO users (username, email) VALUES ('ann', 'ann@example.org'); \
            INSERT INTO anime (mal_id, title) VALUES (1, '{title}'); \
            INSERT INTO user_anime_lists (user_id, anime_id, status) VALUES (1, 1, 'watching')"
        );
        site.run(&format!("{POSTGRES}; {rows}")).await.unwrap();
        let database = opened(&site).await;
        let list = database.load_list(UserId(1), &ListQuery::default()).await.unwrap();
        assert_eq!(list[0].anime.title, title, "{encoding}");
        database.close().await;
    }
}

/// Migration 7 made an index that no query reads any more.
#[tokio::test]
async fn title_index_of_an_earlier_version_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    for site in [Site::sqlite(&folder), Site::postgres().await] {
        let index_sql = match site {
            Site::Sqlite(_) => "SELECT name FROM sqlite_schema WHERE name = 'anime_by_title'",
            Site::Postgres(_) => "SELECT indexname::text FROM pg_indexes WHERE indexname = 'anime_by_title'",
        };
        opened(&site).await.close().await;
        assert!(site.read(index_sql).await.is_empty(), "{site:?}: a new database");
        site.run("CREATE INDEX anime_by_title ON anime (title); DELETE FROM _sqlx_migrations WHERE version = 9")
            .await
            .unwrap();
        assert_eq!(site.read(index_sql).await.len(), 1);
        opened(&site).await.close().await;
        assert!(site.read(index_sql).await.is_empty(), "{site:?}: an earlier version's database");
    }
}
