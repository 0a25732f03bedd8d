//! Limits on memory, file handles and file sizes, and bugs in malsync itself.

use malsync_test_macros::on_both;
use serde_json::json;

use crate::support::test_env::{CommandOutput, DatabaseKind, TestEnv};

/// Asserts that a command worked, or reported one error, and that the next sync completes.
#[track_caller]
fn assert_works_or_reports(env: &TestEnv, output: &CommandOutput, codes: &[i32]) {
    assert!(output.code == 0 || codes.contains(&output.code), "{output:?}");
    if output.code != 0 {
        assert_eq!(output.stderr.lines().filter(|line| line.starts_with("error: ")).count(), 1, "{output:?}");
    }
    assert_whole_batches(env);
}

#[track_caller]
fn assert_whole_batches(env: &TestEnv) {
    let entries: u64 = env.query_value("SELECT CAST(count(*) AS TEXT) FROM user_anime_lists").unwrap().parse().unwrap();
    assert_eq!(entries % 10, 0, "whole batches");
    let run = env.sync(&["--force-full"]);
    assert_eq!((&run["status"], &run["anime_fetched"]), (&json!("SUCCESS"), &json!(1_000)), "{run}");
}

#[on_both]
fn f_c11_memory_limit_is_reported_and_leaves_whole_batches(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 1_000);
    env.set_var("SYNC_BATCH_SIZE", "10");
    let output = env.run_in_shell("ulimit -v 200000; exec $MALSYNC sync --json");
    // If an allocation fails, the Rust runtime aborts the process with this message. No code of malsync can run after
    // that, as after SIGKILL.
    if output.signal == Some(6) && output.stderr.starts_with("memory allocation of ") {
        return assert_whole_batches(&env);
    }
    assert_works_or_reports(&env, &output, &[1, 5, 6]);
}

#[on_both]
fn f_c12_file_handle_limit_is_reported(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 1_000);
    env.set_var("SYNC_BATCH_SIZE", "10");
    for handles in [20, 12, 8, 6, 5] {
        let output = env.run_in_shell(&format!("ulimit -n {handles}; exec $MALSYNC sync --json"));
        assert_works_or_reports(&env, &output, &[1, 5, 6]);
    }
}

/// SIGXFSZ has its default action, which ends a process that does not handle it.
#[test]
fn f_c12_database_file_that_cannot_grow_exits_6() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 1_000);
    env.set_var("SYNC_BATCH_SIZE", "10");
    let output = env.run_in_shell("ulimit -f 300; exec $MALSYNC sync --json").expect_code(6);
    assert!(output.stderr.contains("error: "), "{output:?}");
    assert_eq!(output.json()["status"], "FAILED", "the database is there, so the run is shown");
    assert_works_or_reports(&env, &output, &[6]);
    assert_eq!(env.query_value("PRAGMA integrity_check"), Some("ok".into()));
}

#[on_both]
fn f_c13_panic_is_reported_as_bug_and_rolls_back_batch(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 250);
    env.set_var("SYNC_BATCH_SIZE", "10");
    env.set_var("MAL_PAGE_SIZE", "50");
    env.set_var("RUST_BACKTRACE", "full");
    for (place, batches) in [
        ("fetch.page=1*off->panic(hunter2)", 0..=5),
        ("decode.page=2*off->panic(hunter2)", 0..=10),
        ("fetch.after=2*off->panic(hunter2)", 0..=10),
        ("batch.begin=3*off->panic(hunter2)", 3..=3),
        ("batch.after_read=3*off->panic(hunter2)", 3..=3),
        ("batch.before_commit=3*off->panic(hunter2)", 3..=3),
        ("batch.after_commit=3*off->panic(hunter2)", 3..=4),
    ] {
        env.execute_sql("DELETE FROM user_anime_lists");
        env.set_var("FAILPOINTS", place);
        let output = env.run(&["sync", "--json", "--force-full"]).expect_code(1);
        assert_reported_as_bug(&output);
        let run = output.json();
        assert_eq!((&run["status"], &run["failed"]), (&json!("FAILED"), &json!(true)), "{place}: {run}");
        let entries: u64 =
            env.query_value("SELECT CAST(count(*) AS TEXT) FROM user_anime_lists").unwrap().parse().unwrap();
        assert!(entries.is_multiple_of(10) && batches.contains(&(entries / 10)), "{place}: {entries} entries");
        assert_eq!(env.query_value("SELECT CAST(last_mal_sync AS TEXT) FROM users"), None, "{place}");
        assert_eq!(env.run(&["status", "--json"]).expect_code(0).json()["last_run"]["status"], "FAILED", "{place}");
    }
    // At the very end no JSON object can be printed. The run is then seen as one of a dead process.
    env.set_var("FAILPOINTS", "run.before_mark=panic(hunter2)");
    assert_reported_as_bug(&env.run(&["sync", "--json"]).expect_code(1));
    assert_eq!(env.run(&["status", "--json"]).expect_code(0).json()["last_run"]["status"], "INTERRUPTED");
    env.set_var("FAILPOINTS", "");
    let run = env.sync(&[]);
    assert_eq!((&run["status"], &run["anime_fetched"]), (&json!("SUCCESS"), &json!(250)), "{run}");
    env.set_var("FAILPOINTS", "login.after_code=panic(hunter2)");
    assert_reported_as_bug(&env.run(&["login"]).expect_code(1));
}

/// Asserts one error line and one hint, without the text of the panic. The location is in the library that injects
/// the panic.
#[track_caller]
fn assert_reported_as_bug(output: &CommandOutput) {
    let lines: Vec<_> = output.stderr.lines().collect();
    let errors = lines.iter().filter(|line| line.starts_with("error: internal error at fail-")).count();
    assert_eq!(errors, 1, "{output:?}");
    assert!(lines.iter().any(|line| line.starts_with("hint: this is a bug in malsync")), "{output:?}");
    for word in ["hunter2", "panicked", "backtrace", "RUST_BACKTRACE", "thread '"] {
        assert!(!output.stderr.contains(word) && !output.stdout.contains(word), "{word}: {output:?}");
    }
}
