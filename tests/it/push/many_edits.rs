//! Pushes of many entries: requests, memory, and an interruption in the middle.

use malsync_test_macros::on_both;

use crate::support::{
    memory::run_measuring_memory,
    test_env::{DatabaseKind, TestEnv},
    wait_until,
};

/// Peak memory that a push of many entries may take beyond one of few, in kB. It holds the plan and the report of each entry.
const MAX_ADDED_MEMORY_KB: u64 = 12_000;

/// Edits this many entries with SQL, as an application would.
fn edit_entries(env: &TestEnv, entries: usize, notes: &str) {
    env.execute_sql(&format!(
        "UPDATE user_anime_lists SET notes = '{notes}' \
        WHERE id IN (SELECT id FROM user_anime_lists ORDER BY id LIMIT {entries})"
    ));
}

fn push_many_edits(kind: DatabaseKind, entries: usize) {
    let env = TestEnv::with_login(kind, entries);
    env.sync(&[]);
    let max = entries.to_string();
    let push = ["push", "--yes", "--json", "--max", &max];
    edit_entries(&env, 10, "few");
    let (_, memory_of_few) = run_measuring_memory(&env, &push);
    edit_entries(&env, entries, "many");
    env.sim.control().clear_log();
    let (output, memory_of_many) = run_measuring_memory(&env, &push);
    let run = output.expect_code(0).json();
    assert_eq!(
        (run["pushed_entries"].as_u64(), run["requests"].as_u64()),
        (Some(entries as u64), Some(2 * entries as u64 + 1))
    );
    assert_eq!(env.sim.control().logged_requests().len(), 2 * entries + 1);
    assert!(memory_of_many < memory_of_few + MAX_ADDED_MEMORY_KB, "{memory_of_few} kB, then {memory_of_many} kB");
    // Killed in the middle, and gone on.
    edit_entries(&env, entries, "again");
    env.sim.control().clear_log();
    let (mut process, gate) = env.spawn_paused_at(&push, "push.before_write", entries / 2);
    wait_until("half of the entries are written", || env.sim.control().logged_writes().len() == entries / 2);
    process.kill().unwrap();
    env.wait_for_exit(process);
    drop(gate);
    let run = env.run(&push).expect_code(0).json();
    assert_eq!(run["pushed_entries"].as_u64(), Some((entries - entries / 2) as u64));
    let mut written: Vec<u64> =
        env.sim.control().logged_writes().iter().map(|write| write.written_anime_id().unwrap()).collect();
    written.sort_unstable();
    written.dedup();
    assert_eq!((written.len(), env.sim.control().logged_writes().len()), (entries, entries), "each entry once");
    assert_eq!(env.run(&["diff", "--json"]).expect_code(0).stdout, "");
}

#[on_both]
fn push_of_many_edits_takes_two_requests_an_entry_and_goes_on_after_a_kill(kind: DatabaseKind) {
    push_many_edits(kind, 120);
}

#[on_both]
#[ignore = "nightly: three thousand writes"]
fn push_of_a_thousand_edits_takes_two_requests_an_entry_and_goes_on_after_a_kill(kind: DatabaseKind) {
    push_many_edits(kind, 1_000);
}

/// At the default rate. What malsync itself needs between two requests must not add to their interval.
#[on_both]
#[ignore = "nightly: takes three minutes"]
fn push_at_one_request_a_second_keeps_within_three_percent_of_the_pace(kind: DatabaseKind) {
    const ENTRIES: usize = 90;
    let mut env = TestEnv::with_login(kind, ENTRIES);
    env.sync(&[]);
    edit_entries(&env, ENTRIES, "mine");
    env.set_var("MAL_API_RATE_LIMIT", "1");
    let run = env.run(&["push", "--yes", "--json", "--max", "90"]).expect_code(0).json();
    let (requests, seconds) = (run["requests"].as_f64().unwrap(), run["duration"].as_f64().unwrap());
    let intervals = requests - 1.0;
    assert!((intervals..intervals * 1.03).contains(&seconds), "{seconds} s for {requests} requests");
}
