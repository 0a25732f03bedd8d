//! Which entries a push looks at, and `diff`.

use malsync_test_macros::on_both;
use serde_json::{Value, json};

use super::PushedList;
use crate::support::{
    terminal,
    test_env::{DatabaseKind, TestEnv},
};

/// Creates an entry that is only here: MAL loses one, and malsync forgets that MAL had it.
fn make_local_only(list: &PushedList, id: &str) {
    list.env.sim.control().delete_entry("alice", id.parse().unwrap()).unwrap();
    list.env.execute_sql(&format!(
        "UPDATE user_anime_lists SET mal_entry = NULL, mal_updated_at = NULL WHERE anime_id = (SELECT id FROM anime WHERE mal_id = {id})"
    ));
}

#[on_both]
fn entries_that_are_only_here_are_left_out_unless_they_are_added(kind: DatabaseKind) {
    let list = PushedList::with_values(kind, &json!({"status": "watching", "score": 7, "num_episodes_watched": 1}));
    let [first, second, third, ..] = &list.ids[..] else { unreachable!() };
    make_local_only(&list, first);
    list.env.sim.control().delete_entry("alice", second.parse().unwrap()).unwrap();
    list.env.sync(&["--force-full"]);
    list.edit(third, &["--score", "9"]);
    list.clear_log();
    let output = list.env.run(&["push", "--yes", "--json"]).expect_code(0);
    for note in [
        "Skipped 1 entry that MAL never had. To create on MAL: malsync push --add".to_owned(),
        format!("Skipped 1 entry removed from MAL. To create it again: malsync push {second} --add"),
    ] {
        assert!(output.stderr.contains(&note), "{}", output.stderr);
    }
    assert_eq!(list.writes(), [format!("{third} score=9")]);
    list.clear_log();
    let run = list.push(&["--add"], 0);
    let form = format!("{first} status=watching&score=7&num_watched_episodes=1");
    assert_eq!((&run["pushed_entries"], list.writes().len()), (&json!(1), 1), "not the one that was removed from MAL");
    assert!(list.writes()[0].starts_with(&form), "{:?}", list.writes());
    assert_eq!(list.changes(&run)[0].split(' ').next(), Some("entry"));
    list.clear_log();
    let run = list.push(&["--add", "--removed"], 0);
    assert_eq!((&run["pushed_entries"], list.here(second, "removed")), (&json!(1), json!(false)));
    assert_eq!((list.diff(), list.env.sync(&["--force-full"])["user_lists_updated"].clone()), (Vec::new(), json!(0)));
    // An entry that a push made stays, here and on MAL.
    let output = list.env.run(&["restore", "--run", &run["run_id"].to_string(), "--yes", "--json"]).expect_code(0);
    assert_eq!(output.json()["left"][0]["reason"], "made_by_run");
}

#[on_both]
fn entry_that_mal_turns_out_to_have_is_not_changed_by_adding_it(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    let id = list.id();
    make_local_only(&list, id);
    list.edit(id, &["--score", "9"]);
    list.edit_on_mal(
        id,
        &json!({"status": "watching", "score": 4, "num_episodes_watched": 5, "start_date": "2019-04-01"}),
    );
    list.clear_log();
    let run = list.push(&["--add", "--force"], 3);
    assert_eq!((&run["pushed_fields"], list.writes()), (&json!(0), Vec::new()));
    assert!(list.changes(&run).contains(&"score 9 4 9 true".to_owned()), "{:?}", list.changes(&run));
    list.env.sync(&["--force-full"]);
    assert_eq!((list.here(id, "score"), list.on_mal(id, "score")), (json!(4), json!(4)));
}

#[on_both]
fn named_anime_and_filters_select_what_is_pushed(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    let ids = list.ids.clone();
    list.edit(&ids[0], &["--score", "9", "--tags", "a"]);
    list.edit(&ids[1], &["--score", "9", "--tags", "b"]);
    list.edit(&ids[2], &["--score", "9", "--tags", "b"]);
    let title = list.here(&ids[0], "title").as_str().unwrap().to_uppercase();
    list.push(&["--field", "score", &title], 0);
    assert_eq!(list.writes(), [format!("{} score=9", ids[0])]);
    list.clear_log();
    list.push(&["--tag", "b", &ids[1], &ids[0]], 0);
    assert_eq!(list.writes(), [format!("{} score=9&tags=b", ids[1])]);
    list.env.run(&["push", "--yes", "zzzzzzzzz"]).expect_code(1);
}

#[on_both]
fn diff_says_what_differs_and_why_without_a_request(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    let [first, second, third, ..] = &list.ids[..] else { unreachable!() };
    list.edit_on_mal(first, &json!({"num_episodes_watched": 2}));
    list.env.sync(&["--force-full"]);
    list.edit(first, &["--score", "9"]);
    list.env.run(&["pin", first, "score"]).expect_code(0);
    list.env.execute_sql(&format!(
        "UPDATE user_anime_lists SET notes = 'sql' WHERE anime_id = (SELECT id FROM anime WHERE mal_id = {second})"
    ));
    make_local_only(&list, third);
    list.clear_log();
    let lines = list.env.run(&["diff", "--json"]).expect_code(0).json_lines();
    let find = |id: &str, field: &str| {
        lines.iter().find(|line| line["mal_id"].as_i64() == id.parse().ok() && line["field"] == field).unwrap().clone()
    };
    let keys = |line: &Value| ["local", "mal", "why", "rule", "pinned"].map(|key| line[key].clone());
    let score = find(first, "score");
    assert_eq!(keys(&score), [json!(9), json!(7), json!("edited"), json!("pinned"), json!(true)]);
    assert!(score["edited_at"].as_str().is_some_and(|time| time.ends_with('Z')));
    let episodes = find(first, "episodes_watched");
    assert_eq!(keys(&episodes), [json!(5), json!(2), json!("kept"), json!("higher"), json!(false)]);
    let notes = find(second, "notes");
    assert_eq!(keys(&notes), [json!("sql"), json!(null), json!("edited"), json!("local_if_own"), json!(false)]);
    assert_eq!((&notes["edited_at"], &episodes["edited_at"]), (&json!(null), &json!(null)));
    assert_eq!(
        keys(&find(third, "status")),
        [json!("watching"), json!(null), json!("only_here"), json!(null), json!(false)]
    );
    assert!(list.env.sim.control().logged_requests().is_empty());
    let table = list.env.run(&["diff", "--edited"]).expect_code(0);
    assert!(table.stdout.contains("edited, pinned") && table.stdout.contains("kept (higher)"), "{}", table.stdout);
    assert!(table.stderr.contains("2 fields of 2 entries to send: malsync push"), "{}", table.stderr);
    assert!(list.env.run(&["diff", &list.ids[3]]).expect_code(0).stdout.contains("No differences"));
}

#[test]
fn terminal_shows_what_would_be_sent_and_asks() {
    let list = PushedList::new(DatabaseKind::Sqlite);
    list.edit(list.id(), &["--status", "completed"]);
    let ask = |env: &TestEnv, answer: &str| {
        let mut session = terminal::start_terminal(env, "$MALSYNC push");
        session.exp_string("Send 1 field of 1 entry to MyAnimeList?").unwrap();
        session.send_line(answer).unwrap();
        terminal::read_to_end(&mut session)
    };
    assert!(ask(&list.env, "").contains("Nothing was sent."));
    assert_eq!((list.writes(), list.env.sim.control().logged_requests().len()), (Vec::new(), 0));
    let (shown, _) = terminal::run_on_terminal(&list.env, "diff", 80);
    let shown = terminal::strip_styles(&shown);
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    let done = ask(&list.env, "y");
    assert!(done.contains("status watching → completed"), "{done}");
    assert_eq!(list.writes().len(), 1);
}
