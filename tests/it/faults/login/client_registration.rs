//! A client id or redirect URI unknown to MAL is detected before the browser opens. Otherwise the browser would show an
//! endless password prompt.

use mal_sim::{FaultRule, SimConfig};
use serde_json::json;

use crate::support::{
    login::{add_fault, requests_to},
    test_env::{DatabaseKind, TestEnv},
};

const LOGIN_COMMANDS: [&[&str]; 3] = [
    &["login", "--timeout", "10s"],
    &["login", "--no-browser", "--timeout", "10s"],
    &["login", "--paste", "--timeout", "10s"],
];

/// Asserts that every kind of login ends before the browser opens, with these words and without those.
fn assert_refused_before_browser(mut env: TestEnv, told: &[&str], untold: &[&str]) {
    env.set_var("BROWSER", "touch browser-was-opened");
    for way in LOGIN_COMMANDS {
        env.sim.control().clear_log();
        let output = env.run_with_input(way, "").expect_code(2);
        for words in told.iter().chain(&["https://myanimelist.net/apiconfig"]) {
            assert!(output.stderr.contains(words), "{words}: {}", output.stderr);
        }
        for words in untold {
            assert!(!output.stderr.contains(words), "{words}: {}", output.stderr);
        }
        assert_eq!(output.stdout, "", "no URL was printed");
        assert_eq!(requests_to(&env, "").len(), 1, "exactly one request");
    }
    assert!(!env.home().join("browser-was-opened").exists());
    assert!(env.query_column("SELECT username FROM users").is_empty());
}

fn env_with_config(change: impl FnOnce(&mut SimConfig)) -> TestEnv {
    let mut config = SimConfig { entries: 3, auto_consent: true, ..SimConfig::default() };
    change(&mut config);
    TestEnv::with_config(DatabaseKind::Sqlite, config)
}

#[test]
fn unknown_client_id_ends_login_before_browser() {
    let env = env_with_config(|config| config.client_id = Some("another".into()));
    // MAL sends the same response for both.
    assert_refused_before_browser(env, &["client ID", "MAL_CLIENT_ID", "MAL_REDIRECT_URI", "invalid_client"], &[]);
}

#[test]
fn unknown_redirect_uri_ends_login_before_browser() {
    let env = env_with_config(|config| config.redirects = vec!["http://localhost:1/auth/callback".into()]);
    let redirect = format!("http://localhost:{}/auth/callback", env.redirect_port());
    assert_refused_before_browser(env, &[&redirect, "MAL_CLIENT_ID", "MAL_REDIRECT_URI"], &[]);
}

#[test]
fn parameter_rejected_by_mal_is_named() {
    for (parameter, told, untold) in
        [("client_id", "MAL_CLIENT_ID", "MAL_REDIRECT_URI"), ("redirect_uri", "MAL_REDIRECT_URI", "MAL_CLIENT_ID")]
    {
        let env = env_with_config(|_| ());
        let body = json!({"error": "invalid_request", "hint": format!("Check the `{parameter}` parameter")});
        add_fault(&env, FaultRule::for_path("*/authorize").status(400).json(body).forever());
        assert_refused_before_browser(env, &[told], &[untold]);
    }
}

#[test]
fn any_other_response_to_check_continues_login() {
    let rule = || FaultRule::for_path("*/authorize");
    for rule in [
        rule().status(503).text("<html>maintenance</html>"),
        rule().status(403).header("Content-Type", "text/html").text("<html>Request blocked</html>"),
        rule().redirect("https://myanimelist.net/error.json"),
        rule().status(404),
        rule().reset(),
        rule().status(200).text(&"x".repeat(1 << 20)),
        rule().stall(),
    ] {
        let env = env_with_config(|_| ());
        add_fault(&env, rule);
        env.run(&["login"]).expect_code(0);
        assert_eq!(requests_to(&env, "/authorize").len(), 2, "one request of the check, one of the browser");
    }
}

#[test]
fn registration_check_reveals_nothing_of_real_login() {
    let mut env = env_with_config(|_| ());
    env.set_var("MAL_CLIENT_SECRET", "a-secret-of-the-app");
    env.run(&["login"]).expect_code(0);
    let [check, browser] = requests_to(&env, "/authorize").try_into().unwrap();
    assert!(check.header("user-agent").unwrap().starts_with("malsync/"));
    for name in ["client_id", "redirect_uri", "response_type", "code_challenge_method"] {
        assert_eq!(check.query_param(name), browser.query_param(name), "{name}");
    }
    for name in ["state", "code_challenge"] {
        let (thrown_away, real) = (check.query_param(name).unwrap(), browser.query_param(name).unwrap());
        assert!(thrown_away != real && thrown_away.len() == real.len(), "{name}");
    }
    assert!(!check.query.contains("a-secret-of-the-app") && check.header("authorization").is_none());
    let sent = requests_to(&env, "/token");
    assert_eq!(sent[0].form_field("code_verifier"), browser.query_param("code_challenge"));
}
