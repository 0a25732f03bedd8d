//! The keyring: a real Secret Service, a locked one, a missing one, an unresponsive one.

use std::{
    io::Write as _,
    process::Stdio,
    time::{Duration, Instant},
};

use malsync_test_macros::on_both;
use serde_json::json;

use super::{age_tokens, list_state, read_token_row, sent_refresh_tokens};
use crate::support::{
    keyring::{KeyringSession, SecretServiceKind},
    test_env::{CommandOutput, DatabaseKind, TestEnv},
    wait_until,
};

fn token_places(output: &CommandOutput) -> serde_json::Value {
    output.json()["stored_in"].clone()
}

fn token_status(env: &TestEnv) -> CommandOutput {
    env.run(&["token", "status", "--json"])
}

/// Returns the newest tokens, which only the keyring may show.
fn newest_tokens(env: &TestEnv) -> (String, String) {
    let tokens = env.sim.control().tokens_json();
    let last = |kind: &str, begins: &str| {
        let all = crate::support::secret_scanner::issued_tokens(&env.sim);
        let valid = serde_json::to_string(&tokens[kind]).unwrap();
        all.into_iter().find(|token| token.starts_with(begins) && valid.contains(token.as_str())).unwrap()
    };
    (last("access", "eyJ"), last("refresh", "def502"))
}

#[on_both]
fn both_tokens_are_stored_in_two_secret_service_entries(kind: DatabaseKind) {
    let mut env = TestEnv::new(kind, 3);
    let session = KeyringSession::start(&mut env, SecretServiceKind::Unlocked);
    let output = env.run(&["login"]).expect_code(0);
    assert!(!output.stderr.contains("keyring"), "{}", output.stderr);
    assert_eq!(token_places(&token_status(&env).expect_code(0)), json!(["keyring", "database"]));
    let (access, refresh) = newest_tokens(&env);
    let seen = session.search_with_secret_tool(&env);
    assert!(seen.contains(&access) && seen.contains(&refresh), "secret-tool does not find both tokens");
    assert_eq!(seen.matches("schema").count().max(seen.matches("attribute.service").count()), 2, "two entries");
    // Windows limits an entry to 2,560 bytes.
    assert!(seen.lines().filter_map(|line| line.strip_prefix("secret = ")).all(|secret| secret.len() < 1280));

    // With another key the copy in the keyring is used.
    env.set_var("MALSYNC_TOKEN_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    env.sync(&[]);
    env.set_var("MALSYNC_TOKEN_KEY", "");
    env.run(&["logout"]).expect_code(0);
    assert!(!session.search_with_secret_tool(&env).contains("secret = "));
    assert_eq!(token_places(&token_status(&env).expect_code(4)), json!([]));
}

#[on_both]
fn keyring_only_tokens_are_read_refreshed_and_deleted(kind: DatabaseKind) {
    let mut env = TestEnv::new(kind, 3);
    let session = KeyringSession::start(&mut env, SecretServiceKind::Unlocked);
    env.set_var("MALSYNC_TOKEN_STORE", "keyring");
    env.run(&["login"]).expect_code(0);
    let before = read_token_row(&env);
    assert_eq!((&before.access, &before.refresh), (&None, &None));
    assert_eq!(token_places(&token_status(&env).expect_code(0)), json!(["keyring"]));
    env.sync(&[]);
    age_tokens(&env, 40);
    env.sync(&[]);
    assert_eq!(read_token_row(&env).generation, before.generation + 1);
    env.sync(&[]);
    env.run(&["token", "refresh"]).expect_code(0);
    assert_eq!(sent_refresh_tokens(&env).len(), 2);
    env.run(&["logout"]).expect_code(0);
    assert!(!session.search_with_secret_tool(&env).contains("secret = "));
    env.run(&["sync"]).expect_code(4);
}

#[on_both]
fn f_t11_many_processes_refresh_keyring_only_tokens_once(kind: DatabaseKind) {
    let mut env = TestEnv::new(kind, 3);
    let _session = KeyringSession::start(&mut env, SecretServiceKind::Unlocked);
    env.set_var("MALSYNC_TOKEN_STORE", "keyring");
    env.run(&["login"]).expect_code(0);
    env.sim.control().configure(|config| {
        config.old_refresh_valid = false;
        config.reuse_revokes = true;
    });
    age_tokens(&env, 40);
    // Table and keyring are written one after the other. A reader between the two writes must not report a lost
    // login.
    let running: Vec<_> = (0..6).map(|_| env.spawn(&["whoami"])).collect();
    running.into_iter().for_each(|child| drop(env.wait_for_exit(child).expect_code(0)));
    assert_eq!(sent_refresh_tokens(&env).len(), 1);
    env.sync(&[]);
}

#[on_both]
fn f_t10_reader_between_table_and_keyring_write_waits_for_whole_pair(kind: DatabaseKind) {
    let mut env = TestEnv::new(kind, 3);
    let _session = KeyringSession::start(&mut env, SecretServiceKind::Unlocked);
    env.set_var("MALSYNC_TOKEN_STORE", "keyring");
    env.run(&["login"]).expect_code(0);
    let before = read_token_row(&env);
    let mut slow = env.command(&["token", "refresh"]);
    let slow = slow.env("FAILPOINTS", "token.after_persist=sleep(3000)").spawn().unwrap();
    wait_until("the table is written", || read_token_row(&env).generation > before.generation);
    env.run(&["whoami"]).expect_code(0);
    env.wait_for_exit(slow).expect_code(0);
    assert_eq!(sent_refresh_tokens(&env).len(), 1);

    // If the writer dies there, the new tokens are lost. This is reported, and a login recovers.
    let mut dying = env.command(&["token", "refresh"]);
    assert_eq!(dying.env("FAILPOINTS", "token.after_persist=return").output().unwrap().status.code(), None);
    let output = env.run(&["sync"]).expect_code(4);
    assert!(output.stderr.contains("cannot read the stored login"), "{}", output.stderr);
    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
}

#[on_both]
fn f_t15_missing_keyring_fails_only_if_it_is_the_only_place(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 3);
    assert_eq!(token_places(&token_status(&env).expect_code(0)), json!(["database"]));
    env.sync(&[]);
    env.set_var("MALSYNC_TOKEN_STORE", "keyring");
    env.sim.control().clear_log();
    let output = env.run(&["login"]).expect_code(1);
    assert!(output.stderr.contains("keyring") && output.stderr.contains("MALSYNC_TOKEN_STORE"), "{}", output.stderr);
    assert!(env.sim.control().logged_requests().is_empty(), "the login must fail before it sends the user to MAL");

    let session = KeyringSession::start(&mut env, SecretServiceKind::Unlocked);
    env.run(&["login"]).expect_code(0);
    session.disconnect(&mut env);
    let before = (read_token_row(&env), list_state(&env));
    let output = env.run(&["sync"]).expect_code(4);
    assert!(output.stderr.contains("keyring") && output.stderr.contains("MALSYNC_TOKEN_STORE"), "{}", output.stderr);
    assert_eq!((read_token_row(&env), list_state(&env)), before);
    session.reconnect(&mut env);
    env.sync(&[]);
}

#[on_both]
fn f_t15_locked_keyring_is_not_usable(kind: DatabaseKind) {
    let mut env = TestEnv::new(kind, 3);
    let session = KeyringSession::start(&mut env, SecretServiceKind::Unlocked);
    env.set_var("MALSYNC_TOKEN_STORE", "keyring");
    env.run(&["login"]).expect_code(0);
    session.lock_keyring(&env);
    let output = env.run(&["sync"]).expect_code(4);
    assert!(output.stderr.contains("keyring") && output.stderr.contains("MALSYNC_TOKEN_STORE"), "{}", output.stderr);
    env.run(&["login"]).expect_code(1);
    env.set_var("MALSYNC_TOKEN_STORE", "both");
    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
    assert_eq!(token_places(&token_status(&env).expect_code(0)), json!(["database"]));
}

#[on_both]
fn f_t15_unresponsive_keyring_is_waited_for_and_reported_once(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 3);
    let _session = KeyringSession::start(&mut env, SecretServiceKind::Unresponsive);
    for command in [&["sync"][..], &["token", "refresh"], &["token", "status"], &["login"], &["logout"]] {
        let began = Instant::now();
        let output = env.run(command).expect_code(0);
        // The timeout is three seconds; the limit here allows for a busy machine.
        assert!(began.elapsed() < Duration::from_secs(60), "{command:?} took {:?}", began.elapsed());
        assert!(output.stderr.matches("cannot use the keyring").count() <= 1, "{command:?}: {}", output.stderr);
    }
    env.set_var("MALSYNC_TOKEN_STORE", "keyring");
    let output = env.run(&["login"]).expect_code(1);
    assert!(output.stderr.contains("Secret Service"), "{}", output.stderr);
}

/// Overwrites both entries that malsync created with foreign content.
fn overwrite_entries(session: &KeyringSession, env: &TestEnv, content: &[u8]) {
    let seen = session.search_with_secret_tool(env);
    let mut entries: Vec<Vec<(String, String)>> = Vec::new();
    for line in seen.lines() {
        if line.starts_with("label = ") {
            entries.push(Vec::new());
        }
        let attribute = line.strip_prefix("attribute.").and_then(|rest| rest.split_once(" = "));
        if let Some((name, value)) = attribute {
            // The attributes come on another stream, in the order of the entries.
            let new = entries.last().is_none_or(|entry| entry.iter().any(|(known, _)| known == name));
            if new {
                entries.push(Vec::new());
            }
            entries.last_mut().unwrap().push((name.to_owned(), value.to_owned()));
        }
    }
    entries.retain(|entry| !entry.is_empty());
    assert_eq!(entries.len(), 2, "{seen}");
    for entry in entries {
        let attributes = entry.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]);
        let mut tool = session.command(env, "secret-tool");
        tool.args(["store", "--label=x"]).args(attributes).stdin(Stdio::piped());
        let mut tool = tool.spawn().unwrap();
        tool.stdin.take().unwrap().write_all(content).unwrap();
        assert!(tool.wait().unwrap().success());
    }
}

#[on_both]
fn f_t16_missing_or_foreign_entry_is_reported_and_not_overwritten(kind: DatabaseKind) {
    let mut env = TestEnv::new(kind, 3);
    let session = KeyringSession::start(&mut env, SecretServiceKind::Unlocked);
    env.set_var("MALSYNC_TOKEN_STORE", "keyring");
    for content in [Some(&b"{\"other\":1}"[..]), Some(b"plain text"), Some(b"\xff\xfe\x00\x01"), None] {
        env.run(&["login"]).expect_code(0);
        match content {
            Some(content) => overwrite_entries(&session, &env, content),
            None => {
                session.command(&env, "secret-tool").args(["clear", "service", "malsync"]).status().unwrap();
            }
        }
        let before = (read_token_row(&env), session.search_with_secret_tool(&env));
        let output = env.run(&["sync"]).expect_code(4);
        assert!(output.stderr.contains("cannot read the stored login"), "{content:?}: {}", output.stderr);
        assert!(output.stderr.contains("hint: malsync login"), "{content:?}: {}", output.stderr);
        assert_eq!((read_token_row(&env), session.search_with_secret_tool(&env)), before, "{content:?}");
    }
    assert_eq!(list_state(&env), (0, false));
    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
}

#[on_both]
fn f_t23_higher_generation_wins_over_old_copy(kind: DatabaseKind) {
    let mut env = TestEnv::new(kind, 3);
    let session = KeyringSession::start(&mut env, SecretServiceKind::Unlocked);
    env.run(&["login"]).expect_code(0);
    let (old, _) = newest_tokens(&env);
    session.disconnect(&mut env);
    env.run(&["token", "refresh"]).expect_code(0);
    session.reconnect(&mut env);
    let output = token_status(&env).expect_code(0);
    assert_eq!(token_places(&output), json!(["database"]));
    assert!(output.stderr.contains("different token generations"), "{}", output.stderr);
    env.sim.control().clear_log();
    env.sync(&[]);
    let log = env.sim.control().logged_requests();
    assert!(log.iter().all(|request| !request.header("authorization").unwrap_or_default().contains(&old)));
    assert!(sent_refresh_tokens(&env).is_empty());
    // The next refresh updates both copies.
    env.run(&["token", "refresh"]).expect_code(0);
    assert_eq!(token_places(&token_status(&env).expect_code(0)), json!(["keyring", "database"]));
}

#[test]
fn keyring_login_belongs_to_the_file_under_any_path() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let _session = KeyringSession::start(&mut env, SecretServiceKind::Unlocked);
    env.set_var("MALSYNC_TOKEN_STORE", "keyring");
    env.set_var("DATABASE_URL", "sqlite://list.db");
    env.run(&["login"]).expect_code(0);
    std::fs::create_dir(env.home().join("below")).unwrap();
    std::os::unix::fs::symlink(env.home().join("list.db"), env.home().join("below/link.db")).unwrap();
    for url in [
        "sqlite://../list.db".to_owned(),
        "sqlite://link.db".to_owned(),
        format!("sqlite://{}/list.db", env.home().display()),
    ] {
        env.set_var("DATABASE_URL", &url);
        let output = env.run_in_shell("cd below && $MALSYNC token status --json").expect_code(0);
        assert_eq!(token_places(&output), json!(["keyring"]), "{url}");
    }
}
