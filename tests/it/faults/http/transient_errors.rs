//! Transient errors: unreachable, broken or slow connections, server errors, and a process that is suspended during a
//! sync.

use std::time::Duration;

use malsync_test_macros::on_both;
use serde_json::json;

use super::{
    add_fault, assert_all_requests_counted, assert_next_sync_succeeds, assert_sync_fails, count_entries, list_fault,
    page_requests,
};
use crate::support::{
    peer_servers::FullBacklogServer,
    test_env::{DatabaseKind, TestEnv, find_free_port},
    wait_until,
};

const UNAVAILABLE_MESSAGE: &str = "MyAnimeList API temporarily unavailable: ";

#[test]
fn f_h01_unreachable_host_is_named_after_all_retries() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    let api = env.sim.api_url();
    env.set_var("MAL_API_URL", &format!("http://127.0.0.1:{}/v2", find_free_port()));
    let run =
        assert_sync_fails(&env, "MyAnimeList API temporarily unavailable: cannot reach 127.0.0.1: Connection refused");
    // The first request fails, and so do its three retries.
    assert_eq!((&run["requests"], &run["retries"]), (&json!(4), &json!(3)), "{run}");
    env.set_var("MAL_API_URL", "https://api.malsync.invalid/v2");
    env.set_var("SYNC_MAX_RETRIES", "1");
    env.set_var("MAL_HTTP_TIMEOUT", "5s");
    let run = assert_sync_fails(&env, UNAVAILABLE_MESSAGE);
    assert_eq!(run["retries"], 1, "{run}");
    assert_eq!(count_entries(&env), 0);
    env.set_var("MAL_API_URL", &api);
    assert_next_sync_succeeds(&env);
}

#[test]
fn f_h02_connection_attempt_times_out() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    let (api, crowded) = (env.sim.api_url(), FullBacklogServer::new());
    env.set_var("MAL_API_URL", &format!("http://{}/v2", crowded.address));
    env.set_var("MAL_HTTP_TIMEOUT", "1s");
    env.set_var("SYNC_MAX_RETRIES", "1");
    let run = assert_sync_fails(&env, "did not answer within 1s");
    assert_eq!((&run["requests"], &run["retries"]), (&json!(2), &json!(1)), "{run}");
    env.set_var("MAL_API_URL", &api);
    assert_next_sync_succeeds(&env);
}

#[test]
fn f_h03_connection_reset_at_any_byte_is_retried() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    for bytes in [0, 1, 100, 2000] {
        let rule = || if bytes == 0 { list_fault().reset() } else { list_fault().reset_after(bytes) };
        env.sim.control().clear_faults();
        add_fault(&env, rule().forever());
        let run = counts_of_failed_sync(&env, bytes);
        // One request for the account succeeds. The request for the page and its three retries fail.
        assert_eq!(run, (5, 3), "after {bytes} bytes");
        env.sim.control().clear_faults();
        add_fault(&env, rule());
        let run = env.sync(&["--force-full", "--dry-run"]);
        assert_eq!((&run["status"], &run["retries"]), (&json!("SUCCESS"), &json!(1)), "after {bytes} bytes: {run}");
    }
    assert_eq!(count_entries(&env), 0);
    assert_next_sync_succeeds(&env);
}

fn counts_of_failed_sync(env: &TestEnv, bytes: u64) -> (i64, i64) {
    let run = assert_sync_fails(env, UNAVAILABLE_MESSAGE);
    assert_eq!(count_entries(env), 0, "after {bytes} bytes");
    (run["requests"].as_i64().unwrap(), run["retries"].as_i64().unwrap())
}

#[test]
fn f_h04_truncated_body_is_retried_and_never_parsed() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    // The part before the cut is valid JSON. Only the end of the connection shows that the response is incomplete.
    let padded = format!("{{\"data\":[],\"paging\":{{}}}}{}", " ".repeat(500));
    let chunk =
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n17\r\n{\"data\":[],\"paging\":{}}\r\n";
    let chunk = format!("HTTP/1.1 200 OK\r\n{chunk}");
    for number in 0..3 {
        let rule = || match number {
            0 => list_fault().close_after_body_bytes(100),
            1 => list_fault()
                .bytes_body(padded.as_bytes())
                .header("Content-Type", "application/json")
                .close_after_body_bytes(40),
            _ => list_fault().raw(chunk.as_bytes()),
        };
        env.sim.control().clear_faults();
        add_fault(&env, rule().forever());
        let run = assert_sync_fails(&env, UNAVAILABLE_MESSAGE);
        assert_eq!((&run["requests"], &run["retries"]), (&json!(5), &json!(3)), "{run}");
        env.sim.control().clear_faults();
        add_fault(&env, rule());
        assert_eq!(env.sync(&["--dry-run"])["anime_fetched"], 10);
    }
    assert_next_sync_succeeds(&env);
}

#[test]
fn f_h05_trickling_response_times_out() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    env.set_var("MAL_HTTP_TIMEOUT", "3s");
    env.set_var("SYNC_MAX_RETRIES", "1");
    env.sim.control().clear_log();
    add_fault(&env, list_fault().trickle(1, Duration::from_millis(200)).forever());
    let run = assert_sync_fails(&env, "did not answer within 3s");
    assert_eq!(page_requests(&env).len(), 2, "{run}");
    assert_all_requests_counted(&env, &run);
    env.set_var("MAL_HTTP_TIMEOUT", "30s");
    assert_next_sync_succeeds(&env);
}

#[test]
fn f_h06_server_error_is_retried_as_configured() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    let dry = |env: &TestEnv| env.sync(&["--dry-run"])["retries"].clone();
    for status in [500, 502, 503, 504] {
        for times in [1, 3] {
            add_fault(&env, list_fault().status(status).times(times));
            assert_eq!(dry(&env), times, "{status}");
        }
        add_fault(&env, list_fault().status(status).forever());
        let run = assert_sync_fails(&env, &format!("{UNAVAILABLE_MESSAGE}HTTP {status}"));
        assert_eq!((&run["requests"], &run["retries"]), (&json!(5), &json!(3)), "{run}");
        env.sim.control().clear_faults();
    }
    for (set, tries) in [("0", 1), ("10", 11)] {
        env.set_var("SYNC_MAX_RETRIES", set);
        env.sim.control().clear_log();
        add_fault(&env, list_fault().status(503).forever());
        assert_sync_fails(&env, UNAVAILABLE_MESSAGE);
        assert_eq!(page_requests(&env).len(), tries, "SYNC_MAX_RETRIES={set}");
        env.sim.control().clear_faults();
    }
    assert_next_sync_succeeds(&env);
}

#[on_both]
fn f_h25_permanently_failing_page_ends_run_and_keeps_earlier_pages(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 120);
    env.set_var("MAL_PAGE_SIZE", "10");
    env.set_var("SYNC_BATCH_SIZE", "10");
    add_fault(&env, list_fault().with_param("offset", "60").status(503).forever());
    let run = assert_sync_fails(&env, UNAVAILABLE_MESSAGE);
    assert_eq!(count_entries(&env), 60, "six complete pages: {run}");
    assert_eq!((&run["anime_fetched"], &run["user_lists_created"]), (&json!(60), &json!(60)), "{run}");
    assert_next_sync_succeeds(&env);
}

#[test]
fn f_h28_network_that_recovers_within_retries_loses_nothing() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 30);
    env.set_var("MAL_PAGE_SIZE", "10");
    env.set_var("SYNC_MAX_RETRIES", "10");
    env.set_var("SYNC_RETRY_BASE_MS", "50");
    add_fault(&env, list_fault().with_param("offset", "10").reset().forever());
    let child = env.spawn(&["sync", "--json"]);
    wait_until("the page was requested several times", || page_requests(&env).len() >= 4);
    env.sim.control().clear_faults();
    let run = env.wait_for_exit(child).expect_code(0).json();
    assert_eq!((&run["status"], &run["anime_fetched"]), (&json!("SUCCESS"), &json!(30)), "{run}");
    assert!(run["retries"].as_i64().unwrap() >= 2, "{run}");
    assert_next_sync_succeeds(&env);
}

#[test]
fn f_h29_suspended_process_refreshes_expired_token_and_continues() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 30);
    env.set_var("MAL_PAGE_SIZE", "10");
    add_fault(&env, list_fault().with_param("offset", "10").hold());
    let child = env.spawn(&["sync", "--json"]);
    wait_until("the second page is requested", || page_requests(&env).len() == 2);
    send_signal(child.id(), "STOP");
    env.sim.control().expire_tokens("alice", mal_sim::SimTokenKind::Access).unwrap();
    env.sim.control().clear_faults();
    send_signal(child.id(), "CONT");
    let run = env.wait_for_exit(child).expect_code(0).json();
    assert_eq!((&run["status"], &run["anime_fetched"]), (&json!("SUCCESS"), &json!(30)), "{run}");
    assert_eq!(run["token_refreshes"], 1, "{run}");
    assert_next_sync_succeeds(&env);
}

fn send_signal(process: u32, name: &str) {
    let sent = std::process::Command::new("sh").args(["-c", &format!("kill -{name} {process}")]).status().unwrap();
    assert!(sent.success());
}
