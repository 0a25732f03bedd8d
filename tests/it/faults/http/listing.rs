//! Lists that loop, change while they are read, or end at a page boundary.

use mal_sim::FaultRule;
use malsync_test_macros::on_both;
use serde_json::{Value, json};

use super::{
    add_fault, assert_next_sync_succeeds, assert_sync_fails, count_entries, count_removed, list_fault, page_requests,
};
use crate::support::{
    memory::run_measuring_memory,
    test_env::{DatabaseKind, TestEnv},
};

fn page_json(env: &TestEnv, next: &Value) -> Value {
    let next = match next {
        Value::Number(offset) => json!(format!("{}/users/@me/animelist?offset={offset}", env.sim.api_url())),
        other => other.clone(),
    };
    json!({"data": [], "paging": {"next": next}})
}

#[test]
fn f_h14_next_page_that_does_not_advance_ends_run() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 250);
    for (next, words) in [
        (json!(100), "page loop: "),
        (json!(0), "page loop: "),
        (json!(99_999), "unexpected next page: "),
        (json!(201), "unexpected next page: "),
        (json!("two"), "unexpected next page: "),
        (json!(true), "unexpected next page: "),
    ] {
        env.sim.control().clear_faults();
        env.sim.control().clear_log();
        add_fault(&env, list_fault().with_param("offset", "100").json(page_json(&env, &next)).forever());
        assert_sync_fails(&env, words);
        assert_eq!((page_requests(&env).len(), count_entries(&env)), (2, 100), "{next}");
    }
    assert_next_sync_succeeds(&env);
}

#[test]
fn f_h14_endless_empty_pages_are_a_loop() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    for number in 0..20_u64 {
        let rule = list_fault().with_param("offset", &(number * 100).to_string());
        add_fault(&env, rule.json(page_json(&env, &json!((number + 1) * 100))).forever());
    }
    assert_sync_fails(&env, "page loop: ");
    assert!(page_requests(&env).len() <= 4, "{}", page_requests(&env).len());
    assert_next_sync_succeeds(&env);
}

/// Inserts an entry that is first in the order of titles.
fn insert_first_entry(env: &TestEnv, rule: FaultRule) {
    let entry = json!({"node": {"title": " !"}, "list_status": {"status": "watching"}});
    add_fault(env, rule.with_control_call("PATCH", "/users/alice/entries/900001", entry));
}

#[on_both]
fn f_h23_entry_on_two_pages_is_stored_and_counted_once(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 250);
    insert_first_entry(&env, list_fault().with_param("offset", "100"));
    let run = env.sync(&[]);
    assert_eq!(run["status"], "SUCCESS", "{run}");
    for counter in ["anime_fetched", "anime_created", "user_lists_created"] {
        assert_eq!(run[counter], 250, "{counter}: {run}");
    }
    assert_eq!(count_entries(&env), 250);
    assert_next_sync_succeeds(&env);
}

#[on_both]
fn f_h24_entry_skipped_by_moving_list_is_not_removed(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 250);
    env.sync(&[]);
    let first = first_id_by_title(&env);
    let path = format!("/users/alice/entries/{first}");
    add_fault(&env, list_fault().with_param("offset", "100").with_control_call("DELETE", &path, Value::Null));
    let run = env.sync(&["--force-full"]);
    assert_eq!((&run["status"], &run["user_lists_removed"]), (&json!("SUCCESS"), &json!(0)), "{run}");
    assert_eq!(count_removed(&env), 0, "neither the deleted nor the skipped entry is marked");
    // Without changes, the listing shows what is gone.
    assert_eq!(env.sync(&["--force-full"])["user_lists_removed"], 1);
    assert_eq!((count_entries(&env), count_removed(&env)), (250, 1));
}

/// Returns the id of the first entry of the listing.
fn first_id_by_title(env: &TestEnv) -> i64 {
    let ids = env.sim.control().entry_ids("alice").unwrap();
    let title = |id: &u64| {
        let entry = env.sim.control().entry_json("alice", *id).unwrap().unwrap();
        (entry["node"]["title"].as_str().unwrap_or_default().to_lowercase(), *id)
    };
    let (_, id) = ids.iter().map(title).min().unwrap();
    i64::try_from(id).unwrap()
}

#[on_both]
fn f_h26_lists_around_page_boundaries_are_complete(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 0);
    let mut requests_before = 0;
    for (length, requests) in [(0, 1), (1, 1), (99, 1), (100, 1), (101, 2), (1000, 10), (1001, 11)] {
        env.sim.control().resize_list("alice", length).unwrap();
        let run = env.sync(&["--force-full"]);
        assert_eq!((&run["status"], &run["anime_fetched"]), (&json!("SUCCESS"), &json!(length)), "{run}");
        assert_eq!((count_entries(&env), page_requests(&env).len() - requests_before), (length, requests), "{length}");
        requests_before = page_requests(&env).len();
    }
}

#[on_both]
#[ignore = "nightly: 20,000 entries take a while in a debug build"]
fn f_h26_twenty_thousand_entries_need_less_than_128_mib(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 20_000);
    env.set_var("MAL_PAGE_SIZE", if kind == DatabaseKind::Sqlite { "1000" } else { "100" });
    let (output, height) = run_measuring_memory(&env, &["sync", "--json"]);
    assert_eq!(output.expect_code(0).json()["anime_fetched"], 20_000);
    assert_eq!(count_entries(&env), 20_000);
    assert!(height < 128 * 1024, "{height} kB");
}
