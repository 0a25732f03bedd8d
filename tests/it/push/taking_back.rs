//! `revert`, and `restore` of a push.

use malsync_test_macros::on_both;
use serde_json::{Value, json};

use super::PushedList;
use crate::support::test_env::DatabaseKind;

/// Returns MAL's list without the times of the last change.
fn dump_mal(list: &PushedList) -> Vec<Value> {
    let dump = list.env.sim.control().dump_list("alice").unwrap();
    let without_time = |entry: mal_sim::DumpedEntry| {
        let mut entry = serde_json::to_value(entry).unwrap();
        entry.as_object_mut().unwrap().remove("updated_at");
        entry
    };
    dump.into_iter().map(without_time).collect()
}

#[on_both]
fn restore_and_push_bring_mal_back_field_by_field_after_a_bad_bulk_edit(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    let ids = list.ids.clone();
    // A week of syncs, with edits on both sides.
    for day in 1..=7 {
        let id = &ids[day % ids.len()];
        list.edit(id, &["--notes", &format!("day {day}"), "--score", &(day + 2).to_string()]);
        list.edit_on_mal(
            &ids[(day + 1) % ids.len()],
            &json!({"num_episodes_watched": day, "tags": [format!("t{day}")], "finish_date": "2024-02"}),
        );
        list.env.run(&["sync", "--push", "--json"]).expect_code(0);
    }
    list.env.sync(&["--force-full"]);
    let before = dump_mal(&list);
    list.env.run(&["edit", "--where", "search=", "--yes", "--score", "1"]).expect_code(2);
    let edit = [
        "edit",
        "--yes",
        "--where",
        "status=watching",
        "--score",
        "1",
        "--status",
        "dropped",
        "--notes",
        "oops",
        "--tags",
        "",
        "--finish-date",
        "2020-01-01",
        "--episodes",
        "0",
        "--priority",
        "1",
    ];
    list.env.run(&edit).expect_code(0);
    let run = list.push(&["--max", "100"], 0);
    assert_ne!(dump_mal(&list), before);
    list.env.sync(&[]);
    list.env.run(&["restore", "--run", &run["run_id"].to_string(), "--yes"]).expect_code(0);
    // Partial dates come back here, but have no form.
    let back = list.env.run(&["push", "--yes", "--json", "--max", "100"]);
    let errors = back.json()["errors"].as_array().unwrap().clone();
    assert!(
        errors
            .iter()
            .all(|error| error["kind"] == "invalid" && error["message"].as_str().unwrap().contains("finish_date")),
        "{errors:?}"
    );
    let without_dates = |dump: Vec<Value>| -> Vec<Value> {
        dump.into_iter()
            .map(|mut entry| {
                if entry["finish_date"] == "2024-02" || entry["finish_date"] == "2020-01-01" {
                    entry["finish_date"] = json!("?");
                }
                entry
            })
            .collect()
    };
    assert_eq!(without_dates(dump_mal(&list)), without_dates(before));
}

#[on_both]
fn restore_leaves_conflicts_and_later_changes_alone_and_says_so(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    let [first, second, ..] = &list.ids[..] else { unreachable!() };
    list.edit(first, &["--score", "9", "--priority", "2"]);
    list.edit(second, &["--score", "9"]);
    list.edit_on_mal(second, &json!({"score": 3}));
    let run = list.push(&[], 3)["run_id"].to_string();
    list.edit(first, &["--score", "10"]);
    let lines = list.env.run(&["restore", "--run", &run, "--yes", "--json"]).expect_code(0).json_lines();
    let reasons: Vec<_> =
        lines.iter().flat_map(|line| line["left"].as_array().unwrap()).map(|left| &left["reason"]).collect();
    assert_eq!(reasons.len(), 2);
    assert!(reasons.contains(&&json!("conflict")) && reasons.contains(&&json!("changed_since")), "{reasons:?}");
    assert_eq!(
        (list.here(first, "priority"), list.here(first, "score"), list.here(second, "score")),
        (json!(0), json!(10), json!(9))
    );
    list.env.run(&["restore", "--run", &run, "--yes", "--force"]).expect_code(0);
    assert_eq!(list.here(first, "score"), 7);
    list.clear_log();
    list.push(&[first], 0);
    assert_eq!(list.writes(), [format!("{first} score=7&priority=0")]);
}

#[on_both]
fn revert_gives_mals_values_and_can_be_undone(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    let [first, second, ..] = &list.ids[..] else { unreachable!() };
    list.edit(first, &["--score", "9", "--notes", "mine"]);
    list.edit(second, &["--score", "9"]);
    list.env.run(&["pin", first, "score"]).expect_code(0);
    list.env.run(&["revert"]).expect_code(2);
    let dry = list.env.run(&["revert", "--dry-run", "--json"]).expect_code(0).json_lines();
    assert_eq!((dry.len(), &dry[0]["edit_id"], list.diff().len()), (2, &Value::Null, 3));
    let done = list.env.run(&["revert", "--yes", "--json", "--field", "score", first]).expect_code(0).json();
    assert_eq!((list.here(first, "score"), list.here(first, "notes")), (json!(7), json!("mine")));
    let pins = list.env.run(&["pin", "--json"]).expect_code(0).json_lines();
    assert_eq!(pins.len(), 1, "pins stay");
    list.env.run(&["revert", "--yes"]).expect_code(0);
    assert_eq!(list.diff(), [""; 0]);
    assert!(list.env.run(&["revert", "--yes"]).expect_code(0).stderr.contains("Nothing to revert."));
    assert!(list.env.sim.control().logged_requests().is_empty(), "no request");
    list.env.run(&["restore", "--edit", &done["edit_id"].to_string()]).expect_code(0);
    assert_eq!((list.here(first, "score"), list.diff()), (json!(9), vec![format!("{first} score edited")]));
}
