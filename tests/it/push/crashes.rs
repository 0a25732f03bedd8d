//! Pushes that die at any point.

use malsync_test_macros::on_both;
use serde_json::json;

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

/// Kills pushes of four edited entries, each at another point, and pushes again.
fn kill_pushes(kind: DatabaseKind, rounds: usize) {
    let list = PushedList::new(kind);
    for round in 0..rounds {
        let score = 1 + (round % 2) * 8;
        for id in &list.ids {
            list.edit(id, &["--score", &score.to_string(), "--notes", &format!("round {round}")]);
        }
        list.clear_log();
        let failpoint = FAILPOINTS[round % FAILPOINTS.len()];
        let points = format!("{failpoint}={}*off->return", (round / FAILPOINTS.len()) % list.ids.len());
        list.env.command(&["push", "--yes"]).env("FAILPOINTS", &points).output().unwrap();
        list.env.run(&["push", "--yes", "--json"]).expect_code(0);
        for id in &list.ids {
            let on_mal = (list.on_mal(id, "score"), list.on_mal(id, "comments"));
            assert_eq!(on_mal, (json!(score), json!(format!("round {round}"))), "{points}");
        }
        assert_eq!(list.diff(), [""; 0], "{points}");
        // MAL answered every write, so none is sent twice.
        let mut writes = list.writes();
        writes.sort();
        writes.dedup();
        assert_eq!((writes.len(), list.writes().len()), (list.ids.len(), list.ids.len()), "{points}");
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
