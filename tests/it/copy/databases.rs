//! Databases of copies: created beside that of the environment, filled, and compared.

use std::collections::BTreeMap;

use crate::support::{
    postgres::shared_cluster,
    secret_scanner::DATABASE_PASSWORD,
    test_env::{DatabaseKind, TestEnv, block_on},
};

/// Rows of each table, as text. `sequences` has the last numbers that were given out.
pub(super) type DatabaseDump = BTreeMap<String, Vec<String>>;

pub(super) const fn other_kind(kind: DatabaseKind) -> DatabaseKind {
    match kind {
        DatabaseKind::Sqlite => DatabaseKind::Postgres,
        DatabaseKind::Postgres => DatabaseKind::Sqlite,
    }
}

/// Returns the URL of an empty database. The file of an SQLite database does not exist yet.
pub(super) fn create_target(env: &TestEnv, kind: DatabaseKind, name: &str) -> String {
    match kind {
        DatabaseKind::Sqlite => format!("sqlite://{}", env.home().join(format!("{name}.db")).display()),
        DatabaseKind::Postgres => {
            let cluster = shared_cluster();
            cluster.role_url(&format!("postgres:{DATABASE_PASSWORD}"), &block_on(cluster.create_database()))
        }
    }
}

/// Lets the environment's commands and queries use this database.
pub(super) fn switch_database(env: &mut TestEnv, kind: DatabaseKind, url: &str) {
    env.kind = kind;
    env.set_var("DATABASE_URL", url);
}

/// Returns all rows of all tables, with times to the second.
pub(super) fn dump_database(env: &TestEnv) -> DatabaseDump {
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for column in table_columns(env).into_iter().flatten() {
        let (table, column) = column.split_once('.').unwrap();
        tables.entry(table.to_owned()).or_default().push(column.to_owned());
    }
    let mut dump: DatabaseDump = tables
        .into_iter()
        .map(|(table, columns)| {
            let cells: Vec<_> = columns.iter().map(|column| format!("COALESCE({column}, '-')")).collect();
            let rows = env.query_column(&format!("SELECT {} FROM {table} ORDER BY 1", cells.join(" || '|' || ")));
            (table, rows.into_iter().map(|row| row.unwrap()).collect())
        })
        .collect();
    dump.insert("sequences".to_owned(), read_sequences(env));
    dump
}

/// Fails with the first differing row of each table. The message with both dumps would be too long.
#[track_caller]
pub(super) fn assert_same_dump(found: &DatabaseDump, expected: &DatabaseDump) {
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    let differences: Vec<_> = expected
        .iter()
        .filter_map(|(table, rows)| {
            let found = &found[table];
            let position = (0..rows.len().max(found.len())).find(|index| found.get(*index) != rows.get(*index))?;
            Some(format!("{table}:\n  {:?}\n  {:?}", found.get(position), rows.get(position)))
        })
        .collect();
    assert!(differences.is_empty(), "found, expected:\n{}", differences.join("\n"));
}

/// Returns a text for each column that is stored, in order: the table's name, a dot, and the SQL expression that reads
/// the column as text.
fn table_columns(env: &TestEnv) -> Vec<Option<String>> {
    env.query_column(match env.kind {
        DatabaseKind::Postgres => {
            "SELECT c.table_name || '.' || CASE WHEN c.data_type LIKE 'timestamp%' \
            THEN 'CAST(date_trunc(''second'', ' || c.column_name || ') AS TEXT)' ELSE 'CAST(' || c.column_name || ' AS TEXT)' END \
            FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name) \
            WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> '_sqlx_migrations' \
            ORDER BY table_name, ordinal_position"
        }
        DatabaseKind::Sqlite => {
            "SELECT t.name || '.' || 'typeof(' || c.name || ') || CAST(' || c.name || ' AS TEXT)' \
            FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c WHERE t.type = 'table' \
            AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND t.name <> '_sqlx_migrations' ORDER BY t.name, c.cid"
        }
    })
}

fn read_sequences(env: &TestEnv) -> Vec<String> {
    if env.kind == DatabaseKind::Sqlite
        && env.query_column("SELECT name FROM sqlite_schema WHERE name = 'sqlite_sequence'").is_empty()
    {
        return Vec::new();
    }
    let rows = env.query_column(match env.kind {
        DatabaseKind::Postgres => {
            "SELECT sequencename || ' ' || last_value FROM pg_sequences WHERE schemaname = 'public' \
            AND last_value IS NOT NULL ORDER BY 1"
        }
        DatabaseKind::Sqlite => "SELECT name || ' ' || seq FROM sqlite_sequence ORDER BY 1",
    });
    rows.into_iter().flatten().collect()
}

/// Puts a value into every column of every table: by what users do, and by SQL where that is rare.
pub(super) fn fill_every_table(env: &TestEnv) {
    let control = env.sim.control();
    env.sync(&[]);
    let ids = control.entry_ids("alice").unwrap();
    env.run(&["edit", &ids[0].to_string(), "--notes", "It's \"new\" ☃\n<b>&amp;</b> \\", "--tags", "a b,c"])
        .expect_code(0);
    env.run(&["pin", &ids[0].to_string(), "notes"]).expect_code(0);
    env.run(&["edit", &ids[1].to_string(), "--score", "9", "--start-date", "2019-04", "--finish-date", "2020"])
        .expect_code(0);
    control.edit_entries("alice", 10).unwrap();
    control.resize_list("alice", 55).unwrap();
    env.sync(&["--force-full"]);
    for sql in FILLING_SQL {
        env.execute_sql(sql);
    }
    if env.kind == DatabaseKind::Postgres {
        env.execute_sql("UPDATE users SET last_full_sync = '2026-01-02 03:04:05.987654'");
    }
    let empty: Vec<_> = table_columns(env)
        .into_iter()
        .flatten()
        .filter(|column| {
            let (table, sql) = column.split_once('.').unwrap();
            env.query_value(&format!("SELECT CAST(count({sql}) AS TEXT) FROM {table}")).as_deref() == Some("0")
        })
        .collect();
    assert!(empty.is_empty(), "columns without a value: {empty:?}");
}

/// Sets the values that the commands of [`fill_every_table`] do not write. JSON is spelled as malsync writes it to
/// SQLite.
const FILLING_SQL: [&str; 11] = [
    "UPDATE users SET email = 'a@example.org', mal_list_drift = -1, mal_list_gap = 2, mal_needs_login = FALSE, \
        mal_missing_entries = '[{\"mal_id\":7,\"title\":\"A, \\\"B\\\": c\",\"message\":\"too long\"}]'",
    "INSERT INTO users (username, email, mal_needs_login) VALUES ('007', NULL, TRUE)",
    "UPDATE anime SET title_english = 'x', synopsis = 'line one\nline two', episodes = 12, score = 8.5, rank = 1, \
        popularity = 2, aired_from = '2019-04-01', aired_to = '2019-06-30', aired_from_precision = 'day', \
        aired_to_precision = 'day', image_url = 'https://example.org/x?a=1&b=2', media_type = 'tv', nsfw = 'white', \
        title_japanese = 'カウボーイ', status = 'finished_airing'",
    "UPDATE anime SET start_season_year = 2019, start_season = 'spring', source = 'manga', rating = 'g', \
        average_episode_duration = 1440, broadcast_day = 'monday', broadcast_time = '23:00', num_list_users = 5, \
        num_scoring_users = 4, metadata_created_at = '2008-01-02 03:04:05', metadata_updated_at = '2026-01-02 03:04:05', \
        synonyms = '[\"a, b\",\"c: d\"]', mal_genre_ids = '[1,2]', mal_studio_ids = '[3]'",
    "UPDATE anime SET score = 9.00 WHERE id = 2",
    "UPDATE user_anime_lists SET kept_values = '{\"score\":7,\"notes\":\"x y\"}', altered_values = '{\"tags\":[\"a\",\"b\"]}', \
        rewatch_episodes = 3, score = 10, removed_at = '2026-01-02 03:04:05' WHERE id = 2",
    "UPDATE sync_runs SET failure = 'out of reach: no answer', duration = 12.345, \
        errors = '[{\"mal_id\":7,\"title\":null,\"kind\":\"batch\",\"message\":\"m: n, o\"}]' WHERE id = 1",
    "INSERT INTO sync_changes (run_id, user_id, mal_id, at, field, local, mal, kept, conflict, rule) \
        VALUES (1, 1, 5, '2026-01-02 03:04:05', 'score', '9', '\"a, b\"', '[\"x\",\"y\"]', TRUE, 'mal_if_scored')",
    "INSERT INTO list_edits (edit_id, user_id, mal_id, command, field, local, base, kept) \
        VALUES (90, 1, 5, 'edit', 'tags', '[\"a, b\"]', '9', 'null')",
    "DELETE FROM mal_genres; DELETE FROM mal_studios; DELETE FROM mal_pace; INSERT INTO mal_genres VALUES (1, 'Action'); \
        INSERT INTO mal_studios VALUES (3, 'Sunrise'); \
        INSERT INTO mal_pace (client_id, next_at) VALUES ('00112233', '2026-01-02 03:04:05')",
    "INSERT INTO mal_upgrades (name) VALUES ('of_a_later_malsync')",
];
