//! HTTP and the API: the network, the edge and MAL itself at their worst. `F-H01` to `F-H31` of the catalogue.
//!
//! Shown at another level, because there every step can be seen: the counts of each cause (`mal::retry`), both forms of
//! `Retry-After` (`http::backoff`), the pace of requests (`http::rate_limiter`, F-H27: each process keeps its own), odd
//! next pages (`mal::paging`), a bomb at the very cap (`http::transport`).

mod blocks;
mod bounds;
mod listing;
mod origin;
mod protocol;
mod retry_after;
mod tls;
mod weather;

use mal_sim::{FaultRule, LoggedRequest};
use serde_json::{Value, json};

use crate::support::world::{Ran, World};

/// Where pages of the list are asked for.
const LIST: &str = "/v2/users/@me/animelist";
/// Where tokens are.
const TOKEN: &str = "/v1/oauth2/token";

/// A fault on the pages of the list.
fn on_list() -> FaultRule {
    FaultRule::for_path(LIST)
}

fn inject(world: &World, rule: FaultRule) {
    world.sim.control().add_fault(rule).unwrap();
}

/// The requests for pages so far.
fn pages(world: &World) -> Vec<LoggedRequest> {
    world.sim.control().logged_requests().into_iter().filter(|asked| asked.path == LIST).collect()
}

fn stored(world: &World) -> usize {
    world.value("SELECT CAST(count(*) AS TEXT) FROM user_anime_lists").unwrap().parse().unwrap()
}

fn marked(world: &World) -> usize {
    world
        .value("SELECT CAST(count(*) AS TEXT) FROM user_anime_lists WHERE removed_at IS NOT NULL")
        .unwrap()
        .parse()
        .unwrap()
}

/// A sync that ends with exit 5, one error line with these words, and the login untouched; its run.
#[track_caller]
fn fails(world: &World, words: &str) -> Value {
    fails_by(world.run(&["sync", "--json"]), world, words)
}

#[track_caller]
fn fails_by(ran: Ran, world: &World, words: &str) -> Value {
    let ran = ran.expect(5);
    let errors: Vec<_> = ran.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(errors.len(), 1, "{}", ran.stderr);
    assert!(errors[0].contains(words), "{words}:\n{}", ran.stderr);
    assert!(ran.stderr.lines().any(|line| line.starts_with("hint: ")), "{}", ran.stderr);
    let run = ran.json();
    assert_eq!((&run["status"], &run["failed"]), (&json!("FAILED"), &json!(true)), "{run}");
    assert!(world.value("SELECT CAST(last_mal_sync AS TEXT) FROM users").is_none(), "no complete sync was there");
    assert_eq!(world.run(&["token", "status", "--json"]).expect(0).json()["needs_login"], false);
    run
}

/// Without the fault, the next sync brings everything.
#[track_caller]
fn heals(world: &World) {
    world.sim.control().clear_faults();
    let run = world.sync(&[]);
    assert_eq!(run["status"], "SUCCESS", "{run}");
    let listed = world.sim.control().entry_ids("alice").unwrap().len();
    assert_eq!((stored(world), marked(world)), (listed, 0), "{run}");
}
