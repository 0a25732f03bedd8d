//! What others do with the tokens while a run goes on: another malsync, or an application that shares the table.

use std::time::Duration;

use mal_sim::{FaultRule, TokenSelector};
use serde_json::json;

use super::{fault, list, on_refresh, pair_of, refreshes, row, wait_for_refreshes};
use crate::support::world::{Kind, World, on_both};

on_both!(
    f_t06_a_pair_that_a_sibling_wrote_meanwhile_is_taken_after_a_refusal,
    f_t21_a_logout_while_a_sync_runs_ends_it_and_brings_no_token_back,
    f_t21_a_logout_while_a_refresh_is_under_way_stays_one,
    f_t21_a_signal_while_a_refresh_is_under_way_stores_what_it_brings,
    f_t22_a_login_while_a_sync_runs_is_what_it_goes_on_with,
);

fn f_t06_a_pair_that_a_sibling_wrote_meanwhile_is_taken_after_a_refusal(kind: Kind) {
    let world = World::logged_in(kind, 3);
    world.sim.control().expire_tokens("alice", TokenSelector::Access).unwrap();
    let refusal = json!({"error": "invalid_request", "hint": "Token has been revoked"});
    fault(&world, on_refresh().status(401).json(refusal).delay(Duration::from_secs(3)));
    let running = world.start(&["sync", "--json"]);
    wait_for_refreshes(&world, 1);
    let theirs = pair_of(&world, "alice");
    world.execute(&format!(
        "UPDATE users SET mal_access_token = '{}', mal_refresh_token = '{}', \
         mal_token_generation = mal_token_generation + 1",
        theirs.access_token, theirs.refresh_token
    ));
    let ran = world.ended(running).expect(0);
    assert_eq!(ran.json()["status"], "SUCCESS");
    let after = row(&world);
    assert!(!after.needs_login);
    assert_eq!((after.access, after.refresh), (Some(theirs.access_token), Some(theirs.refresh_token)));
}

/// MAL takes a refresh token once here: what the answer brings must not be dropped for a signal.
fn f_t21_a_signal_while_a_refresh_is_under_way_stores_what_it_brings(kind: Kind) {
    let world = World::logged_in(kind, 3);
    world.sim.control().configure(|config| config.old_refresh_valid = false);
    world.sim.control().expire_tokens("alice", TokenSelector::Access).unwrap();
    let generation = row(&world).generation;
    fault(&world, on_refresh().delay(Duration::from_secs(1)));
    let running = world.start(&["sync", "--json"]);
    wait_for_refreshes(&world, 1);
    let told = std::process::Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert_eq!(world.ended(running).expect(130).json()["status"], "INTERRUPTED");
    assert_eq!(row(&world).generation, generation + 1);
    assert_eq!(world.sync(&[])["token_refreshes"], 0);
}

/// A sync that stands at its second page.
pub(super) fn at_page_two(world: &mut World) -> std::process::Child {
    world.set("MAL_PAGE_SIZE", "10");
    world.set("SYNC_BATCH_SIZE", "10");
    world.set("MAL_HTTP_TIMEOUT", "2s");
    fault(world, FaultRule::for_path("*/animelist").query("offset", "10").stall());
    let running = world.start(&["sync", "--json"]);
    world.wait_for_pages(2);
    world.set("MAL_HTTP_TIMEOUT", "");
    running
}

fn f_t21_a_logout_while_a_sync_runs_ends_it_and_brings_no_token_back(kind: Kind) {
    let mut world = World::logged_in(kind, 50);
    let running = at_page_two(&mut world);
    world.run(&["logout"]).expect(0);
    let ran = world.ended(running).expect(4);
    assert_eq!(ran.json()["status"], "FAILED");
    assert!(ran.stderr.contains("logged out"), "{}", ran.stderr);
    let after = row(&world);
    assert_eq!((after.access, after.refresh), (None, None));
    let (entries, complete) = list(&world);
    assert!(entries < 50 && !complete);
    world.run(&["login"]).expect(0);
    world.sync(&[]);
    assert_eq!(list(&world), (50, true));
}

fn f_t21_a_logout_while_a_refresh_is_under_way_stays_one(kind: Kind) {
    let world = World::logged_in(kind, 3);
    fault(&world, on_refresh().delay(Duration::from_secs(3)).with_effect());
    let running = world.start(&["token", "refresh"]);
    wait_for_refreshes(&world, 1);
    world.run(&["logout"]).expect(0);
    let ran = world.ended(running).expect(4);
    assert!(ran.stderr.contains("logged out"), "{}", ran.stderr);
    let after = row(&world);
    assert_eq!((after.access, after.refresh, after.needs_login), (None, None, false));
}

fn f_t22_a_login_while_a_sync_runs_is_what_it_goes_on_with(kind: Kind) {
    let mut world = World::logged_in(kind, 50);
    let running = at_page_two(&mut world);
    world.run(&["login"]).expect(0);
    let newest = row(&world);
    assert_eq!(world.ended(running).expect(0).json()["anime_fetched"], 50);
    assert_eq!((row(&world), refreshes(&world).len()), (newest, 0));
    let log = world.sim.control().logged_requests();
    let used: Vec<_> =
        log.iter().filter(|seen| seen.path.ends_with("/animelist")).map(|seen| seen.header("authorization")).collect();
    assert_ne!(used.first(), used.last(), "the new pair is used");
}
