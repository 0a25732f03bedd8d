//! `undo`: takes back the last local edit.

use malsync_test_macros::on_both;

use crate::support::test_env::{DatabaseKind, TestEnv};

#[on_both]
fn undo_restores_the_last_edit_and_leaves_a_change_of_pins_alone(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 12);
    env.sync(&[]);
    let first_id = env.sim.control().entry_ids("alice").unwrap()[0].to_string();
    assert!(env.run(&["undo"]).expect_code(0).stderr.contains("No local edit to undo"));
    let id = first_id.as_str();
    let sql = "SELECT CAST(l.score AS TEXT) FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id WHERE a.mal_id =";
    let score = || env.query_value(&format!("{sql} {id}"));
    env.run(&["edit", id, "--score", "3"]).expect_code(0);
    env.run(&["edit", id, "--score", "4"]).expect_code(0);
    env.run(&["pin", id, "notes"]).expect_code(0);
    let refused = env.run(&["undo"]).expect_code(0);
    assert!(refused.stderr.contains("changed pins") && score().as_deref() == Some("4"), "{refused:?}");
    env.execute_sql("DELETE FROM list_edits WHERE command = 'pin'");
    let shown = env.run(&["undo", "--dry-run"]).expect_code(0);
    assert!(shown.stdout.contains("4 → 3") && score().as_deref() == Some("4"), "{}", shown.stdout);
    env.run(&["undo"]).expect_code(0);
    assert_eq!(score().as_deref(), Some("3"));
    env.run(&["undo"]).expect_code(0);
    assert_eq!(score().as_deref(), Some("4"), "the last edit is the undo itself");
}
