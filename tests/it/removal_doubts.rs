//! Cases in which a run must not conclude anything: a listing that changed or was cut, a dry run, a lock without a
//! run.

use malsync::clock::{Clock as _, SystemClock};
use malsync_test_macros::on_both;
use serde_json::json;

use crate::support::{
    test_env::{DatabaseKind, TestEnv},
    wait_until,
};

/// Ends the listing after `entries` entries. MAL's own count stays.
fn cut_listing_after(env: &TestEnv, entries: usize) {
    env.add_faults(&json!([{
        "match": {"path": "/v2/users/@me/animelist", "query": {"offset": entries.to_string()}},
        "body": {"data": [], "paging": {}}, "times": "forever",
    }]));
}

#[on_both]
fn cut_listing_exits_5_and_removes_nothing_whatever_the_options(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 250);
    let before = env.sync(&[]);
    let marks = "SELECT last_mal_sync || '/' || mal_list_watermark || '/' || mal_list_drift FROM users";
    let marks_before = env.query_value(marks);
    cut_listing_after(&env, 100);
    for flags in [&[][..], &["--allow-shrink"], &["--allow-shrink", "--prune"]] {
        let output = env.run(&[&["sync", "--json", "--force-full"], flags].concat()).expect_code(5);
        assert!(output.stderr.contains("error: MyAnimeList sent 100 of 250 entries"), "{}", output.stderr);
        assert_eq!((&output.json()["status"], &output.json()["user_lists_removed"]), (&json!("FAILED"), &json!(0)));
        let kept = env.query_value("SELECT CAST(count(*) AS TEXT) FROM user_anime_lists WHERE removed_at IS NULL");
        assert_eq!((kept.as_deref(), env.query_value(marks)), (Some("250"), marks_before.clone()));
    }
    env.sim.control().clear_faults();
    let run = env.sync(&["--force-full"]);
    assert_eq!((&run["anime_fetched"], &run["user_lists_removed"]), (&before["anime_fetched"], &json!(0)), "{run}");
}

#[on_both]
fn first_listing_shorter_than_the_count_is_accepted_once_it_is_repeated(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 250);
    cut_listing_after(&env, 200);
    let output = env.run(&["sync", "--json"]).expect_code(0);
    assert_eq!((&output.json()["status"], &output.json()["user_lists_created"]), (&json!("SUCCESS"), &json!(200)));
    let drift = || env.query_column("SELECT CAST(mal_list_drift AS TEXT) FROM users").remove(0);
    assert_eq!(drift(), None, "50 of 250 are no more than a fifth, but no second run confirmed it");
    env.sync(&["--force-full"]);
    assert_eq!(drift().as_deref(), Some("50"));
    let mut env = TestEnv::with_login(kind, 250);
    env.set_var("SYNC_MIN_INTERVAL", "0s");
    cut_listing_after(&env, 100);
    let output = env.run(&["sync", "--json"]).expect_code(5);
    assert_eq!((&output.json()["status"], &output.json()["user_lists_created"]), (&json!("FAILED"), &json!(100)));
    assert_eq!(
        env.query_column("SELECT CAST(last_mal_sync AS TEXT) FROM users"),
        [None],
        "the checkpoint is unchanged"
    );
    let again = env.run(&["sync", "--json"]).expect_code(0);
    assert_eq!(again.json()["status"], "SUCCESS");
    assert!(again.stderr.contains("MyAnimeList counts 250 entries but lists 100"), "{}", again.stderr);
}

fn stall_next_page(env: &TestEnv) {
    env.add_faults(&json!([{"match": {"path": "/v2/users/@me/animelist"}, "stall": true}]));
}

#[on_both]
fn list_that_changes_while_paged_removes_nothing(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 31);
    env.set_var("MAL_PAGE_SIZE", "10");
    env.sync(&[]);
    let on_page_one = env.run(&["list", "--json"]).expect_code(0).json_lines()[0]["mal_id"].as_u64().unwrap();
    // Delete an entry that was already listed: every later entry moves up, and one slips from the second page to the
    // first.
    env.add_faults(&json!([{
        "match": {"path": "/v2/users/@me/animelist", "query": {"offset": "10"}},
        "control": [{"method": "DELETE", "path": format!("/users/alice/entries/{on_page_one}")}],
    }]));
    let run = env.sync(&["--prune"]);
    assert_eq!((&run["anime_fetched"], &run["user_lists_removed"]), (&json!(30), &json!(0)), "{run}");
    let run = env.sync(&[]);
    assert_eq!((&run["mode"], &run["user_lists_removed"]), (&json!("full"), &json!(1)), "{run}");
    let entries = env.run(&["list", "--json", "--removed"]).expect_code(0).json_lines();
    let gone: Vec<_> = entries.iter().filter(|entry| entry["removed"] == true).map(|entry| &entry["mal_id"]).collect();
    assert_eq!(gone, [&json!(on_page_one)]);
}

#[on_both]
fn dry_run_that_becomes_full_reports_each_change_once(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 30);
    env.sync(&[]);
    let control = env.sim.control();
    let id = control.entry_ids("alice").unwrap()[0];
    env.run(&["edit", &id.to_string(), "--episodes", "2000", "--notes", "mine"]).expect_code(0);
    let now = SystemClock.now().to_rfc3339();
    let news = json!({"list_status": {"num_episodes_watched": 7, "comments": "theirs", "updated_at": now}});
    control.patch_entry("alice", id, serde_json::from_value(news).unwrap()).unwrap();
    control.delete_entry("alice", control.entry_ids("alice").unwrap()[9]).unwrap();
    let (dry, run) = (env.sync(&["--dry-run"]), env.sync(&[]));
    for field in ["mode", "conflicts_resolved", "user_lists_updated", "user_lists_removed", "anime_fetched"] {
        assert_eq!(dry[field], run[field], "{field}: {dry} {run}");
    }
    assert_eq!((&run["mode"], &run["conflicts_resolved"]), (&json!("full"), &json!(2)), "{run}");
    let told = dry["changes"].as_array().unwrap();
    assert!(told.iter().any(|change| change["field"] == "removed_at"), "{dry}");
    for change in told {
        let title = env.query_value(&format!("SELECT title FROM anime WHERE mal_id = {}", change["mal_id"]));
        assert_eq!(
            change["title"].as_str(),
            title.as_deref(),
            "removed ones, which MAL did not send, included: {change}"
        );
    }
}

#[on_both]
fn dry_run_neither_counts_as_run_nor_revives_a_dead_one(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 50);
    stall_next_page(&env);
    let mut running = env.spawn(&["sync", "--json"]);
    env.wait_for_pages(1);
    let refused = env.run(&["sync", "--dry-run", "--json"]).expect_code(7);
    assert_eq!(refused.json()["status"], "RUNNING");
    running.kill().unwrap();
    env.wait_for_exit(running);
    let dead = || env.run(&["runs", "--json"]).expect_code(0).json_lines()[0]["status"] == "INTERRUPTED";
    wait_until("the lock goes with its process", dead);
    stall_next_page(&env);
    let mut dry = env.spawn(&["sync", "--dry-run", "--json"]);
    env.wait_for_pages(2);
    assert!(dead());
    assert_eq!(env.run(&["status", "--json"]).expect_code(0).json()["running"], false);
    assert_eq!(env.sync(&[])["status"], "SUCCESS", "no lock is left");
    dry.kill().unwrap();
    env.wait_for_exit(dry);
}

#[on_both]
fn all_users_json_has_one_object_per_user(kind: DatabaseKind) {
    let users = vec!["zoe".into(), "bob".into()];
    let env =
        TestEnv::with_config(kind, mal_sim::SimConfig { users, entries: 5, auto_consent: true, ..Default::default() });
    env.run(&["login"]).expect_code(0);
    env.sim.control().set_consenting_user("bob").unwrap();
    env.run(&["login"]).expect_code(0);
    env.execute_sql("UPDATE users SET mal_needs_login = TRUE WHERE username = 'bob'");
    let output = env.run(&["sync", "--all-users", "--json"]).expect_code(4);
    let statuses: Vec<_> =
        output.json_lines().iter().map(|run| (run["username"].clone(), run["status"].clone())).collect();
    assert_eq!(statuses, [(json!("bob"), json!("FAILED")), (json!("zoe"), json!("SUCCESS"))]);
    assert!(output.stderr.contains("ERROR Failed to sync user"), "{}", output.stderr);
}
