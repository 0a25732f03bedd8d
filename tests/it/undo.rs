//! `undo`: takes back the last local edit.

use malsync_test_macros::on_both;

use crate::support::{
    terminal,
    test_env::{CommandOutput, DatabaseKind, TestEnv},
};

/// Returns the score of the anime with this id, and whether it is pinned.
fn score_and_pin(env: &TestEnv, id: &str) -> (Option<i64>, bool) {
    let row = env.run(&["show", id, "--json"]).expect_code(0).json();
    let pins = env.run(&["pin", id, "--json"]).expect_code(0).stdout;
    (row["score"].as_i64(), pins.contains(r#""field":"score""#))
}

/// Returns the arguments of the command that an undo names to redo it.
fn redo_command(output: &CommandOutput) -> String {
    let (_, command) = output.stderr.trim_end().split_once(" To redo it: malsync ").unwrap();
    command.to_owned()
}

#[on_both]
fn each_undo_goes_one_edit_further_back_and_can_be_redone(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 12);
    env.sync(&[]);
    let id = &env.sim.control().entry_ids("alice").unwrap()[0].to_string();
    assert!(env.run(&["undo"]).expect_code(0).stderr.contains("No local edit to undo"));
    let state = || score_and_pin(&env, id);
    env.run(&["edit", id, "--score", "3"]).expect_code(0);
    env.run(&["edit", id, "--score", "4"]).expect_code(0);
    env.run(&["pin", id, "score"]).expect_code(0);
    let shown = env.run(&["undo", "--dry-run"]).expect_code(0);
    assert!(shown.stdout.contains("score is no longer pinned") && state() == (Some(4), true), "{shown:?}");
    let unpinned = env.run(&["undo"]).expect_code(0);
    assert_eq!((redo_command(&unpinned), state()), (format!("pin {id} score"), (Some(4), false)), "{unpinned:?}");
    let shown = env.run(&["undo", "--dry-run"]).expect_code(0);
    assert!(shown.stdout.contains("score 4 → 3") && state() == (Some(4), false), "{}", shown.stdout);
    let undone = env.run(&["undo"]).expect_code(0);
    assert!(undone.stdout.contains("score 4 → 3"), "{}", undone.stdout);
    let undone_first = env.run(&["undo"]).expect_code(0);
    assert!(undone_first.stdout.contains("score 3 → "), "{}", undone_first.stdout);
    assert!(env.run(&["undo"]).expect_code(0).stderr.contains("No local edit to undo"));
    for output in [&undone_first, &undone] {
        let command = redo_command(output);
        assert!(command.starts_with("restore --edit "), "{command}");
        env.run(&command.split(' ').collect::<Vec<_>>()).expect_code(0);
    }
    assert_eq!(state(), (Some(4), false));
    // What was redone is undone like any edit.
    assert!(env.run(&["undo"]).expect_code(0).stdout.contains("score 4 → 3"));
    env.run(&["edit", id, "--score", "9"]).expect_code(0);
    assert!(env.run(&["undo"]).expect_code(0).stdout.contains("score 9 → 3"));
}

#[on_both]
fn undo_skips_an_edit_that_a_sync_replaced_and_stops_at_one_that_differs(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 12);
    env.sync(&[]);
    let ids = env.sim.control().entry_ids("alice").unwrap();
    let [first, second] = [ids[0].to_string(), ids[1].to_string()];
    let status = env.run(&["show", &second, "--json"]).expect_code(0).json()["status"].clone();
    let other = if status == "dropped" { "on_hold" } else { "dropped" };
    env.run(&["edit", &first, "--notes", "mine"]).expect_code(0);
    env.run(&["edit", &second, "--status", other]).expect_code(0);
    env.sync(&["--force-full"]);
    let mut session = terminal::start_terminal(&env, "$MALSYNC undo");
    session.exp_string(" instead? [y/N]").unwrap();
    session.send_line("").unwrap();
    assert!(terminal::read_to_end(&mut session).contains("Nothing was changed."), "another edit than the last one");
    let output = env.run(&["undo"]).expect_code(0);
    assert!(output.stderr.contains(": a sync or a later edit has replaced it"), "{}", output.stderr);
    assert!(output.stdout.contains("notes ") && output.stderr.contains("Undid edit #"), "{output:?}");
    env.run(&["edit", &first, "--notes", "mine"]).expect_code(0);
    let sql = "UPDATE user_anime_lists SET notes = 'of another program' WHERE notes = 'mine'";
    env.execute_sql(sql);
    let stopped = env.run(&["undo"]).expect_code(0);
    assert!(stopped.stdout.contains("skipped: changed since"), "{}", stopped.stdout);
    assert!(stopped.stderr.contains("To undo an earlier edit, find its number with "), "{}", stopped.stderr);
    env.run(&["undo", "--force"]).expect_code(0);
}

#[test]
fn quiet_commands_that_edit_print_no_result() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 12);
    env.sync(&[]);
    let id = &env.sim.control().entry_ids("alice").unwrap()[0].to_string();
    let commands: [&[&str]; 4] =
        [&["edit", id, "--notes", "mine"], &["undo"], &["edit", id, "--notes", "again"], &["revert", id, "--yes"]];
    for command in commands {
        let output = env.run(&[command, &["-q"]].concat()).expect_code(0);
        assert_eq!((output.stdout.as_str(), output.stderr.contains("Undid")), ("", false), "{command:?}: {output:?}");
    }
    assert_eq!(env.run(&["show", id, "--json"]).expect_code(0).json()["notes"], serde_json::Value::Null);
}
