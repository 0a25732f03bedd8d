//! The lines on standard error: what is logged has a time in a file, and a priority in the journal of systemd.

use std::fs;

use chrono::DateTime;

use crate::support::test_env::{DatabaseKind, TestEnv};

/// Returns the text behind an RFC 3339 time. Returns `None` if the line does not begin with one.
fn strip_time(line: &str) -> Option<&str> {
    let (time, text) = line.split_once(' ')?;
    DateTime::parse_from_rfc3339(time).ok().map(|_| text)
}

#[test]
fn log_lines_off_a_terminal_have_a_time() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 5);
    env.set_var("MALSYNC_PING_URL", "http://127.0.0.1:1/x");
    let stderr = env.run(&["sync", "-v"]).expect_code(0).stderr;
    let texts: Vec<_> =
        stderr.lines().map(|line| strip_time(line).unwrap_or_else(|| panic!("no time: {line}"))).collect();
    for beginning in ["INFO Starting anime data sync for user", "warning: MALSYNC_PING_URL: "] {
        assert!(texts.iter().any(|text| text.starts_with(beginning)), "{beginning}: {stderr}");
    }
    env.set_var("MAL_API_URL", "http://127.0.0.1:1/v2");
    env.set_var("SYNC_MAX_RETRIES", "1");
    let stderr = env.run(&["sync"]).expect_code(5).stderr;
    for beginning in ["error: ", "hint: "] {
        assert_eq!(stderr.lines().filter(|line| line.starts_with(beginning)).count(), 1, "without a time: {stderr}");
    }
    assert!(
        stderr.lines().any(|line| strip_time(line).is_some_and(|text| text.starts_with("WARN retrying"))),
        "{stderr}"
    );
}

#[test]
fn log_lines_in_the_journal_have_a_priority() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 5);
    env.set_var("MALSYNC_PING_URL", "http://127.0.0.1:1/x");
    let log = env.home().join("log");
    let into_log = |line: &str| {
        env.run_in_shell(&format!("exec 2> \"{}\"; {line}", log.display()));
        fs::read_to_string(&log).unwrap()
    };
    let journal = "export JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2)";
    let text = into_log(&format!("{journal}; $MALSYNC sync -vv"));
    for beginning in ["<6>INFO Starting anime", "<7>DEBUG Fetched 5 anime entries", "<4>warning: MALSYNC_PING_URL: "] {
        assert!(text.lines().any(|line| line.starts_with(beginning)), "{beginning}: {text}");
    }
    assert!(text.lines().all(|line| line.starts_with('<') && strip_time(line).is_none()), "{text}");
    let text = into_log("export JOURNAL_STREAM=1:1; $MALSYNC sync -v --force-full");
    assert!(text.lines().all(|line| strip_time(line).is_some()), "the journal is elsewhere: {text}");
}
