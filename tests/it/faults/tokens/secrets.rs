//! Secrets stay in: whatever is asked for, whatever is logged. What is searched, and for what, is in `support::leaks`, which
//! looks after every run of every test.

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

/// A world with every secret that there can be.
fn env_with_all_secrets(kind: DatabaseKind) -> TestEnv {
    let config = mal_sim::SimConfig {
        entries: 30,
        auto_consent: true,
        client_secret: Some("a-secret-of-the-app/+&".into()),
        ..Default::default()
    };
    let mut world = TestEnv::with_config(kind, config);
    world.set_var("MAL_CLIENT_SECRET", "a-secret-of-the-app/+&");
    world.set_var("MALSYNC_TOKEN_KEY", "+/8CAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    world
}

#[on_both]
fn i6_no_command_prints_secret_at_any_log_level_with_keyring(kind: DatabaseKind) {
    let mut world = env_with_all_secrets(kind);
    let _session = KeyringSession::start(&mut world, SecretServiceKind::Unlocked);
    for level in ["trace", "debug", "malsync=trace,hyper=trace,h2=trace,reqwest=trace,sqlx=trace,zbus=trace", ""] {
        world.set_var("RUST_LOG", level);
        let ran = world.run(&["login", "-vvv"]).expect_code(0);
        let libraries_speak = ran.stderr.contains("DEBUG pooling idle connection");
        assert!(level.is_empty() || libraries_speak, "{level}: {}", ran.stderr);
        world.run(&["sync", "-vvv", "--force-full"]).expect_code(0);
        age_tokens(&world, 40);
        world.run(&["sync", "-vvv", "--json"]).expect_code(0);
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
            world.run(command).expect_code(0);
        }
        world.run(&["doctor", "-vvv", "--json"]);
        // And where it goes wrong.
        let echo = format!("Token {} is none", issued_tokens(&world.sim).join(" "));
        let refusal = json!({"error": "invalid_request", "message": echo, "hint": echo});
        add_fault(&world, refresh_fault().status(401).json(refusal.clone()));
        world.run(&["token", "refresh", "-vvv"]).expect_code(4);
        add_fault(&world, refresh_fault().status(404).json(refusal.clone()));
        world.run(&["token", "refresh", "-vvv"]).expect_code(5);
        add_fault(&world, FaultRule::for_path("*/animelist").status(400).json(refusal));
        world.run(&["sync", "-vvv"]).expect_code(5);
        add_fault(
            &world,
            FaultRule::for_path("*/animelist").status(404).header("content-type", "text/plain").text(&echo),
        );
        world.run(&["sync", "-vvv", "--json"]).expect_code(5);
        world.run(&["login", "-vvv", "--paste"]).expect_code(4);
        world.run(&["logout", "-vvv"]).expect_code(0);
        world.run(&["sync", "-vvv"]).expect_code(4);
    }
}

#[on_both]
fn i6_broken_database_url_prints_no_password(kind: DatabaseKind) {
    let mut world = env_with_all_secrets(kind);
    world.set_var("RUST_LOG", "trace");
    for url in [
        format!("postgresql://someone:{DATABASE_PASSWORD}@127.0.0.1:1/list"),
        format!("postgres://someone:{DATABASE_PASSWORD}@127.0.0.1:port/list"),
        format!("mysql://someone:{DATABASE_PASSWORD}@127.0.0.1/list"),
        format!("postgresql://127.0.0.1:1/list?user=someone&password={DATABASE_PASSWORD}"),
        format!("someone:{DATABASE_PASSWORD}@127.0.0.1"),
    ] {
        world.set_var("DATABASE_URL", &url);
        let ran = world.run(&["sync", "-vvv"]);
        assert!(matches!(ran.code, 2 | 6), "{ran:?}");
        world.run(&["config", "show"]);
        world.run(&["doctor", "--json"]);
    }
}

/// The scan would see it: a readable token in the table is found, unless the test says that it stands there.
#[test]
#[should_panic(expected = "holds a token")]
fn i6_scan_finds_readable_token_in_file() {
    let world = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    let token = issued_tokens(&world.sim).remove(0);
    fs::write(world.home().join(".local/share/malsync/left-behind"), token).unwrap();
    world.run(&["status"]);
}

#[test]
#[should_panic(expected = "printed a token")]
fn i6_scan_finds_printed_token() {
    let mut world = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    let token = issued_tokens(&world.sim).remove(0);
    world.set_var("DATABASE_URL", &format!("sqlite:///nowhere/{token}/list.db"));
    world.run(&["status"]);
}
