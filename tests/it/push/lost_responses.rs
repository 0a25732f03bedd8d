//! Writes whose response was lost, refused or late.

use malsync_test_macros::on_both;
use serde_json::{Value, json};

use super::PushedList;
use crate::support::{test_env::DatabaseKind, wait_until};

/// Adds a fault to the next write.
fn add_write_fault(list: &PushedList, fault: &Value) {
    let mut rule = json!({"match": {"path": "/v2/anime/*/my_list_status", "method": "PATCH"}});
    fault.as_object().unwrap().iter().for_each(|(key, value)| rule[key] = value.clone());
    list.env.add_faults(&rule);
}

/// Returns the methods of the requests for the first entry.
fn methods(list: &PushedList) -> Vec<String> {
    let requests = list.env.sim.control().logged_requests();
    let of_entry = requests.into_iter().filter(|request| request.path.contains("/anime/"));
    of_entry.map(|request| request.method).collect()
}

#[on_both]
fn lost_response_is_read_again_before_anything_is_decided(kind: DatabaseKind) {
    for (fault, expected) in [
        (json!({"close": true, "effect": true}), &["GET", "PATCH", "GET"][..]),
        (json!({"close": true}), &["GET", "PATCH", "GET", "PATCH"]),
        (json!({"cut_after_bytes": 20}), &["GET", "PATCH", "GET"]),
        (json!({"status": 200, "body": "{}", "effect": true}), &["GET", "PATCH", "GET"]),
        (json!({"status": 204, "body": "", "effect": false}), &["GET", "PATCH", "GET", "PATCH"]),
        (json!({"status": 503}), &["GET", "PATCH", "PATCH"]),
        (json!({"status": 502, "effect": true}), &["GET", "PATCH", "PATCH"]),
        (json!({"status": 429}), &["GET", "PATCH", "PATCH"]),
        (json!({"status": 403, "body": "<html>Request blocked</html>"}), &["GET", "PATCH", "PATCH"]),
        (json!({"redirect": "https://myanimelist.net/error.json"}), &["GET", "PATCH", "PATCH"]),
    ] {
        let list = PushedList::new(kind);
        list.edit(list.id(), &["--score", "9", "--notes", "mine"]);
        add_write_fault(&list, &fault);
        let run = list.push(&[], 0);
        assert_eq!(methods(&list), expected, "{fault}");
        assert_eq!((&run["status"], &run["pushed_fields"]), (&json!("SUCCESS"), &json!(2)), "{fault}");
        assert_eq!((list.on_mal(list.id(), "score"), list.diff()), (json!(9), Vec::new()), "{fault}");
        assert_eq!(list.changes(&run), [r#"notes "mine" null "mine" false"#, "score 9 7 9 false"], "{fault}");
    }
}

#[on_both]
fn write_that_waited_for_long_is_decided_anew(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    list.edit(list.id(), &["--score", "9"]);
    add_write_fault(&list, &json!({"status": 429, "headers": {"Retry-After": "11"}}));
    let process = list.env.spawn(&["push", "--yes", "--json"]);
    wait_until("the write was refused", || methods(&list).len() == 2);
    list.edit_on_mal(list.id(), &json!({"score": 3}));
    let output = list.env.wait_for_exit(process).expect_code(3);
    assert_eq!(
        (&output.json()["push_conflicts"], methods(&list)),
        (&json!(1), ["GET", "PATCH", "GET"].map(str::to_owned).into())
    );
    assert_eq!(list.on_mal(list.id(), "score"), json!(3), "what was set on MAL meanwhile stays");
}

#[on_both]
fn clamped_write_with_lost_response_is_told_as_altered(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    list.edit(list.id(), &["--episodes", "30"]);
    add_write_fault(&list, &json!({"close": true, "effect": true}));
    let run = list.push(&[], 3);
    assert_eq!(
        (&run["errors"][0]["kind"], methods(&list)),
        (&json!("altered"), ["GET", "PATCH", "GET"].map(str::to_owned).into())
    );
}

#[on_both]
fn block_that_lasts_ends_the_push_and_the_next_goes_on(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    let ids = list.ids.clone();
    ids.iter().for_each(|id| list.edit(id, &["--score", "9"]));
    add_write_fault(
        &list,
        &json!({"match": {"path": format!("/v2/anime/{}/my_list_status", ids[2])}, "status": 500, "times": 4}),
    );
    let run = list.push(&[], 5);
    assert_eq!((&run["status"], &run["pushed_entries"], list.diff().len()), (&json!("FAILED"), &json!(2), 2));
    list.clear_log();
    let run = list.push(&[], 0);
    assert_eq!((&run["pushed_entries"], list.writes().len()), (&json!(2), 2), "the others are not sent twice");
}

#[on_both]
fn responses_that_stay_lost_end_the_push(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    list.edit(list.id(), &["--score", "9"]);
    add_write_fault(&list, &json!({"close": true, "times": "forever"}));
    let run = list.push(&[], 5);
    assert_eq!((&run["status"], methods(&list).len()), (&json!("FAILED"), 1 + 4 * 2));
    assert_eq!(list.diff().len(), 1);
}

#[on_both]
fn expired_token_is_refreshed_and_a_refused_one_ends_the_push(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    list.edit(list.id(), &["--score", "9"]);
    add_write_fault(&list, &json!({"status": 401}));
    let run = list.push(&[], 0);
    assert_eq!((&run["token_refreshes"], &run["pushed_fields"]), (&json!(1), &json!(1)));
    list.edit(list.id(), &["--score", "8"]);
    add_write_fault(&list, &json!({"status": 401, "times": 2}));
    let run = list.push(&[], 4);
    assert_eq!((&run["status"], &run["pushed_fields"]), (&json!("FAILED"), &json!(0)));
    let status = list.env.run(&["status", "--json"]).expect_code(0).json();
    assert_eq!(status["needs_login"], false, "only a refused refresh marks the login");
}

#[on_both]
fn push_after_a_crash_finds_what_mal_took(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    list.edit(list.id(), &["--score", "9", "--notes", "a<b"]);
    let crash = list.env.command(&["push", "--yes"]).env("FAILPOINTS", "push.after_write=return").output().unwrap();
    assert!(!crash.status.success());
    assert_eq!((list.on_mal(list.id(), "score"), list.diff().len()), (json!(9), 2));
    list.clear_log();
    let run = list.push(&[], 0);
    assert_eq!((list.writes(), &run["pushed_fields"], list.diff()), (Vec::new(), &json!(0), Vec::new()));
    assert_eq!(list.changes(&run), [r#"notes "a<b" null "a<b" false"#, "score 9 7 9 false"]);
    let runs = list.env.run(&["runs", "--json"]).expect_code(0).json_lines();
    assert_eq!((&runs[1]["status"], &runs[1]["mode"]), (&json!("INTERRUPTED"), &json!("push")));
}
