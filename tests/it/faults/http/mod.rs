//! Faults of the network, of MAL's CDN and of the API: `F-H01` to `F-H31` of the catalogue.
//!
//! Tested elsewhere, where each step is visible: the number of retries for each cause (`http::retry`), both forms of
//! `Retry-After` (`http::backoff`), the rate limit (`http::rate_limiter`; F-H27: each process has its own), odd next
//! pages (`mal::paging`), a body at the exact size limit (`http::transport`).

mod blocks;
mod listing;
mod origin;
mod protocol;
mod resource_bounds;
mod retry_after;
mod tls;
mod transient_errors;

use mal_sim::{FaultRule, LoggedRequest};
use serde_json::{Value, json};

use crate::support::test_env::{CommandOutput, TestEnv};

/// Path of the list pages.
const LIST_PATH: &str = "/v2/users/@me/animelist";
/// Path of the token endpoint.
const TOKEN_PATH: &str = "/v1/oauth2/token";

/// Returns a fault rule for the list pages.
fn list_fault() -> FaultRule {
    FaultRule::for_path(LIST_PATH)
}

fn add_fault(env: &TestEnv, rule: FaultRule) {
    env.sim.control().add_fault(rule).unwrap();
}

/// Returns the page requests so far.
fn page_requests(env: &TestEnv) -> Vec<LoggedRequest> {
    env.sim.control().logged_requests().into_iter().filter(|request| request.path == LIST_PATH).collect()
}

/// Asserts that a run counted every request since the log was cleared. One of them fetched the account, one was the
/// first attempt to fetch a page, and all others were retries.
#[track_caller]
fn assert_all_requests_counted(env: &TestEnv, run: &Value) {
    let logged = env.sim.control().logged_requests().len();
    assert_eq!((&run["requests"], &run["retries"]), (&json!(logged), &json!(logged - 2)), "{run}");
}

fn count_entries(env: &TestEnv) -> usize {
    env.query_value("SELECT CAST(count(*) AS TEXT) FROM user_anime_lists").unwrap().parse().unwrap()
}

fn count_removed(env: &TestEnv) -> usize {
    env.query_value("SELECT CAST(count(*) AS TEXT) FROM user_anime_lists WHERE removed_at IS NOT NULL")
        .unwrap()
        .parse()
        .unwrap()
}

/// Asserts that a sync exits with 5, one error line with these words, and a valid login. Returns the run.
#[track_caller]
fn assert_sync_fails(env: &TestEnv, words: &str) -> Value {
    assert_failed(env.run(&["sync", "--json"]), env, words)
}

#[track_caller]
fn assert_failed(output: CommandOutput, env: &TestEnv, words: &str) -> Value {
    let output = output.expect_code(5);
    let errors: Vec<_> = output.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(errors.len(), 1, "{}", output.stderr);
    assert!(errors[0].contains(words), "{words}:\n{}", output.stderr);
    assert!(output.stderr.lines().any(|line| line.starts_with("hint: ")), "{}", output.stderr);
    let run = output.json();
    assert_eq!((&run["status"], &run["failed"]), (&json!("FAILED"), &json!(true)), "{run}");
    assert!(
        env.query_value("SELECT CAST(last_mal_sync AS TEXT) FROM users").is_none(),
        "the test needs a user who has never been synced completely"
    );
    assert_eq!(env.run(&["token", "status", "--json"]).expect_code(0).json()["needs_login"], false);
    run
}

/// Asserts that the next sync without the fault completes.
#[track_caller]
fn assert_next_sync_succeeds(env: &TestEnv) {
    env.sim.control().clear_faults();
    let run = env.sync(&[]);
    assert_eq!(run["status"], "SUCCESS", "{run}");
    let listed = env.sim.control().entry_ids("alice").unwrap().len();
    assert_eq!((count_entries(env), count_removed(env)), (listed, 0), "{run}");
}
