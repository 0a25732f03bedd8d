//! `malsync` without a command prints the next step.

use std::fs;

use malsync_test_macros::on_both;

use crate::support::test_env::{DatabaseKind, TestEnv};

#[on_both]
fn bare_command_prints_next_step_until_done(kind: DatabaseKind) {
    let mut env = TestEnv::new(kind, 3);
    let next = |env: &TestEnv| env.run(&[]).expect_code(0).stdout;
    env.set_var("MAL_CLIENT_ID", "");
    let stdout = next(&env);
    assert!(stdout.starts_with("malsync syncs your MyAnimeList list"), "{stdout}");
    let steps = ["https://myanimelist.net/apiconfig", "malsync config init", "malsync login", "malsync sync"];
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
fn bare_command_with_config_file_suggests_editing_it() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    env.set_var("MAL_CLIENT_ID", "");
    env.run(&["config", "init"]).expect_code(0);
    let stdout = env.run(&[]).expect_code(0).stdout;
    assert!(stdout.contains("malsync config edit") && !stdout.contains("config init"), "{stdout}");
    assert!(fs::read_to_string(env.home().join(".config/malsync/config.toml")).unwrap().contains("#mal_client_id"));
}
