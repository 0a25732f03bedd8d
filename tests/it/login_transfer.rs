//! Logins that are exported to another machine, and help for logins on a machine without a browser.

use std::fs;

use malsync_test_macros::on_both;
use serde_json::{Value, json};

use crate::support::{
    login::start_login,
    terminal::run_on_terminal,
    test_env::{DatabaseKind, TestEnv},
};

/// Returns the line that `token export` prints.
fn export_login(env: &TestEnv) -> String {
    let output = env.run(&["token", "export"]).expect_code(0);
    assert!(
        output.stderr.contains("warning: The copy stops working once either machine refreshes the tokens"),
        "{}",
        output.stderr
    );
    assert_eq!(output.stdout.lines().count(), 1);
    output.stdout
}

#[on_both]
fn exported_login_works_on_another_machine(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 3);
    let line = export_login(&env);
    let login: Value = serde_json::from_str(&line).unwrap();
    let fields: Vec<_> = login.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        fields,
        ["malsync_login", "mal_user_id", "client_id", "access_token", "refresh_token", "issued_at", "expires_at"]
    );
    let expiry = env.run(&["token", "status", "--json"]).expect_code(0).json()["expires_at"].clone();
    env.use_new_database();
    env.sim.control().clear_log();
    let login_json = env.run_with_input(&["login", "--with-token", "--json"], &line).expect_code(0).json();
    assert_eq!((&login_json["username"], &login_json["mal_user_id"]), (&json!("alice"), &login["mal_user_id"]));
    assert_eq!(login_json["expires_at"], expiry, "the expiry time is copied");
    let paths: Vec<_> = env.sim.control().logged_requests().into_iter().map(|request| request.path).collect();
    assert!(paths.len() == 1 && paths[0].ends_with("/users/@me"), "{paths:?}");
    let stored = env.query_value("SELECT mal_access_token FROM users").unwrap();
    assert!(stored.starts_with("malsync1."), "not encrypted: {stored}");
    assert_eq!(env.sync(&[])["anime_created"], 3);
    env.run(&["token", "refresh"]).expect_code(0);
}

#[on_both]
fn exported_login_that_was_refreshed_elsewhere_is_refused(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 3);
    let line = export_login(&env);
    env.run(&["token", "refresh"]).expect_code(0);
    env.use_new_database();
    let stderr = env.run_with_input(&["login", "--with-token"], &line).expect_code(4).stderr;
    assert!(stderr.contains("rejected this token") && stderr.contains("malsync token export again"), "{stderr}");
    assert_eq!(env.run(&["status", "--json"]).expect_code(4).json()["user_id"], Value::Null, "nothing is stored");
}

#[on_both]
fn imported_login_is_refused_for_a_row_of_another_account(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 3);
    let line = export_login(&env);
    env.use_new_database();
    env.create_tables();
    env.execute_sql("INSERT INTO users (username, mal_user_id) VALUES ('alice', 1)");
    let stderr = env.run_with_input(&["login", "--with-token"], &line).expect_code(8).stderr;
    assert!(stderr.contains("belongs to another MyAnimeList account"), "{stderr}");
    assert_eq!(env.query_value("SELECT mal_access_token FROM users"), None);
    env.run_with_input(&["login", "--with-token", "--force"], &line).expect_code(0);
    env.run_with_input(&["login", "--with-token", "--user", "work"], &line).expect_code(8);
    env.run_with_input(&["login", "--with-token", "--user", "work", "--force"], &line).expect_code(0);
    assert_eq!(env.query_column("SELECT username FROM users ORDER BY id"), [Some("alice".into()), Some("work".into())]);
    // The account in the file is not trusted.
    let mut login: Value = serde_json::from_str(&line).unwrap();
    login["mal_user_id"] = json!(2);
    let stderr = env.run_with_input(&["login", "--with-token"], &login.to_string()).expect_code(8).stderr;
    assert!(stderr.contains("but the input names 2"), "{stderr}");
}

#[test]
fn imported_login_of_another_client_id_is_refused_before_any_request() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    let line = export_login(&env);
    env.use_new_database();
    env.set_var("MAL_CLIENT_ID", "ffffffffffffffffffffffffffffffff");
    env.sim.control().clear_log();
    let stderr = env.run_with_input(&["login", "--with-token"], &line).expect_code(4).stderr;
    assert!(stderr.contains("set MAL_CLIENT_ID=00112233445566778899aabbccddeeff on this machine too"), "{stderr}");
    assert_eq!(env.sim.control().logged_requests().len(), 0);
}

#[test]
fn input_that_is_no_login_is_refused_without_being_quoted() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let long = "x".repeat(1 << 20);
    for (input, words) in [("", "is empty"), ("hunter2", "is not a token"), (&*long, "too long")] {
        let stderr = env.run_with_input(&["login", "--with-token"], input).expect_code(4).stderr;
        assert!(stderr.contains(words) && stderr.contains("hint: ") && !stderr.contains("hunter2"), "{stderr}");
    }
    for flag in ["--paste", "--no-browser"] {
        env.run(&["login", "--with-token", flag]).expect_code(2);
    }
}

#[test]
fn exported_login_can_be_piped_into_another_login() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    let there = format!("DATABASE_URL=sqlite://{}/there.db", env.home().display());
    let output = env.run_in_shell(&format!(
        "set -o pipefail; $MALSYNC token export --quiet | {there} $MALSYNC login --with-token && {there} $MALSYNC sync --json"
    ));
    assert!(output.code == 0 && output.stdout.contains("\"anime_created\":3"), "{output:?}");
    // malsync leaves no copy of the exported login.
    assert!(fs::read_dir(env.home()).unwrap().all(|entry| entry.unwrap().file_name() != "login.json"));
}

#[test]
fn token_export_to_a_terminal_needs_show_flag() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    let (text, code) = run_on_terminal(&env, "token export", 80);
    assert!(
        code == "2" && text.contains("refusing to print tokens to a terminal") && !text.contains("access_token"),
        "{text}"
    );
    let (text, code) = run_on_terminal(&env, "token export --show", 80);
    assert!(code == "0" && text.contains("\"access_token\":"), "{text}");
}

#[test]
fn token_export_without_login_fails() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    env.run(&["logout"]).expect_code(0);
    let output = env.run(&["token", "export"]).expect_code(4);
    assert!(output.stdout.is_empty() && output.stderr.contains("malsync login"), "{output:?}");
}

#[test]
fn login_over_ssh_prints_tunnel_command() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    env.set_var("SSH_CONNECTION", "198.51.100.7 50022 192.0.2.1 22");
    env.set_var("USER", "ann");
    let (_, output) = start_login(&env, &[]).complete(&env);
    let port = env.redirect_port();
    let typed = format!("On your own computer, run:\nssh -L {port}:localhost:{port} ann@192.0.2.1\n");
    let output = output.expect_code(0);
    assert!(output.stderr.contains(&typed) && output.stderr.contains("malsync login --paste"), "{}", output.stderr);
    // Login by paste needs no tunnel.
    let stderr = env.run_with_input(&["login", "--paste"], "").expect_code(4).stderr;
    assert!(!stderr.contains("ssh "), "{stderr}");
}

#[test]
fn f_o19_login_in_a_container_says_at_once_that_no_callback_may_come() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    env.set_var("container", "podman");
    let (_, output) = start_login(&env, &[]).complete(&env);
    let output = output.expect_code(0);
    assert!(
        output.stderr.contains("malsync runs in a container: a browser outside cannot reach it"),
        "{}",
        output.stderr
    );
    assert!(output.stderr.contains("run: malsync login --paste\n"), "{}", output.stderr);
    let stderr = env.run_with_input(&["login", "--paste"], "").expect_code(4).stderr;
    assert!(!stderr.contains("container"), "{stderr}");
}

#[test]
fn login_with_qr_flag_prints_qr_code_of_authorize_url() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let login = start_login(&env, &["--qr"]);
    let (_, output) = login.complete(&env);
    let output = output.expect_code(0);
    let code: Vec<_> = output.stderr.lines().filter(|line| line.starts_with('█')).collect();
    assert!(code.len() > 20 && code.iter().all(|line| line.chars().count() == code[0].chars().count()), "{code:#?}");
    assert!(code[0].chars().count() <= 80, "wider than the usual terminal");
    assert!(
        !output.stderr.contains('\x1b') && output.stderr.contains("malsync login --paste --qr"),
        "{}",
        output.stderr
    );
    assert!(!output.stdout.contains('█'));
    env.run(&["login", "--qr"]).expect_code(2);
}
