//! Changes to the tokens during a run, by another malsync or by an application that shares the table.

use mal_sim::{FaultRule, SimTokenKind};
use malsync_test_macros::on_both;
use serde_json::json;

use super::{
    add_fault, issue_pair, list_state, read_token_row, refresh_fault, sent_refresh_tokens, wait_for_refreshes,
};
use crate::support::test_env::{DatabaseKind, TestEnv};

#[on_both]
fn f_t06_tokens_written_by_another_program_are_used_after_refusal(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    env.sim.control().expire_tokens("alice", SimTokenKind::Access).unwrap();
    let refusal = json!({"error": "invalid_request", "hint": "Token has been revoked"});
    add_fault(&env, refresh_fault().status(401).json(refusal).hold());
    let running = env.spawn(&["sync", "--json"]);
    wait_for_refreshes(&env, 1);
    let other_tokens = issue_pair(&env, "alice");
    env.execute_sql(&format!(
        "UPDATE users SET mal_access_token = '{}', mal_refresh_token = '{}', \
         mal_token_generation = mal_token_generation + 1",
        other_tokens.access_token, other_tokens.refresh_token
    ));
    env.sim.control().clear_faults();
    let output = env.wait_for_exit(running).expect_code(0);
    assert_eq!(output.json()["status"], "SUCCESS");
    let after = read_token_row(&env);
    assert!(!after.needs_login);
    assert_eq!((after.access, after.refresh), (Some(other_tokens.access_token), Some(other_tokens.refresh_token)));
}

/// MAL accepts a refresh token only once here. The response must be stored in spite of the signal.
#[on_both]
fn f_t21_signal_during_refresh_still_stores_new_tokens(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    env.sim.control().configure(|config| config.old_refresh_valid = false);
    env.sim.control().expire_tokens("alice", SimTokenKind::Access).unwrap();
    let generation = read_token_row(&env).generation;
    add_fault(&env, refresh_fault().hold());
    let running = env.spawn(&["sync", "--json"]);
    wait_for_refreshes(&env, 1);
    let killed = std::process::Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap();
    assert!(killed.success());
    env.sim.control().clear_faults();
    assert_eq!(env.wait_for_exit(running).expect_code(130).json()["status"], "INTERRUPTED");
    assert_eq!(read_token_row(&env).generation, generation + 1);
    assert_eq!(env.sync(&[])["token_refreshes"], 0);
}

/// Starts a sync whose second page MAL holds until the faults are cleared.
pub(super) fn sync_held_at_page_two(env: &mut TestEnv) -> std::process::Child {
    env.set_var("MAL_PAGE_SIZE", "10");
    env.set_var("SYNC_BATCH_SIZE", "10");
    add_fault(env, FaultRule::for_path("*/animelist").with_param("offset", "10").hold());
    let running = env.spawn(&["sync", "--json"]);
    env.wait_for_pages(2);
    running
}

#[on_both]
fn f_t21_logout_during_sync_ends_it_and_leaves_no_token(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 50);
    let running = sync_held_at_page_two(&mut env);
    env.run(&["logout"]).expect_code(0);
    env.sim.control().clear_faults();
    let output = env.wait_for_exit(running).expect_code(4);
    assert_eq!(output.json()["status"], "FAILED");
    assert!(output.stderr.contains("logged out"), "{}", output.stderr);
    let after = read_token_row(&env);
    assert_eq!((after.access, after.refresh), (None, None));
    let (entries, complete) = list_state(&env);
    assert!(entries < 50 && !complete);
    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
    assert_eq!(list_state(&env), (50, true));
}

#[on_both]
fn f_t21_logout_during_refresh_leaves_no_token(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    add_fault(&env, refresh_fault().hold());
    let running = env.spawn(&["token", "refresh"]);
    wait_for_refreshes(&env, 1);
    env.run(&["logout"]).expect_code(0);
    env.sim.control().clear_faults();
    let output = env.wait_for_exit(running).expect_code(4);
    assert!(output.stderr.contains("logged out"), "{}", output.stderr);
    let after = read_token_row(&env);
    assert_eq!((after.access, after.refresh, after.needs_login), (None, None, false));
}

#[on_both]
fn f_t22_login_during_sync_is_used_from_then_on(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 50);
    let running = sync_held_at_page_two(&mut env);
    env.run(&["login"]).expect_code(0);
    env.sim.control().clear_faults();
    let newest = read_token_row(&env);
    assert_eq!(env.wait_for_exit(running).expect_code(0).json()["anime_fetched"], 50);
    assert_eq!((read_token_row(&env), sent_refresh_tokens(&env).len()), (newest, 0));
    let log = env.sim.control().logged_requests();
    let used: Vec<_> = log
        .iter()
        .filter(|request| request.path.ends_with("/animelist"))
        .map(|request| request.header("authorization"))
        .collect();
    assert_ne!(used.first(), used.last(), "the new token is used");
}
