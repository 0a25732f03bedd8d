//! PostgreSQL roles that may not alter tables, and views that block a migration: nothing is changed, and the error
//! contains the statements that the owner has to run.

use std::sync::Arc;

use malsync::{
    clock::SystemClock,
    exit::Exit,
    failure::Failure,
    store::{Database, DatabaseUrl},
};

use malsync_test_macros::on_postgres;

use super::test_database::DatabaseSite;
use crate::support::postgres::shared_cluster;

const POSTGRES_BASELINE_SQL: &str = include_str!("../../../migrations/postgres/0001_seed_tables.sql");

async fn list_columns(site: &DatabaseSite) -> Vec<String> {
    site.read_rows(
        "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'",
    )
    .await
}

async fn open_as(role: &str, database: &str) -> Result<Database, Failure> {
    let place = DatabaseUrl::parse(&shared_cluster().role_url(role, database)).unwrap();
    Database::open(&place, Arc::new(SystemClock)).await.map_err(Failure::from)
}

#[on_postgres]
async fn f_p14_role_without_alter_right_gets_script_for_owner(site: DatabaseSite) {
    let name = site.postgres_name();
    let role = format!("guest_{name}");
    site.execute_sql(POSTGRES_BASELINE_SQL).await.unwrap();
    site.execute_sql(&format!(
        "CREATE ROLE {role} LOGIN; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
    ))
    .await
    .unwrap();
    site.execute_sql(
        "INSERT INTO users (id, username, email) VALUES (1, 'ann', 'ann@example.org'); \
        INSERT INTO anime (id, mal_id, title) VALUES (1, 5, 'Five'); \
        INSERT INTO user_anime_lists (user_id, anime_id, status, notes) VALUES (1, 1, 'watching', 'a<br />b')",
    )
    .await
    .unwrap();
    let before = list_columns(&site).await;
    let refused = open_as(&role, name).await.unwrap_err();
    assert_eq!(refused.exit, Exit::Database);
    assert_eq!(list_columns(&site).await, before, "Nothing was changed.");

    site.execute_sql(refused.script.as_deref().unwrap()).await.unwrap();
    // What the script cannot do is done by the role.
    let base = r#"{"status": "watching", "comments": "a<br />\r\nb"}"#;
    site.execute_sql(&format!("UPDATE user_anime_lists SET mal_entry = '{base}'")).await.unwrap();
    assert_eq!(site.read_rows("SELECT name FROM mal_upgrades").await, ["own_values"]);
    let database = open_as(&role, name).await.unwrap();
    assert_eq!(database.load_users().await.unwrap().len(), 1);
    assert_eq!(site.read_rows("SELECT name FROM mal_upgrades").await, [""; 0]);
    assert_eq!(site.read_rows("SELECT notes FROM user_anime_lists").await, ["a\nb"]);
    database.close().await;
    site.open().await.unwrap().close().await;
}

#[on_postgres]
async fn f_p14_blocking_view_is_reported_and_nothing_changed(site: DatabaseSite) {
    let name = site.postgres_name();
    site.execute_sql(POSTGRES_BASELINE_SQL).await.unwrap();
    site.execute_sql("CREATE VIEW titles AS SELECT title FROM anime").await.unwrap();
    let before = list_columns(&site).await;
    let refused = open_as("postgres", name).await.unwrap_err();
    assert_eq!(refused.exit, Exit::Database);
    assert!(refused.message().contains("view"), "{}", refused.message());
    assert_eq!(list_columns(&site).await, before);
    site.execute_sql(&format!("DROP VIEW titles; {}", refused.script.unwrap())).await.unwrap();
    site.execute_sql("CREATE VIEW titles AS SELECT title FROM anime").await.unwrap();
    open_as("postgres", name).await.unwrap().close().await;
}

#[on_postgres]
async fn view_over_wide_enough_columns_does_not_block_migration(site: DatabaseSite) {
    let wide = POSTGRES_BASELINE_SQL.replace("title VARCHAR(500)", "title TEXT").replace("DECIMAL(3,2)", "NUMERIC");
    site.execute_sql(&wide).await.unwrap();
    site.execute_sql("CREATE VIEW titles AS SELECT title, score FROM anime").await.unwrap();
    site.open().await.unwrap().close().await;
}

#[on_postgres]
async fn f_p01_connection_failure_is_explained_without_password() {
    let missing = open_as("postgres", "no_such_database").await.unwrap_err();
    assert!(missing.message().contains("no_such_database"), "{}", missing.message());
    let stranger = open_as("nobody_we_know", "postgres").await.unwrap_err();
    assert!(stranger.message().contains("nobody_we_know"), "{}", stranger.message());
    let place = DatabaseUrl::parse("postgresql://me:hunter2@127.0.0.1:1/db").unwrap();
    let down = Failure::from(Database::open(&place, Arc::new(SystemClock)).await.unwrap_err());
    assert!(down.message().contains("postgresql://me:****@127.0.0.1:1/db: cannot connect"), "{}", down.message());
    for failure in [missing, stranger, down] {
        assert_eq!(failure.exit, Exit::Database);
        assert!(!failure.hints.is_empty());
        assert!(!format!("{failure:?}").contains("hunter2"));
    }
}

#[on_postgres]
async fn f_p10_read_only_server_is_reported(site: DatabaseSite) {
    let name = site.postgres_name();
    site.execute_sql(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await.unwrap();
    let refused = Failure::from(site.open().await.unwrap_err());
    assert!(refused.message().contains("read-only"), "{}", refused.message());
    assert!(refused.hints[0].contains("if this is the primary, run malsync doctor"), "{:?}", refused.hints);
}
