//! What others do with the tokens while a run goes on: another malsync, or an application that shares the table.

use std::time::Duration;

use mal_sim::{FaultRule, TokenSelector};
use malsync_test_macros::on_both;
use serde_json::json;

use super::{
    add_fault, issue_pair, list_state, read_token_row, refresh_fault, sent_refresh_tokens, wait_for_refreshes,
};
use crate::support::test_env::{DatabaseKind, TestEnv};

#[on_both]
fn f_t06_tokens_written_by_another_program_are_used_after_refusal(kind: DatabaseKind) {
    let world = TestEnv::with_login(kind, 3);
    world.sim.control().expire_tokens("alice", TokenSelector::Access).unwrap();
    let refusal = json!({"error": "invalid_request", "hint": "Token has been revoked"});
    add_fault(&world, refresh_fault().status(401).json(refusal).delay(Duration::from_secs(3)));
    let running = world.spawn(&["sync", "--json"]);
    wait_for_refreshes(&world, 1);
    let theirs = issue_pair(&world, "alice");
    world.execute_sql(&format!(
        "UPDATE users SET mal_access_token = '{}', mal_refresh_token = '{}', \
         mal_token_generation = mal_token_generation + 1",
        theirs.access_token, theirs.refresh_token
    ));
    let ran = world.wait_for_exit(running).expect_code(0);
    assert_eq!(ran.json()["status"], "SUCCESS");
    let after = read_token_row(&world);
    assert!(!after.needs_login);
    assert_eq!((after.access, after.refresh), (Some(theirs.access_token), Some(theirs.refresh_token)));
}

/// MAL takes a refresh token once here: what the answer brings must not be dropped for a signal.
#[on_both]
fn f_t21_signal_during_refresh_still_stores_new_tokens(kind: DatabaseKind) {
    let world = TestEnv::with_login(kind, 3);
    world.sim.control().configure(|config| config.old_refresh_valid = false);
    world.sim.control().expire_tokens("alice", TokenSelector::Access).unwrap();
    let generation = read_token_row(&world).generation;
    add_fault(&world, refresh_fault().delay(Duration::from_secs(1)));
    let running = world.spawn(&["sync", "--json"]);
    wait_for_refreshes(&world, 1);
    let told = std::process::Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert_eq!(world.wait_for_exit(running).expect_code(130).json()["status"], "INTERRUPTED");
    assert_eq!(read_token_row(&world).generation, generation + 1);
    assert_eq!(world.sync(&[])["token_refreshes"], 0);
}

/// A sync that stands at its second page.
pub(super) fn sync_stalled_at_page_two(world: &mut TestEnv) -> std::process::Child {
    world.set_var("MAL_PAGE_SIZE", "10");
    world.set_var("SYNC_BATCH_SIZE", "10");
    world.set_var("MAL_HTTP_TIMEOUT", "2s");
    add_fault(world, FaultRule::for_path("*/animelist").query("offset", "10").stall());
    let running = world.spawn(&["sync", "--json"]);
    world.wait_for_pages(2);
    world.set_var("MAL_HTTP_TIMEOUT", "");
    running
}

#[on_both]
fn f_t21_logout_during_sync_ends_it_and_leaves_no_token(kind: DatabaseKind) {
    let mut world = TestEnv::with_login(kind, 50);
    let running = sync_stalled_at_page_two(&mut world);
    world.run(&["logout"]).expect_code(0);
    let ran = world.wait_for_exit(running).expect_code(4);
    assert_eq!(ran.json()["status"], "FAILED");
    assert!(ran.stderr.contains("logged out"), "{}", ran.stderr);
    let after = read_token_row(&world);
    assert_eq!((after.access, after.refresh), (None, None));
    let (entries, complete) = list_state(&world);
    assert!(entries < 50 && !complete);
    world.run(&["login"]).expect_code(0);
    world.sync(&[]);
    assert_eq!(list_state(&world), (50, true));
}

#[on_both]
fn f_t21_logout_during_refresh_leaves_no_token(kind: DatabaseKind) {
    let world = TestEnv::with_login(kind, 3);
    add_fault(&world, refresh_fault().delay(Duration::from_secs(3)).with_effect());
    let running = world.spawn(&["token", "refresh"]);
    wait_for_refreshes(&world, 1);
    world.run(&["logout"]).expect_code(0);
    let ran = world.wait_for_exit(running).expect_code(4);
    assert!(ran.stderr.contains("logged out"), "{}", ran.stderr);
    let after = read_token_row(&world);
    assert_eq!((after.access, after.refresh, after.needs_login), (None, None, false));
}

#[on_both]
fn f_t22_login_during_sync_is_used_from_then_on(kind: DatabaseKind) {
    let mut world = TestEnv::with_login(kind, 50);
    let running = sync_stalled_at_page_two(&mut world);
    world.run(&["login"]).expect_code(0);
    let newest = read_token_row(&world);
    assert_eq!(world.wait_for_exit(running).expect_code(0).json()["anime_fetched"], 50);
    assert_eq!((read_token_row(&world), sent_refresh_tokens(&world).len()), (newest, 0));
    let log = world.sim.control().logged_requests();
    let used: Vec<_> =
        log.iter().filter(|seen| seen.path.ends_with("/animelist")).map(|seen| seen.header("authorization")).collect();
    assert_ne!(used.first(), used.last(), "the new pair is used");
}
