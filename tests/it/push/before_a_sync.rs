//! `sync --push`, `sync --every` and `edit --push`.

use malsync_test_macros::on_both;
use serde_json::json;

use super::PushedList;
use crate::support::{test_env::DatabaseKind, wait_until};

#[on_both]
fn sync_with_push_sends_own_values_before_the_rules_set_them_back(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    let [first, second, ..] = &list.ids[..] else { unreachable!() };
    list.edit(first, &["--status", "dropped", "--score", "2"]);
    list.edit(second, &["--score", "9", "--start-date", "2024"]);
    list.edit_on_mal(second, &json!({"score": 4}));
    let output = list.env.run(&["sync", "--push", "--json"]).expect_code(0);
    let [push, sync] = &output.json_lines()[..] else { panic!("two objects") };
    assert_eq!(
        (&push["mode"], &push["status"], &push["pushed_fields"]),
        (&json!("push"), &json!("PARTIAL"), &json!(2))
    );
    assert_eq!((&sync["mode"], &sync["status"]), (&json!("incremental"), &json!("SUCCESS")));
    assert!(output.stderr.contains("warning: conflict: ") && output.stderr.contains("start_date"), "{}", output.stderr);
    assert_eq!((list.here(first, "status"), list.on_mal(first, "status")), (json!("dropped"), json!("dropped")));
    assert_eq!(
        (list.here(second, "score"), list.here(second, "start_date")),
        (json!(4), json!("2019-04-01")),
        "left to the rules"
    );
}

#[on_both]
fn push_that_a_guard_or_an_error_ends_is_not_followed_by_a_sync(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    let ids = list.ids.clone();
    ids.iter().for_each(|id| list.edit(id, &["--status", "dropped"]));
    let output = list.env.run(&["sync", "--push", "--max", "3", "--json"]).expect_code(8);
    assert!(output.stderr.contains("malsync push --max 4"), "{}", output.stderr);
    assert_eq!((output.stdout.as_str(), list.writes()), ("", Vec::new()));
    list.env.add_faults(&json!({"match": {"path": "/v2/anime/*"}, "status": 500, "times": "forever"}));
    let output = list.env.run(&["sync", "--push", "--json"]).expect_code(5);
    assert_eq!(output.json()["mode"], "push");
    assert_eq!(list.here(&ids[0], "status"), "dropped", "the sync would have set it back");
    list.env.sim.control().clear_faults();
    let objects = list.env.run(&["sync", "--push", "--dry-run", "--json"]).expect_code(0).json_lines();
    assert_eq!(
        (&objects[0]["pushed_entries"], &objects[1]["dry_run"], list.writes()),
        (&json!(4), &json!(true), Vec::new())
    );
    let objects = list.env.run(&["sync", "--push", "--all-users", "--json"]).expect_code(0).json_lines();
    assert_eq!((&objects[0]["pushed_entries"], &objects[1]["status"]), (&json!(4), &json!("SUCCESS")));
    let objects = list.env.run(&["sync", "--push", "--json"]).expect_code(0).json_lines();
    assert_eq!((&objects[0]["status"], &objects[1]["status"]), (&json!("SKIPPED"), &json!("SUCCESS")));
}

#[on_both]
fn edit_with_push_sends_the_fields_that_it_sets(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    let [first, second, ..] = &list.ids[..] else { unreachable!() };
    list.edit(first, &["--notes", "waits"]);
    let output = list.env.run(&["edit", first, "--score", "9", "--priority", "0", "--push", "--json"]).expect_code(0);
    let run = output.json_lines().pop().unwrap();
    assert_eq!((&run["mode"], list.writes()), (&json!("push"), vec![format!("{first} score=9")]), "not the notes");
    list.clear_log();
    // A value that stood here already is sent too.
    list.edit(second, &["--score", "3"]);
    let output = list.env.run(&["edit", "--where", "status=watching", "--score", "3", "--push"]).expect_code(0);
    assert!(list.writes().contains(&format!("{second} score=3")), "{:?} {}", list.writes(), output.stdout);
    list.clear_log();
    let too_many = ["edit", "--where", "status=watching", "--score", "2", "--push", "--max", "1"];
    let output = list.env.run(&[&too_many[..], &["--dry-run"]].concat()).expect_code(0);
    assert!(output.stderr.contains("more than the limit of 1"), "{}", output.stderr);
    assert!(!(output.stdout + &output.stderr).contains("next sync"), "a push sends the value before a sync");
    assert_eq!((list.here(second, "score"), list.writes()), (json!(3), Vec::new()));
    let partial = list.env.run(&["edit", first, "--start-date", "2024", "--push", "--dry-run"]).expect_code(0);
    assert!(partial.stderr.contains("start_date cannot be sent"), "{}", partial.stderr);
    let output = list.env.run(&too_many).expect_code(8);
    assert_eq!((list.here(second, "score"), list.writes()), (json!(2), Vec::new()), "{}", output.stderr);
    let same = list.env.run(&["edit", first, "--status", "watching", "--push", "--json"]).expect_code(0).json_lines();
    assert_eq!(same.last().unwrap()["status"], "SKIPPED");
}

#[on_both]
fn sync_at_an_interval_stays_until_a_signal(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    list.env.run(&["sync", "--every", "9m"]).expect_code(2);
    list.edit(list.id(), &["--score", "9"]);
    let process = list.env.spawn(&["sync", "--push", "--every", "6h", "--json"]);
    wait_until("the first sync has ended", || {
        list.env.query_value("SELECT CAST(count(*) AS TEXT) FROM sync_runs WHERE status = 'SUCCESS'")
            == Some("3".into())
    });
    std::process::Command::new("kill").arg(process.id().to_string()).status().unwrap();
    let output = list.env.wait_for_exit(process);
    // The signal may come while the first sync is still closing its database.
    assert!([0, 143].contains(&output.code), "{output:?}");
    assert_eq!(output.json_lines().len(), 2);
}
