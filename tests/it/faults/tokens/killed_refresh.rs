//! Processes that are killed or suspended during a refresh, and many processes that refresh at once.

use std::{
    fs::File,
    process::{Child, Command},
    time::{Duration, Instant},
};

use malsync_test_macros::on_both;

use super::{add_fault, age_tokens, read_token_row, refresh_fault, sent_refresh_tokens, wait_for_refreshes};
use crate::support::{
    test_env::{DatabaseKind, TestEnv},
    wait_until,
};

/// Runs a command that is killed at a failpoint.
#[track_caller]
fn assert_dies_at(env: &TestEnv, failpoint: &str, args: &[&str]) {
    let mut command = env.command(args);
    let ended = command.env("FAILPOINTS", format!("{failpoint}=return")).output().unwrap();
    assert_eq!(ended.status.code(), None, "the process was not killed at {failpoint}: {ended:?}");
}

/// Starts a process that holds the refresh lock and does not continue.
fn hold_refresh_lock(env: &TestEnv) -> Child {
    let mut command = env.command(&["token", "refresh"]);
    let child = command.env("FAILPOINTS", "token.after_lock=sleep(600000)").spawn().unwrap();
    wait_until("the lock is held", || is_refresh_locked(env));
    child
}

fn is_refresh_locked(env: &TestEnv) -> bool {
    match env.kind {
        DatabaseKind::Postgres => {
            let held = "SELECT CAST(pid AS TEXT) FROM pg_locks WHERE locktype = 'advisory' AND granted \
                AND objsubid = 2 AND classid::bigint & 3 = 2 \
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
            !env.query_column(held).is_empty()
        }
        DatabaseKind::Sqlite => {
            let file = File::open(format!("{}.refresh-1.lock", env.database_file().display()));
            file.is_ok_and(|file| file.try_lock_shared().is_err())
        }
    }
}

/// Makes the simulator strict: a refresh token is valid once, and a second use revokes everything.
fn forbid_token_reuse(env: &TestEnv) {
    env.sim.control().configure(|config| {
        config.old_refresh_valid = false;
        config.reuse_revokes = true;
    });
}

#[on_both]
fn f_t09_crash_before_tokens_are_stored_is_reported_without_loop(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    forbid_token_reuse(&env);
    for failpoint in ["token.before_lock", "token.after_lock"] {
        assert_dies_at(&env, failpoint, &["token", "refresh"]);
        env.sync(&[]);
    }
    assert!(sent_refresh_tokens(&env).is_empty(), "no refresh token was sent");
    let before = read_token_row(&env);
    assert_dies_at(&env, "token.before_persist", &["token", "refresh"]);
    assert_eq!(read_token_row(&env), before, "T0");
    let output = env.run(&["sync"]).expect_code(4);
    assert!(output.stderr.contains("the login has expired"), "{}", output.stderr);
    assert!(output.stderr.contains("the last refresh may have been lost"), "{}", output.stderr);
    assert_eq!(read_token_row(&env), super::TokenRow { needs_login: true, ..before }, "Tx");
    let asked = sent_refresh_tokens(&env).len();
    env.run(&["sync"]).expect_code(4);
    assert_eq!(sent_refresh_tokens(&env).len(), asked, "no loop");
    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
}

#[on_both]
fn f_t09_server_that_accepts_old_token_recovers_lost_refresh(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    let before = read_token_row(&env);
    assert_dies_at(&env, "token.before_persist", &["token", "refresh"]);
    assert_eq!(read_token_row(&env), before);
    assert_eq!(env.sync(&[])["token_refreshes"], 1);
    assert_eq!(read_token_row(&env).generation, before.generation + 1);
}

#[on_both]
fn f_t10_crash_during_refresh_leaves_whole_token_pair(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    let before = read_token_row(&env);
    assert_dies_at(&env, "token.after_persist", &["token", "refresh"]);
    assert_eq!(read_token_row(&env).generation, before.generation + 1, "stored before it is used");
    env.run(&["whoami"]).expect_code(0);
    for kill in 0..12_u64 {
        let before = read_token_row(&env);
        let refreshes_before = sent_refresh_tokens(&env).len();
        let mut child = env.spawn(&["token", "refresh"]);
        wait_for_refreshes(&env, refreshes_before + 1);
        // Moments spread around the response and the write.
        let moment = Instant::now() + Duration::from_micros(kill * 1500);
        while Instant::now() < moment {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let after = read_token_row(&env);
        match after.generation - before.generation {
            0 => assert_eq!(after, before),
            1 => assert!(after.access != before.access && after.refresh != before.refresh),
            other => panic!("{other} generations in one refresh"),
        }
        env.run(&["whoami"]).expect_code(0);
    }
    env.sync(&[]);
}

/// Runs twenty commands at once, half of them with another home folder and the same key. All must succeed.
fn run_twenty_at_once(env: &TestEnv) {
    let other = tempfile::TempDir::new().unwrap();
    let shared = env.kind == DatabaseKind::Postgres;
    let running: Vec<_> = (0..20)
        .map(|number| {
            let mut command = env.command(&["whoami"]);
            if shared && number % 2 == 1 {
                command.env("HOME", other.path());
            }
            command.spawn().unwrap()
        })
        .collect();
    running.into_iter().for_each(|child| drop(env.wait_for_exit(child).expect_code(0)));
}

fn env_with_strict_mal(kind: DatabaseKind) -> TestEnv {
    let mut env = TestEnv::new(kind, 3);
    env.set_var("MALSYNC_TOKEN_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    env.run(&["login"]).expect_code(0);
    forbid_token_reuse(&env);
    env
}

#[on_both]
fn f_t11_twenty_processes_refresh_expired_token_once(kind: DatabaseKind) {
    let env = env_with_strict_mal(kind);
    env.sim.control().expire_tokens("alice", mal_sim::SimTokenKind::Access).unwrap();
    age_tokens(&env, 40);
    let before = read_token_row(&env);
    run_twenty_at_once(&env);
    assert_eq!((sent_refresh_tokens(&env).len(), read_token_row(&env).generation), (1, before.generation + 1));
    env.sync(&[]);
}

#[on_both]
fn f_t11_twenty_processes_refresh_early_once(kind: DatabaseKind) {
    let env = env_with_strict_mal(kind);
    age_tokens(&env, 20);
    // The first response comes when the others have been waiting for long.
    add_fault(&env, refresh_fault().delay_response(Duration::from_secs(1)).with_effect());
    let before = read_token_row(&env);
    // Processes that use the old token get a 401 and take the new tokens.
    run_twenty_at_once(&env);
    assert_eq!((sent_refresh_tokens(&env).len(), read_token_row(&env).generation), (1, before.generation + 1));
    env.sync(&[]);
}

#[on_both]
fn f_t13_next_process_refreshes_if_lock_holder_is_killed(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    age_tokens(&env, 40);
    let before = read_token_row(&env);
    let mut holder = hold_refresh_lock(&env);
    let waiting = env.spawn(&["whoami"]);
    holder.kill().unwrap();
    holder.wait().unwrap();
    env.wait_for_exit(waiting).expect_code(0);
    assert_eq!((sent_refresh_tokens(&env).len(), read_token_row(&env).generation), (1, before.generation + 1));
}

#[on_both]
#[ignore = "nightly: waits 30 s for a lock"]
fn f_t12_suspended_lock_holder_is_waited_for_30_seconds(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    age_tokens(&env, 40);
    let before = read_token_row(&env);
    let mut holder = hold_refresh_lock(&env);
    let stopped = Command::new("kill").args(["-STOP", &holder.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    let began = Instant::now();
    let output = env.run(&["whoami"]).expect_code(5);
    assert!(began.elapsed() >= Duration::from_secs(30));
    assert!(output.stderr.contains("another malsync process is refreshing"), "{}", output.stderr);
    assert_eq!((read_token_row(&env), sent_refresh_tokens(&env).len()), (before, 0));
    holder.kill().unwrap();
    holder.wait().unwrap();
    env.sync(&[]);
}
