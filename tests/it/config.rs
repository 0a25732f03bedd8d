//! `config`: `init`, `set`, `unset`, `get`, and the checks after `edit`.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use malsync::config::SettingKey;

use crate::support::{
    terminal::{read_to_end, start_terminal},
    test_env::{DatabaseKind, TestEnv},
};

fn config_file(env: &TestEnv) -> PathBuf {
    env.home().join(".config/malsync/config.toml")
}

fn file_mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn config_init_creates_private_file_and_never_overwrites_it() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 0);
    let output = env.run(&["config", "path"]).expect_code(0);
    assert_eq!(output.stdout, format!("{}\n", config_file(&env).display()));
    assert!(output.stderr.contains("malsync config init"), "{}", output.stderr);
    let output = env.run(&["config", "init"]).expect_code(0);
    assert!(output.stdout.contains("malsync config edit"), "{}", output.stdout);
    assert_eq!((file_mode(&config_file(&env)), file_mode(config_file(&env).parent().unwrap())), (0o600, 0o700));
    let made = fs::read_to_string(config_file(&env)).unwrap();
    assert!(made.contains("\n#mal_client_id = ") && made.contains("\n#mal_page_size = 100\n"), "{made}");
    assert_eq!(env.run(&["config", "path"]).expect_code(0).stderr, "");
    env.run(&["config", "check"]).expect_code(0);
    // The file sets nothing: all settings keep their values.
    for setting in env.run(&["config", "show", "--json"]).expect_code(0).json_lines() {
        assert!(matches!(setting["origin"].as_str(), Some("default" | "environment")), "{setting}");
    }
    fs::write(config_file(&env), "mal_page_size = 7\n").unwrap();
    let told = env.run(&["config", "init"]).expect_code(1).stderr;
    assert!(told.contains("already exists") && told.contains("hint: edit it with malsync config edit"), "{told}");
    assert_eq!(fs::read_to_string(config_file(&env)).unwrap(), "mal_page_size = 7\n");
}

#[test]
fn config_init_with_path_creates_file_but_no_folder() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 0);
    env.run(&["config", "init", "--config", "mine.toml"]).expect_code(0);
    assert_eq!(file_mode(&env.home().join("mine.toml")), 0o600);
    let stderr = env.run(&["config", "init", "--config", "nowhere/mine.toml"]).expect_code(1).stderr;
    assert!(stderr.contains("cannot create nowhere/mine.toml") && stderr.contains("hint: "), "{stderr}");
    assert!(!env.home().join("nowhere").exists() && !config_file(&env).exists());
}

#[test]
fn config_set_changes_one_value_and_keeps_the_rest() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 0);
    let output = env.run(&["config", "set", "MAL-page_size", "50"]).expect_code(0);
    assert_eq!(output.stdout, format!("Set mal_page_size = 50 in {}\n", config_file(&env).display()));
    assert_eq!((file_mode(&config_file(&env)), file_mode(config_file(&env).parent().unwrap())), (0o600, 0o700));
    let sample = malsync::config::render_sample_config();
    let text = fs::read_to_string(config_file(&env)).unwrap();
    assert_eq!(text, sample.replace("#mal_page_size = 100", "mal_page_size = 50"));
    assert_eq!(env.run(&["config", "get", "mal_page_size"]).expect_code(0).stdout, "50\n");
    // A link into a folder of dotfiles stays a link, and the file keeps its mode.
    let target = env.home().join("dotfiles.toml");
    fs::write(&target, "# mine\nmal_page_size = 7 # small\n").unwrap();
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    fs::remove_file(config_file(&env)).unwrap();
    std::os::unix::fs::symlink(&target, config_file(&env)).unwrap();
    env.run(&["config", "set", "mal_page_size", "8"]).expect_code(0);
    env.run(&["config", "set", "sync_min_interval", "5m"]).expect_code(0);
    let text = fs::read_to_string(&target).unwrap();
    assert_eq!(text, "# mine\nmal_page_size = 8 # small\nsync_min_interval = \"5m\"\n");
    assert!(fs::symlink_metadata(config_file(&env)).unwrap().is_symlink());
    assert_eq!(file_mode(&target), 0o640);
    env.set_var("MAL_PAGE_SIZE", "9");
    let output = env.run(&["config", "set", "mal_page_size", "10"]).expect_code(0);
    assert!(output.stderr.contains("MAL_PAGE_SIZE is set in the environment and overrides the file"), "{output:?}");
    assert_eq!(env.run(&["config", "get", "mal_page_size"]).expect_code(0).stdout, "9\n");
}

#[test]
fn config_unset_removes_one_line_and_get_suggests_the_whole_name() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 0);
    let output = env.run(&["config", "unset", "MAL_Page-Size"]).expect_code(0);
    assert!(output.stdout.starts_with("mal_page_size is not set in ") && !config_file(&env).exists(), "{output:?}");
    fs::create_dir_all(config_file(&env).parent().unwrap()).unwrap();
    fs::write(config_file(&env), "# a\r\nmal_page_size = 7 # b\r\n\r\nsync_batch_size = 9").unwrap();
    let output = env.run(&["config", "unset", "mal_page_size"]).expect_code(0);
    assert!(output.stdout.contains("Removed mal_page_size from "), "{output:?}");
    assert!(output.stdout.contains("config.toml; now 100 (default)"), "{output:?}");
    assert_eq!(fs::read_to_string(config_file(&env)).unwrap(), "# a\r\n\r\nsync_batch_size = 9");
    for command in [&["config", "get", "page_size"][..], &["config", "unset", "Page-Size"]] {
        let output = env.run(command).expect_code(2);
        assert!(output.stderr.ends_with("hint: did you mean `mal_page_size`?\n"), "{}", output.stderr);
    }
}

#[test]
fn config_set_refuses_unknown_keys_and_invalid_values() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 0);
    for (key, value, words) in [
        ("mal_pagesize", "5", "error: unknown setting `mal_pagesize`\nhint: did you mean `mal_page_size`?"),
        ("REDIS_URL", "5", "error: unknown setting `REDIS_URL`\nhint: list all settings with malsync config show"),
        ("mal_page_size", "0", "mal_page_size: `0` is invalid: it must be a whole number from 1 to 1000"),
        ("mal_page_size", "", "mal_page_size: `` is invalid"),
        ("malsync_token_key", "hunter2", "malsync_token_key: the value is invalid: it must be"),
    ] {
        let output = env.run(&["config", "set", key, value]).expect_code(2);
        assert!(output.stderr.contains(words) && !output.stderr.contains("hunter2"), "{key}: {}", output.stderr);
    }
    assert!(!config_file(&env).exists(), "no file is created for an invalid value");
    env.run(&["config", "get", "mal_pagesize"]).expect_code(2);
    let unset = env.run(&["config", "get", "mal_client_secret"]).expect_code(1);
    assert!(unset.stderr.contains("error: mal_client_secret is not set"), "{}", unset.stderr);
    fs::create_dir_all(config_file(&env).parent().unwrap()).unwrap();
    fs::write(config_file(&env), "mal_page_size = \n").unwrap();
    let broken = env.run(&["config", "set", "mal_page_size", "5"]).expect_code(2);
    assert!(broken.stderr.contains("config.toml:1: "), "{}", broken.stderr);
    assert_eq!(fs::read_to_string(config_file(&env)).unwrap(), "mal_page_size = \n");
    // A value that is wrong now is one that can be set.
    fs::write(config_file(&env), "mal_page_size = 0\n").unwrap();
    env.run(&["config", "get", "mal_page_size"]).expect_code(2);
    env.run(&["config", "set", "mal_page_size", "5"]).expect_code(0);
    env.run(&["config", "check"]).expect_code(0);
}

#[test]
fn secret_is_read_from_standard_input_and_masked() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 0);
    let output = env.run_with_input(&["config", "set", "mal_client_secret", "-"], "not-for-eyes\n").expect_code(0);
    assert!(output.stdout.starts_with("Set mal_client_secret = **** in "), "{}", output.stdout);
    let text = fs::read_to_string(config_file(&env)).unwrap();
    assert!(text.contains("\nmal_client_secret = \"not-for-eyes\"\n"), "{text}");
    assert_eq!(env.run(&["config", "get", "MAL_CLIENT_SECRET"]).expect_code(0).stdout, "****\n");
    let output = env.run(&["config", "set", "database_url", "postgres://me:pass-word@db/x"]).expect_code(0);
    assert!(output.stdout.contains("postgres://me:****@db/x") && !output.stdout.contains("pass-word"), "{output:?}");
}

#[test]
fn config_edit_checks_the_saved_file() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 0);
    env.set_var("EDITOR", "sed -i 's/^#mal_page_size.*/mal_page_size = 7/'");
    let output = env.run(&["config", "edit"]).expect_code(0);
    assert!(output.stdout.contains("configuration is valid"), "{}", output.stdout);
    assert_eq!(file_mode(&config_file(&env)), 0o600, "created by the edit");
    let shown = env.run(&["config", "show"]).expect_code(0).stdout;
    assert!(shown.lines().any(|line| line.starts_with("MAL_PAGE_SIZE") && line.contains(" 7 ")), "{shown}");
    // VISUAL takes precedence over EDITOR.
    env.set_var("VISUAL", "sed -i 's/^mal_page_size/mal_pagesize/'");
    let stderr = env.run(&["config", "edit"]).expect_code(2).stderr;
    assert!(
        stderr.contains("unknown key `mal_pagesize`") && stderr.contains("did you mean `mal_page_size`?"),
        "{stderr}"
    );
    env.set_var("VISUAL", "false");
    let stderr = env.run(&["config", "edit"]).expect_code(1).stderr;
    assert!(stderr.contains("the editor false failed with") && stderr.contains("hint: "), "{stderr}");
    // An edit cannot fix an invalid environment variable.
    env.set_var("VISUAL", "sed -i 's/^mal_pagesize/mal_page_size/'");
    env.set_var("SYNC_BATCH_SIZE", "none");
    env.run(&["config", "edit"]).expect_code(0);
}

#[test]
fn config_edit_on_terminal_offers_to_edit_invalid_file_again() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 0);
    let script = env.home().join("editor");
    // The script writes an invalid file first, and a valid one the second time.
    fs::write(
        &script,
        "#!/bin/sh\nif [ -e once ]; then : > \"$1\"; else echo 'mal_page_size = 0' > \"$1\"; touch once; fi\n",
    )
    .unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    env.set_var("EDITOR", script.to_str().unwrap());
    let mut session = start_terminal(&env, "$MALSYNC config edit; echo code=$?");
    session.exp_string("Edit it again? [Y/n]").unwrap();
    session.send_line("").unwrap();
    let text = read_to_end(&mut session);
    assert!(text.contains("configuration is valid") && text.contains("code=0"), "{text}");
    fs::remove_file(env.home().join("once")).unwrap();
    let mut session = start_terminal(&env, "$MALSYNC config edit; echo code=$?");
    session.exp_string("mal_page_size").unwrap();
    session.exp_string("Edit it again? [Y/n]").unwrap();
    session.send_line("n").unwrap();
    assert!(read_to_end(&mut session).contains("code=2"));
    assert_eq!(fs::read_to_string(config_file(&env)).unwrap(), "mal_page_size = 0\n", "the file is unchanged");
}

#[test]
fn config_check_reports_all_errors_and_exits_with_the_first() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 0);
    env.run(&["config", "init"]).expect_code(0);
    fs::write(config_file(&env), "mal_pagesize = 5\nsync_full_every = 'soon'\n").unwrap();
    env.set_var("SYNC_BATCH_SIZE", "none");
    let output = env.run(&["config", "check"]).expect_code(2);
    for part in ["unknown key `mal_pagesize`", "did you mean `mal_page_size`?", "SYNC_BATCH_SIZE", "sync_full_every"] {
        assert!(output.stdout.contains(part), "{part}: {}", output.stdout);
    }
    assert_eq!(output.stderr.matches("error: ").count(), 1, "{}", output.stderr);
    let checks = env.run(&["config", "check", "--json"]).expect_code(2).json()["checks"].as_array().unwrap().clone();
    assert_eq!(checks.iter().filter(|check| check["level"] == "error").count(), 3, "{checks:?}");
}

#[test]
fn documentation_has_the_table_of_all_settings() {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md")).unwrap();
    let rows = SettingKey::ALL.map(SettingKey::documentation_row).join("\n");
    let table = format!("| variable | default | meaning |\n| --- | --- | --- |\n{rows}\n");
    assert!(text.contains(&format!("\n\n{table}\n")), "docs/configuration.md lacks this table:\n\n{table}");
}
