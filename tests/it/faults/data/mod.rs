//! Odd values in entries from MAL, on both databases: each on one page with a hundred valid entries.

mod fields;
mod listing;
mod local_rows;
mod texts;

use serde_json::{Value, json};

use crate::support::test_env::{CommandOutput, DatabaseKind, TestEnv};

/// MAL id of the first odd entry. Generated lists have no id that high.
const FIRST_ODD_ID: u64 = 2_000_000_001;

/// Returns a valid entry.
fn good_entry(id: u64) -> Value {
    json!({
        "node": {"id": id, "title": format!("Entry {id}"), "num_episodes": 12},
        "list_status": {"status": "watching", "score": 0, "num_episodes_watched": 1, "is_rewatching": false,
            "updated_at": "2021-03-15T09:00:58+00:00"},
    })
}

/// Returns the JSON of an entry with this text in one place. An empty text removes the key.
fn odd_entry_text(id: u64, place: &str, text: &str) -> String {
    let mut entry = good_entry(id);
    let (parent, key) = place.rsplit_once('/').unwrap();
    let parent = entry.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if text.is_empty() {
        parent.remove(key);
    } else {
        parent.insert(key.to_owned(), json!("@@"));
    }
    entry.to_string().replace("\"@@\"", text)
}

/// Creates an environment with a hundred valid entries followed by these, all on one page.
fn env_with_entries(kind: DatabaseKind, entries: &[String]) -> TestEnv {
    let mut env = TestEnv::with_login(kind, 100);
    env.set_var("MAL_PAGE_SIZE", "1000");
    for (id, text) in (FIRST_ODD_ID..).zip(entries) {
        env.sim.control().put_entry_text("alice", id, text).unwrap();
    }
    env
}

/// Creates an environment with one odd entry for each of these JSON texts in that place.
fn env_with_odd_values(kind: DatabaseKind, place: &str, texts: &[&str]) -> TestEnv {
    let entries: Vec<_> = (FIRST_ODD_ID..).zip(texts).map(|(id, text)| odd_entry_text(id, place, text)).collect();
    env_with_entries(kind, &entries)
}

/// Asserts that the counters of a run add up, and equal the number of rows.
#[track_caller]
fn assert_counts_add_up(env: &TestEnv, run: &Value) {
    let number = |key: &str| run[key].as_u64().unwrap();
    let errors = run["errors"].as_array().unwrap().len() as u64;
    for rows in ["anime", "user_lists"] {
        let sum: u64 = ["created", "updated", "unchanged"].iter().map(|fate| number(&format!("{rows}_{fate}"))).sum();
        assert_eq!(sum + errors, number("anime_fetched"), "{rows}: {run}");
    }
    for table in ["anime", "user_anime_lists"] {
        assert_eq!(count_rows(env, table), number("anime_fetched") - errors, "{table}: {run}");
    }
}

fn count_rows(env: &TestEnv, table: &str) -> u64 {
    env.query_value(&format!("SELECT CAST(count(*) AS TEXT) FROM {table}")).unwrap().parse().unwrap()
}

/// Asserts that all entries are stored, and that the next sync writes nothing. Returns the output of the first sync.
#[track_caller]
fn assert_all_stored(env: &TestEnv, extra: u64) -> CommandOutput {
    let output = env.run(&["sync", "--json"]).expect_code(0);
    let run = output.json();
    assert_eq!((&run["status"], &run["anime_created"]), (&json!("SUCCESS"), &json!(100 + extra)), "{run}");
    assert_counts_add_up(env, &run);
    let again = env.sync(&["--force-full"]);
    assert_eq!(
        (&again["anime_unchanged"], &again["user_lists_unchanged"], &again["conflicts_resolved"]),
        (&json!(100 + extra), &json!(100 + extra), &json!(0)),
        "a second sync finds nothing to do: {again}"
    );
    output
}

/// Asserts that the odd entries are rejected and reported, that the valid ones are stored, and that the next sync
/// stores the odd ones once MAL has fixed them.
#[track_caller]
fn assert_all_rejected(env: &TestEnv, odd: u64, word: &str) {
    let run = env.run(&["sync", "--json"]).expect_code(3).json();
    assert_eq!((&run["status"], &run["anime_created"]), (&json!("PARTIAL"), &json!(100)), "{run}");
    let errors = run["errors"].as_array().unwrap();
    assert_eq!(errors.len() as u64, odd, "{run}");
    for error in errors {
        assert_eq!(error["kind"], "invalid", "{error}");
        assert!(error["message"].as_str().unwrap().contains(word), "{error}");
    }
    assert_counts_add_up(env, &run);
    let status = env.run(&["status", "--json"]).expect_code(0).json();
    assert_eq!(status["last_mal_sync"], run["finished_at"], "a run with rejected entries is complete");
    for id in FIRST_ODD_ID..FIRST_ODD_ID + odd {
        env.sim.control().put_entry("alice", id, &good_entry(id)).unwrap();
    }
    let healthy = env.sync(&["--force-full"]);
    assert_eq!((&healthy["status"], &healthy["user_lists_created"]), (&json!("SUCCESS"), &json!(odd)), "{healthy}");
    assert_counts_add_up(env, &healthy);
}

/// Returns the odd entries in `list --json`, in order of their ids.
fn list_odd_entries(env: &TestEnv) -> Vec<Value> {
    let mut entries = env.run(&["list", "--json", "--sort", "id"]).expect_code(0).json_lines();
    entries.retain(|entry| entry["mal_id"].as_u64().unwrap() >= FIRST_ODD_ID);
    entries
}
