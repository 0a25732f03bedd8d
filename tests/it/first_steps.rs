//! `malsync` without a command prints the next step.

use std::{fs, os::unix::fs::PermissionsExt as _};

use malsync_test_macros::on_both;

use crate::support::{
    terminal::start_terminal,
    test_env::{CLIENT_ID, DatabaseKind, TestEnv},
};

#[on_both]
fn bare_command_prints_next_step_until_done(kind: DatabaseKind) {
    let mut env = TestEnv::new(kind, 3);
    let next = |env: &TestEnv| env.run(&[]).expect_code(0).stdout;
    env.set_var("MAL_CLIENT_ID", "");
    let stdout = next(&env);
    assert!(stdout.starts_with("malsync syncs your MyAnimeList list"), "{stdout}");
    let steps = ["1. malsync login", "https://myanimelist.net/apiconfig", "2. malsync sync", "3. malsync list"];
    let places: Vec<_> = steps.iter().map(|step| stdout.find(step)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{stdout}");
    assert!(stdout.lines().all(|line| line.chars().count() <= 80), "{stdout}");
    env.set_var("MAL_CLIENT_ID", crate::support::test_env::CLIENT_ID);
    let stdout = next(&env);
    assert!(stdout.contains("Next:\n  1. malsync login\n") && !stdout.contains("apiconfig"), "{stdout}");
    assert!(kind == DatabaseKind::Postgres || !env.home().join(".local").exists(), "a file was created");
    env.run(&["login"]).expect_code(0);
    let stdout = next(&env);
    assert!(stdout.contains("1. malsync sync --user alice\n"), "{stdout}");
    env.sync(&[]);
    let stdout = next(&env);
    assert!(stdout.contains("user       alice") && stdout.contains("entries    3\n"), "{stdout}");
    env.execute_sql("UPDATE users SET mal_needs_login = TRUE");
    assert!(next(&env).contains("1. malsync login --user alice\n"));
}

#[test]
fn bare_command_with_broken_setup_points_to_doctor() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    env.set_var("DATABASE_URL", "postgresql://nobody:hunter2@127.0.0.1:1/none");
    let stdout = env.run(&[]).expect_code(0).stdout;
    assert!(stdout.contains("malsync doctor") && !stdout.contains("hunter2"), "{stdout}");
    env.set_var("MAL_PAGE_SIZE", "many");
    let stdout = env.run(&[]).expect_code(0).stdout;
    assert!(stdout.contains("MAL_PAGE_SIZE is `many`") && stdout.contains("malsync config check"), "{stdout}");
}

#[test]
fn first_login_on_a_terminal_asks_for_the_client_id() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    env.set_var("MAL_CLIENT_ID", "");
    env.set_var("XDG_CONFIG_HOME", env.home().join("settings").to_str().unwrap());
    let refused = env.run(&["login"]).expect_code(2);
    assert!(refused.stderr.contains("error: MAL_CLIENT_ID is not set"), "{}", refused.stderr);
    let redirect = format!("http://localhost:{}/auth/callback", env.redirect_port());
    let mut session = start_terminal(&env, "$MALSYNC login; echo code=$?");
    let steps = session.exp_string("Client ID:").unwrap();
    assert!(
        steps.contains("https://myanimelist.net/apiconfig\r\n") && steps.contains(&format!("{redirect}\r\n")),
        "{steps}"
    );
    session.send_line("two words").unwrap();
    session.exp_string("not a client ID").unwrap();
    session.exp_string("Client ID:").unwrap();
    session.send_line(&format!("  {CLIENT_ID} ")).unwrap();
    session.exp_string("Saved to ").unwrap();
    session.exp_string("code=0").unwrap();
    let file = env.home().join("settings/malsync/config.toml");
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        text.contains(&format!("\nmal_client_id = \"{CLIENT_ID}\"\n")) && text.contains("#mal_page_size"),
        "{text}"
    );
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(env.sync(&[])["user_lists_created"], 3);
}

#[test]
fn client_id_that_mal_rejects_is_asked_for_again() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    env.sim.control().configure(|config| config.client_id = Some(CLIENT_ID.to_owned()));
    env.set_var("MAL_CLIENT_ID", "");
    let mut session = start_terminal(&env, "$MALSYNC login; echo code=$?");
    session.exp_string("Client ID:").unwrap();
    session.send_line("'ffff'").unwrap();
    session.exp_string("characters of 0-9 and a-f").unwrap();
    session.exp_string("MyAnimeList rejected the client ID").unwrap();
    session.exp_string("Client ID:").unwrap();
    session.send_line(CLIENT_ID).unwrap();
    session.exp_string("code=0").unwrap();
    // A stored one that MAL rejects is asked for again too, until the input ends.
    env.run(&["config", "set", "mal_client_id", "ffff"]).expect_code(0);
    let mut session = start_terminal(&env, "$MALSYNC login; echo code=$?");
    session.exp_string("https://myanimelist.net/apiconfig; to change it").unwrap();
    session.exp_string("Client ID:").unwrap();
    session.send_control('d').unwrap();
    session.exp_string("code=2").unwrap();
    let refused = env.run(&["login"]).expect_code(2);
    assert!(!refused.stderr.contains("Client ID:"), "nobody is there to be asked: {}", refused.stderr);
}

#[test]
fn end_of_input_at_the_client_id_stores_nothing() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    env.set_var("MAL_CLIENT_ID", "");
    let mut session = start_terminal(&env, "$MALSYNC login; echo code=$?");
    session.exp_string("Client ID:").unwrap();
    session.send_control('d').unwrap();
    session.exp_string("code=2").unwrap();
    assert!(!env.home().join(".config").exists());
}
