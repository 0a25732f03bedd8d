//! What a push sends, and what it records.

use malsync_test_macros::on_both;
use serde_json::json;

use super::PushedList;
use crate::support::test_env::DatabaseKind;

#[on_both]
fn own_fields_are_sent_and_nothing_else(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    let [first, second, ..] = &list.ids[..] else { unreachable!() };
    list.edit(first, &["--score", "9", "--notes", "a & b\nc", "--start-date", ""]);
    list.edit(second, &["--status", "completed", "--episodes", "12", "--tags", "x, y"]);
    assert_eq!(
        list.env.run(&["status", "--json"]).expect_code(0).json()["waiting"],
        json!({"entries": 2, "fields": 6})
    );
    let run = list.push(&[], 0);
    let expected = [
        format!("{first} score=9&start_date=&comments=a & b\nc"),
        format!("{second} status=completed&num_watched_episodes=12&tags=x,y"),
    ];
    assert_eq!(list.writes(), expected);
    let counters = ["pushed_entries", "pushed_fields", "push_conflicts", "requests", "anime_fetched", "retries"];
    assert_eq!(counters.map(|name| run[name].as_i64().unwrap()), [2, 6, 0, 5, 0, 0]);
    assert_eq!((&run["mode"], &run["status"], &run["errors"]), (&json!("push"), &json!("SUCCESS"), &json!([])));
    assert_eq!((list.on_mal(first, "score"), list.on_mal(first, "comments")), (json!(9), json!("a & b\nc")));
    assert_eq!((list.on_mal(first, "start_date"), list.on_mal(second, "tags")), (json!(null), json!(["x", "y"])));
    let requests = list.env.sim.control().logged_requests();
    let lines: Vec<String> = requests.iter().map(|request| format!("{} {}", request.method, request.path)).collect();
    let entry = |id: &str| [format!("GET /v2/anime/{id}"), format!("PATCH /v2/anime/{id}/my_list_status")];
    assert_eq!(lines, [vec!["GET /v2/users/@me".to_owned()], entry(first).into(), entry(second).into()].concat());
    assert!(requests[1].query_param("fields").unwrap().starts_with("my_list_status{status,"));
    let [score, ..] = &list.changes(&run)[..] else { panic!("no changes") };
    assert_eq!(list.changes(&run).len(), 6);
    assert!(score.starts_with("episodes_watched 12 5 12 false"), "{score}");
}

#[on_both]
fn after_a_push_nothing_differs_and_the_next_sync_finds_nothing(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    list.edit(list.id(), &["--score", "9", "--notes", "mine <3", "--finish-date", "2024-05-06"]);
    let before = list.env.run(&["status", "--json"]).expect_code(0).json();
    let run = list.push(&[], 0);
    assert_eq!((list.diff(), list.env.run(&["list", "--edited", "--json"]).stdout), (Vec::new(), String::new()));
    let after = list.env.run(&["status", "--json"]).expect_code(0).json();
    assert_eq!((&after["last_mal_sync"], &after["last_run"]), (&before["last_mal_sync"], &before["last_run"]));
    assert_eq!((&after["last_push"]["run_id"], &before["last_push"]), (&run["run_id"], &json!(null)));
    assert_eq!(list.env.run(&["status", "--json", "--run", &run["run_id"].to_string()]).json()["mode"], "push");
    for flags in [&[][..], &["--force-full"]] {
        let sync = list.env.sync(flags);
        let counters = ["user_lists_updated", "user_lists_settled", "conflicts_resolved", "user_lists_created"];
        assert_eq!(counters.map(|name| sync[name].as_i64().unwrap()), [0; 4], "{flags:?} {sync}");
        assert_eq!((&sync["pushed_fields"], list.here(list.id(), "score")), (&json!(0), json!(9)));
    }
    list.clear_log();
    let nothing = list.push(&[], 0);
    assert_eq!(
        (&nothing["status"], &nothing["mode"], &nothing["run_id"]),
        (&json!("SKIPPED"), &json!("push"), &json!(null))
    );
    assert!(list.env.sim.control().logged_requests().is_empty(), "Nothing to send needs no request");
}

#[on_both]
fn kept_values_are_sent_only_if_they_are_named(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    list.edit_on_mal(list.id(), &json!({"num_episodes_watched": 3}));
    list.env.sync(&["--force-full"]);
    list.edit(list.id(), &["--score", "9"]);
    let expected = [format!("{} score edited", list.id()), format!("{} episodes_watched kept", list.id())];
    assert_eq!(list.diff(), expected);
    list.clear_log();
    list.push(&[], 0);
    assert_eq!(list.writes(), [format!("{} score=9", list.id())]);
    assert_eq!(list.push(&[], 0)["status"], "SKIPPED");
    list.clear_log();
    list.edit(list.id(), &["--score", "8"]);
    list.push(&["--field", "episodes", "--field", "notes"], 0);
    assert_eq!(list.writes(), [format!("{} num_watched_episodes=5", list.id())]);
    assert_eq!(list.diff(), [format!("{} score edited", list.id())]);
}

#[on_both]
fn value_that_mal_takes_otherwise_stays_own_and_is_told_once(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    list.edit(list.id(), &["--episodes", "30"]);
    let run = list.push(&[], 3);
    assert_eq!((&run["status"], &run["errors"][0]["kind"]), (&json!("PARTIAL"), &json!("altered")));
    assert_eq!(list.on_mal(list.id(), "num_episodes_watched"), 12);
    assert_eq!((list.here(list.id(), "episodes_watched"), list.diff().len()), (json!(30), 1));
    assert!(list.diff()[0].ends_with("episodes_watched edited"), "{:?}", list.diff());
    assert_eq!(list.push(&[], 0)["status"], "SKIPPED", "it is not sent again");
    list.env.sync(&["--force-full"]);
    assert_eq!(list.push(&[], 0)["status"], "SKIPPED");
    list.clear_log();
    list.push(&["--field", "episodes_watched"], 3);
    assert_eq!(list.writes().len(), 1, "unless it is named");
    // Edited again, to the same value too.
    list.edit(list.id(), &["--episodes", "30"]);
    list.push(&[], 3);
    list.edit(list.id(), &["--episodes", "11"]);
    assert_eq!(list.push(&[], 0)["status"], "SUCCESS");
    assert_eq!((list.on_mal(list.id(), "num_episodes_watched"), list.diff()), (json!(11), Vec::new()));
}

#[on_both]
fn value_without_form_is_told_each_time_and_keeps_no_other_back(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    let id = list.id();
    list.edit(id, &["--start-date", "2024-05"]);
    for _ in 0..2 {
        list.clear_log();
        let run = list.push(&[], 3);
        let error = &run["errors"][0];
        assert_eq!(
            (&run["status"], &error["kind"], &error["mal_id"].to_string()),
            (&json!("PARTIAL"), &json!("invalid"), &id.to_owned())
        );
        assert!(error["message"].as_str().unwrap().contains("start_date"), "{error}");
        assert_eq!((list.writes().len(), &run["requests"]), (0, &json!(1)), "a run without a request for the entry");
    }
    list.env.execute_sql(&format!("UPDATE user_anime_lists SET tags = '[\"a,b\"]', priority = 7 WHERE anime_id = (SELECT id FROM anime WHERE mal_id = {id})"));
    list.edit(id, &["--score", "9"]);
    list.clear_log();
    let run = list.push(&[], 3);
    assert_eq!((list.writes(), run["errors"].as_array().unwrap().len()), (vec![format!("{id} score=9")], 3));
}

#[on_both]
fn entry_that_mal_refuses_is_an_error_and_the_push_goes_on(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    let [first, second, third, ..] = &list.ids[..] else { unreachable!() };
    for id in [first, second, third] {
        list.edit(id, &["--score", "9"]);
    }
    let pending = first.parse().unwrap();
    list.env.sim.control().configure(|config| {
        config.pending_anime.insert(pending);
    });
    list.env.add_faults(&json!({"match": {"path": format!("/v2/anime/{second}"), "method": "GET"}, "status": 404,
        "body": {"message": "", "error": "not_found"}}));
    let run = list.push(&[], 3);
    let kinds: Vec<_> = run["errors"].as_array().unwrap().iter().map(|error| &error["kind"]).collect();
    assert_eq!((kinds, &run["pushed_entries"]), (vec![&json!("refused"), &json!("refused")], &json!(1)));
    assert_eq!(list.on_mal(third, "score"), 9);
    assert_eq!(list.diff().len(), 2, "what was refused stays own");
}

#[on_both]
fn dry_run_reads_each_entry_and_sends_nothing(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    let [first, second, ..] = &list.ids[..] else { unreachable!() };
    list.edit(first, &["--score", "9"]);
    list.edit(second, &["--score", "9", "--priority", "2"]);
    list.edit_on_mal(second, &json!({"score": 3}));
    let rows = "SELECT CAST((SELECT count(*) FROM sync_runs) + (SELECT count(*) FROM sync_changes) AS TEXT)";
    let before = list.env.query_value(rows);
    let output = list.env.run(&["push", "--dry-run", "--json", "--max", "1"]).expect_code(3);
    let run = output.json();
    assert!(output.stderr.contains("more than the limit of 1"), "the guard is told: {}", output.stderr);
    let counters = ["pushed_entries", "pushed_fields", "push_conflicts"].map(|name| run[name].as_i64().unwrap());
    assert_eq!((counters, &run["run_id"], &run["dry_run"]), ([2, 2, 1], &json!(null), &json!(true)));
    assert_eq!((list.writes(), list.env.query_value(rows), list.diff().len()), (Vec::new(), before, 3));
    assert_eq!(run["changes"].as_array().unwrap().len(), 3);
}
