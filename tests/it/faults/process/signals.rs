//! SIGINT, SIGTERM and SIGHUP: at many moments of a sync, during a long wait for MAL, and a second signal after the
//! first.

use std::{
    cell::RefCell,
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command},
    time::{Duration, Instant},
};

use mal_sim::FaultRule;
use malsync_test_macros::on_both;
use serde_json::{Value, json};

use super::{hold_page, stall_page};
use crate::support::{
    test_env::{CommandOutput, DatabaseKind, TestEnv},
    wait_until,
};

const SIGNALS: [(&str, i32); 3] = [("TERM", 143), ("INT", 130), ("HUP", 129)];

fn send_signal(child: &Child, name: &str) {
    // The process may have ended already.
    Command::new("kill").args(["-s", name, &child.id().to_string()]).output().unwrap();
}

/// Asserts that a run was stopped cleanly: whole batches of ten, all reported, checkpoint unchanged.
#[track_caller]
fn assert_interrupted_cleanly(env: &TestEnv, run: &Value) {
    assert_eq!(
        (&run["status"], &run["failed"], &run["ready"]),
        (&json!("INTERRUPTED"), &json!(true), &json!(true)),
        "{run}"
    );
    assert_eq!(run["anime_fetched"].as_u64().unwrap() % 10, 0, "{run}");
    let marks = env.query_column(
        "SELECT CAST(last_mal_sync AS TEXT) FROM users UNION ALL SELECT CAST(mal_list_watermark AS TEXT) FROM users",
    );
    assert_eq!(marks, [None, None]);
    let last = env.run(&["runs", "--json", "--limit", "1"]).expect_code(0).json();
    assert_eq!(&last, run, "the stored run equals the printed one");
}

/// F-C01 and F-C03.
#[on_both]
fn f_c01_f_c03_signal_stops_sync_at_batch_boundary_with_summary(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 250);
    env.set_var("SYNC_BATCH_SIZE", "10");
    for (name, code) in SIGNALS {
        stall_page(&env, 2);
        let running = env.spawn(&["sync", "--json", "--force-full"]);
        env.wait_for_pages(2);
        send_signal(&running, name);
        let run = env.wait_for_exit(running).expect_code(code).json();
        assert_interrupted_cleanly(&env, &run);
    }
    stall_page(&env, 2);
    let running = env.spawn(&["sync"]);
    env.wait_for_pages(2);
    send_signal(&running, "TERM");
    let output = env.wait_for_exit(running).expect_code(143);
    assert!(
        output.stdout.contains("interrupted") && output.stdout.contains("Changes saved so far are kept"),
        "{output:?}"
    );
    assert_eq!(env.sync(&[])["user_lists_created"].as_u64().unwrap() % 10, 0);
}

/// Starts a sync with debug output, and sends the signal after this many lines.
fn signal_after_lines(env: &TestEnv, name: &str, lines: usize) -> CommandOutput {
    let mut running = env.spawn(&["sync", "--json", "--force-full", "-vv"]);
    let mut stderr_reader = BufReader::new(running.stderr.take().unwrap());
    let mut stderr = String::new();
    for _ in 0..lines {
        stderr_reader.read_line(&mut stderr).unwrap();
    }
    send_signal(&running, name);
    stderr_reader.read_to_string(&mut stderr).unwrap();
    let mut output = env.wait_for_exit(running);
    output.stderr = stderr;
    output
}

/// The state of an environment's database.
struct EnvState {
    entries: u64,
    status: Value,
}

fn read_state(env: &TestEnv) -> EnvState {
    let entries = env.query_value("SELECT CAST(count(*) AS TEXT) FROM user_anime_lists").unwrap().parse().unwrap();
    EnvState { entries, status: env.run(&["status", "--json"]).expect_code(0).json() }
}

/// Sends signals at this many moments. A new environment for each would take minutes: each sync continues where the
/// previous one ended, on a longer list.
fn signal_at_moments(kind: DatabaseKind, moments: usize) {
    let mut env = TestEnv::with_login(kind, 0);
    env.set_var("SYNC_BATCH_SIZE", "10");
    env.set_var("MAL_PAGE_SIZE", "50");
    let mut seed = 20_261_124_u64;
    let mut complete = 0;
    for moment in 1..=moments {
        env.sim.control().resize_list("alice", moment * 40).unwrap();
        // The output has a line per new entry, batch and page. The seed chooses the line, so that a failure can be
        // repeated.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let lines = usize::try_from(seed >> 33).unwrap() % (45 + moment * 5);
        let (name, code) = SIGNALS[moment % 3];
        let before = read_state(&env);
        let output = signal_after_lines(&env, name, lines);
        // At first the process does not handle signals yet; in the end there is nothing left to stop.
        let killed = output.signal.is_some_and(|number| 128 + number == code) && output.stdout.is_empty();
        assert!(output.code == code || output.code == 0 || killed, "{name} after {lines} lines: {output:?}");
        let after = read_state(&env);
        assert_eq!(after.status["running"], false);
        let (last, entries) = (&after.status["last_run"], after.entries - before.entries);
        if last["run_id"] == before.status["last_run"]["run_id"] {
            assert_eq!(entries, 0, "entries without a run: {output:?}");
        } else {
            assert_eq!(last["user_lists_created"], entries, "{name} after {lines} lines: {last}");
            assert_eq!(
                last["anime_fetched"].as_u64().unwrap() % 10,
                0,
                "{name} after {lines} lines: whole batches: {last}"
            );
        }
        if output.code == 0 {
            complete += 1;
            assert_eq!(output.json()["status"], "SUCCESS", "{output:?}");
        } else {
            let mark = |state: &EnvState| state.status["last_mal_sync"].clone();
            assert_eq!(mark(&after), mark(&before), "{name} after {lines} lines: {output:?}");
            assert!(output.stdout.is_empty() || output.json()["status"] == "INTERRUPTED", "{output:?}");
        }
    }
    assert!(complete * 2 < moments, "most signals came too late: {complete} of {moments}");
    let run = env.sync(&["--force-full"]);
    assert_eq!((&run["status"], &run["anime_fetched"]), (&json!("SUCCESS"), &json!(moments * 40)), "{run}");
    assert_eq!(
        env.query_value("SELECT CAST(count(*) AS TEXT) FROM user_anime_lists"),
        Some((moments * 40).to_string())
    );
    assert_eq!(env.sync(&["--force-full"])["user_lists_unchanged"], moments * 40);
}

#[on_both]
fn f_c01_signal_at_any_moment_leaves_whole_batches(kind: DatabaseKind) {
    signal_at_moments(kind, 20);
}

#[on_both]
#[ignore = "nightly: 60 moments"]
fn f_c01_signal_at_sixty_moments_leaves_whole_batches(kind: DatabaseKind) {
    signal_at_moments(kind, 60);
}

/// The database is locked, so that the graceful shutdown of the first signal never ends. The exit code is that of the
/// second signal.
#[on_both]
fn f_c02_second_signal_ends_sync_at_once(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 150);
    env.set_var("MAL_PAGE_SIZE", "50");
    for (first, (second, code)) in [("TERM", SIGNALS[1]), ("INT", SIGNALS[0]), ("INT", SIGNALS[2])] {
        hold_page(&env, 2);
        let mut running = env.spawn(&["sync", "--json", "--force-full", "-v"]);
        env.wait_for_pages(2);
        let lock = env.hold_connection(match kind {
            DatabaseKind::Postgres => "BEGIN; LOCK TABLE sync_runs IN ACCESS EXCLUSIVE MODE",
            DatabaseKind::Sqlite => "BEGIN EXCLUSIVE",
        });
        env.sim.control().clear_faults();
        env.wait_for_pages(3);
        let mut stderr_reader = BufReader::new(running.stderr.take().unwrap());
        send_signal(&running, first);
        let mut stderr = String::new();
        while !stderr.contains("Stopping") {
            assert!(stderr_reader.read_line(&mut stderr).unwrap() > 0, "{stderr}");
        }
        send_signal(&running, second);
        let output = env.wait_for_exit(running).expect_code(code);
        assert!(output.stdout.is_empty(), "{output:?}");
        drop(lock);
        assert_eq!(env.query_value("SELECT CAST(last_mal_sync AS TEXT) FROM users"), None);
    }
    assert_eq!(env.sync(&[])["status"], "SUCCESS", "no lock is left");
}

#[on_both]
fn signal_ends_long_wait_at_once(kind: DatabaseKind) {
    for (name, code) in SIGNALS {
        let env = TestEnv::with_login(kind, 50);
        let rule = FaultRule::for_path("/v2/users/@me/animelist").status(429).header("Retry-After", "299").forever();
        env.sim.control().clear_log();
        env.sim.control().add_fault(rule).unwrap();
        let running = env.spawn(&["sync", "--json"]);
        env.wait_for_pages(1);
        let began = Instant::now();
        send_signal(&running, name);
        let run = env.wait_for_exit(running).expect_code(code).json();
        assert!(began.elapsed() < Duration::from_secs(120), "299 s were asked for");
        assert_interrupted_cleanly(&env, &run);
        assert_eq!(run["anime_fetched"], 0, "{run}");
    }
}

/// F-C01 if the reader of the output has stopped reading.
#[test]
fn f_c01_signal_ends_sync_with_blocked_output() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 1000);
    let mut running = env.spawn(&["sync", "--dry-run", "--json"]);
    let mut stdout = running.stdout.take().unwrap();
    stdout.read_exact(&mut [0]).unwrap();
    send_signal(&running, "TERM");
    let running = RefCell::new(running);
    wait_until("the sync ends", || running.borrow_mut().try_wait().unwrap().is_some());
    assert_eq!(running.into_inner().wait().unwrap().code(), Some(143));
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert!(!rest.ends_with('\n'), "it said all that it had to say: {} bytes", rest.len());
}

#[test]
fn f_o13_signal_ignored_at_start_stays_ignored() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 30);
    for (ignored, sent) in [("HUP", &["HUP"][..]), ("HUP INT TERM", &["HUP", "INT", "TERM"])] {
        let (points, gate) = env.create_gate("batch.begin", 0);
        env.sim.control().clear_log();
        let line = format!("trap '' {ignored}; exec $MALSYNC sync --force-full --json");
        let running = env.shell_command(&line).env("FAILPOINTS", points).spawn().unwrap();
        env.wait_for_pages(1);
        sent.iter().for_each(|name| send_signal(&running, name));
        drop(gate);
        let run = env.wait_for_exit(running).expect_code(0).json();
        assert_eq!(run["status"], "SUCCESS", "{run}");
    }
}
