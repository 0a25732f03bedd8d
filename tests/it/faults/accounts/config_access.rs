//! A configuration that another account may change is refused.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use super::{STRANGER, give_to_stranger, is_root, make_pipe};
use crate::support::test_env::{DatabaseKind, TestEnv};

/// Creates an environment whose config.toml has a notify command that leaves a trace.
fn env_with_notify_command() -> (TestEnv, PathBuf) {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    let file = env.home().join(".config/malsync/config.toml");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let trace = env.home().join("trace");
    fs::write(&file, format!("malsync_notify_command = \"touch {}\"\n", trace.display())).unwrap();
    set_mode(&file, 0o600);
    (env, file)
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Asserts that four commands are refused with exit 2 and these words, and that the notify command does not run.
/// `config show` warns with the same words, and the help works.
#[track_caller]
fn assert_refused(env: &TestEnv, words: &str) {
    for args in [&["sync", "--quiet"][..], &["login"], &["list"], &["status"]] {
        let output = env.run(args).expect_code(2);
        let mut lines = output.stderr.lines();
        assert!(lines.next().is_some_and(|line| line.starts_with("error: ") && line.contains(words)), "{output:?}");
        // The hint has a command: chmod or chown.
        assert!(lines.next().is_some_and(|line| line.starts_with("hint: ") && line.contains("ch")), "{output:?}");
    }
    assert!(!env.home().join("trace").exists(), "a setting of the file was used");
    assert!(env.run(&["config", "show"]).expect_code(0).stderr.contains(words));
    env.run(&["--help"]).expect_code(0);
}

#[test]
fn f_e05_config_file_that_all_accounts_may_write_is_refused() {
    let (env, file) = env_with_notify_command();
    set_mode(&file, 0o646);
    assert_refused(&env, "every user of this machine can change");
    set_mode(&file, 0o600);
    env.sync(&[]);
    // Another account could put its own file in the place of this one.
    let folder = file.parent().unwrap();
    set_mode(folder, 0o777);
    assert_refused(&env, "every user of this machine can change");
    set_mode(folder, 0o1777);
    env.sync(&[]);
}

#[test]
fn f_e05_config_file_of_another_account_is_refused() {
    if !is_root() {
        return;
    }
    let (env, file) = env_with_notify_command();
    give_to_stranger(&file);
    assert_refused(&env, "belongs to another user");
    std::os::unix::fs::chown(&file, Some(0), Some(STRANGER)).unwrap();
    env.sync(&[]);
    give_to_stranger(file.parent().unwrap());
    assert_refused(&env, "belongs to another user");
}

#[test]
fn f_e05_group_rights_on_the_configuration_are_reported_by_doctor_only() {
    let (env, file) = env_with_notify_command();
    fs::write(&file, "mal_page_size = 7\n").unwrap();
    for (path, mode) in
        [(file.as_path(), 0o664), (file.parent().unwrap(), 0o775), (&env.home().join(".local/share/malsync"), 0o770)]
    {
        set_mode(path, mode);
        let output = env.run(&["sync", "--force-full"]).expect_code(0);
        assert!(!output.stderr.contains("may"), "{output:?}");
        let checks = env.run(&["doctor", "--json"]).json()["checks"].clone();
        let message = format!("other users of this machine can change {}", path.display());
        assert!(
            checks.as_array().unwrap().iter().any(|check| check["level"] == "warn" && check["message"] == *message),
            "{checks}"
        );
        set_mode(path, mode & 0o755);
    }
}

#[test]
fn f_e05_data_folder_that_all_accounts_may_write_is_refused() {
    let (env, _) = env_with_notify_command();
    let folder = env.home().join(".local/share/malsync");
    set_mode(&folder, 0o777);
    assert_refused(&env, "every user of this machine can change");
    set_mode(&folder, 0o700);
    env.sync(&[]);
    if is_root() {
        give_to_stranger(&folder);
        assert_refused(&env, "belongs to another user");
    }
}

#[test]
fn f_e06_pipe_in_place_of_the_configuration_stops_no_command() {
    let (env, file) = env_with_notify_command();
    fs::remove_file(&file).unwrap();
    make_pipe(&file);
    env.run_in_shell("timeout -s KILL 60 $MALSYNC sync").expect_code(0);
}
