//! Whatever MAL sends, a run ends, and its memory is bounded.

use std::{io::Write as _, time::Duration};

use mal_sim::{FaultRule, SimTokenKind};
use malsync_test_macros::on_both;
use serde_json::json;

use super::{
    LIST_PATH, TOKEN_PATH, add_fault, assert_all_requests_counted, assert_failed, assert_next_sync_succeeds,
    assert_sync_fails, count_entries, list_fault, page_requests,
};
use crate::support::{
    memory::run_measuring_memory,
    peer_servers::ConnectionRecorder,
    test_env::{DatabaseKind, TestEnv},
};

/// Memory limit of a run, in kB.
const MAX_MEMORY_KB: u64 = 128 * 1024;
const TOO_LARGE_MESSAGE: &str = "the response of 127.0.0.1 is too large: more than 8388608 bytes";

#[test]
fn f_h18_gzip_bomb_is_refused_at_size_limit() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    add_fault(&env, list_fault().gzip_bomb(1 << 30).forever());
    let (output, height) = run_measuring_memory(&env, &["sync", "--json"]);
    let run = assert_failed(output, &env, TOO_LARGE_MESSAGE);
    assert_eq!((page_requests(&env).len(), &run["retries"], count_entries(&env)), (1, &json!(0), 0), "{run}");
    assert!(height < MAX_MEMORY_KB, "{height} kB");
    assert_next_sync_succeeds(&env);
}

#[test]
fn f_h18_size_limit_grows_with_page_size_and_memory_stays_bounded() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    env.set_var("MAL_PAGE_SIZE", "1000");
    add_fault(&env, list_fault().gzip_bomb(1 << 30).forever());
    let (output, height) = run_measuring_memory(&env, &["sync", "--json"]);
    assert_failed(output, &env, "the response of 127.0.0.1 is too large: more than 83886080 bytes");
    assert!(height < MAX_MEMORY_KB, "{height} kB");
}

#[test]
fn f_h18_page_of_nine_mib_is_refused_and_of_seven_accepted() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    let json = |size: usize| {
        let body = format!("{{\"data\":[{}],\"paging\":{{}}}}", " ".repeat(size << 20));
        list_fault().bytes_body(body.as_bytes()).header("Content-Type", "application/json")
    };
    add_fault(&env, json(9));
    assert_sync_fails(&env, TOO_LARGE_MESSAGE);
    add_fault(&env, json(7));
    // This page is read: it lacks the entries that MAL counts.
    assert_sync_fails(&env, "MyAnimeList sent 0 of 10 entries");
    assert_next_sync_succeeds(&env);
}

#[test]
fn f_h18_endless_body_is_refused_at_size_limit() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    let endless = ConnectionRecorder::with_handler(|mut stream| {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
        let mut sent = stream.write_all(head.as_bytes());
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x1_0000));
        while sent.is_ok() {
            sent = stream.write_all(chunk.as_bytes());
        }
    });
    env.set_var("MAL_API_URL", &format!("http://{}/v2", endless.address));
    let (output, height) = run_measuring_memory(&env, &["sync", "--json"]);
    // The first request asks for the user, and its response is limited to a small size.
    assert_failed(output, &env, "the response of 127.0.0.1 is too large: more than 262144 bytes");
    assert_eq!(endless.received().len(), 1);
    assert!(height < MAX_MEMORY_KB, "{height} kB");
}

#[test]
fn token_response_over_64_kib_is_refused_and_keeps_login() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    env.sim.control().expire_tokens("alice", SimTokenKind::Access).unwrap();
    add_fault(&env, FaultRule::for_path(TOKEN_PATH).gzip_bomb(1 << 30).forever());
    let (output, height) = run_measuring_memory(&env, &["sync", "--json"]);
    let run = assert_failed(output, &env, "could not refresh the tokens");
    assert_eq!(run["token_refreshes"], 0, "{run}");
    assert!(height < MAX_MEMORY_KB, "{height} kB");
    let asked = env
        .sim
        .control()
        .logged_requests()
        .into_iter()
        .filter(|request| request.form_field("refresh_token").is_some())
        .count();
    assert_eq!(asked, 1);
    assert_next_sync_succeeds(&env);
}

#[on_both]
fn retry_budget_ends_run_that_fails_on_every_page(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 200);
    env.set_var("MAL_PAGE_SIZE", "5");
    env.set_var("SYNC_BATCH_SIZE", "5");
    for page in 0..40 {
        add_fault(&env, list_fault().with_param("offset", &(page * 5).to_string()).status(503).times(3));
    }
    let run = assert_sync_fails(&env, "HTTP 503 Service Unavailable");
    let (requests, retries) = (run["requests"].as_u64().unwrap(), run["retries"].as_u64().unwrap());
    let came = count_entries(&env) / 5;
    assert!((5..20).contains(&came), "{came} pages");
    assert_eq!(
        (usize::try_from(retries).unwrap(), usize::try_from(requests).unwrap()),
        (21 + came, 21 + came + came + 2),
        "{run}"
    );
    assert_next_sync_succeeds(&env);
}

#[test]
fn one_failure_per_page_still_completes_the_list() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 200);
    env.set_var("MAL_PAGE_SIZE", "5");
    for page in 0..40 {
        add_fault(&env, list_fault().with_param("offset", &(page * 5).to_string()).status(503));
    }
    let run = env.sync(&[]);
    assert_eq!((&run["status"], &run["retries"], count_entries(&env)), (&json!("SUCCESS"), &json!(40), 200), "{run}");
}

#[test]
fn unresponsive_mal_is_given_up_after_all_retries() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    env.set_var("MAL_HTTP_TIMEOUT", "1s");
    for rule in [
        FaultRule::for_path(LIST_PATH).stall(),
        FaultRule::for_path(LIST_PATH).stall_after(300),
        FaultRule::for_path(LIST_PATH).delay_response(Duration::from_secs(60)),
    ] {
        env.sim.control().clear_faults();
        env.sim.control().clear_log();
        add_fault(&env, rule.forever());
        let run = assert_sync_fails(&env, "did not answer within 1s");
        assert_eq!(page_requests(&env).len(), 4, "{run}");
        assert_all_requests_counted(&env, &run);
    }
    assert_next_sync_succeeds(&env);
}
