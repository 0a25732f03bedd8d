//! Home folders, working folders, locales, arguments, cron, clocks, and what other users can see.

use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt as _, path::PathBuf, time::Instant};

use malsync_test_macros::on_both;
use serde_json::json;

use super::{hold_page, stall_page};
use crate::support::{
    fake_clock::{set_fake_clock, use_fake_clock},
    test_env::{DatabaseKind, TestEnv},
};

/// Without HOME the account's home folder is used. With explicit paths it is not touched.
#[test]
fn f_c07_explicit_paths_work_without_home() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 30);
    fs::write(env.home().join("malsync.toml"), "").unwrap();
    env.set_var("DATABASE_URL", &format!("sqlite://{}/my.db", env.home().display()));
    env.set_var("MALSYNC_TOKEN_KEY", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
    // The state of notifications has no setting of its own.
    env.set_var("XDG_DATA_HOME", &env.home().join("data").display().to_string());
    env.set_var("HOME", "");
    for args in [&["login"][..], &["sync"], &["list"], &["status"]] {
        env.run(&[&["--config", "malsync.toml"], args].concat()).expect_code(0);
    }
    assert!(env.home().join("my.db").exists() && !env.home().join(".local").exists());
}

#[test]
fn f_c07_unwritable_home_is_named() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 30);
    // Not even root can create a folder there.
    for home in ["/proc/malsync", "/dev/null"] {
        env.set_var("HOME", home);
        for args in [&["login"][..], &["sync"], &["list"], &["status"]] {
            let output = env.run(args);
            assert!([1, 2, 4, 6].contains(&output.code), "{output:?}");
            assert!(output.stderr.contains("error: ") && output.stderr.contains(home), "{args:?}: {}", output.stderr);
            assert!(output.stderr.contains("hint: "), "{args:?}: {}", output.stderr);
        }
        for args in [&["--help"][..], &["config", "show"], &["completions", "fish"], &[]] {
            env.run(args).expect_code(0);
        }
    }
}

#[test]
fn f_c07_missing_folders_are_created_and_deleted_working_folder_is_harmless() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 30);
    env.set_var("XDG_DATA_HOME", &env.home().join("a/b").display().to_string());
    env.set_var("XDG_CONFIG_HOME", &env.home().join("c/d").display().to_string());
    env.run_in_shell("mkdir lost && cd lost && rmdir ../lost && $MALSYNC login && $MALSYNC sync && $MALSYNC list")
        .expect_code(0);
    assert!(env.home().join("a/b/malsync/malsync.db").exists());
    env.set_var("DATABASE_URL", "sqlite://here.db");
    let output = env.run_in_shell("mkdir lost && cd lost && rmdir ../lost && $MALSYNC login").expect_code(6);
    assert!(output.stderr.contains("error: ") && output.stderr.contains("here.db"), "{}", output.stderr);
}

#[test]
fn f_c08_odd_locales_and_arguments_are_harmless() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 30);
    for locale in ["C", "POSIX", "xx_YY.ISO-8859-1"] {
        env.set_var("LC_ALL", locale);
        env.set_var("LANG", locale);
        env.run(&["sync", "--force-full"]).expect_code(0);
        let list = env.run(&["list", "--json"]).expect_code(0);
        assert!(!list.stdout.is_ascii(), "UTF-8 whatever the locale says");
    }
    let run = |args: &[&OsStr]| {
        let output = env.command(&[]).args(args).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(!text.contains("panicked"), "{text}");
        (output.status.code(), text)
    };
    let bytes = OsStr::from_bytes(b"\xff\xfe\x1b[2J");
    let long = "x".repeat(130_000);
    let long = OsStr::new(&long);
    let os = |word: &'static str| OsStr::new(word);
    for args in [
        &[bytes][..],
        &[os("list"), os("--search"), bytes],
        &[os("sync"), os("--user"), bytes],
        &[bytes, bytes],
        &[long],
        &[os("status"), long],
    ] {
        let (code, text) = run(args);
        assert_eq!(code, Some(2), "{text}");
        assert!(text.starts_with("error: ") && !text.contains('\x1b'), "{text}");
        assert!(text.len() < 5_000, "the error is too long");
    }
    // Linux limits a single argument to 128 KiB. With shorter ones the total can be a megabyte.
    assert_eq!(run(&[os("list"), os("--search"), long]).0, Some(0));
    let many: Vec<_> = std::iter::once(os("status")).chain([long; 8]).collect();
    assert_eq!(run(&many).0, Some(2));
}

#[on_both]
fn f_c09_one_of_two_cron_jobs_runs(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 50);
    hold_page(&env, 1);
    let running = env.spawn(&["sync", "--json"]);
    env.wait_for_pages(1);
    let second = env.run(&["sync", "--json"]).expect_code(7);
    assert_eq!(second.json()["status"], "RUNNING", "{second:?}");
    let lines: Vec<_> = second.stderr.lines().collect();
    assert!(lines.len() == 2 && lines[0].starts_with("error: another sync of alice is already running"), "{lines:?}");
    assert!(lines[1].starts_with("hint: "), "{lines:?}");
    let status = env.run(&["status", "--json"]).expect_code(0).json();
    assert_eq!((&status["running"], &status["last_run"]["status"]), (&json!(true), &json!("RUNNING")));
    env.sim.control().clear_faults();
    let first = env.wait_for_exit(running).expect_code(0).json();
    assert_eq!((&first["status"], &first["user_lists_created"]), (&json!("SUCCESS"), &json!(50)), "{first}");
    assert_eq!(second.json()["run_id"], first["run_id"]);
}

/// Timeouts use a monotonic clock, and a run never ends before its start.
#[on_both]
fn f_c10_clock_set_back_during_run_moves_no_checkpoint_back(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 150);
    let clock = env.home().join("clock");
    use_fake_clock(&mut env, &clock);
    env.sync(&[]);
    let last_mal_sync =
        || env.run(&["status", "--json"]).expect_code(0).json()["last_mal_sync"].as_str().unwrap().to_owned();
    let before = last_mal_sync();
    hold_page(&env, 2);
    let running = env.spawn(&["sync", "--json", "--force-full"]);
    env.wait_for_pages(2);
    let began = Instant::now();
    set_fake_clock(&clock, "-2h");
    let held_seconds = began.elapsed().as_secs_f64();
    env.sim.control().clear_faults();
    let run = env.wait_for_exit(running).expect_code(0).json();
    assert_eq!((&run["status"], &run["anime_fetched"]), (&json!("SUCCESS"), &json!(150)), "{run}");
    assert!(run["finished_at"].as_str() >= run["started_at"].as_str(), "{run}");
    let duration = run["duration"].as_f64().unwrap();
    assert!((held_seconds..3600.0).contains(&duration), "the duration uses the monotonic clock: {run}");
    assert!(last_mal_sync() >= before, "{} was {before}", last_mal_sync());
    if kind == DatabaseKind::Sqlite {
        let now = env.run(&["sync", "--json", "--dry-run"]).expect_code(0).json();
        assert!(now["started_at"].as_str().unwrap() < before.as_str(), "the clock was not set back: {now}");
    }
    set_fake_clock(&clock, "+0");
    assert_eq!(env.sync(&[])["status"], "SUCCESS");
}

/// What other users can read of a process. Environment and memory are readable by the same user and root only, and
/// core dumps are a system setting.
#[on_both]
fn f_c15_arguments_and_environment_contain_no_token(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 150);
    stall_page(&env, 2);
    let mut running = env.spawn(&["sync"]);
    env.wait_for_pages(2);
    let process = PathBuf::from(format!("/proc/{}", running.id()));
    let issued = env.sim.control().tokens_json().to_string();
    for file in ["cmdline", "environ", "comm"] {
        let text = String::from_utf8_lossy(&fs::read(process.join(file)).unwrap()).into_owned();
        let words = text.split(['\0', '=', ' ', '\n']).filter(|word| word.len() > 100);
        let token = words.into_iter().find(|word| issued.contains(*word));
        assert_eq!(token, None, "{file}");
    }
    running.kill().unwrap();
    env.wait_for_exit(running);
}
