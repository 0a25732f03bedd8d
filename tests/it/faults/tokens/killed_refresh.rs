//! Processes that die, stand still, or are many, around one refresh.

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

/// Runs it to its death at a failpoint.
#[track_caller]
fn assert_dies_at(world: &TestEnv, failpoint: &str, args: &[&str]) {
    let mut command = world.command(args);
    let ended = command.env("FAILPOINTS", format!("{failpoint}=return")).output().unwrap();
    assert_eq!(ended.status.code(), None, "it did not die at {failpoint}: {ended:?}");
}

/// A process that has the refresh lock and does not go on.
fn hold_refresh_lock(world: &TestEnv) -> Child {
    let mut command = world.command(&["token", "refresh"]);
    let child = command.env("FAILPOINTS", "token.after_lock=sleep(600000)").spawn().unwrap();
    wait_until("the lock is held", || is_refresh_locked(world));
    child
}

fn is_refresh_locked(world: &TestEnv) -> bool {
    match world.kind {
        DatabaseKind::Postgres => {
            let held = "SELECT CAST(pid AS TEXT) FROM pg_locks WHERE locktype = 'advisory' AND granted \
                AND classid::bigint = 1835101186 \
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
            !world.query_column(held).is_empty()
        }
        DatabaseKind::Sqlite => {
            let file = File::open(format!("{}.refresh-1.lock", world.database_file().display()));
            file.is_ok_and(|file| file.try_lock_shared().is_err())
        }
    }
}

/// MAL as a strict server: a refresh token is good once, and whoever sends it twice loses everything.
fn forbid_token_reuse(world: &TestEnv) {
    world.sim.control().configure(|config| {
        config.old_refresh_valid = false;
        config.reuse_revokes = true;
    });
}

#[on_both]
fn f_t09_crash_before_tokens_are_stored_is_reported_without_loop(kind: DatabaseKind) {
    let world = TestEnv::with_login(kind, 3);
    forbid_token_reuse(&world);
    for failpoint in ["token.before_lock", "token.after_lock"] {
        assert_dies_at(&world, failpoint, &["token", "refresh"]);
        world.sync(&[]);
    }
    assert!(sent_refresh_tokens(&world).is_empty(), "nothing was lost before MAL was asked");
    let before = read_token_row(&world);
    assert_dies_at(&world, "token.before_persist", &["token", "refresh"]);
    assert_eq!(read_token_row(&world), before, "T0");
    let ran = world.run(&["sync"]).expect_code(4);
    assert!(ran.stderr.contains("the login has expired"), "{}", ran.stderr);
    assert!(ran.stderr.contains("the last refresh may have been lost"), "{}", ran.stderr);
    assert_eq!(read_token_row(&world), super::TokenRow { needs_login: true, ..before }, "Tx");
    let asked = sent_refresh_tokens(&world).len();
    world.run(&["sync"]).expect_code(4);
    assert_eq!(sent_refresh_tokens(&world).len(), asked, "no loop");
    world.run(&["login"]).expect_code(0);
    world.sync(&[]);
}

#[on_both]
fn f_t09_server_that_accepts_old_token_recovers_lost_refresh(kind: DatabaseKind) {
    let world = TestEnv::with_login(kind, 3);
    let before = read_token_row(&world);
    assert_dies_at(&world, "token.before_persist", &["token", "refresh"]);
    assert_eq!(read_token_row(&world), before);
    assert_eq!(world.sync(&[])["token_refreshes"], 1);
    assert_eq!(read_token_row(&world).generation, before.generation + 1);
}

#[on_both]
fn f_t10_crash_during_refresh_leaves_whole_token_pair(kind: DatabaseKind) {
    let world = TestEnv::with_login(kind, 3);
    let before = read_token_row(&world);
    assert_dies_at(&world, "token.after_persist", &["token", "refresh"]);
    assert_eq!(read_token_row(&world).generation, before.generation + 1, "stored before it is used");
    world.run(&["whoami"]).expect_code(0);
    for kill in 0..12_u64 {
        let before = read_token_row(&world);
        let asked = sent_refresh_tokens(&world).len();
        let mut child = world.spawn(&["token", "refresh"]);
        wait_for_refreshes(&world, asked + 1);
        // A seeded spread of moments around the answer and the write.
        let moment = Instant::now() + Duration::from_micros(kill * 1500);
        while Instant::now() < moment {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let after = read_token_row(&world);
        match after.generation - before.generation {
            0 => assert_eq!(after, before),
            1 => assert!(after.access != before.access && after.refresh != before.refresh),
            other => panic!("{other} generations in one refresh"),
        }
        world.run(&["whoami"]).expect_code(0);
    }
    world.sync(&[]);
}

/// Twenty at once, half of them in another home with the same key; all of them end well.
fn run_twenty_at_once(world: &TestEnv) {
    let other = tempfile::TempDir::new().unwrap();
    let shared = world.kind == DatabaseKind::Postgres;
    let running: Vec<_> = (0..20)
        .map(|number| {
            let mut command = world.command(&["whoami"]);
            if shared && number % 2 == 1 {
                command.env("HOME", other.path());
            }
            command.spawn().unwrap()
        })
        .collect();
    running.into_iter().for_each(|child| drop(world.wait_for_exit(child).expect_code(0)));
}

fn env_with_strict_mal(kind: DatabaseKind) -> TestEnv {
    let mut world = TestEnv::new(kind, 3);
    world.set_var("MALSYNC_TOKEN_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    world.run(&["login"]).expect_code(0);
    forbid_token_reuse(&world);
    world
}

#[on_both]
fn f_t11_twenty_processes_refresh_expired_token_once(kind: DatabaseKind) {
    let world = env_with_strict_mal(kind);
    world.sim.control().expire_tokens("alice", mal_sim::TokenSelector::Access).unwrap();
    age_tokens(&world, 40);
    let before = read_token_row(&world);
    run_twenty_at_once(&world);
    assert_eq!((sent_refresh_tokens(&world).len(), read_token_row(&world).generation), (1, before.generation + 1));
    world.sync(&[]);
}

#[on_both]
fn f_t11_twenty_processes_refresh_early_once(kind: DatabaseKind) {
    let world = env_with_strict_mal(kind);
    age_tokens(&world, 20);
    // The first comes when the others have long been waiting.
    add_fault(&world, refresh_fault().delay(Duration::from_secs(1)).with_effect());
    let before = read_token_row(&world);
    // Those that are late with the old token meet a 401, and adopt what is there.
    run_twenty_at_once(&world);
    assert_eq!((sent_refresh_tokens(&world).len(), read_token_row(&world).generation), (1, before.generation + 1));
    world.sync(&[]);
}

#[on_both]
fn f_t13_next_process_refreshes_if_lock_holder_is_killed(kind: DatabaseKind) {
    let world = TestEnv::with_login(kind, 3);
    age_tokens(&world, 40);
    let before = read_token_row(&world);
    let mut holder = hold_refresh_lock(&world);
    let waiting = world.spawn(&["whoami"]);
    holder.kill().unwrap();
    holder.wait().unwrap();
    world.wait_for_exit(waiting).expect_code(0);
    assert_eq!((sent_refresh_tokens(&world).len(), read_token_row(&world).generation), (1, before.generation + 1));
}

#[on_both]
#[ignore = "nightly: waits 30 s for a lock"]
fn f_t12_suspended_lock_holder_is_waited_for_30_seconds(kind: DatabaseKind) {
    let world = TestEnv::with_login(kind, 3);
    age_tokens(&world, 40);
    let before = read_token_row(&world);
    let mut holder = hold_refresh_lock(&world);
    let stopped = Command::new("kill").args(["-STOP", &holder.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    let began = Instant::now();
    let ran = world.run(&["whoami"]).expect_code(5);
    assert!(began.elapsed() >= Duration::from_secs(30));
    assert!(ran.stderr.contains("another malsync is refreshing"), "{}", ran.stderr);
    assert_eq!((read_token_row(&world), sent_refresh_tokens(&world).len()), (before, 0));
    holder.kill().unwrap();
    holder.wait().unwrap();
    world.sync(&[]);
}
