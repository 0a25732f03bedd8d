//! HTTP and the API: the network, the edge and MAL itself at their worst. `F-H01` to `F-H31` of the catalogue.
//!
//! Shown at another level, because there every step can be seen: the counts of each cause (`mal::retry`), both forms of
//! `Retry-After` (`http::backoff`), the pace of requests (`http::rate_limiter`, F-H27: each process keeps its own), odd
//! next pages (`mal::paging`), a bomb at the very cap (`http::transport`).

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

/// Where pages of the list are asked for.
const LIST_PATH: &str = "/v2/users/@me/animelist";
/// Where tokens are.
const TOKEN_PATH: &str = "/v1/oauth2/token";

/// A fault on the pages of the list.
fn list_fault() -> FaultRule {
    FaultRule::for_path(LIST_PATH)
}

fn add_fault(world: &TestEnv, rule: FaultRule) {
    world.sim.control().add_fault(rule).unwrap();
}

/// The requests for pages so far.
fn page_requests(world: &TestEnv) -> Vec<LoggedRequest> {
    world.sim.control().logged_requests().into_iter().filter(|asked| asked.path == LIST_PATH).collect()
}

fn count_entries(world: &TestEnv) -> usize {
    world.query_value("SELECT CAST(count(*) AS TEXT) FROM user_anime_lists").unwrap().parse().unwrap()
}

fn count_removed(world: &TestEnv) -> usize {
    world
        .query_value("SELECT CAST(count(*) AS TEXT) FROM user_anime_lists WHERE removed_at IS NOT NULL")
        .unwrap()
        .parse()
        .unwrap()
}

/// A sync that ends with exit 5, one error line with these words, and the login untouched; its run.
#[track_caller]
fn assert_sync_fails(world: &TestEnv, words: &str) -> Value {
    assert_failed(world.run(&["sync", "--json"]), world, words)
}

#[track_caller]
fn assert_failed(ran: CommandOutput, world: &TestEnv, words: &str) -> Value {
    let ran = ran.expect_code(5);
    let errors: Vec<_> = ran.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(errors.len(), 1, "{}", ran.stderr);
    assert!(errors[0].contains(words), "{words}:\n{}", ran.stderr);
    assert!(ran.stderr.lines().any(|line| line.starts_with("hint: ")), "{}", ran.stderr);
    let run = ran.json();
    assert_eq!((&run["status"], &run["failed"]), (&json!("FAILED"), &json!(true)), "{run}");
    assert!(world.query_value("SELECT CAST(last_mal_sync AS TEXT) FROM users").is_none(), "no complete sync was there");
    assert_eq!(world.run(&["token", "status", "--json"]).expect_code(0).json()["needs_login"], false);
    run
}

/// Without the fault, the next sync brings everything.
#[track_caller]
fn assert_next_sync_succeeds(world: &TestEnv) {
    world.sim.control().clear_faults();
    let run = world.sync(&[]);
    assert_eq!(run["status"], "SUCCESS", "{run}");
    let listed = world.sim.control().entry_ids("alice").unwrap().len();
    assert_eq!((count_entries(world), count_removed(world)), (listed, 0), "{run}");
}
