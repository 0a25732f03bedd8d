//! Rewatches: the flag and its count.

use malsync_test_macros::on_both;
use serde_json::{Value, json};

use super::PushedList;
use crate::support::test_env::DatabaseKind;

fn completed() -> Value {
    json!({"status": "completed", "score": 7, "num_episodes_watched": 12, "comments": "", "tags": []})
}

#[on_both]
fn rewatch_is_begun_counted_and_ended_on_mal(kind: DatabaseKind) {
    let list = PushedList::with_values(kind, &completed());
    let id = list.id();
    list.edit(id, &["--rewatching", "true", "--episodes", "3"]);
    list.push(&[], 0);
    assert_eq!(list.writes(), [format!("{id} is_rewatching=true&num_watched_episodes=3")]);
    assert_eq!((list.here(id, "episodes_watched"), list.here(id, "rewatch_episodes")), (json!(12), json!(3)));
    assert_eq!((list.diff(), list.env.sync(&["--force-full"])["user_lists_updated"].clone()), (Vec::new(), json!(0)));
    list.clear_log();
    list.edit(id, &["--episodes", "4"]);
    list.push(&["--field", "episodes"], 0);
    assert_eq!(list.writes(), [format!("{id} num_watched_episodes=4")]);
    list.clear_log();
    list.edit(id, &["--rewatching", "false"]);
    list.push(&[], 0);
    assert_eq!(list.writes(), [format!("{id} num_watched_episodes=12&is_rewatching=false")]);
    assert_eq!((list.diff(), list.on_mal(id, "num_episodes_watched")), (Vec::new(), json!(12)));
}

#[on_both]
fn restored_push_of_a_rewatch_brings_back_flag_and_count(kind: DatabaseKind) {
    for (on_mal, edit) in [
        (json!({"is_rewatching": true, "num_episodes_watched": 3}), &["--rewatching", "false"][..]),
        (json!({"num_episodes_watched": 11}), &["--rewatching", "true", "--episodes", "2"]),
    ] {
        let list = PushedList::with_values(kind, &completed());
        let id = list.id();
        list.edit_on_mal(id, &on_mal);
        list.env.sync(&["--force-full"]);
        let before = ["is_rewatching", "num_episodes_watched"].map(|name| list.on_mal(id, name));
        list.edit(id, edit);
        let run = list.push(&[], 0)["run_id"].to_string();
        assert_ne!(["is_rewatching", "num_episodes_watched"].map(|name| list.on_mal(id, name)), before);
        list.env.run(&["restore", "--run", &run, "--yes"]).expect_code(0);
        list.push(&[], 0);
        assert_eq!(["is_rewatching", "num_episodes_watched"].map(|name| list.on_mal(id, name)), before, "{on_mal}");
    }
}

#[on_both]
fn count_of_a_rewatch_that_mal_has_ended_is_a_conflict(kind: DatabaseKind) {
    let list = PushedList::with_values(kind, &completed());
    let id = list.id();
    list.edit_on_mal(id, &json!({"is_rewatching": true, "num_episodes_watched": 3}));
    list.env.sync(&["--force-full"]);
    list.edit(id, &["--episodes", "5"]);
    list.edit_on_mal(id, &json!({"is_rewatching": false, "num_episodes_watched": 12}));
    list.clear_log();
    let run = list.push(&[], 3);
    assert_eq!((&run["push_conflicts"], list.writes()), (&json!(1), Vec::new()));
    list.push(&["--force"], 0);
    assert_eq!(list.writes(), [format!("{id} is_rewatching=true&num_watched_episodes=5")]);
}

#[on_both]
fn restored_forced_push_of_a_rewatch_brings_back_mals_rewatch(kind: DatabaseKind) {
    let list = PushedList::with_values(kind, &completed());
    let id = list.id();
    list.edit(id, &["--rewatching", "true", "--episodes", "3"]);
    list.edit_on_mal(id, &json!({"is_rewatching": true, "num_episodes_watched": 8}));
    let run = list.push(&["--force"], 0)["run_id"].to_string();
    assert_eq!(list.on_mal(id, "num_episodes_watched"), json!(3));
    let restored = list.env.run(&["restore", "--run", &run, "--yes", "--json"]).expect_code(0).json();
    assert_eq!(restored["left"][0]["reason"], "count_of_rewatch", "{restored}");
    assert_eq!((list.here(id, "is_rewatching"), list.here(id, "rewatch_episodes")), (json!(true), json!(8)));
    list.push(&[], 0);
    let on_mal = ["is_rewatching", "num_episodes_watched"].map(|name| list.on_mal(id, name));
    assert_eq!(on_mal, [json!(true), json!(8)]);
}

#[on_both]
fn restored_end_of_a_rewatch_names_no_conflict(kind: DatabaseKind) {
    let list = PushedList::with_values(kind, &completed());
    let id = list.id();
    list.edit_on_mal(id, &json!({"is_rewatching": true, "num_episodes_watched": 3}));
    list.env.sync(&["--force-full"]);
    list.edit(id, &["--rewatching", "false", "--episodes", "10"]);
    let run = list.push(&[], 0)["run_id"].to_string();
    let restored = list.env.run(&["restore", "--run", &run, "--yes", "--json"]).expect_code(0).json();
    assert_eq!(restored["left"], json!([]), "{restored}");
    assert_eq!((list.here(id, "is_rewatching"), list.here(id, "rewatch_episodes")), (json!(true), json!(3)));
}
