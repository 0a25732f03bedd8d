//! What stops a push before it asks MAL anything, in which order.

use malsync_test_macros::on_both;
use serde_json::json;

use super::PushedList;
use crate::support::{
    test_env::{DatabaseKind, TestEnv},
    wait_until,
};

#[on_both]
fn guards_are_checked_in_their_order_and_send_nothing(kind: DatabaseKind) {
    let mut list = PushedList::new(kind);
    let ids = list.ids.clone();
    ids.iter().for_each(|id| list.edit(id, &["--score", "9"]));
    list.env.run(&["logout"]).expect_code(0);
    list.env.execute_sql("UPDATE users SET last_full_sync = NULL");
    list.env.set_var("MAL_CLIENT_ID", "");
    let expect = |list: &PushedList, flags: &[&str], code: i32, words: &str| {
        let output = list.env.run(&[&["push"][..], flags].concat()).expect_code(code);
        assert!(output.stderr.contains(words), "{flags:?}: {}", output.stderr);
        assert_eq!(output.stdout, "", "no object");
    };
    expect(&list, &["--field", "mood"], 2, "mood");
    list.env.run(&["push", "--search", "no such title"]).expect_code(0);
    expect(&list, &[], 2, "hint: confirm with --yes");
    expect(&list, &["--yes", "--max", "3", "--json"], 8, "malsync push --max 4");
    expect(&list, &["--yes", "--json"], 8, "hint: malsync sync");
    expect(&list, &["--dry-run", "--json"], 8, "hint: malsync sync");
    list.env.execute_sql("UPDATE users SET last_full_sync = last_mal_sync");
    expect(&list, &["--yes"], 2, "MAL_CLIENT_ID");
    list.env.set_var("MAL_CLIENT_ID", crate::support::test_env::CLIENT_ID);
    expect(&list, &["--yes", "--json"], 4, "malsync login");
    assert!(list.env.sim.control().logged_requests().is_empty());
    let runs = list.env.run(&["runs", "--json"]).expect_code(0).json_lines();
    assert_eq!(runs.len(), 1, "no run begins");
}

#[on_both]
fn push_holds_the_lock_of_a_sync(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    list.edit(list.id(), &["--score", "9"]);
    let (process, gate) = list.env.spawn_paused_at(&["push", "--yes", "--json"], "push.before_write", 0);
    let runs = "SELECT CAST(count(*) AS TEXT) FROM sync_runs WHERE mode = 'push'";
    wait_until("the push has a run", || list.env.query_value(runs) == Some("1".into()));
    for command in [&["sync", "--json"][..], &["push", "--yes", "--json"], &["push", "--dry-run", "--json"]] {
        let output = list.env.run(command).expect_code(7);
        assert_eq!(output.json()["mode"], "push", "{command:?}");
    }
    let status = list.env.run(&["status", "--json"]).expect_code(0).json();
    assert_eq!((&status["running"], &status["last_push"]["status"]), (&json!(true), &json!("RUNNING")));
    drop(gate);
    assert_eq!(list.env.wait_for_exit(process).expect_code(0).json()["pushed_fields"], 1);
}

#[on_both]
fn push_with_the_login_of_another_account_ends_before_it_sends(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    list.edit(list.id(), &["--score", "9"]);
    list.env.execute_sql("UPDATE users SET mal_user_id = 424242");
    let run = list.push(&[], 8);
    assert_eq!((&run["status"], list.writes()), (&json!("FAILED"), Vec::new()));
}

#[on_both]
fn push_before_the_first_full_sync_is_refused(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    env.sync(&[]);
    env.execute_sql("UPDATE users SET last_full_sync = NULL");
    let id = env.sim.control().entry_ids("alice").unwrap()[0].to_string();
    let output = env.run(&["edit", &id, "--score", "9", "--push"]).expect_code(8);
    assert!(output.stdout.contains("score"), "the edit stands: {}", output.stdout);
    env.run(&["push", "--yes"]).expect_code(8);
    let objects = env.run(&["sync", "--push", "--json"]).expect_code(0).json_lines();
    assert_eq!(
        (&objects[0]["status"], &objects[0]["mode"], &objects[1]["mode"]),
        (&json!("SKIPPED"), &json!("push"), &json!("full"))
    );
}
