//! Standard streams that are closed or full, or whose reader goes away.

use malsync_test_macros::on_both;
use serde_json::json;

use crate::support::test_env::{DatabaseKind, TestEnv};

/// The output is longer than a pipe buffer.
#[test]
fn f_c05_closed_output_pipe_ends_quietly() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 1_000);
    env.sync(&[]);
    for args in [
        "list",
        "list --json",
        "list --csv",
        "changes --limit 5000",
        "changes --limit 5000 --json",
        "completions bash",
        "man",
        "--help",
        "config show",
    ] {
        let output = env.run_in_shell(&format!("$MALSYNC {args} | head -1 > first; echo ${{PIPESTATUS[0]}}"));
        assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("0\n", ""), "{args}");
        let output = env.run_in_shell(&format!("$MALSYNC {args} | true; echo ${{PIPESTATUS[0]}}"));
        assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("0\n", ""), "{args}");
    }
}

/// Exit code 6 is only for databases. Errors without a code of their own exit with 1.
#[test]
fn f_c05_full_disk_behind_standard_output_exits_1() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 20);
    env.sync(&[]);
    for args in [
        "list",
        "list --json",
        "list --csv",
        "status",
        "runs --json",
        "metrics",
        "changes",
        "completions bash",
        "man",
        "--help",
        "--version",
        "sync --help",
        "config show",
        "",
        "whoami",
        "doctor",
        "sync",
        "sync --json",
    ] {
        let output = env.run_in_shell(&format!("$MALSYNC {args} > /dev/full")).expect_code(1);
        let errors: Vec<_> = output.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
        assert_eq!(errors.len(), 1, "{args}: {}", output.stderr);
        assert!(errors[0].starts_with("error: cannot write to standard output: No space left"), "{args}: {errors:?}");
    }
    let run = env.run(&["runs", "--json", "--limit", "1"]).expect_code(0).json();
    assert_eq!(run["status"], "SUCCESS", "the sync itself succeeded");
}

#[on_both]
fn f_c06_closed_streams_do_not_stop_sync(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 0);
    let lines = [
        "$MALSYNC sync --force-full -vv 2>&1 | head -1 > first; exit ${PIPESTATUS[0]}",
        "$MALSYNC sync --force-full --json -vv | true; exit ${PIPESTATUS[0]}",
        "$MALSYNC sync --force-full -vv >&-",
        "$MALSYNC sync --force-full -vv 2>&-",
        "$MALSYNC sync --force-full -vv <&- >&- 2>&-",
        "$MALSYNC sync --force-full -vv 2>/dev/full",
        "setsid nohup $MALSYNC sync --force-full -vv >/dev/null 2>&1",
    ];
    for (round, line) in (1..).zip(lines) {
        env.sim.control().resize_list("alice", round * 110).unwrap();
        env.run_in_shell(line).expect_code(0);
        let run = env.run(&["runs", "--json", "--limit", "1"]).expect_code(0).json();
        assert_eq!((&run["status"], &run["anime_fetched"]), (&json!("SUCCESS"), &json!(round * 110)), "{line}: {run}");
        assert_eq!(env.run(&["list", "--json"]).expect_code(0).json_lines().len(), round * 110, "{line}");
    }
}
