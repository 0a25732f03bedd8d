//! Fields that have changed on MAL since they were last seen.

use malsync_test_macros::on_both;
use serde_json::json;

use super::PushedList;
use crate::support::test_env::DatabaseKind;

#[on_both]
fn field_that_moved_on_mal_is_a_conflict_until_a_sync_settles_it(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    let id = list.id();
    list.edit(id, &["--score", "9", "--notes", "mine", "--priority", "2"]);
    list.edit_on_mal(id, &json!({"score": 3, "comments": "theirs"}));
    for _ in 0..2 {
        let run = list.push(&[], 3);
        assert_eq!(
            (&run["status"], &run["push_conflicts"], &run["errors"]),
            (&json!("PARTIAL"), &json!(2), &json!([]))
        );
    }
    assert_eq!(list.writes(), [format!("{id} priority=2")], "the other field is sent once");
    let output = list.env.run(&["push", "--yes"]).expect_code(3);
    assert!(output.stderr.contains("warning: conflict: "), "{}", output.stderr);
    assert!(output.stderr.contains("score not sent: local 9, MAL now has 3"), "{}", output.stderr);
    assert!(output.stderr.contains("hint: take MAL's values with malsync sync --force-full"), "{}", output.stderr);
    let run = list.push(&[], 3);
    assert_eq!(list.changes(&run), [r#"notes "mine" "theirs" "mine" true"#, "score 9 3 9 true"]);
    // The rules give MAL's score and leave the own notes, which are sent then.
    list.env.sync(&[]);
    assert_eq!((list.here(id, "score"), list.here(id, "notes")), (json!(3), json!("mine")));
    list.clear_log();
    assert_eq!(list.push(&[], 0)["pushed_fields"], 1);
    assert_eq!(list.writes(), [format!("{id} comments=mine")]);
}

#[on_both]
fn force_sends_conflicts_but_makes_no_entry(kind: DatabaseKind) {
    // The anime of an entry that is made again has few episodes.
    let list = PushedList::with_values(kind, &json!({"status": "watching", "score": 7, "num_episodes_watched": 1}));
    let [first, second, ..] = &list.ids[..] else { unreachable!() };
    list.edit(first, &["--score", "9"]);
    list.edit(second, &["--score", "9"]);
    list.edit_on_mal(first, &json!({"score": 3}));
    list.env.sim.control().delete_entry("alice", second.parse().unwrap()).unwrap();
    let run = list.push(&["--force"], 3);
    assert_eq!((&run["pushed_fields"], &run["push_conflicts"]), (&json!(1), &json!(1)));
    assert_eq!(list.writes(), [format!("{first} score=9")]);
    assert_eq!(list.changes(&run), ["score 9 3 9 false", "score 9 null 9 true"]);
    // Named with --add it is made again, with every field that is not empty.
    list.clear_log();
    let run = list.push(&["--add", second], 0);
    let form = format!("{second} status=watching&score=9&num_watched_episodes=1");
    assert!(list.writes()[0].starts_with(&form), "{:?}", list.writes());
    assert_eq!((list.on_mal(second, "score"), list.changes(&run).len()), (json!(9), 1));
    assert_eq!(list.diff(), [""; 0]);
}

#[on_both]
fn field_that_mal_has_already_is_recorded_but_not_sent(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    let id = list.id();
    list.edit(id, &["--score", "9"]);
    list.edit_on_mal(id, &json!({"score": 9}));
    let run = list.push(&[], 0);
    assert_eq!((&run["status"], &run["pushed_fields"], list.writes()), (&json!("SUCCESS"), &json!(0), Vec::new()));
    assert_eq!((list.changes(&run), list.diff()), (vec!["score 9 7 9 false".to_owned()], Vec::new()));
}

#[on_both]
fn news_in_other_fields_stays_news_for_the_next_sync(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    let id = list.id();
    list.edit(id, &["--score", "9"]);
    list.edit_on_mal(id, &json!({"priority": 2, "num_episodes_watched": 8}));
    assert_eq!(list.push(&[], 0)["pushed_fields"], 1);
    assert_eq!((list.here(id, "priority"), list.diff()), (json!(0), Vec::new()));
    let sync = list.env.sync(&[]);
    assert_eq!((&sync["user_lists_updated"], &sync["conflicts_resolved"]), (&json!(1), &json!(0)));
    let values = ["priority", "episodes_watched", "score"].map(|name| list.here(id, name));
    assert_eq!(values, [json!(2), json!(8), json!(9)]);
}
