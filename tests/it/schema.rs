//! docs/schema.md is correct: it names every table and column and no other, and its queries work.

use std::{collections::BTreeSet, fs, path::Path};

use malsync_test_macros::on_both;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection, raw_sql};

use crate::support::test_env::{DatabaseKind, TestEnv, block_on};

fn read_schema_doc() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema.md")).unwrap()
}

/// Returns `table.column` for each name in backticks in the first cell of a table row, under a heading `## table: …`.
fn documented_columns() -> BTreeSet<String> {
    let document = read_schema_doc();
    let mut names = BTreeSet::new();
    let mut tables = Vec::new();
    for line in document.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            tables = heading.split_once(':').map(|(tables, _)| tables.split(", ").collect()).unwrap_or_default();
        }
        let Some(first) = line.strip_prefix("| ").and_then(|row| row.split(" | ").next()) else { continue };
        for column in first.split('`').skip(1).step_by(2) {
            names.extend(tables.iter().map(|table| format!("{table}.{column}")));
        }
    }
    names
}

#[on_both]
fn schema_doc_names_every_table_and_column(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 1);
    let existing: BTreeSet<String> = env
        .query_column(match kind {
            DatabaseKind::Postgres => {
                "SELECT table_name || '.' || column_name FROM information_schema.columns \
                WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'"
            }
            DatabaseKind::Sqlite => {
                "SELECT t.name || '.' || c.name FROM sqlite_master t JOIN pragma_table_xinfo(t.name) c \
                WHERE t.type IN ('table', 'view') AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND t.name <> '_sqlx_migrations'"
            }
        })
        .into_iter()
        .flatten()
        .collect();
    let documented = documented_columns();
    let missing: Vec<_> = existing.difference(&documented).collect();
    let invented: Vec<_> = documented.difference(&existing).collect();
    assert!(missing.is_empty() && invented.is_empty(), "not in docs/schema.md: {missing:?}; only there: {invented:?}");
}

/// Returns the queries for this database, one per code block.
fn documented_queries(kind: DatabaseKind) -> Vec<String> {
    let other = if kind == DatabaseKind::Postgres { "sqlite" } else { "postgres" };
    let document = read_schema_doc();
    let blocks = document.split("```sql").skip(1).map(|block| block.split("```").next().unwrap());
    blocks
        .filter(|block| block.lines().next().unwrap().trim() != other)
        .map(|block| block.split_once('\n').unwrap().1.to_owned())
        .collect()
}

/// Returns the number of rows of a query.
fn count_rows(env: &TestEnv, sql: &str) -> Result<usize, sqlx::Error> {
    let (url, sql) = (env.database_url(), AssertSqlSafe(sql.to_owned()));
    block_on(async {
        match env.kind {
            DatabaseKind::Postgres => {
                let mut connection = PgConnection::connect(&url).await?;
                let rows = raw_sql(sql).fetch_all(&mut connection).await.map(|rows| rows.len());
                connection.close().await?;
                rows
            }
            DatabaseKind::Sqlite => {
                let mut connection = SqliteConnection::connect(&url).await?;
                let rows = raw_sql(sql).fetch_all(&mut connection).await.map(|rows| rows.len());
                connection.close().await?;
                rows
            }
        }
    })
}

#[on_both]
fn schema_doc_queries_return_rows(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 300);
    let control = env.sim.control();
    let mal = |id: u64, node: serde_json::Value, keys: serde_json::Value| {
        let patch = json!({ "node": node, "list_status": keys });
        control.patch_entry("alice", id, serde_json::from_value(patch).unwrap()).unwrap();
    };
    let ids = control.entry_ids("alice").unwrap();
    mal(
        ids[0],
        json!({"status": "finished_airing", "genres": [{"id": 1, "name": "Action"}]}),
        json!({"status": "plan_to_watch", "tags": ["later", "with Bob"]}),
    );
    mal(
        ids[1],
        json!({"num_episodes": 12, "start_season": {"year": 2019, "season": "spring"}}),
        json!({"status": "watching", "num_episodes_watched": 3, "num_times_rewatched": 0}),
    );
    mal(ids[2], json!({}), json!({"status": "dropped", "num_episodes_watched": 4}));
    mal(
        ids[3],
        json!({"num_episodes": 12, "average_episode_duration": 1440}),
        json!({"status": "completed", "num_times_rewatched": 2, "finish_date": "2019-04"}),
    );
    mal(1, json!({"title": "Cowboy Bebop"}), json!({"status": "completed", "score": 7, "num_episodes_watched": 26}));
    env.sync(&["--force-full"]);
    env.run(&["edit", "1", "--score", "9"]).expect_code(0);
    control.edit_entries("alice", 3).unwrap();
    env.sync(&[]);
    env.run(&["edit", &ids[1].to_string(), "--episodes", "5"]).expect_code(0);
    let queries = documented_queries(kind);
    assert!(queries.len() >= 12, "{} queries", queries.len());
    for query in queries {
        let rows = count_rows(&env, &query).unwrap_or_else(|error| panic!("{error}\n{query}"));
        assert!(rows > 0, "no row:\n{query}");
    }
}
