//! A login made on one machine and used on another, and what helps to log in on a machine without a browser.

use std::fs;

use malsync_test_macros::on_both;
use serde_json::{Value, json};

use crate::support::{
    login::start_login,
    terminal::run_on_terminal,
    test_env::{DatabaseKind, TestEnv},
};

/// The line that `token export` prints.
fn export_login(world: &TestEnv) -> String {
    let ran = world.run(&["token", "export"]).expect_code(0);
    assert!(ran.stderr.contains("warning: whoever renews the tokens first"), "{}", ran.stderr);
    assert_eq!(ran.stdout.lines().count(), 1);
    ran.stdout
}

#[on_both]
fn exported_login_works_on_another_machine(kind: DatabaseKind) {
    let mut world = TestEnv::with_login(kind, 3);
    let line = export_login(&world);
    let login: Value = serde_json::from_str(&line).unwrap();
    let fields: Vec<_> = login.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        fields,
        ["malsync_login", "mal_user_id", "client_id", "access_token", "refresh_token", "issued_at", "expires_at"]
    );
    let expiry = world.run(&["token", "status", "--json"]).expect_code(0).json()["expires_at"].clone();
    world.use_new_database();
    world.sim.control().clear_log();
    let there = world.run_with_input(&["login", "--with-token", "--json"], &line).expect_code(0).json();
    assert_eq!((&there["username"], &there["mal_user_id"]), (&json!("alice"), &login["mal_user_id"]));
    assert_eq!(there["expires_at"], expiry, "it gets no younger");
    let asked: Vec<_> = world.sim.control().logged_requests().into_iter().map(|seen| seen.path).collect();
    assert!(asked.len() == 1 && asked[0].ends_with("/users/@me"), "{asked:?}");
    let stored = world.query_value("SELECT mal_access_token FROM users").unwrap();
    assert!(stored.starts_with("malsync1."), "sealed: {stored}");
    assert_eq!(world.sync(&[])["anime_created"], 3);
    world.run(&["token", "refresh"]).expect_code(0);
}

#[on_both]
fn exported_login_that_was_refreshed_elsewhere_is_refused(kind: DatabaseKind) {
    let mut world = TestEnv::with_login(kind, 3);
    let line = export_login(&world);
    world.run(&["token", "refresh"]).expect_code(0);
    world.use_new_database();
    let told = world.run_with_input(&["login", "--with-token"], &line).expect_code(4).stderr;
    assert!(told.contains("does not take this token") && told.contains("malsync token export again"), "{told}");
    assert_eq!(world.run(&["status", "--json"]).expect_code(4).json()["user_id"], Value::Null, "nothing is stored");
}

#[on_both]
fn imported_login_is_refused_for_a_row_of_another_account(kind: DatabaseKind) {
    let mut world = TestEnv::with_login(kind, 3);
    let line = export_login(&world);
    world.use_new_database();
    world.run(&["status"]).expect_code(4);
    world.execute_sql("INSERT INTO users (username, mal_user_id) VALUES ('alice', 1)");
    let told = world.run_with_input(&["login", "--with-token"], &line).expect_code(8).stderr;
    assert!(told.contains("belongs to another MyAnimeList account"), "{told}");
    assert_eq!(world.query_value("SELECT mal_access_token FROM users"), None);
    world.run_with_input(&["login", "--with-token", "--force"], &line).expect_code(0);
    world.run_with_input(&["login", "--with-token", "--user", "work"], &line).expect_code(0);
    assert_eq!(
        world.query_column("SELECT username FROM users ORDER BY id"),
        [Some("alice".into()), Some("work".into())]
    );
    // Who says to be somebody else is not believed.
    let mut login: Value = serde_json::from_str(&line).unwrap();
    login["mal_user_id"] = json!(2);
    let told = world.run_with_input(&["login", "--with-token"], &login.to_string()).expect_code(8).stderr;
    assert!(told.contains("and what was read says 2"), "{told}");
}

#[test]
fn imported_login_of_another_client_id_is_refused_before_any_request() {
    let mut world = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    let line = export_login(&world);
    world.use_new_database();
    world.set_var("MAL_CLIENT_ID", "ffffffffffffffffffffffffffffffff");
    world.sim.control().clear_log();
    let told = world.run_with_input(&["login", "--with-token"], &line).expect_code(4).stderr;
    assert!(told.contains("set MAL_CLIENT_ID=00112233445566778899aabbccddeeff here too"), "{told}");
    assert_eq!(world.sim.control().logged_requests().len(), 0);
}

#[test]
fn input_that_is_no_login_is_refused_without_being_quoted() {
    let world = TestEnv::new(DatabaseKind::Sqlite, 3);
    let long = "x".repeat(1 << 20);
    for (input, words) in [("", "ended before"), ("hunter2", "is not what"), (&*long, "too long")] {
        let told = world.run_with_input(&["login", "--with-token"], input).expect_code(4).stderr;
        assert!(told.contains(words) && told.contains("hint: ") && !told.contains("hunter2"), "{told}");
    }
    for flag in ["--paste", "--no-browser"] {
        world.run(&["login", "--with-token", flag]).expect_code(2);
    }
}

#[test]
fn exported_login_can_be_piped_into_another_login() {
    let world = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    let there = format!("DATABASE_URL=sqlite://{}/there.db", world.home().display());
    let ran = world.run_in_shell(&format!(
        "set -o pipefail; $MALSYNC token export --quiet | {there} $MALSYNC login --with-token && {there} $MALSYNC sync --json"
    ));
    assert!(ran.code == 0 && ran.stdout.contains("\"anime_created\":3"), "{ran:?}");
    // A file that was written on the way is as good as the tokens: it is the user's, and nothing of ours is left.
    assert!(fs::read_dir(world.home()).unwrap().all(|entry| entry.unwrap().file_name() != "login.json"));
}

#[test]
fn token_export_to_a_terminal_needs_show_flag() {
    let world = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    let (text, code) = run_on_terminal(&world, "token export", 80);
    assert!(
        code == "2" && text.contains("are not printed onto a terminal") && !text.contains("access_token"),
        "{text}"
    );
    let (text, code) = run_on_terminal(&world, "token export --show", 80);
    assert!(code == "0" && text.contains("\"access_token\":"), "{text}");
}

#[test]
fn token_export_without_login_fails() {
    let world = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    world.run(&["logout"]).expect_code(0);
    let ran = world.run(&["token", "export"]).expect_code(4);
    assert!(ran.stdout.is_empty() && ran.stderr.contains("malsync login"), "{ran:?}");
}

#[test]
fn login_over_ssh_prints_tunnel_command() {
    let mut world = TestEnv::new(DatabaseKind::Sqlite, 3);
    world.set_var("SSH_CONNECTION", "198.51.100.7 50022 192.0.2.1 22");
    world.set_var("USER", "ann");
    let (_, ran) = start_login(&world, &[]).complete(&world);
    let port = world.redirect_port();
    let typed = format!("on your own machine, type: ssh -L {port}:localhost:{port} ann@192.0.2.1\n");
    let ran = ran.expect_code(0);
    assert!(ran.stderr.contains(&typed) && ran.stderr.contains("malsync login --paste"), "{}", ran.stderr);
    // Whoever pastes needs none.
    let told = world.run_with_input(&["login", "--paste"], "").expect_code(4).stderr;
    assert!(!told.contains("ssh "), "{told}");
}

#[test]
fn login_with_qr_flag_prints_qr_code_of_authorize_url() {
    let world = TestEnv::new(DatabaseKind::Sqlite, 3);
    let login = start_login(&world, &["--qr"]);
    let (_, ran) = login.complete(&world);
    let ran = ran.expect_code(0);
    let code: Vec<_> = ran.stderr.lines().filter(|line| line.starts_with('█')).collect();
    assert!(code.len() > 20 && code.iter().all(|line| line.chars().count() == code[0].chars().count()), "{code:#?}");
    assert!(code[0].chars().count() <= 80, "it fits the usual terminal");
    assert!(!ran.stderr.contains('\x1b') && ran.stderr.contains("malsync login --paste --qr"), "{}", ran.stderr);
    assert!(!ran.stdout.contains('█'));
    world.run(&["login", "--qr"]).expect_code(2);
}
