//! Responses of MAL to a refresh, and when a refresh is needed.

use mal_sim::{FaultRule, SimTokenKind};
use malsync_test_macros::on_both;
use serde_json::{Value, json};

use super::{add_fault, age_tokens, issue_pair, list_state, read_token_row, refresh_fault, sent_refresh_tokens};
use crate::support::test_env::{DatabaseKind, TestEnv};

#[on_both]
fn f_t01_sync_without_login_sends_and_writes_nothing(kind: DatabaseKind) {
    let env = TestEnv::new(kind, 3);
    env.create_tables();
    let output = env.run(&["sync"]).expect_code(4);
    assert!(
        output.stderr.starts_with("error: not logged in") && output.stderr.contains("hint: run malsync login"),
        "{}",
        output.stderr
    );
    env.execute_sql("INSERT INTO users (username, email) VALUES ('alice', 'alice@example.org')");
    let output = env.run(&["sync", "--user", "alice"]).expect_code(4);
    assert!(output.stderr.contains("user has no MyAnimeList access token"), "{}", output.stderr);
    assert_eq!((list_state(&env), env.sim.control().logged_requests().len()), ((0, false), 0));
    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
}

#[on_both]
fn f_t02_expired_access_token_is_refreshed_silently(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    let before = read_token_row(&env);
    env.sim.control().expire_tokens("alice", SimTokenKind::Access).unwrap();
    age_tokens(&env, 40);
    let output = env.run(&["sync", "--json"]).expect_code(0);
    assert_eq!(output.json()["token_refreshes"], 1);
    assert!(!output.stderr.contains("token"), "{}", output.stderr);
    let after = read_token_row(&env);
    assert_eq!(after.generation, before.generation + 1);
    assert!(after.access != before.access && after.refresh != before.refresh && !after.needs_login);
}

#[on_both]
fn f_t03_401_on_page_three_causes_one_refresh_and_repeats_page(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 70);
    env.set_var("MAL_PAGE_SIZE", "10");
    let when = json!({"user": "alice", "which": "access", "after_requests": 3});
    env.sim.control().expire_matching_tokens(&serde_json::from_value(when).unwrap()).unwrap();
    let run = env.sync(&[]);
    let seen = (&run["token_refreshes"], &run["retries"], &run["anime_fetched"]);
    assert_eq!(seen, (&json!(1), &json!(0), &json!(70)), "{run}");
    let log = env.sim.control().logged_requests();
    let asked_twice = log.iter().filter(|request| request.query_param("offset") == Some("20")).count();
    let pages = log.iter().filter(|request| request.path.ends_with("/animelist")).count();
    assert_eq!((asked_twice, pages), (2, 8));
}

#[on_both]
fn f_t04_401_after_refresh_ends_run_without_loop(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 50);
    env.set_var("MAL_PAGE_SIZE", "10");
    env.set_var("SYNC_BATCH_SIZE", "10");
    let before = read_token_row(&env);
    let refusal = json!({"error": "invalid_token"});
    add_fault(&env, FaultRule::for_path("*/animelist").with_param("offset", "20").status(401).json(refusal).forever());
    let output = env.run(&["sync", "--json"]).expect_code(4);
    assert_eq!(output.json()["status"], "FAILED");
    assert!(output.stderr.contains("MyAnimeList rejected the new token"), "{}", output.stderr);
    assert_eq!(sent_refresh_tokens(&env).len(), 1);
    let after = read_token_row(&env);
    assert_eq!((after.generation, after.needs_login), (before.generation + 1, false));
    let (entries, complete) = list_state(&env);
    assert!(entries % 10 == 0 && entries <= 20 && !complete, "{entries}");
    env.sim.control().clear_faults();
    env.sync(&[]);
    assert_eq!(list_state(&env), (50, true));
}

#[on_both]
fn f_t05_refused_refresh_requires_login_and_stops_requests(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    env.sim.control().revoke_tokens("alice", SimTokenKind::Both).unwrap();
    let before = read_token_row(&env);
    let output = env.run(&["sync", "--json"]).expect_code(4);
    assert_eq!(output.json()["status"], "FAILED");
    assert!(
        output.stderr.contains("the login has expired") && output.stderr.contains("malsync login"),
        "{}",
        output.stderr
    );
    assert_eq!(read_token_row(&env), super::TokenRow { needs_login: true, ..before }, "the tokens stay where they are");
    let status = env.run(&["token", "status", "--json"]).expect_code(4).json();
    assert_eq!((&status["needs_login"], &status["has_tokens"]), (&json!(true), &json!(true)));
    env.sim.control().clear_log();
    for command in [&["sync"][..], &["whoami"], &["token", "refresh"], &["sync", "--all-users"]] {
        env.run(command).expect_code(4);
    }
    assert_eq!(env.sim.control().logged_requests().len(), 0);
    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
}

#[on_both]
fn f_t07_transient_error_of_token_endpoint_keeps_tokens(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 3);
    env.set_var("SYNC_MAX_RETRIES", "1");
    env.sim.control().expire_tokens("alice", SimTokenKind::Access).unwrap();
    let before = read_token_row(&env);
    let html = "<html><body>maintenance</body></html>";
    for (what, rule) in [
        ("500", refresh_fault().status(500).text(html)),
        ("500 with an error", refresh_fault().status(500).json(json!({"error": "server_error"}))),
        ("502", refresh_fault().status(502).text("")),
        ("503", refresh_fault().status(503).text(html)),
        ("429", refresh_fault().status(429).json(json!({"error": "too_many_requests"}))),
        ("403", refresh_fault().status(403).text(html)),
        ("404 with an error", refresh_fault().status(404).json(json!({"error": "invalid_request"}))),
        ("a page", refresh_fault().status(200).text(html)),
        ("nothing", refresh_fault().status(200).header("content-type", "application/json").text("")),
        ("400 without an error", refresh_fault().status(400).text(html)),
        ("no token in it", refresh_fault().status(200).json(json!({"token_type": "Bearer", "expires_in": 3600}))),
        ("silence", refresh_fault().stall()),
        ("a reset", refresh_fault().reset()),
    ] {
        env.set_var("MAL_HTTP_TIMEOUT", if rule.stall.is_some() { "5s" } else { "" });
        add_fault(&env, rule.forever());
        let output = env.run(&["sync", "--json"]);
        assert_eq!(output.code, 5, "{what}: {output:?}");
        assert!(output.stderr.contains("could not refresh the tokens, will try again"), "{what}: {}", output.stderr);
        assert_eq!(output.json()["status"], "FAILED", "{what}");
        assert_eq!(read_token_row(&env), before, "{what}");
        env.sim.control().clear_faults();
    }
    env.set_var("MAL_HTTP_TIMEOUT", "");
    env.sync(&[]);
}

#[on_both]
fn f_t27_time_in_the_future_is_not_believed(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    env.sync(&[]);
    let far = "'2099-01-01 00:00:00'";
    env.execute_sql(&format!(
        "UPDATE users SET mal_token_issued_at = {far}, mal_token_expires_at = '2099-02-01 00:00:00', last_mal_sync = {far}"
    ));
    let status = env.run(&["status", "--max-age", "26h"]).expect_code(9);
    assert!(status.stdout.contains("in the future: a clock was wrong"), "{}", status.stdout);
    let doctor = env.run(&["doctor"]).stdout;
    assert!(doctor.contains("in the future: a clock was wrong"), "{doctor}");
    assert_eq!(env.sync(&["--all-users"])["token_refreshes"], 1, "life unknown: refreshed at the next use");
    env.run(&["status", "--max-age", "26h"]).expect_code(0);
    assert_eq!(env.sync(&[])["token_refreshes"], 0);
}

#[on_both]
fn f_t26_temporary_oauth_error_keeps_tokens(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    env.sim.control().expire_tokens("alice", SimTokenKind::Access).unwrap();
    let before = read_token_row(&env);
    for error in ["temporarily_unavailable", "server_error", "slow_down", "invalid_scope", "never_heard_of", ""] {
        for status in [400, 401] {
            add_fault(&env, refresh_fault().status(status).json(json!({"error": error})).forever());
            let output = env.run(&["sync"]).expect_code(5);
            assert!(
                output.stderr.contains("could not refresh the tokens, will try again"),
                "{error}: {}",
                output.stderr
            );
            assert_eq!(read_token_row(&env), before, "{error} {status}");
            env.sim.control().clear_faults();
        }
    }
    add_fault(&env, refresh_fault().status(401).json(json!({"error": "invalid_client"})).forever());
    let output = env.run(&["sync"]).expect_code(2);
    assert!(output.stderr.contains("hint: check that MAL_CLIENT_ID"), "{}", output.stderr);
    assert_eq!(read_token_row(&env), before);
    env.sim.control().clear_faults();
    env.sync(&[]);
}

#[on_both]
fn f_t26_refusals_require_a_login(kind: DatabaseKind) {
    for error in ["invalid_grant", "invalid_request", "unauthorized_client", "access_denied", "unsupported_grant_type"]
    {
        let env = TestEnv::with_login(kind, 3);
        env.sim.control().expire_tokens("alice", SimTokenKind::Access).unwrap();
        add_fault(&env, refresh_fault().status(400).json(json!({"error": error})).forever());
        env.run(&["sync"]).expect_code(4);
        assert_eq!(env.run(&["token", "status", "--json"]).expect_code(4).json()["needs_login"], true, "{error}");
    }
}

#[on_both]
fn f_t07_refused_early_refresh_lets_run_finish(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    age_tokens(&env, 20);
    let before = read_token_row(&env);
    let refusal = json!({"error": "invalid_request", "message": "The refresh token is invalid."});
    add_fault(&env, refresh_fault().status(401).json(refusal).forever());
    let output = env.run(&["sync", "--json"]).expect_code(0);
    assert!(output.stderr.contains("the current token is still valid"), "{}", output.stderr);
    assert_eq!((read_token_row(&env), sent_refresh_tokens(&env).len()), (before, 1));
    env.sim.control().clear_faults();
    env.sync(&[]);
}

#[on_both]
fn f_t08_lost_refresh_response_is_retried_once(kind: DatabaseKind) {
    // As MAL behaved when last observed: it accepts the refresh token again.
    let env = TestEnv::with_login(kind, 3);
    let before = read_token_row(&env);
    env.sim.control().expire_tokens("alice", SimTokenKind::Access).unwrap();
    add_fault(&env, refresh_fault().reset().with_effect());
    env.sync(&[]);
    assert_eq!(read_token_row(&env).generation, before.generation + 1);
    let sent = sent_refresh_tokens(&env);
    assert!(sent.len() == 2 && sent[0] == sent[1], "{}", sent.len());

    // As MAL might behave: the refresh token is spent.
    env.sim.control().configure(|config| config.old_refresh_valid = false);
    env.sim.control().expire_tokens("alice", SimTokenKind::Access).unwrap();
    let before = read_token_row(&env);
    add_fault(&env, refresh_fault().reset().with_effect());
    let output = env.run(&["sync"]).expect_code(4);
    assert!(output.stderr.contains("the login has expired"), "{}", output.stderr);
    assert!(output.stderr.contains("the last refresh may have been lost"), "{}", output.stderr);
    assert_eq!(sent_refresh_tokens(&env).len(), 4, "exactly one retry");
    assert_eq!(read_token_row(&env), super::TokenRow { needs_login: true, ..before });
    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
}

#[on_both]
fn f_t14_old_refresh_token_is_kept_if_none_is_returned(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    env.run(&["token", "refresh"]).expect_code(0);
    let mut sent = sent_refresh_tokens(&env);
    for (what, returned) in
        [("none", Value::Null), ("an empty one", json!("")), ("the same", json!("same")), ("new", json!("new"))]
    {
        let before = read_token_row(&env);
        let pair = issue_pair(&env, "alice");
        // Of a second pair, which the database does not have.
        let new_refresh_token = issue_pair(&env, "alice").refresh_token;
        let mut answer = json!({"token_type": "Bearer", "expires_in": 3600, "access_token": pair.access_token});
        // "the same" is the token that was sent last. The stored token was not sent yet.
        match returned.as_str() {
            None => {}
            Some("same") => answer["refresh_token"] = json!(sent.last().unwrap()),
            Some("new") => answer["refresh_token"] = json!(new_refresh_token),
            Some(text) => answer["refresh_token"] = json!(text),
        }
        add_fault(&env, refresh_fault().status(200).json(answer));
        env.run(&["token", "refresh"]).expect_code(0);
        assert_eq!(read_token_row(&env).generation, before.generation + 1, "{what}");
        env.run(&["whoami"]).expect_code(0);
        // The next refresh shows which one is stored now.
        env.run(&["token", "refresh"]).expect_code(0);
        let all = sent_refresh_tokens(&env);
        let (first, second) = (&all[all.len() - 2], &all[all.len() - 1]);
        match what {
            "new" => assert_eq!(*second, new_refresh_token),
            "the same" => assert_eq!(second, sent.last().unwrap()),
            _ => assert_eq!(first, second, "{what}"),
        }
        sent = all;
    }
    env.sync(&[]);
}

#[on_both]
fn f_t20_wrong_clock_causes_at_most_one_refresh(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    for days in [3650, -3650, 1, -1] {
        let before = sent_refresh_tokens(&env).len();
        age_tokens(&env, days);
        env.sync(&[]);
        assert!(sent_refresh_tokens(&env).len() <= before + 1, "{days} days");
        let after = sent_refresh_tokens(&env).len();
        env.sync(&[]);
        assert_eq!(sent_refresh_tokens(&env).len(), after, "{days} days: no loop");
    }
}

#[on_both]
fn f_t24_refreshed_tokens_of_another_account_write_no_entries(kind: DatabaseKind) {
    let config = mal_sim::SimConfig {
        users: vec!["alice".into(), "bob".into()],
        entries: 30,
        auto_consent: true,
        ..Default::default()
    };
    let env = TestEnv::with_config(kind, config);
    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
    let before = env.query_column("SELECT CAST(id AS TEXT) FROM user_anime_lists ORDER BY id");
    age_tokens(&env, 40);
    let bob = issue_pair(&env, "bob");
    let answer = json!({"token_type": "Bearer", "expires_in": 3600,
        "access_token": bob.access_token, "refresh_token": bob.refresh_token});
    add_fault(&env, refresh_fault().status(200).json(answer));
    let output = env.run(&["sync", "--force-full"]).expect_code(8);
    assert!(output.stderr.contains("MAL account"), "{}", output.stderr);
    assert_eq!(env.query_column("SELECT CAST(id AS TEXT) FROM user_anime_lists ORDER BY id"), before);
    let log = env.sim.control().logged_requests();
    let with_bobs = log.iter().filter(|request| request.user.as_deref() == Some("bob"));
    assert!(with_bobs.clone().count() > 0 && with_bobs.clone().all(|request| !request.path.ends_with("/animelist")));
    env.run(&["login"]).expect_code(0);
    env.sync(&["--force-full"]);
}
