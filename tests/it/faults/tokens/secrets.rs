//! No secret is printed, with any command at any log level. `support::secret_scanner` searches after every command of
//! every test.

use std::fs;

use mal_sim::FaultRule;
use malsync_test_macros::on_both;
use serde_json::json;

use super::{add_fault, age_tokens, refresh_fault};
use crate::support::{
    keyring::{KeyringSession, SecretServiceKind},
    secret_scanner::{DATABASE_PASSWORD, issued_tokens},
    test_env::{DatabaseKind, TestEnv},
};

/// Creates an environment with every kind of secret.
fn env_with_all_secrets(kind: DatabaseKind) -> TestEnv {
    let config = mal_sim::SimConfig {
        entries: 30,
        auto_consent: true,
        client_secret: Some("a-secret-of-the-app/+&".into()),
        ..Default::default()
    };
    let mut env = TestEnv::with_config(kind, config);
    env.set_var("MAL_CLIENT_SECRET", "a-secret-of-the-app/+&");
    env.set_var("MALSYNC_TOKEN_KEY", "+/8CAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    env
}

#[on_both]
fn i6_no_command_prints_secret_at_any_log_level_with_keyring(kind: DatabaseKind) {
    let mut env = env_with_all_secrets(kind);
    let _session = KeyringSession::start(&mut env, SecretServiceKind::Unlocked);
    for level in ["trace", "debug", "malsync=trace,hyper=trace,h2=trace,reqwest=trace,sqlx=trace,zbus=trace", ""] {
        env.set_var("RUST_LOG", level);
        let output = env.run(&["login", "-vvv"]).expect_code(0);
        let libraries_speak = output.stderr.contains("DEBUG pooling idle connection");
        assert!(level.is_empty() || libraries_speak, "{level}: {}", output.stderr);
        env.run(&["sync", "-vvv", "--force-full"]).expect_code(0);
        age_tokens(&env, 40);
        env.run(&["sync", "-vvv", "--json"]).expect_code(0);
        for command in [
            &["token", "refresh", "-vvv"][..],
            &["token", "status", "-vvv", "--json"],
            &["whoami", "-vvv"],
            &["status", "-vvv", "--json"],
            &["runs", "-vvv", "--json"],
            &["changes", "-vvv", "--json"],
            &["list", "-vvv", "--csv"],
            &["config", "show", "-vvv", "--json"],
            &["config", "show"],
            &["metrics", "-vvv"],
        ] {
            env.run(command).expect_code(0);
        }
        env.run(&["doctor", "-vvv", "--json"]);
        // Also in failures.
        let echo = format!("Token {} is none", issued_tokens(&env.sim).join(" "));
        let refusal = json!({"error": "invalid_request", "message": echo, "hint": echo});
        add_fault(&env, refresh_fault().status(401).json(refusal.clone()));
        env.run(&["token", "refresh", "-vvv"]).expect_code(4);
        add_fault(&env, refresh_fault().status(404).json(refusal.clone()));
        env.run(&["token", "refresh", "-vvv"]).expect_code(5);
        add_fault(&env, FaultRule::for_path("*/animelist").status(400).json(refusal));
        env.run(&["sync", "-vvv"]).expect_code(5);
        add_fault(
            &env,
            FaultRule::for_path("*/animelist").status(404).header("content-type", "text/plain").text(&echo),
        );
        env.run(&["sync", "-vvv", "--json"]).expect_code(5);
        env.run(&["login", "-vvv", "--paste"]).expect_code(4);
        env.run(&["logout", "-vvv"]).expect_code(0);
        env.run(&["sync", "-vvv"]).expect_code(4);
    }
}

#[on_both]
fn i6_broken_database_url_prints_no_password(kind: DatabaseKind) {
    let mut env = env_with_all_secrets(kind);
    env.set_var("RUST_LOG", "trace");
    for url in [
        format!("postgresql://someone:{DATABASE_PASSWORD}@127.0.0.1:1/list"),
        format!("postgres://someone:{DATABASE_PASSWORD}@127.0.0.1:port/list"),
        format!("mysql://someone:{DATABASE_PASSWORD}@127.0.0.1/list"),
        format!("postgresql://127.0.0.1:1/list?user=someone&password={DATABASE_PASSWORD}"),
        format!("someone:{DATABASE_PASSWORD}@127.0.0.1"),
    ] {
        env.set_var("DATABASE_URL", &url);
        let output = env.run(&["sync", "-vvv"]);
        assert!(matches!(output.code, 2 | 6), "{output:?}");
        env.run(&["config", "show"]);
        env.run(&["doctor", "--json"]);
    }
}

/// Tests the scanner itself: an unencrypted token in a file is found.
#[test]
#[should_panic(expected = "holds a token")]
fn i6_scan_finds_readable_token_in_file() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    let token = issued_tokens(&env.sim).remove(0);
    fs::write(env.home().join(".local/share/malsync/left-behind"), token).unwrap();
    env.run(&["status"]);
}

#[test]
#[should_panic(expected = "printed a token")]
fn i6_scan_finds_printed_token() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    let token = issued_tokens(&env.sim).remove(0);
    env.set_var("DATABASE_URL", &format!("sqlite:///nowhere/{token}/list.db"));
    env.run(&["status"]);
}
