//! A refresh token is spent only where the database takes the new pair. A host with another key gets an error that says
//! what to do.

use malsync_test_macros::on_both;

use crate::support::{
    refused_writes::{accept_writes, refuse_writes},
    test_env::{DatabaseKind, TestEnv},
};

fn count_token_requests(env: &TestEnv) -> usize {
    env.sim.control().logged_requests().iter().filter(|request| request.path.ends_with("/token")).count()
}

/// Sets how many days ago the tokens were issued and in how many days they expire.
fn set_token_times(env: &TestEnv, issued_days_ago: i32, expires_in_days: i32) {
    let now = |days: i32| match env.kind {
        DatabaseKind::Sqlite => format!("datetime('now', '{days} days')"),
        DatabaseKind::Postgres => format!("(now() AT TIME ZONE 'UTC') + interval '{days} days'"),
    };
    env.execute_sql(&format!(
        "UPDATE users SET mal_token_issued_at = {}, mal_token_expires_at = {}",
        now(-issued_days_ago),
        now(expires_in_days)
    ));
}

#[on_both]
fn f_t25_database_that_refuses_writes_costs_no_refresh_token(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    env.sync(&[]);
    let row_sql = "SELECT CAST(updated_at AS TEXT) FROM users";
    set_token_times(&env, 30, 1);
    let before = env.query_value(row_sql);
    refuse_writes(&env);
    env.sim.control().clear_log();
    let output = env.run(&["token", "refresh"]).expect_code(6);
    assert!(output.stderr.contains("nothing is written here"), "{}", output.stderr);
    env.run(&["sync"]).expect_code(6);
    for args in [&["whoami"][..], &["sync", "--dry-run", "--json"]] {
        let output = env.run(args).expect_code(0);
        assert!(output.stderr.contains("the current token is still valid"), "{}", output.stderr);
    }
    accept_writes(&env);
    set_token_times(&env, 30, -1);
    refuse_writes(&env);
    for args in [&["whoami"][..], &["sync", "--dry-run"], &["sync"], &["token", "refresh"]] {
        env.run(args).expect_code(6);
    }
    assert_eq!(count_token_requests(&env), 0);
    assert_eq!(env.query_value(row_sql), before);
    accept_writes(&env);
    env.sync(&[]);
    assert_eq!(count_token_requests(&env), 1);
}

#[on_both]
fn f_t28_host_with_another_key_is_told_to_copy_it(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    let elsewhere = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let mut command = env.command(args);
        command.env("HOME", elsewhere.path()).env("DATABASE_URL", env.database_url());
        env.wait_for_exit(command.spawn().unwrap()).expect_code(4)
    };
    let hint = "hint: copy the key from the host that logged in (its token.key to ";
    for args in [&["sync"][..], &["status"], &["status", "--json"], &["token", "status"]] {
        let output = run(args);
        assert!(output.stderr.contains(hint), "{args:?}: {}", output.stderr);
        assert!(output.stderr.contains(&format!("{}/", elsewhere.path().display())), "{args:?}: {}", output.stderr);
    }
    assert!(run(&["status"]).stdout.contains("this host cannot read the tokens"));
    std::fs::create_dir_all(elsewhere.path().join(".local/share/malsync")).unwrap();
    let key = ".local/share/malsync/token.key";
    std::fs::copy(env.home().join(key), elsewhere.path().join(key)).unwrap();
    let mut command = env.command(&["sync"]);
    command.env("HOME", elsewhere.path()).env("DATABASE_URL", env.database_url());
    env.wait_for_exit(command.spawn().unwrap()).expect_code(0);
}
