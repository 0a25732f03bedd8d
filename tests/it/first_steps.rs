//! `malsync` alone: each time, what comes next.

use std::fs;

use malsync_test_macros::on_both;

use crate::support::test_env::{DatabaseKind, TestEnv};

#[on_both]
fn bare_command_prints_next_step_until_done(kind: DatabaseKind) {
    let mut world = TestEnv::new(kind, 3);
    let next = |world: &TestEnv| world.run(&[]).expect_code(0).stdout;
    world.set_var("MAL_CLIENT_ID", "");
    let told = next(&world);
    assert!(told.starts_with("malsync keeps your MyAnimeList anime list"), "{told}");
    let steps = ["https://myanimelist.net/apiconfig", "malsync config init", "malsync login", "malsync sync"];
    let places: Vec<_> = steps.iter().map(|step| told.find(step)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{told}");
    assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
    world.set_var("MAL_CLIENT_ID", crate::support::test_env::CLIENT_ID);
    let told = next(&world);
    assert!(told.contains("Next:\n  1. malsync login\n") && !told.contains("apiconfig"), "{told}");
    assert!(kind == DatabaseKind::Postgres || !world.home().join(".local").exists(), "nothing is made by looking");
    world.run(&["login"]).expect_code(0);
    let told = next(&world);
    assert!(told.contains("1. malsync sync --user alice\n"), "{told}");
    world.sync(&[]);
    let told = next(&world);
    assert!(told.contains("user       alice") && told.contains("entries    3\n"), "{told}");
    world.execute_sql("UPDATE users SET mal_needs_login = TRUE");
    assert!(next(&world).contains("1. malsync login --user alice\n"));
}

#[test]
fn bare_command_with_broken_setup_points_to_doctor() {
    let mut world = TestEnv::new(DatabaseKind::Sqlite, 3);
    world.set_var("DATABASE_URL", "postgresql://nobody:hunter2@127.0.0.1:1/none");
    let told = world.run(&[]).expect_code(0).stdout;
    assert!(told.contains("malsync doctor") && !told.contains("hunter2"), "{told}");
    world.set_var("MAL_PAGE_SIZE", "many");
    let told = world.run(&[]).expect_code(0).stdout;
    assert!(told.contains("MAL_PAGE_SIZE is `many`") && told.contains("malsync config check"), "{told}");
}

#[test]
fn bare_command_with_config_file_suggests_editing_it() {
    let mut world = TestEnv::new(DatabaseKind::Sqlite, 3);
    world.set_var("MAL_CLIENT_ID", "");
    world.run(&["config", "init"]).expect_code(0);
    let told = world.run(&[]).expect_code(0).stdout;
    assert!(told.contains("malsync config edit") && !told.contains("config init"), "{told}");
    assert!(fs::read_to_string(world.home().join(".config/malsync/config.toml")).unwrap().contains("#mal_client_id"));
}
