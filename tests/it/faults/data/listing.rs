//! Odd pages and lists: invalid bytes, duplicates, pages without a valid entry, entries that come and go.

use mal_sim::FaultRule;
use malsync_test_macros::on_both;
use serde_json::{Value, json};

use super::{
    FIRST_ODD_ID, assert_all_rejected, assert_all_stored, assert_counts_add_up, count_rows, env_with_entries,
    good_entry, list_odd_entries,
};
use crate::support::test_env::{DatabaseKind, TestEnv};

/// A lone surrogate may be replaced. Invalid UTF-8 makes the page unreadable.
#[on_both]
fn f_d04_invalid_utf8_fails_page_and_lone_surrogate_is_replaced(kind: DatabaseKind) {
    let lone = good_entry(FIRST_ODD_ID).to_string().replace("Entry", "half \\ud83d a pair");
    let env = env_with_entries(kind, &[lone]);
    assert_all_stored(&env, 1);
    assert_eq!(list_odd_entries(&env)[0]["title"], format!("half \u{fffd} a pair {FIRST_ODD_ID}"));

    let mut env = TestEnv::with_login(kind, 250);
    env.set_var("SYNC_BATCH_SIZE", "50");
    let body = [b"{\"data\":[{\"node\":{\"id\":1,\"title\":\"\xff\"}}],\"paging\":{}}".as_slice()].concat();
    let rule = FaultRule::for_path("/v2/users/@me/animelist").with_param("offset", "100").bytes_body(&body);
    env.sim.control().add_fault(rule.clone().times(2)).unwrap();
    let output = env.run(&["sync", "--json"]).expect_code(5);
    assert!(output.stderr.contains("error: ") && output.stderr.contains("UTF-8"), "{}", output.stderr);
    let run = output.json();
    assert_eq!((&run["status"], &run["anime_fetched"]), (&json!("FAILED"), &json!(100)), "whole batches: {run}");
    assert_counts_add_up(&env, &run);
    assert_eq!(env.query_value("SELECT CAST(last_mal_sync AS TEXT) FROM users"), None);
    env.sim.control().add_fault(rule.times(1)).unwrap();
    let run = env.sync(&[]);
    assert_eq!((&run["anime_fetched"], &run["retries"]), (&json!(250), &json!(1)), "one retry: {run}");
    assert_counts_add_up(&env, &run);
}

fn scored_entry_text(id: u64, title: &str, score: u32, at: &str) -> String {
    let mut entry = good_entry(id);
    entry["node"]["title"] = json!(title);
    entry["list_status"]["score"] = json!(score);
    entry["list_status"]["updated_at"] = json!(at);
    entry.to_string()
}

#[on_both]
fn f_d16_duplicate_id_on_a_page_keeps_newest_then_last(kind: DatabaseKind) {
    let (old, new) = ("2021-01-01T00:00:00+00:00", "2021-02-02T00:00:00+00:00");
    let entries = [
        scored_entry_text(FIRST_ODD_ID, "Twin 1a", 1, old),
        scored_entry_text(FIRST_ODD_ID, "Twin 1b", 2, new),
        scored_entry_text(FIRST_ODD_ID + 1, "Twin 2a", 3, new),
        scored_entry_text(FIRST_ODD_ID + 1, "Twin 2b", 4, old),
        scored_entry_text(FIRST_ODD_ID + 2, "Twin 3a", 5, old),
        scored_entry_text(FIRST_ODD_ID + 2, "Twin 3b", 6, old),
    ];
    let env = env_with_entries(kind, &entries);
    assert_all_stored(&env, 3);
    let listed: Vec<_> =
        list_odd_entries(&env).iter().map(|entry| (entry["title"].clone(), entry["score"].clone())).collect();
    let expected = [("Twin 1b", 2), ("Twin 2a", 3), ("Twin 3b", 6)].map(|(title, score)| (json!(title), json!(score)));
    assert_eq!(listed, expected);
}

#[on_both]
fn f_d17_duplicate_key_rejects_entry_and_in_list_status_last_wins(kind: DatabaseKind) {
    let twice = |id: u64, from: &str, to: &str| good_entry(id).to_string().replacen(from, to, 1);
    let node = twice(FIRST_ODD_ID, "\"title\"", "\"id\":7,\"title\"");
    let whole = twice(FIRST_ODD_ID + 1, "\"list_status\"", "\"node\":{},\"list_status\"");
    assert_all_rejected(&env_with_entries(kind, &[node, whole]), 2, "duplicate field");
    let env = env_with_entries(kind, &[twice(FIRST_ODD_ID, "\"score\":0", "\"score\":3,\"score\":8")]);
    assert_all_stored(&env, 1);
    assert_eq!(list_odd_entries(&env)[0]["score"], 8);
}

/// No guard (exit code 8) stops a run of which most entries are rejected: every rejected entry is reported, none stops the run, and the exit code is 3.
#[on_both]
fn f_d19_page_without_valid_entry_does_not_stop_run(kind: DatabaseKind) {
    let mut entries = Vec::new();
    for id in FIRST_ODD_ID..FIRST_ODD_ID + 100 {
        entries.push(scored_entry_text(id, &format!("!! {id}"), 11, "2021-01-01T00:00:00+00:00"));
    }
    let mut env = env_with_entries(kind, &entries);
    env.set_var("MAL_PAGE_SIZE", "100");
    assert_all_rejected(&env, 100, "score is 11");
    for id in env.sim.control().entry_ids("alice").unwrap() {
        env.sim.control().put_entry("alice", id, &json!({"node": {"id": id}})).unwrap();
    }
    let run = env.run(&["sync", "--json", "--force-full"]).expect_code(3).json();
    assert_eq!((&run["status"], &run["anime_fetched"]), (&json!("PARTIAL"), &json!(200)), "{run}");
    assert_eq!((run["errors"].as_array().unwrap().len(), &run["user_lists_removed"]), (200, &json!(0)));
    assert_eq!(count_rows(&env, "user_anime_lists"), 200, "stored entries are unchanged");
}

#[on_both]
fn f_d21_entry_that_moves_or_returns_is_one_row(kind: DatabaseKind) {
    let env = env_with_entries(kind, &[good_entry(FIRST_ODD_ID).to_string()]);
    assert_all_stored(&env, 1);
    let mut moved = good_entry(FIRST_ODD_ID);
    moved["list_status"]["status"] = json!("completed");
    env.sim.control().put_entry("alice", FIRST_ODD_ID, &moved).unwrap();
    assert_eq!(env.sync(&["--force-full"])["user_lists_updated"], 1);
    assert_eq!(list_odd_entries(&env)[0]["status"], "completed");
    env.sim.control().delete_entry("alice", FIRST_ODD_ID).unwrap();
    assert_eq!(env.sync(&["--force-full"])["user_lists_removed"], 1);
    assert!(list_odd_entries(&env).is_empty());
    assert_eq!(count_rows(&env, "user_anime_lists"), 101, "marked, not deleted");
    env.sim.control().put_entry("alice", FIRST_ODD_ID, &moved).unwrap();
    let back = env.sync(&["--force-full"]);
    assert_eq!((&back["user_lists_updated"], &back["user_lists_created"]), (&json!(1), &json!(0)), "{back}");
    assert_eq!(list_odd_entries(&env)[0]["removed"], false);
    assert_counts_add_up(&env, &back);
}

#[on_both]
fn p48_five_bad_entries_of_1200_are_reported_with_reasons(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 1_200);
    let ids = env.sim.control().entry_ids("alice").unwrap();
    let bad: Vec<_> = ids.iter().step_by(240).copied().collect();
    for id in &bad {
        let patch = json!({"list_status": {"score": 99}});
        env.sim.control().patch_entry("alice", *id, serde_json::from_value(patch).unwrap()).unwrap();
    }
    let told = env.run(&["sync"]).expect_code(3).stdout;
    for id in &bad {
        assert!(told.contains(&format!("({id}): score is 99, outside 0 to 10")), "{told}");
    }
    assert_eq!(count_rows(&env, "user_anime_lists"), 1_195);
    let run = env.run(&["runs", "--json"]).expect_code(0).json();
    let named: Vec<_> =
        run["errors"].as_array().unwrap().iter().map(|error| error["mal_id"].as_u64().unwrap()).collect();
    assert!(named.len() == 5 && bad.iter().all(|id| named.contains(id)), "{named:?}");
    assert!(run["errors"].as_array().unwrap().iter().all(|error| error["title"] != Value::Null));
    assert_counts_add_up(&env, &run);
}
