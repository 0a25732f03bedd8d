//! The exchange of the code, and storing the tokens: no false success is shown, and no code is sent twice.

use mal_sim::FaultRule;
use malsync_test_macros::on_both;
use serde_json::{Value, json};

use crate::support::{
    login::{add_fault, requests_to, start_login},
    test_env::{CLIENT_ID, DatabaseKind, TestEnv},
};

fn count_tokens(env: &TestEnv) -> usize {
    env.query_column("SELECT mal_access_token FROM users").iter().flatten().count()
}

#[test]
fn f_l29_failed_code_exchange_is_classified_and_not_retried() {
    let refused = json!({"error": "invalid_grant", "message": "no", "hint": "Failed to verify `code_verifier`."});
    let unknown = json!({"error": "invalid_client", "message": "Client authentication failed"});
    let rule = || FaultRule::for_path("*/token").forever();
    let html = "<html>maintenance</html>";
    for (rule, code, told) in [
        (rule().status(400).json(refused), 4, "MyAnimeList refused"),
        (rule().status(401).json(unknown), 2, "MyAnimeList rejected the client"),
        (rule().status(500), 5, "temporarily unavailable"),
        (rule().stall(), 5, "did not answer within"),
        (rule().reset(), 5, "broke"),
        (rule().status(200).header("Content-Type", "text/html").text(html), 5, "did not finish"),
    ] {
        let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
        if rule.stall.is_some() {
            env.set_var("MAL_HTTP_TIMEOUT", "5s");
        }
        add_fault(&env, rule);
        let (page, output) = start_login(&env, &[]).complete(&env);
        assert!(page.starts_with("HTTP/1.1 502 ") && page.contains("not finished"), "{page}");
        assert!(output.expect_code(code).stderr.contains(told), "{told}");
        assert_eq!(requests_to(&env, "/token").len(), 1, "the code was sent more than once");
        assert_eq!(count_tokens(&env), 0);
        env.sim.control().clear_faults();
        env.set_var("MAL_HTTP_TIMEOUT", "");
        env.run(&["login"]).expect_code(0);
    }
}

/// Logs in with a valid token response after this change to it.
fn log_in_with_token_response(change: impl FnOnce(&mut Value)) -> (TestEnv, i32, String) {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let whose = serde_json::from_value(json!({"user": "alice", "client_id": CLIENT_ID})).unwrap();
    let mut body = serde_json::to_value(env.sim.control().issue_tokens_with(&whose).unwrap()).unwrap();
    change(&mut body);
    add_fault(&env, FaultRule::for_path("*/token").status(200).json(body));
    let (page, output) = start_login(&env, &[]).complete(&env);
    assert_eq!(page.contains("You are logged in"), output.code == 0, "{page}");
    (env, output.code, output.stderr)
}

#[test]
fn f_l30_invalid_lifetime_is_harmless() {
    for lifetime in [json!(0), json!(-1), json!(1e18), json!("3600"), Value::Null] {
        let (env, code, told) = log_in_with_token_response(|body| body["expires_in"] = lifetime.clone());
        assert_eq!((code, count_tokens(&env)), (0, 1), "{lifetime}: {told}");
        // The tokens are refreshed at their first use.
        env.sync(&[]);
    }
    let (env, code, _) = log_in_with_token_response(|body| {
        body.as_object_mut().unwrap().remove("expires_in");
        body["scope"] = json!(["extra"]);
    });
    assert_eq!((code, count_tokens(&env)), (0, 1));
}

#[test]
fn f_l30_invalid_token_response_is_unusable() {
    type TokenResponseChange = fn(&mut Value);
    let changes: [TokenResponseChange; 5] = [
        |body| body["token_type"] = json!("mac"),
        |body| body["access_token"] = json!(format!("{}\n", body["access_token"].as_str().unwrap())),
        |body| body["access_token"] = json!("x".repeat(100_000)),
        |body| body["refresh_token"] = json!("x".repeat(100_000)),
        |body| body["access_token"] = json!(1),
    ];
    for change in changes {
        let (env, code, told) = log_in_with_token_response(change);
        assert_eq!((code, count_tokens(&env)), (5, 0), "{told}");
        env.run(&["login"]).expect_code(0);
    }
}

#[test]
fn f_l30_missing_refresh_token_is_a_warning() {
    let (env, code, told) =
        log_in_with_token_response(|body| drop(body.as_object_mut().unwrap().remove("refresh_token")));
    assert_eq!((code, count_tokens(&env)), (0, 1));
    assert!(told.contains("sent no refresh token"), "{told}");
    env.sync(&[]);
}

#[on_both]
fn f_l31_unstorable_tokens_are_reported_without_success_page(kind: DatabaseKind) {
    let env = TestEnv::new(kind, 3);
    env.create_tables();
    env.execute_sql(match kind {
        DatabaseKind::Sqlite => {
            "CREATE TRIGGER full BEFORE INSERT ON users BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        }
        DatabaseKind::Postgres => {
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$; \
             CREATE TRIGGER \"full\" BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION fail()"
        }
    });
    let (page, output) = start_login(&env, &[]).complete(&env);
    assert!(page.starts_with("HTTP/1.1 502 ") && page.contains("not finished"), "{page}");
    let output = output.expect_code(6);
    for words in
        ["logged in but could not store the token", "revoke the lost tokens at https://myanimelist.net/apiconfig"]
    {
        assert!(output.stderr.contains(words), "{words}: {}", output.stderr);
    }
    assert_eq!(count_tokens(&env), 0);
    env.execute_sql(match kind {
        DatabaseKind::Sqlite => "DROP TRIGGER full",
        DatabaseKind::Postgres => "DROP TRIGGER \"full\" ON users",
    });
    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
}

#[on_both]
fn f_l32_another_account_needs_force(kind: DatabaseKind) {
    let users = vec!["alice".into(), "bob".into()];
    let config = mal_sim::SimConfig { users, entries: 3, auto_consent: true, ..Default::default() };
    let env = TestEnv::with_config(kind, config);
    env.run(&["login"]).expect_code(0);
    let before = env.query_column("SELECT mal_refresh_token FROM users");
    env.sim.control().set_consenting_user("bob").unwrap();
    let output = env.run(&["login", "--user", "alice"]).expect_code(8);
    for words in ["you are logged in as bob", "user alice belongs to another MyAnimeList account", "--force"] {
        assert!(output.stderr.contains(words), "{words}: {}", output.stderr);
    }
    assert_eq!(env.query_column("SELECT mal_refresh_token FROM users"), before, "the tokens are unchanged");
    let forced = env.run(&["login", "--user", "alice", "--force", "--json"]).expect_code(0).json();
    assert_eq!(forced["mal_user_id"], env.sim.control().user_id("bob").unwrap());
    assert_ne!(env.query_column("SELECT mal_refresh_token FROM users"), before);
    env.sync(&[]);
}
