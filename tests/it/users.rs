//! `users`, and what commands do with a `--user` that names no user.

use malsync_test_macros::on_both;
use serde_json::{Value, json};

use crate::support::{
    dump::query_count,
    terminal::start_terminal,
    test_env::{DatabaseKind, TestEnv, find_free_port},
    wait_until,
};

fn usernames(env: &TestEnv) -> Vec<Option<String>> {
    env.query_column("SELECT username FROM users ORDER BY id")
}

#[on_both]
fn users_are_listed_with_login_and_entries(kind: DatabaseKind) {
    let env = TestEnv::new(kind, 3);
    let empty = env.run(&["users", "list", "--json"]).expect_code(0);
    assert_eq!(empty.stdout, "");
    assert!(env.run(&["users"]).expect_code(0).stderr.contains("No users yet. Run: malsync login"));
    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
    env.execute_sql("INSERT INTO users (username) VALUES ('zoe')");
    let users = env.run(&["users", "list", "--json"]).expect_code(0).json_lines();
    let status = env.run(&["status", "--json"]).expect_code(0).json();
    let alice = json!({"id": status["user_id"], "username": "alice", "mal_user_id": status["mal_user_id"], "entries": 3,
        "has_mal_token": true, "needs_login": false, "last_mal_sync": status["last_mal_sync"]});
    assert_eq!(users[0], alice);
    let keys: Vec<&String> = users[0].as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["id", "username", "mal_user_id", "entries", "has_mal_token", "needs_login", "last_mal_sync"],
        "in the documented order"
    );
    assert_eq!((&users[1]["username"], &users[1]["entries"]), (&json!("zoe"), &json!(0)));
    assert_eq!((&users[1]["mal_user_id"], &users[1]["has_mal_token"]), (&Value::Null, &json!(false)));
    assert_eq!(env.run(&["users", "--json"]).expect_code(0).json_lines(), users);
    let table = env.run(&["users"]).expect_code(0).stdout;
    let rows: Vec<&str> = table.lines().collect();
    assert!(rows[1].starts_with("alice ") && rows[1].contains("logged in"), "{table}");
    assert!(rows[2].starts_with("zoe ") && rows[2].contains("not logged in"), "{table}");
}

#[on_both]
fn renamed_user_keeps_list_and_login(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    env.sync(&[]);
    env.execute_sql("INSERT INTO users (username) VALUES ('zoe')");
    let output = env.run(&["users", "rename", "alice", "carol"]).expect_code(0);
    assert_eq!(output.stdout, "Renamed user alice to carol\n");
    assert_eq!(usernames(&env), [Some("carol".into()), Some("zoe".into())]);
    assert_eq!(env.sync(&["--user", "carol", "--force-full"])["user_lists_unchanged"], 3);
    // The next login finds the row by its MAL account.
    env.run(&["login"]).expect_code(0);
    assert_eq!(usernames(&env).len(), 2);
    for (name, code, words) in [
        ("zoe", 2, "another user is named zoe"),
        ("id:9", 2, "a user name must not begin with id:"),
        (&"x".repeat(51), 2, "1 to 50 characters"),
    ] {
        let output = env.run(&["users", "rename", "carol", name]).expect_code(code);
        assert!(output.stderr.contains(words), "{name}: {}", output.stderr);
    }
    let unknown = env.run(&["users", "rename", "alice", "bob"]).expect_code(4);
    assert!(unknown.stderr.contains("error: no user alice; users: carol, zoe (database "), "{}", unknown.stderr);
    let renamed = env.run(&["users", "rename", "id:1", "alice", "--json"]).expect_code(0).json();
    assert_eq!((&renamed["username"], &renamed["entries"]), (&json!("alice"), &json!(3)));
}

#[on_both]
fn deleted_user_leaves_no_row_and_other_users_as_they_are(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    env.sync(&[]);
    env.run(&["edit", "--where", "status=watching", "--priority", "1", "--yes"]);
    env.run(&["login", "--user", "copy", "--force"]).expect_code(0);
    env.sync(&["--user", "copy"]);
    let refused = env.run(&["users", "delete", "alice"]).expect_code(2);
    assert!(
        refused.stderr.contains("error: refusing to delete user alice without confirmation\nhint: use --yes"),
        "{}",
        refused.stderr
    );
    assert_eq!(usernames(&env).len(), 2);
    let output = env.run(&["users", "delete", "alice", "--yes"]).expect_code(0);
    assert_eq!(output.stdout, "Deleted user alice (3 entries)\n");
    assert_eq!(usernames(&env), [Some("copy".into())]);
    let copy = env.query_value("SELECT CAST(id AS TEXT) FROM users").unwrap();
    for table in ["user_anime_lists", "sync_runs", "sync_changes", "sync_totals"] {
        let others = env.query_value(&format!("SELECT CAST(count(*) AS TEXT) FROM {table} WHERE user_id <> {copy}"));
        assert_eq!(others.as_deref(), Some("0"), "{table}");
    }
    assert_eq!(env.sync(&["--user", "copy", "--force-full"])["user_lists_unchanged"], 3);
    env.run(&["users", "delete", "alice", "--yes"]).expect_code(4);
}

#[on_both]
fn user_is_not_deleted_while_a_sync_is_running(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 250);
    let (process, gate) = env.spawn_paused_at(&["sync", "--json"], "batch.begin", 1);
    wait_until("one batch is stored", || query_count(&env, "(SELECT count(*) FROM user_anime_lists)") == 100);
    let output = env.run(&["users", "delete", "alice", "--yes"]).expect_code(7);
    assert!(output.stderr.contains("another sync of alice is already running"), "{}", output.stderr);
    drop(gate);
    assert_eq!(env.wait_for_exit(process).expect_code(0).json()["user_lists_created"], 250);
    env.run(&["users", "delete", "alice", "--yes"]).expect_code(0);
}

#[test]
fn deletion_is_asked_for_on_a_terminal() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    env.sync(&[]);
    for (answer, users_left) in [("", 1), ("y", 0)] {
        let mut session = start_terminal(&env, "$MALSYNC users delete alice; echo code=$?");
        session.exp_string("Delete user alice with 3 entries, login and history?").unwrap();
        session.exp_string("[y/N]").unwrap();
        session.send_line(answer).unwrap();
        session.exp_string(if answer.is_empty() { "Nothing was deleted" } else { "Deleted user alice" }).unwrap();
        session.exp_string("code=0").unwrap();
        assert_eq!(usernames(&env).len(), users_left, "{answer:?}");
    }
}

#[on_both]
fn misspelled_user_is_named_and_not_offered_a_login(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    for args in [&["sync"][..], &["status"], &["list"], &["logout"], &["whoami"]] {
        let args = [args, &["--user", "alic"]].concat();
        let output = env.run(&args).expect_code(4);
        assert!(output.stderr.contains("error: no user alic; users: alice (database "), "{args:?}: {}", output.stderr);
        assert!(output.stderr.contains("did you mean alice?"), "{args:?}: {}", output.stderr);
    }
    let mut session = start_terminal(&env, "$MALSYNC sync --user alic; echo code=$?");
    let output = session.exp_string("code=4").unwrap();
    assert!(output.contains("no user alic; users: alice") && !output.contains("[Y/n]"), "{output}");
    assert_eq!(usernames(&env), [Some("alice".into())]);
}

#[on_both]
fn concurrent_logins_of_one_account_create_one_user(kind: DatabaseKind) {
    let env = TestEnv::new(kind, 3);
    env.create_tables();
    let (slow, gate) = env.spawn_paused_at(&["login", "--user", "slow"], "login.before_store", 0);
    wait_until("MAL tells the account of the first login", || {
        env.sim.control().logged_requests().iter().any(|request| request.path.ends_with("/users/@me"))
    });
    let other_port = format!("http://localhost:{}/auth/callback", find_free_port());
    let fast = env.command(&["login", "--user", "fast"]).env("MAL_REDIRECT_URI", other_port).spawn().unwrap();
    env.wait_for_exit(fast).expect_code(0);
    drop(gate);
    let refused = env.wait_for_exit(slow).expect_code(8);
    let words = "the MyAnimeList account alice already belongs to user fast";
    assert!(refused.stderr.contains(words) && refused.stderr.contains("--force"), "{}", refused.stderr);
    assert_eq!(usernames(&env), [Some("fast".into())]);
    env.sync(&[]);
}

#[on_both]
fn account_gets_a_second_row_only_with_force(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    env.execute_sql("INSERT INTO users (username) VALUES ('zoe')");
    for name in ["alic", "zoe"] {
        let output = env.run(&["login", "--user", name]).expect_code(8);
        let words = "the MyAnimeList account alice already belongs to user alice";
        assert!(output.stderr.contains(words) && output.stderr.contains("--force"), "{name}: {}", output.stderr);
    }
    assert_eq!(usernames(&env), [Some("alice".into()), Some("zoe".into())]);
    env.run(&["login", "--user", "alic", "--force"]).expect_code(0);
    env.run(&["login", "--user", "alic"]).expect_code(0);
    assert_eq!(usernames(&env).len(), 3);
}
