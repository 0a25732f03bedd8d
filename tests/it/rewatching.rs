//! Episodes watched the first time and episodes of a rewatch are two values.

use std::fs;

use malsync_test_macros::on_both;
use serde_json::{Value, json};

use crate::support::test_env::{DatabaseKind, TestEnv};

/// Creates an environment with a login. The first entry of MAL's list is completed, with 12 of 12 episodes, and has these
/// values. Returns its id.
fn env_with_entry(kind: DatabaseKind, keys: &Value) -> (TestEnv, u64) {
    let env = TestEnv::with_login(kind, 5);
    let ids = env.sim.control().entry_ids("alice").unwrap();
    ids.iter().for_each(|id| patch_entry(&env, *id, &json!({"is_rewatching": false, "num_times_rewatched": 0})));
    patch_node(&env, ids[0], &json!({"num_episodes": 12}));
    patch_entry(&env, ids[0], &json!({"status": "completed", "num_episodes_watched": 12}));
    patch_entry(&env, ids[0], keys);
    assert_eq!(env.sync(&[])["status"], "SUCCESS");
    (env, ids[0])
}

fn patch_entry(env: &TestEnv, id: u64, keys: &Value) {
    let patch = serde_json::from_value(json!({ "list_status": keys })).unwrap();
    env.sim.control().patch_entry("alice", id, patch).unwrap();
}

fn patch_node(env: &TestEnv, id: u64, keys: &Value) {
    let patch = serde_json::from_value(json!({ "node": keys })).unwrap();
    env.sim.control().patch_entry("alice", id, patch).unwrap();
}

/// Returns the entries that `list` prints with these flags.
fn list_entries(env: &TestEnv, flags: &[&str]) -> Vec<Value> {
    env.run(&[&["list", "--json", "--sort", "id"], flags].concat()).expect_code(0).json_lines()
}

/// Returns whether the entry is being rewatched, and its two counts of episodes.
fn read_counts(env: &TestEnv, id: u64) -> (bool, Value, Value) {
    let entry = list_entries(env, &[]).into_iter().find(|entry| entry["mal_id"] == id).unwrap();
    let count = |name: &str| entry[name].clone();
    (entry["is_rewatching"] == true, count("episodes_watched"), count("rewatch_episodes"))
}

#[on_both]
fn mals_count_of_a_rewatch_leaves_the_episodes_watched(kind: DatabaseKind) {
    let (env, id) = env_with_entry(kind, &json!({}));
    patch_entry(&env, id, &json!({"is_rewatching": true, "num_episodes_watched": 3}));
    let run = env.sync(&[]);
    assert_eq!((&run["user_lists_updated"], &run["conflicts_resolved"]), (&json!(1), &json!(0)));
    assert_eq!(read_counts(&env, id), (true, json!(12), json!(3)));
    let changes = env.run(&["changes", "--json", "--run", &run["run_id"].to_string()]).expect_code(0).json_lines();
    let lines: Vec<_> = changes.iter().map(|line| json!([line["field"], line["local"], line["kept"]])).collect();
    assert_eq!(lines, [json!(["rewatch_episodes", null, 3]), json!(["is_rewatching", false, true])]);
    assert!(changes.iter().all(|line| line["rule"] == "mal" && line["conflict"] == false), "{changes:?}");
    assert_eq!(list_entries(&env, &["--edited"]), Vec::<Value>::new());
    for flags in [&["--force-full"][..], &["--force-full"], &[]] {
        let run = env.sync(flags);
        assert_eq!((&run["user_lists_updated"], &run["user_lists_settled"]), (&json!(0), &json!(0)), "{flags:?}");
        assert_eq!(run["conflicts_resolved"], 0, "{flags:?}");
    }
    patch_entry(&env, id, &json!({"is_rewatching": false, "num_episodes_watched": 12, "num_times_rewatched": 1}));
    assert_eq!(env.sync(&[])["conflicts_resolved"], 0);
    assert_eq!(read_counts(&env, id), (false, json!(12), Value::Null));
    assert_eq!(list_entries(&env, &["--edited"]), Vec::<Value>::new());
}

#[on_both]
fn entry_that_comes_in_while_rewatching_has_the_known_total(kind: DatabaseKind) {
    let (env, id) = env_with_entry(kind, &json!({"is_rewatching": true, "num_episodes_watched": 3}));
    assert_eq!(read_counts(&env, id), (true, json!(12), json!(3)));
    assert_eq!(list_entries(&env, &["--edited"]), Vec::<Value>::new());
    let other = env.sim.control().entry_ids("alice").unwrap()[1];
    env.execute_sql("DELETE FROM user_anime_lists");
    patch_node(&env, other, &json!({"num_episodes": 0}));
    patch_entry(&env, other, &json!({"status": "completed", "is_rewatching": true, "num_episodes_watched": 4}));
    env.sync(&["--force-full"]);
    assert_eq!(read_counts(&env, other), (true, json!(4), json!(4)), "the total is unknown");
}

#[on_both]
fn rewatched_entry_is_shown_and_found(kind: DatabaseKind) {
    let (env, id) = env_with_entry(kind, &json!({"is_rewatching": true, "num_episodes_watched": 3}));
    let (text, shown) = (id.to_string(), "rewatching 3/12");
    assert!(env.run(&["list"]).expect_code(0).stdout.contains(shown));
    assert!(env.run(&["show", &text]).expect_code(0).stdout.contains(shown));
    let ids = |flags: &[&str]| -> Vec<Value> {
        list_entries(&env, flags).iter().map(|entry| entry["mal_id"].clone()).collect()
    };
    assert_eq!(ids(&["--rewatching"]), [json!(id)]);
    assert_eq!(ids(&["--rewatching", "--sort", "title", "--limit", "1"]), [json!(id)]);
    // Its status is completed; `list` also finds it under watching, because it is being watched again.
    for status in ["watching", "completed"] {
        assert!(ids(&["--status", status]).contains(&json!(id)), "{status}");
        assert!(ids(&["--status", status, "--sort", "title", "--limit", "9"]).contains(&json!(id)), "{status}");
    }
    assert!(!ids(&["--status", "dropped"]).contains(&json!(id)));
    // `edit --where` filters by the stored `status`, so the rewatched entry is not selected.
    let edit = env.run(&["edit", "--where", "status=watching", "--priority", "2", "--dry-run", "--json"]);
    assert!(edit.expect_code(0).json_lines().iter().all(|line| line["mal_id"] != id));
    let stats = env.run(&["stats", "--rewatching", "--json"]).expect_code(0).json();
    let watched = (&stats["watched"]["episodes"], &stats["watched"]["episodes_again"]);
    assert_eq!(watched, (&json!(15), &json!(3)), "{stats}");
    let csv = env.run(&["list", "--csv", "--columns", "mal_id,episodes_watched,rewatch_episodes", "--rewatching"]);
    assert_eq!(csv.expect_code(0).stdout, format!("mal_id,episodes_watched,rewatch_episodes\r\n{id},12,3\r\n"));
}

#[on_both]
fn both_counts_survive_export_and_import(kind: DatabaseKind) {
    let (env, id) = env_with_entry(kind, &json!({"is_rewatching": true, "num_episodes_watched": 3}));
    let before = list_entries(&env, &[]);
    env.run(&["export", "--output", "list.xml"]).expect_code(0);
    env.run(&["export", "--output", "list.json"]).expect_code(0);
    let xml = fs::read_to_string(env.home().join("list.xml")).unwrap();
    for element in ["<my_watched_episodes>12<", "<my_rewatching_ep>3<", "<my_rewatching>1<"] {
        assert!(xml.contains(element), "{element}");
    }
    // Versions that had one count wrote that of the rewatch.
    let mut old: Value = serde_json::from_str(&fs::read_to_string(env.home().join("list.json")).unwrap()).unwrap();
    for entry in old.as_array_mut().unwrap().iter_mut().map(|entry| entry.as_object_mut().unwrap()) {
        if let Some(count) = entry.remove("rewatch_episodes").filter(|count| !count.is_null()) {
            entry.insert("episodes_watched".into(), count);
        }
    }
    fs::write(env.home().join("old.json"), old.to_string()).unwrap();
    for file in ["list.xml", "list.json", "old.json"] {
        env.execute_sql("DELETE FROM user_anime_lists");
        env.run(&["import", file, "--user", "alice"]).expect_code(0);
        assert_eq!(read_counts(&env, id), (true, json!(12), json!(3)), "{file}");
        let counts = |entries: &[Value]| -> Vec<Value> {
            entries.iter().map(|entry| json!([entry["episodes_watched"], entry["rewatch_episodes"]])).collect()
        };
        assert_eq!(counts(&list_entries(&env, &[])), counts(&before), "{file}");
        let again = env.run(&["import", file, "--user", "alice", "--json"]).expect_code(0).json();
        assert_eq!(again["unchanged"], 5, "{file}");
    }
}

#[on_both]
fn edit_of_episodes_while_rewatching_sets_those_of_the_rewatch_and_says_so(kind: DatabaseKind) {
    let (env, id) = env_with_entry(kind, &json!({"is_rewatching": true, "num_episodes_watched": 3}));
    let text = id.to_string();
    let edit = |flags: &[&str]| env.run(&[&["edit", &text], flags].concat()).expect_code(0);
    let output = edit(&["--episodes", "+1"]);
    assert!(output.stderr.contains("--episodes set the progress of the rewatch"), "{}", output.stderr);
    assert_eq!(read_counts(&env, id), (true, json!(12), json!(4)));
    assert_eq!(list_entries(&env, &["--edited"])[0]["edited"], json!(["rewatch_episodes"]));
    edit(&["--episodes", "-2"]);
    assert_eq!(read_counts(&env, id), (true, json!(12), json!(2)));
    let output = edit(&["--episodes", "12"]);
    let command = format!("malsync edit {id} --rewatching false --times-rewatched +1");
    assert!(output.stderr.contains(&command), "{}", output.stderr);
    edit(&["--rewatching", "true"]);
    assert_eq!(read_counts(&env, id), (true, json!(12), json!(0)));
    edit(&["--status", "completed"]);
    assert_eq!(read_counts(&env, id), (true, json!(12), json!(0)));
    let output = edit(&["--rewatching", "false"]);
    assert!(output.stderr.contains(&format!("malsync edit {id} --times-rewatched +1")), "{}", output.stderr);
    assert_eq!(read_counts(&env, id), (false, json!(12), Value::Null));
    assert_eq!(list_entries(&env, &["--edited"])[0]["edited"], json!(["is_rewatching"]));
    edit(&["--times-rewatched", "+2"]);
    edit(&["--times-rewatched", "-1"]);
    assert_eq!(list_entries(&env, &[])[0]["times_rewatched"], 1);
    let output = edit(&["--episodes", "11", "--status", "watching"]);
    assert!(!output.stderr.contains("of the rewatch"), "{}", output.stderr);
    let output = edit(&["--episodes", "+1"]);
    assert!(output.stderr.contains(&format!("malsync edit {id} --status completed")), "{}", output.stderr);
    edit(&["--rewatching", "true", "--episodes", "5"]);
    assert_eq!(read_counts(&env, id), (true, json!(12), json!(5)));
    for flags in [["--score", "+1"], ["--priority", "+1"], ["--rewatch-value", "+1"], ["--episodes", "+x"]] {
        env.run(&[&["edit", &text], &flags[..]].concat()).expect_code(2);
    }
    // MAL's rule: the next sync brings MAL's flag and MAL's count.
    env.sync(&["--force-full"]);
    assert_eq!(read_counts(&env, id), (true, json!(12), json!(3)));
}
