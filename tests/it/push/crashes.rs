//! Pushes that die at any point.

use malsync_test_macros::on_both;
use serde_json::{Value, json};

use super::PushedList;
use crate::support::test_env::DatabaseKind;

/// The points at which a push is killed.
const FAILPOINTS: [&str; 6] = [
    "push.before_write",
    "push.after_write",
    "batch.begin",
    "batch.before_commit",
    "batch.after_commit",
    "push.before_end",
];

/// Kills pushes of four edited entries, each at another point, and pushes again. Every second push is forced, over notes that
/// were typed on MAL meanwhile.
fn kill_pushes(kind: DatabaseKind, rounds: usize) {
    let list = PushedList::new(kind);
    let mut typed_on_mal = Vec::new();
    for round in 0..rounds {
        let score = 1 + (round % 2) * 8;
        let flags =
            if round % 2 == 0 { &["push", "--yes", "--json"][..] } else { &["push", "--yes", "--json", "--force"] };
        for id in &list.ids {
            list.edit(id, &["--score", &score.to_string(), "--notes", &format!("round {round}")]);
            if flags.contains(&"--force") {
                let notes = format!("typed on MAL in round {round}");
                list.edit_on_mal(id, &json!({ "comments": notes }));
                typed_on_mal.push((id.clone(), notes));
            }
        }
        list.clear_log();
        let failpoint = FAILPOINTS[(round / 2) % FAILPOINTS.len()];
        let points = format!("{failpoint}={}*off->return", (round / FAILPOINTS.len()) % list.ids.len());
        list.env.command(flags).env("FAILPOINTS", &points).output().unwrap();
        list.env.run(flags).expect_code(0);
        for id in &list.ids {
            let on_mal = (list.on_mal(id, "score"), list.on_mal(id, "comments"));
            assert_eq!(on_mal, (json!(score), json!(format!("round {round}"))), "{points}");
        }
        assert_eq!(list.diff(), [""; 0], "{points}");
        // Each failpoint is before a write or after MAL's answer, so the second push finds what the first one wrote.
        let mut writes = list.writes();
        writes.sort();
        writes.dedup();
        assert_eq!((writes.len(), list.writes().len()), (list.ids.len(), list.ids.len()), "{points}");
    }
    let lines = list.env.run(&["changes", "--json", "--limit", "100000"]).expect_code(0).json_lines();
    for (id, notes) in typed_on_mal {
        let is_recorded = |line: &Value| line["mal_id"].as_i64() == id.parse().ok() && line["mal"] == notes;
        assert!(lines.iter().any(is_recorded), "{notes:?} of {id} is lost");
    }
    assert_eq!(list.env.sync(&["--force-full"])["user_lists_updated"], 0);
}

#[on_both]
fn push_after_a_kill_at_each_failpoint_ends_as_an_undisturbed_one(kind: DatabaseKind) {
    kill_pushes(kind, 20);
}

#[on_both]
#[ignore = "takes minutes; nightly"]
fn pushes_killed_two_hundred_times_end_as_undisturbed_ones(kind: DatabaseKind) {
    kill_pushes(kind, 200);
}

/// Kills a forced push of the first entry at a failpoint. Returns the object of its run.
fn kill_forced_push(list: &PushedList, failpoint: &str) -> Value {
    let points = format!("{failpoint}=return");
    let killed = list.env.command(&["push", "--yes", "--force"]).env("FAILPOINTS", &points).output().unwrap();
    assert!(!killed.status.success());
    list.env.run(&["runs", "--json", "--limit", "1"]).expect_code(0).json()
}

#[on_both]
fn restore_of_a_killed_forced_push_brings_back_what_was_typed_on_mal(kind: DatabaseKind) {
    let names = ["score", "num_episodes_watched", "is_rewatching", "comments", "priority"];
    for (failpoint, goes_on_with) in [
        ("push.after_write", &["push", "--yes"][..]),
        ("push.after_write", &["sync"]),
        ("push.before_write", &["sync"]),
    ] {
        let list = PushedList::new(kind);
        let id = list.id();
        list.edit(
            id,
            &["--score", "9", "--notes", "mine", "--priority", "2", "--rewatching", "true", "--episodes", "3"],
        );
        list.edit_on_mal(id, &json!({"score": 3, "num_episodes_watched": 8, "comments": "typed on MAL"}));
        let before = names.map(|name| list.on_mal(id, name));
        let run = kill_forced_push(&list, failpoint);
        let lines = [
            "episodes_watched 5 8 5 false",
            "is_rewatching true false true false",
            r#"notes "mine" "typed on MAL" "mine" false"#,
            "priority 2 0 2 false",
            "rewatch_episodes 3 null 3 false",
            "score 9 3 9 false",
        ];
        assert_eq!((&run["status"], list.changes(&run)), (&json!("INTERRUPTED"), lines.map(str::to_owned).into()));
        list.env.run(goes_on_with).expect_code(0);
        list.env.run(&["restore", "--run", &run["run_id"].to_string(), "--yes"]).expect_code(0);
        assert_eq!((list.here(id, "score"), list.here(id, "notes")), (json!(3), json!("typed on MAL")));
        list.push(&[], 0);
        assert_eq!(names.map(|name| list.on_mal(id, name)), before, "{failpoint}, then {goes_on_with:?}");
    }
}

#[on_both]
fn restore_right_after_the_kill_of_a_forced_push_leaves_a_conflict(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    list.edit(list.id(), &["--score", "9"]);
    list.edit_on_mal(list.id(), &json!({"score": 3}));
    let run = kill_forced_push(&list, "push.after_write");
    list.env.run(&["restore", "--run", &run["run_id"].to_string(), "--yes"]).expect_code(0);
    assert_eq!((list.here(list.id(), "score"), list.on_mal(list.id(), "score")), (json!(3), json!(9)));
    // No response ever said that MAL has the 9.
    list.push(&[], 3);
    let run = list.push(&["--force"], 0);
    assert_eq!((list.on_mal(list.id(), "score"), list.changes(&run)), (json!(3), vec!["score 3 9 3 false".to_owned()]));
}
