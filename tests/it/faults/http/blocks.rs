//! Blocks by MAL's CDN: they are transient and never cost the login.

use mal_sim::{FaultRule, SimTokenKind};
use serde_json::json;

use super::{TOKEN_PATH, add_fault, assert_next_sync_succeeds, assert_sync_fails, list_fault, page_requests};
use crate::support::test_env::{DatabaseKind, TestEnv};

const BLOCKED_HTML: &str = "<html><body><h1>403 ERROR</h1>Request blocked.</body></html>";
const BANNED_HTML: &str = "<html><body>your IP has been banned</body></html>";
const ERROR_JSON_URL: &str = "https://myanimelist.net/error.json";

#[test]
fn f_h11_block_by_mal_edge_is_retried_five_times_and_keeps_login() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    let html = |status, text| list_fault().status(status).text(text).forever();
    let blocks = "MyAnimeList is blocking this address: ";
    for (rule, words) in [
        (html(403, BLOCKED_HTML), blocks),
        (html(403, BANNED_HTML), blocks),
        (html(200, BLOCKED_HTML), blocks),
        (list_fault().redirect(ERROR_JSON_URL).forever(), "rate limit exceeded: "),
        (html(429, BLOCKED_HTML), "rate limit exceeded: "),
    ] {
        env.sim.control().clear_faults();
        env.sim.control().clear_log();
        add_fault(&env, rule);
        let run = assert_sync_fails(&env, words);
        assert_eq!(
            (page_requests(&env).len(), &run["retries"], &run["token_refreshes"]),
            (6, &json!(5), &json!(0)),
            "{run}"
        );
    }
    assert_next_sync_succeeds(&env);
}

#[test]
fn f_h11_lasting_block_names_the_user_agent_setting() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    let block = |rule: FaultRule| {
        env.sim.control().clear_faults();
        add_fault(&env, rule);
        env.run(&["sync"]).expect_code(5).stderr
    };
    for rule in [list_fault().status(403).text(BLOCKED_HTML), list_fault().redirect(ERROR_JSON_URL)] {
        let stderr = block(rule.forever());
        assert!(stderr.lines().any(|line| line.starts_with("hint: ") && line.contains("MAL_USER_AGENT")), "{stderr}");
    }
    env.sim.control().clear_faults();
    let names = |env: &TestEnv| -> std::collections::BTreeSet<String> {
        let requests = env.sim.control().logged_requests();
        requests.iter().map(|request| request.header("user-agent").unwrap().to_owned()).collect()
    };
    let default = format!("malsync/{}", env!("CARGO_PKG_VERSION"));
    assert!(names(&env).contains(&default), "{:?}", names(&env));
    env.set_var("MAL_USER_AGENT", "my list/1.0 (+https://example.org/)");
    env.sim.control().clear_log();
    env.sim.control().expire_tokens("alice", SimTokenKind::Access).unwrap();
    env.sync(&["--force-full"]);
    assert_eq!(names(&env), ["my list/1.0 (+https://example.org/)".to_owned()].into(), "token requests too");
    for value in ["a\u{7f}", &"x".repeat(201), "é"] {
        env.set_var("MAL_USER_AGENT", value);
        let stderr = env.run(&["sync"]).expect_code(2).stderr;
        assert!(stderr.contains("1 to 200 printable ASCII characters"), "{stderr}");
    }
}

#[test]
fn f_h11_json_403_causes_one_refresh_then_counts_as_block() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    add_fault(&env, list_fault().status(403).json(json!({"message": "", "error": "forbidden"})).forever());
    let run = assert_sync_fails(&env, "MyAnimeList is blocking this address: HTTP 403 Forbidden, forbidden");
    assert_eq!(
        (page_requests(&env).len(), &run["retries"], &run["token_refreshes"]),
        (7, &json!(5), &json!(1)),
        "{run}"
    );
    assert_next_sync_succeeds(&env);
}

#[test]
fn f_h11_block_of_token_endpoint_is_transient() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    env.sim.control().expire_tokens("alice", SimTokenKind::Access).unwrap();
    let token = || FaultRule::for_path(TOKEN_PATH).forever();
    for rule in [
        token().status(403).text(BLOCKED_HTML),
        token().status(200).text(BANNED_HTML),
        token().redirect(ERROR_JSON_URL),
        token().status(503),
        token().status(401).text(BLOCKED_HTML),
        token().status(400).text("<html>"),
    ] {
        env.sim.control().clear_faults();
        add_fault(&env, rule);
        let run = assert_sync_fails(&env, "could not refresh the tokens");
        assert_eq!(run["token_refreshes"], 0, "{run}");
    }
    assert_next_sync_succeeds(&env);
}
