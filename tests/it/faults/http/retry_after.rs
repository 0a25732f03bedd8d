//! malsync obeys `Retry-After` in both forms, up to five minutes.

use serde_json::json;

use super::{add_fault, assert_next_sync_succeeds, assert_sync_fails, list_fault, page_requests};
use crate::support::test_env::{DatabaseKind, TestEnv};

/// Returns the milliseconds between the two requests for the page.
fn waited_ms(env: &TestEnv) -> f64 {
    let requests = page_requests(env);
    assert_eq!(requests.len(), 2, "{requests:?}");
    requests[1].at_ms - requests[0].at_ms
}

#[test]
fn f_h07_retry_after_in_seconds_is_obeyed() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    add_fault(&env, list_fault().status(429).header("Retry-After", "3"));
    let run = env.sync(&[]);
    assert_eq!((&run["status"], &run["retries"]), (&json!("SUCCESS"), &json!(1)), "{run}");
    assert!(waited_ms(&env) >= 3000.0, "{}", waited_ms(&env));
}

#[test]
fn f_h08_retry_after_date_is_relative_to_response_date() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    for (status, date, until) in [
        (429, "Sun, 06 Nov 1994 08:49:35 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"),
        (503, "Tue, 06 Nov 2096 08:49:35 GMT", "Tue, 06 Nov 2096 08:49:37 GMT"),
    ] {
        env.sim.control().clear_log();
        add_fault(&env, list_fault().status(status).header("Date", date).header("Retry-After", until));
        let run = env.sync(&["--dry-run"]);
        assert_eq!((&run["status"], &run["retries"]), (&json!("SUCCESS"), &json!(1)), "{run}");
        assert!(waited_ms(&env) >= 2000.0, "{date}: {}", waited_ms(&env));
    }
}

#[test]
fn f_h09_invalid_retry_after_is_ignored_and_too_long_one_ends_run() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    for nothing in ["0", "-5", "abc", "", "Sun, 06 Nov 1994 08:49:37 GMT"] {
        add_fault(&env, list_fault().status(429).header("Retry-After", nothing));
        let run = env.sync(&["--dry-run"]);
        assert_eq!((&run["status"], &run["retries"]), (&json!("SUCCESS"), &json!(1)), "{nothing:?}: {run}");
    }
    for (status, words) in [(429, "rate limit exceeded"), (503, "MyAnimeList API temporarily unavailable")] {
        // The time of the next try is in this century: "after 20…".
        for long in ["301", "86400", "99999999999999999999"] {
            add_fault(&env, list_fault().status(status).header("Retry-After", long));
            let when = if long.len() > 5 { "in more than a year" } else { "after 20" };
            let run = assert_sync_fails(&env, &format!("{words}: retry {when}"));
            assert_eq!((&run["requests"], &run["retries"]), (&json!(2), &json!(0)), "{long}: {run}");
        }
    }
    assert_next_sync_succeeds(&env);
}
