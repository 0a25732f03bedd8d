//! Copies between SQLite and PostgreSQL.

use std::fs;

use malsync_test_macros::{on_both, on_postgres};

use super::{
    copy_to,
    databases::{assert_same_dump, create_target, dump_database, fill_every_table, other_kind, switch_database},
};
use crate::support::{
    dump::query_count,
    test_env::{DatabaseKind, TestEnv},
};

#[on_both]
fn copy_there_and_back_again_gives_the_same_dump(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 60);
    fill_every_table(&env);
    let source_url = env.database_url();
    let original = dump_database(&env);
    let empty: Vec<_> = original.iter().filter(|(_, rows)| rows.is_empty()).map(|(table, _)| table).collect();
    assert!(empty.is_empty(), "tables without a row: {empty:?}");

    let (there, back) = (create_target(&env, other_kind(kind), "there"), create_target(&env, kind, "back"));
    let copied = copy_to(&env, &there, &["--with-tokens"]);
    assert_eq!(copied["not_copied"], serde_json::json!([]), "a column or table is missing in src/store/tables");
    for table in copied["tables"].as_array().unwrap() {
        let name = table["name"].as_str().unwrap();
        assert_eq!(table["rows"], query_count(&env, &format!("(SELECT count(*) FROM {name})")), "{name}");
    }
    assert_eq!(copied["tables"].as_array().unwrap().len() + 1, original.len(), "all tables, and the sequences");

    switch_database(&mut env, other_kind(kind), &there);
    copy_to(&env, &back, &["--with-tokens"]);
    switch_database(&mut env, kind, &back);
    assert_same_dump(&dump_database(&env), &original);

    // The copy goes on where the original stopped.
    env.sync(&["--force-full"]);
    switch_database(&mut env, kind, &source_url);
    let direct = create_target(&env, kind, "direct");
    copy_to(&env, &direct, &["--with-tokens"]);
    switch_database(&mut env, kind, &direct);
    assert_same_dump(&dump_database(&env), &original);
}

#[on_both]
fn copied_database_gives_out_no_id_again(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 5);
    env.sync(&[]);
    let last_run = env.sync(&["--force-full"])["run_id"].as_i64().unwrap();
    // The newest run and all edits are deleted: their numbers are not given out again.
    let ids = env.sim.control().entry_ids("alice").unwrap();
    let edit =
        env.run(&["edit", &ids[0].to_string(), "--notes", "y", "--json"]).expect_code(0).json()["edit_id"].as_i64();
    env.execute_sql(&format!("DELETE FROM sync_runs WHERE id = {last_run}; DELETE FROM list_edits;"));
    let target = create_target(&env, other_kind(kind), "target");
    copy_to(&env, &target, &["--with-tokens"]);
    switch_database(&mut env, other_kind(kind), &target);
    assert_eq!(env.sync(&["--force-full"])["run_id"], last_run + 1);
    let next =
        env.run(&["edit", &ids[0].to_string(), "--notes", "z", "--json"]).expect_code(0).json()["edit_id"].as_i64();
    assert!(next > edit, "{next:?} after {edit:?}");
    env.sim.control().resize_list("alice", 9).unwrap();
    assert_eq!(env.sync(&["--force-full"])["user_lists_created"], 4);
    let doctor = env.run(&["doctor", "--json"]).json();
    let lagging: Vec<_> =
        doctor["checks"].as_array().unwrap().iter().filter(|check| check.to_string().contains("setval")).collect();
    assert!(lagging.is_empty(), "{lagging:?}");
}

#[on_both]
fn copy_into_a_database_with_rows_is_refused_and_changes_nothing(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 3);
    env.sync(&[]);
    let source_url = env.database_url();
    for target_kind in [kind, other_kind(kind)] {
        // Of an application, which malsync has not taken over.
        let target = create_target(&env, target_kind, "application");
        switch_database(&mut env, target_kind, &target);
        create_file(&target);
        env.execute_sql(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, username VARCHAR(50)); INSERT INTO users VALUES (1, 'bob')",
        );
        switch_database(&mut env, kind, &source_url);
        let refused = env.run(&["copy", "--to", &target]).expect_code(8);
        assert!(refused.stderr.contains("table users has rows") && refused.stderr.contains("\nhint: "), "{refused:?}");
        switch_database(&mut env, target_kind, &target);
        let tables = dump_database(&env);
        assert_eq!(tables.keys().filter(|name| *name != "sequences").collect::<Vec<_>>(), ["users"]);

        // Of malsync, with a row in the least important table.
        let target = create_target(&env, target_kind, "genres");
        switch_database(&mut env, target_kind, &target);
        env.create_tables();
        env.execute_sql("INSERT INTO mal_genres (id, name) VALUES (1, 'Action')");
        switch_database(&mut env, kind, &source_url);
        env.run(&["copy", "--to", &target]).expect_code(8);
        switch_database(&mut env, target_kind, &target);
        assert_eq!(query_count(&env, "(SELECT count(*) FROM users)"), 0);
        // Other tables do not matter.
        env.execute_sql("DELETE FROM mal_genres; CREATE TABLE pets (name TEXT); INSERT INTO pets VALUES ('Ein')");
        switch_database(&mut env, kind, &source_url);
        copy_to(&env, &target, &[]);
        switch_database(&mut env, target_kind, &target);
        assert_eq!(query_count(&env, "(SELECT count(*) FROM user_anime_lists)"), 3);
        switch_database(&mut env, kind, &source_url);
    }
}

/// Creates an SQLite file. A database of PostgreSQL exists already.
fn create_file(url: &str) {
    if let Some(path) = url.strip_prefix("sqlite://") {
        fs::write(path, "").unwrap();
    }
}

#[on_both]
fn killed_copy_leaves_an_empty_target(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 700);
    env.sync(&[]);
    let source_url = env.database_url();
    for target_kind in [kind, other_kind(kind)] {
        let target = create_target(&env, target_kind, "target");
        for point in ["copy.chunk=1*off->return", "copy.chunk=4*off->return", "copy.before_commit=return"] {
            let process = env.command(&["copy", "--to", &target]).env("FAILPOINTS", point).spawn().unwrap();
            let output = env.wait_for_exit(process);
            assert_eq!(output.code, -1, "{output:?}");
            switch_database(&mut env, target_kind, &target);
            for (table, rows) in dump_database(&env) {
                assert!(rows.is_empty() || table == "sequences", "{point} left rows in {table}");
            }
            switch_database(&mut env, kind, &source_url);
        }
        copy_to(&env, &target, &[]);
        switch_database(&mut env, target_kind, &target);
        assert_eq!(query_count(&env, "(SELECT count(*) FROM user_anime_lists)"), 700);
        switch_database(&mut env, kind, &source_url);
    }
}

#[on_both]
fn tokens_are_copied_only_with_the_flag(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 2);
    env.sync(&[]);
    let source_url = env.database_url();
    let target_kind = other_kind(kind);
    let (without, with) = (create_target(&env, target_kind, "without"), create_target(&env, target_kind, "with"));
    let copied = env.run(&["copy", "--to", &without]).expect_code(0);
    assert!(copied.stderr.starts_with("Logins were not copied. To use the copy,"), "{}", copied.stderr);
    assert_eq!(copied.stderr.lines().count(), 1, "{}", copied.stderr);
    let copied = env.run(&["copy", "--to", &with, "--with-tokens"]).expect_code(0);
    assert!(copied.stderr.contains("warning: use only one of the two databases"), "{}", copied.stderr);
    assert!(copied.stderr.contains("token.key"), "{}", copied.stderr);

    switch_database(&mut env, target_kind, &without);
    let tokens = "coalesce(mal_access_token, mal_refresh_token, CAST(mal_token_expires_at AS TEXT), CAST(mal_token_issued_at AS TEXT))";
    assert_eq!(env.query_value(&format!("SELECT {tokens} FROM users")), None);
    assert_eq!(env.run(&["token", "status", "--json"]).expect_code(4).json()["has_tokens"], false);
    assert_eq!(env.run(&["list", "--json"]).expect_code(0).json_lines().len(), 2);
    // The row still belongs to the account: a login goes on with the same list.
    env.run(&["login", "--json"]).expect_code(0);
    assert_eq!(env.sync(&["--force-full"])["user_lists_unchanged"], 2);

    switch_database(&mut env, target_kind, &with);
    env.run(&["whoami", "--json"]).expect_code(0);
    env.run(&["token", "refresh", "--json"]).expect_code(0);
    switch_database(&mut env, kind, &source_url);
}

#[on_both]
fn columns_and_tables_of_an_application_are_named_and_not_copied(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 2);
    env.sync(&[]);
    env.execute_sql(
        "ALTER TABLE anime ADD COLUMN mood TEXT; CREATE TABLE pets (name TEXT); UPDATE anime SET mood = 'blue'",
    );
    let target = create_target(&env, other_kind(kind), "target");
    let copied = env.run(&["copy", "--json", "--to", &target]).expect_code(0);
    assert_eq!(copied.json()["not_copied"], serde_json::json!(["anime.mood", "pets"]));
    assert!(copied.stderr.contains("not copied, because malsync did not create it: column mood of anime, table pets"));
}

#[on_postgres]
fn value_of_another_type_is_refused_by_table_row_and_column() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    env.sync(&[]);
    env.execute_sql("UPDATE anime SET rank = 'first' WHERE id = 2");
    let target = create_target(&env, DatabaseKind::Postgres, "target");
    let refused = env.run(&["copy", "--to", &target]).expect_code(6);
    assert!(refused.stderr.contains("table anime: row 2: column rank has a value"), "{}", refused.stderr);
    switch_database(&mut env, DatabaseKind::Postgres, &target);
    assert_eq!(query_count(&env, "(SELECT count(*) FROM users)"), 0);
}
