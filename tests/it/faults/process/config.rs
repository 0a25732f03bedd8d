//! Odd configuration files, and commands that work without a valid one.

use std::{fs, os::unix::fs::PermissionsExt as _};

use crate::support::test_env::{DatabaseKind, TestEnv};

/// Creates an environment with this `config.toml`. Only this file sets the page size.
fn env_with_config(text: &[u8]) -> TestEnv {
    let env = TestEnv::new(DatabaseKind::Sqlite, 10);
    let folder = env.home().join(".config/malsync");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), text).unwrap();
    env
}

fn page_size(env: &TestEnv) -> String {
    let shown = env.run(&["config", "show", "--json"]).expect_code(0).json_lines();
    shown.iter().find(|setting| setting["key"] == "MAL_PAGE_SIZE").unwrap()["value"].to_string()
}

#[test]
fn f_c16_config_file_error_is_reported_with_line() {
    let mut huge = b"mal_page_size = 7\n".to_vec();
    huge.resize(10 << 20, b'#');
    for (text, words) in [
        (b"mal_page_size = 7\nmal_pagesize = 8\n".as_slice(), "config.toml:2: unknown key `mal_pagesize`"),
        (b"mal_page_size = 7\r\nmal_page_size = 8\r\n", "config.toml:2: "),
        (b"\xef\xbb\xbf\nwhat = 1\n", "config.toml:2: unknown key `what`"),
        (b"mal_page_size = 7\nmal_client_secret = hunter2\n", "config.toml:2: "),
        (b"mal_page_size = \xff\n", "cannot read the configuration file"),
        (&huge, "larger than 1 MiB"),
        (b"[sync]\nmal_page_size = 7\n", "config.toml:1: unknown key `sync`"),
        (b"mal_page_size = 7\n\x00\n", "config.toml:2: "),
        (b"mal_page_size = 0\n", "config.toml:1: mal_page_size is `0`"),
    ] {
        let env = env_with_config(text);
        let secret = |text: &str| !text.contains("hunter2");
        for args in
            [&["sync"][..], &["login"], &["list"], &["status"], &["token", "status"], &["edit", "1", "--score", "2"]]
        {
            let output = env.run(args).expect_code(2);
            assert!(
                output.stderr.starts_with("error: ") && output.stderr.contains(words),
                "{words}: {}",
                output.stderr
            );
            assert!(
                output.stderr.lines().nth(1).is_some_and(|line| line.starts_with("hint: ")) && secret(&output.stderr)
            );
        }
        assert_help_commands_work(&env);
        let shown = env.run(&["config", "show"]).expect_code(0);
        assert!(
            shown.stderr.contains("warning: ") && shown.stderr.contains(words) && secret(&shown.stdout),
            "{shown:?}"
        );
    }
}

#[test]
fn f_c16_byte_order_mark_crlf_and_pipe_are_read() {
    for text in [b"\xef\xbb\xbfmal_page_size = 7\n".as_slice(), b"mal_page_size = 7\r\n# x\r\n", b"mal_page_size = 7"] {
        let env = env_with_config(text);
        assert_eq!(page_size(&env), "\"7\"", "{text:?}");
        env.run(&["login"]).expect_code(0);
    }
    let env = TestEnv::new(DatabaseKind::Sqlite, 10);
    let shown = env.run_in_shell("$MALSYNC --config <(echo 'mal_page_size = 7') config show").expect_code(0);
    assert!(shown.stdout.contains("/dev/fd/") && shown.stderr.is_empty(), "{shown:?}");
    env.run_in_shell("$MALSYNC --config /dev/zero login").expect_code(2);
    env.run_in_shell("$MALSYNC --config . login").expect_code(2);
    let output = env.run(&["--config", "missing.toml", "login"]).expect_code(2);
    assert!(output.stderr.starts_with("error: no configuration file missing.toml"), "{}", output.stderr);
}

#[test]
fn f_c16_world_readable_config_file_with_secret_warns() {
    for (text, secret) in [
        ("mal_client_secret = 'hunter2'\n", true),
        ("malsync_token_key = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='\n", true),
        ("database_url = 'postgresql://me:hunter2@127.0.0.1:1/db'\n", true),
        ("database_url = 'postgresql://me@127.0.0.1:1/db'\n", false),
        ("mal_page_size = 7\n", false),
    ] {
        let env = env_with_config(text.as_bytes());
        let file = env.home().join(".config/malsync/config.toml");
        for mode in [0o600, 0o640, 0o644] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            let output = env.run(&["config", "show"]).expect_code(0);
            let warnings = output.stderr.matches("config.toml, which holds a secret: chmod o-rwx ").count();
            assert_eq!(warnings, usize::from(secret && mode == 0o644), "{mode:o} {text}: {}", output.stderr);
            assert!(!output.stderr.contains("hunter2") && !output.stderr.contains("AAECAw"));
        }
        let checks = env.run(&["doctor", "--json"]).json()["checks"].as_array().unwrap().clone();
        let warned = |check: &serde_json::Value| {
            check["level"] == "warn" && check["message"].as_str().unwrap().contains("chmod")
        };
        assert_eq!(checks.iter().any(warned), secret, "{checks:?}");
    }
}

/// Asserts that commands work that need neither a valid configuration nor a database.
#[track_caller]
fn assert_help_commands_work(env: &TestEnv) {
    for args in [
        &[][..],
        &["--help"],
        &["--version"],
        &["sync", "--help"],
        &["help", "token", "refresh"],
        &["man"],
        &["config", "show"],
        &["config", "show", "--json"],
        &["completions", "bash"],
        &["completions", "powershell"],
    ] {
        let output = env.run(args).expect_code(0);
        assert!(!output.stdout.is_empty(), "{args:?}");
    }
    env.run(&["man", "--out-dir", "pages"]).expect_code(0);
    assert!(env.home().join("pages/malsync-sync.1").exists());
    assert!(!env.database_file().exists(), "a database was created");
}

#[test]
fn help_commands_need_no_configuration_and_no_database() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 0);
    env.set_var("DATABASE_URL", "postgresql://nobody:hunter2@127.0.0.1:1/none");
    env.set_var("MAL_API_RATE_LIMIT", "fast");
    env.set_var("MAL_CLIENT_ID", "");
    env.set_var("RUST_LOG", "a=b=c");
    assert_help_commands_work(&env);
    let shown = env.run(&["config", "show"]).expect_code(0);
    assert!(shown.stdout.contains("fast") && !shown.stdout.contains("hunter2"), "{}", shown.stdout);
    let env = env_with_config(b"= broken\n");
    assert_help_commands_work(&env);
    env.run(&["--config", "missing.toml", "config", "show"]).expect_code(0);
    env.run(&["--config", "missing.toml", "completions", "zsh"]).expect_code(0);
}
