//! `config` by the built binary: the file it makes, and what an editor leaves of it.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use malsync::config::SettingKey;

use crate::support::{
    terminal::{read_to_end, start_terminal},
    test_env::{DatabaseKind, TestEnv},
};

fn config_file(world: &TestEnv) -> PathBuf {
    world.home().join(".config/malsync/config.toml")
}

fn file_mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn config_init_creates_private_file_and_never_overwrites_it() {
    let world = TestEnv::new(DatabaseKind::Sqlite, 0);
    let ran = world.run(&["config", "path"]).expect_code(0);
    assert_eq!(ran.stdout, format!("{}\n", config_file(&world).display()));
    assert!(ran.stderr.contains("malsync config init"), "{}", ran.stderr);
    let ran = world.run(&["config", "init"]).expect_code(0);
    assert!(ran.stdout.contains("malsync config edit"), "{}", ran.stdout);
    assert_eq!((file_mode(&config_file(&world)), file_mode(config_file(&world).parent().unwrap())), (0o600, 0o700));
    let made = fs::read_to_string(config_file(&world)).unwrap();
    assert!(made.contains("\n#mal_client_id = ") && made.contains("\n#mal_page_size = 100\n"), "{made}");
    assert_eq!(world.run(&["config", "path"]).expect_code(0).stderr, "");
    world.run(&["config", "check"]).expect_code(0);
    // It sets nothing: all is as it was without it.
    for setting in world.run(&["config", "show", "--json"]).expect_code(0).json_lines() {
        assert!(matches!(setting["origin"].as_str(), Some("default" | "environment")), "{setting}");
    }
    fs::write(config_file(&world), "mal_page_size = 7\n").unwrap();
    let told = world.run(&["config", "init"]).expect_code(1).stderr;
    assert!(told.contains("is there already") && told.contains("hint: malsync config edit"), "{told}");
    assert_eq!(fs::read_to_string(config_file(&world)).unwrap(), "mal_page_size = 7\n");
}

#[test]
fn config_init_with_path_creates_file_but_no_folder() {
    let world = TestEnv::new(DatabaseKind::Sqlite, 0);
    world.run(&["config", "init", "--config", "mine.toml"]).expect_code(0);
    assert_eq!(file_mode(&world.home().join("mine.toml")), 0o600);
    let told = world.run(&["config", "init", "--config", "nowhere/mine.toml"]).expect_code(1).stderr;
    assert!(told.contains("cannot make nowhere/mine.toml") && told.contains("hint: "), "{told}");
    assert!(!world.home().join("nowhere").exists() && !config_file(&world).exists());
}

#[test]
fn config_edit_checks_the_saved_file() {
    let mut world = TestEnv::new(DatabaseKind::Sqlite, 0);
    world.set_var("EDITOR", "sed -i 's/^#mal_page_size.*/mal_page_size = 7/'");
    let ran = world.run(&["config", "edit"]).expect_code(0);
    assert!(ran.stdout.contains("every setting can be read"), "{}", ran.stdout);
    assert_eq!(file_mode(&config_file(&world)), 0o600, "made on the way");
    let shown = world.run(&["config", "show"]).expect_code(0).stdout;
    assert!(shown.lines().any(|line| line.starts_with("MAL_PAGE_SIZE") && line.contains(" 7 ")), "{shown}");
    // The one that is meant for editors on a screen goes first.
    world.set_var("VISUAL", "sed -i 's/^mal_page_size/mal_pagesize/'");
    let told = world.run(&["config", "edit"]).expect_code(2).stderr;
    assert!(told.contains("unknown key `mal_pagesize`") && told.contains("did you mean `mal_page_size`?"), "{told}");
    world.set_var("VISUAL", "false");
    let told = world.run(&["config", "edit"]).expect_code(1).stderr;
    assert!(told.contains("the editor false ended with") && told.contains("hint: "), "{told}");
    // What the environment says wrong, no edit mends.
    world.set_var("VISUAL", "sed -i 's/^mal_pagesize/mal_page_size/'");
    world.set_var("SYNC_BATCH_SIZE", "none");
    world.run(&["config", "edit"]).expect_code(0);
}

#[test]
fn config_edit_on_terminal_offers_to_edit_invalid_file_again() {
    let mut world = TestEnv::new(DatabaseKind::Sqlite, 0);
    let script = world.home().join("editor");
    // Wrong at first, right when it is asked for again.
    fs::write(
        &script,
        "#!/bin/sh\nif [ -e once ]; then : > \"$1\"; else echo 'mal_page_size = 0' > \"$1\"; touch once; fi\n",
    )
    .unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    world.set_var("EDITOR", script.to_str().unwrap());
    let mut session = start_terminal(&world, "$MALSYNC config edit; echo code=$?");
    session.exp_string("edit it again? [Y/n]").unwrap();
    session.send_line("").unwrap();
    let text = read_to_end(&mut session);
    assert!(text.contains("every setting can be read") && text.contains("code=0"), "{text}");
    fs::remove_file(world.home().join("once")).unwrap();
    let mut session = start_terminal(&world, "$MALSYNC config edit; echo code=$?");
    session.exp_string("must be a whole number from 1 to 1000").unwrap();
    session.exp_string("edit it again? [Y/n]").unwrap();
    session.send_line("n").unwrap();
    assert!(read_to_end(&mut session).contains("code=2"));
    assert_eq!(fs::read_to_string(config_file(&world)).unwrap(), "mal_page_size = 0\n", "as it was left");
}

#[test]
fn config_check_reports_all_errors_and_exits_with_the_first() {
    let mut world = TestEnv::new(DatabaseKind::Sqlite, 0);
    world.run(&["config", "init"]).expect_code(0);
    fs::write(config_file(&world), "mal_pagesize = 5\nsync_full_every = 'soon'\n").unwrap();
    world.set_var("SYNC_BATCH_SIZE", "none");
    let ran = world.run(&["config", "check"]).expect_code(2);
    for part in ["unknown key `mal_pagesize`", "did you mean `mal_page_size`?", "SYNC_BATCH_SIZE", "sync_full_every"] {
        assert!(ran.stdout.contains(part), "{part}: {}", ran.stdout);
    }
    assert_eq!(ran.stderr.matches("error: ").count(), 1, "{}", ran.stderr);
    let checks = world.run(&["config", "check", "--json"]).expect_code(2).json()["checks"].as_array().unwrap().clone();
    assert_eq!(checks.iter().filter(|check| check["level"] == "error").count(), 3, "{checks:?}");
}

#[test]
fn documentation_has_the_table_of_all_settings() {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md")).unwrap();
    let rows = SettingKey::ALL.map(SettingKey::documentation_row).join("\n");
    let table = format!("| variable | default | meaning |\n| --- | --- | --- |\n{rows}\n");
    assert!(text.contains(&format!("\n\n{table}\n")), "docs/configuration.md lacks this table:\n\n{table}");
}
