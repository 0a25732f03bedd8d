//! Copies of databases whose logins are in the system keyring.

use malsync_test_macros::on_both;
use serde_json::json;

use super::{
    copy_to,
    databases::{create_target, dump_database, switch_database},
};
use crate::support::{
    keyring::{KeyringSession, SecretServiceKind},
    test_env::{DatabaseKind, TestEnv},
};

/// Other key than the one in the file.
const OTHER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// Returns an environment with a keyring, in which `alice` is logged in and synced.
fn env_with_keyring(kind: DatabaseKind, token_store: &str) -> (TestEnv, KeyringSession) {
    let mut env = TestEnv::new(kind, 3);
    let session = KeyringSession::start(&mut env, SecretServiceKind::Unlocked);
    env.set_var("MALSYNC_TOKEN_STORE", token_store);
    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
    (env, session)
}

/// Fails if the current database has no login that MAL accepts.
#[track_caller]
fn assert_login_works(env: &TestEnv) {
    env.run(&["whoami", "--json"]).expect_code(0);
    assert_eq!(env.sync(&["--force-full"])["user_lists_unchanged"], 3);
}

#[on_both]
fn tokens_of_the_keyring_are_copied_only_with_the_flag(kind: DatabaseKind) {
    let (mut env, session) = env_with_keyring(kind, "keyring");
    let source = env.database_url();
    let before = session.search_with_secret_tool(&env);
    let (without, with) = (create_target(&env, kind, "without"), create_target(&env, kind, "with"));
    copy_to(&env, &without, &[]);
    assert_eq!(session.search_with_secret_tool(&env), before, "the keyring has no entry of the copy");
    switch_database(&mut env, kind, &without);
    let logins = "SELECT coalesce(mal_access_token, mal_refresh_token, CAST(mal_token_expires_at AS TEXT)) FROM users";
    assert_eq!(env.query_value(logins), None);
    env.run(&["whoami"]).expect_code(4);

    switch_database(&mut env, kind, &source);
    let copied = env.run(&["copy", "--to", &with, "--with-tokens"]).expect_code(0);
    assert!(copied.stderr.contains("warning: use only one of the two databases"), "{}", copied.stderr);
    assert!(copied.stderr.contains("in this machine's keyring"), "{}", copied.stderr);
    assert!(!copied.stderr.contains("encrypted"), "{}", copied.stderr);
    assert_login_works(&env);
    switch_database(&mut env, kind, &with);
    assert_eq!(env.query_value(&logins.replace(", CAST(mal_token_expires_at AS TEXT)", "")), None);
    assert_login_works(&env);
    env.run(&["token", "refresh"]).expect_code(0);
    assert_login_works(&env);
    assert_eq!(env.run(&["token", "status", "--json"]).expect_code(0).json()["stored_in"], json!(["keyring"]));
    switch_database(&mut env, kind, &source);
}

#[on_both]
fn copy_without_tokens_has_no_key_and_no_encrypted_token(kind: DatabaseKind) {
    let (mut env, session) = env_with_keyring(kind, "both");
    let source = env.database_url();
    let before = session.search_with_secret_tool(&env);
    let target = create_target(&env, kind, "target");
    copy_to(&env, &target, &[]);
    assert_eq!(session.search_with_secret_tool(&env), before, "the keyring has no entry of the copy");
    let encrypted = env.query_value("SELECT mal_access_token FROM users").unwrap();
    let key = std::fs::read_to_string(env.home().join(".local/share/malsync/token.key")).unwrap();
    switch_database(&mut env, kind, &target);
    let rows: Vec<_> = dump_database(&env).into_values().flatten().collect();
    for secret in [&encrypted[..20], key.trim()] {
        assert!(rows.iter().all(|row| !row.contains(secret)), "{rows:?}");
    }
    switch_database(&mut env, kind, &source);
    assert_login_works(&env);
}

#[on_both]
fn login_that_only_the_keyring_has_is_copied_whatever_the_setting(kind: DatabaseKind) {
    // The setting was changed after the login.
    let (mut env, _session) = env_with_keyring(kind, "keyring");
    env.set_var("MALSYNC_TOKEN_STORE", "both");
    assert_login_works(&env);
    let target = create_target(&env, kind, "target");
    copy_to(&env, &target, &["--with-tokens"]);
    switch_database(&mut env, kind, &target);
    assert_login_works(&env);

    // The key was lost after the login: the tokens in the row cannot be decrypted.
    let (mut env, _session) = env_with_keyring(kind, "both");
    env.set_var("MALSYNC_TOKEN_KEY", OTHER_KEY);
    assert_login_works(&env);
    let target = create_target(&env, kind, "target");
    copy_to(&env, &target, &["--with-tokens"]);
    switch_database(&mut env, kind, &target);
    assert_login_works(&env);
}

#[on_both]
fn login_that_the_keyring_does_not_give_is_reported(kind: DatabaseKind) {
    let (mut env, session) = env_with_keyring(kind, "keyring");
    let words = "warning: the login of alice was not copied, because it is only in the keyring: ";
    session.disconnect(&mut env);
    let target = create_target(&env, kind, "unreachable");
    let copied = env.run(&["copy", "--with-tokens", "--to", &target]).expect_code(0);
    assert!(copied.stderr.contains(words) && !copied.stderr.contains("use only one"), "{}", copied.stderr);
    session.reconnect(&mut env);
    session.command(&env, "secret-tool").args(["clear", "service", "malsync"]).status().unwrap();
    let target = create_target(&env, kind, "missing");
    let copied = env.run(&["copy", "--with-tokens", "--to", &target]).expect_code(0);
    assert!(copied.stderr.contains(&format!("{words}no tokens found there")), "{}", copied.stderr);
    switch_database(&mut env, kind, &target);
    assert!(env.run(&["whoami"]).expect_code(4).stderr.contains("malsync login"));
}

#[on_both]
fn copied_login_needs_the_same_key_on_another_machine(kind: DatabaseKind) {
    let (mut env, session) = env_with_keyring(kind, "both");
    let target = create_target(&env, kind, "target");
    let copied = env.run(&["copy", "--with-tokens", "--to", &target]).expect_code(0);
    assert!(copied.stderr.contains("another machine needs the same key"), "{}", copied.stderr);
    switch_database(&mut env, kind, &target);
    session.disconnect(&mut env);
    let folder = env.home().join("other");
    std::fs::create_dir_all(folder.join("malsync")).unwrap();
    env.set_var("XDG_DATA_HOME", folder.to_str().unwrap());
    let refused = env.run(&["whoami"]).expect_code(4);
    assert!(refused.stderr.contains("token.key"), "{}", refused.stderr);
    std::fs::copy(env.home().join(".local/share/malsync/token.key"), folder.join("malsync/token.key")).unwrap();
    assert_login_works(&env);
}
