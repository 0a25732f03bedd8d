//! What people read of `diff`, `push`, `revert`, `runs`, `changes` and `edit --push`, and what `push` and `edit` ask on
//! a terminal.

use malsync_test_macros::on_both;
use serde_json::json;

use super::PushedList;
use crate::support::{terminal, test_env::DatabaseKind};

#[on_both]
fn diff_promises_only_values_that_can_be_sent(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    let [first, second, ..] = &list.ids[..] else { unreachable!() };
    list.edit(first, &["--score", "9", "--start-date", "2024"]);
    list.edit(second, &["--rewatching", "true", "--episodes", "3"]);
    let output = list.env.run(&["diff"]).expect_code(0);
    assert!(output.stderr.contains("3 fields of 2 entries to send: malsync push"), "{}", output.stderr);
    assert!(output.stderr.contains(&format!("({first}): start_date cannot be sent: ")), "{}", output.stderr);
    let waiting = list.env.run(&["status", "--json"]).expect_code(0).json()["waiting"].clone();
    assert_eq!(waiting, json!({"entries": 2, "fields": 3}));
    list.push(&[first], 3);
    let output = list.env.run(&["diff", first]).expect_code(0);
    assert!(output.stderr.starts_with("1 edited field cannot be sent"), "{}", output.stderr);
}

#[on_both]
fn conflict_of_a_push_is_told_once_and_dry_run_says_that_it_sends_nothing(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    let [first, second, ..] = &list.ids[..] else { unreachable!() };
    list.edit(first, &["--score", "9", "--notes", "mine"]);
    list.edit(second, &["--start-date", "2024"]);
    list.edit_on_mal(first, &json!({"score": 3}));
    for (flags, sent) in [(&["push", "--dry-run"][..], "would set notes"), (&["push", "--yes"], ": notes none")] {
        let output = list.env.run(flags).expect_code(3);
        let all = format!("{}{}", output.stdout, output.stderr);
        assert_eq!(all.matches("local 9, MAL now has 3").count(), 1, "{all}");
        assert_eq!(all.matches("MAL accepts only a full date").count(), 1, "{all}");
        assert!(output.stderr.contains("warning: conflict: ") && output.stdout.contains(sent), "{all}");
        let is_dry_run = flags.contains(&"--dry-run");
        assert_eq!(output.stdout.contains("nothing was sent"), is_dry_run, "{all}");
        assert_eq!(output.stdout.contains(" to MAL for alice in "), !is_dry_run, "{all}");
    }
    let output = list.env.run(&["sync", "--push"]).expect_code(0);
    let all = format!("{}{}", output.stdout, output.stderr);
    assert_eq!(all.matches("MAL accepts only a full date").count(), 1, "{all}");
    assert!(output.stderr.contains("warning: "), "{all}");
}

#[on_both]
fn runs_and_changes_show_what_a_push_changed_on_mal(kind: DatabaseKind) {
    let list = PushedList::new(kind);
    list.edit(list.id(), &["--score", "9"]);
    let run = list.push(&[], 0)["run_id"].to_string();
    let runs = list.env.run(&["runs", "--limit", "1"]).expect_code(0).stdout;
    let row: Vec<&str> = runs.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(row[row.len() - 4..], ["0", "1", "0", "0"], "{runs}");
    let changes = list.env.run(&["changes", "--run", &run]).expect_code(0).stdout;
    assert!(changes.contains("7 → 9") && !changes.contains("(MAL"), "{changes}");
}

#[test]
fn preview_has_ids_and_the_count_that_goes_along_with_a_rewatch() {
    let list = PushedList::new(DatabaseKind::Sqlite);
    let id = list.id();
    // MAL has no count of a rewatch, and 0 is no own value. It is sent because it belongs to the flag.
    list.edit_on_mal(id, &json!({"status": "completed", "num_episodes_watched": 12}));
    list.env.sync(&[]);
    list.edit(id, &["--rewatching", "true", "--episodes", "0"]);
    let mut session = terminal::start_terminal(&list.env, "stty cols 80; $MALSYNC push");
    session.exp_string("Send 2 fields of 1 entry to MyAnimeList?").unwrap();
    session.send_line("y").unwrap();
    let shown = terminal::read_to_end(&mut session);
    assert_eq!(list.writes(), [format!("{id} is_rewatching=true&num_watched_episodes=0")], "{shown}");
}

#[test]
fn preview_hints_at_the_conflict_of_the_last_push() {
    let list = PushedList::new(DatabaseKind::Sqlite);
    list.edit(list.id(), &["--score", "9"]);
    list.edit_on_mal(list.id(), &json!({"score": 3}));
    list.push(&[], 3);
    list.clear_log();
    let mut session = terminal::start_terminal(&list.env, "$MALSYNC push");
    session.exp_string("score was 3 on MAL in push 2, a conflict").unwrap();
    session.exp_string("Send 1 field").unwrap();
    session.send_line("n").unwrap();
    terminal::read_to_end(&mut session);
    assert!(list.env.sim.control().logged_requests().is_empty(), "the preview costs no request");
}

#[test]
fn values_that_change_while_the_question_is_open_are_shown_before_they_are_sent() {
    let list = PushedList::new(DatabaseKind::Sqlite);
    let id = list.id();
    list.edit(id, &["--score", "9"]);
    let mut session = terminal::start_terminal(&list.env, "$MALSYNC push");
    session.exp_string("Send 1 field of 1 entry to MyAnimeList?").unwrap();
    list.edit(id, &["--notes", "private"]);
    session.send_line("y").unwrap();
    session.exp_string("the values to send have changed meanwhile").unwrap();
    session.exp_string("Send 2 fields of 1 entry to MyAnimeList?").unwrap();
    assert_eq!(list.writes(), Vec::<String>::new());
    session.send_line("n").unwrap();
    terminal::read_to_end(&mut session);
    assert_eq!(list.writes(), Vec::<String>::new());
}

#[test]
fn title_is_asked_for_once_and_nothing_is_sent_if_nothing_is_left_to_send() {
    let list = PushedList::new(DatabaseKind::Sqlite);
    let [first, second, ..] = &list.ids[..] else { unreachable!() };
    for (id, title) in [(first, "Same Beginning One"), (second, "Same Beginning Two")] {
        list.env.execute_sql(&format!("UPDATE anime SET title = '{title}' WHERE mal_id = {id}"));
    }
    list.edit(first, &["--score", "9"]);
    let runs = list.env.run(&["runs", "--json"]).stdout;
    let mut session = terminal::start_terminal(&list.env, "$MALSYNC push 'same beginning'");
    session.exp_string("Which ID?").unwrap();
    session.send_line(first).unwrap();
    session.exp_string("Send 1 field of 1 entry to MyAnimeList?").unwrap();
    list.env.run(&["revert", first, "--yes"]).expect_code(0);
    session.send_line("y").unwrap();
    let rest = terminal::read_to_end(&mut session);
    assert!(rest.contains("Nothing to send") && !rest.contains("Which ID?"), "{rest}");
    assert_eq!((list.writes(), list.env.run(&["runs", "--json"]).stdout), (Vec::new(), runs), "no run");
}

#[test]
fn several_matches_of_a_title_ask_a_question_on_a_terminal() {
    let list = PushedList::new(DatabaseKind::Sqlite);
    let [first, second, ..] = &list.ids[..] else { unreachable!() };
    for (id, title) in [(first, "Same Beginning One"), (second, "Same Beginning Two")] {
        list.env.execute_sql(&format!("UPDATE anime SET title = '{title}' WHERE mal_id = {id}"));
        list.edit(id, &["--score", "9"]);
    }
    let ask = |command: &str, answer: &str| {
        let mut session = terminal::start_terminal(&list.env, &format!("$MALSYNC {command}; echo code=$?"));
        session.exp_string("Which ID?").unwrap();
        session.send_line(answer).unwrap();
        terminal::read_to_end(&mut session)
    };
    assert!(ask("push --yes 'same beg'", second).contains("code=0"));
    assert_eq!(list.writes(), [format!("{second} score=9")]);
    assert!(ask("edit 'same beg' --score 4", first).contains("code=0"));
    assert_eq!(list.here(first, "score"), 4);
    assert!(ask("push --yes 'same beg'", "").contains("code=2"), "no answer, no choice");
    list.env.run(&["push", "--yes", "same beg"]).expect_code(2);
}

#[test]
fn conflict_of_the_last_push_is_told_by_diff_and_revert() {
    let list = PushedList::new(DatabaseKind::Sqlite);
    let id = list.id();
    list.edit(id, &["--score", "9"]);
    list.edit_on_mal(id, &json!({"score": 3}));
    let refused = list.env.run(&["push", "--yes"]).expect_code(3);
    assert!(refused.stdout.contains("Pushed nothing to MAL for alice"), "{refused:?}");
    for command in [&["diff", id][..], &["revert", id, "--dry-run"]] {
        let shown = list.env.run(command).expect_code(0);
        let hint = "score was 3 on MAL in push 2, a conflict. To take ";
        assert!(shown.stderr.contains(hint), "{shown:?}");
    }
    list.env.sync(&["--force-full"]);
    assert_eq!(list.here(id, "score"), json!(3));
    assert!(!list.env.run(&["diff", id]).expect_code(0).stderr.contains("conflict"));
}

#[test]
fn push_on_a_terminal_says_how_to_take_it_back() {
    let list = PushedList::new(DatabaseKind::Sqlite);
    list.edit(list.id(), &["--score", "9"]);
    let mut session = terminal::start_terminal(&list.env, "$MALSYNC push");
    session.exp_string("Send 1 field").unwrap();
    session.send_line("y").unwrap();
    assert!(
        terminal::read_to_end(&mut session).contains("To take it back: malsync restore --run 2, then malsync push")
    );
    list.env.run(&["restore", "--run", "2", "--yes"]).expect_code(0);
    list.push(&[], 0);
    assert_eq!(list.on_mal(list.id(), "score"), json!(7));
}

#[test]
fn push_without_anything_to_send_says_what_cannot_be_sent() {
    let list = PushedList::new(DatabaseKind::Sqlite);
    let id = list.id();
    let completed = list.env.run(&["edit", id, "--status", "completed"]).expect_code(0);
    let command = format!("malsync edit {id} --episodes 12");
    assert!(completed.stderr.contains(&command), "5 of 12 were watched: {completed:?}");
    list.edit(id, &["--episodes", "30"]);
    list.push(&[], 3);
    list.clear_log();
    let nothing = list.env.run(&["push"]).expect_code(0);
    let reason = "episodes_watched cannot be sent: MAL stored another value; edit it again";
    assert!(nothing.stderr.contains(reason) && nothing.stderr.contains("Nothing to send"), "{nothing:?}");
    assert!(list.env.sim.control().logged_requests().is_empty(), "no request");
}

#[test]
fn more_of_a_title_narrows_the_candidates() {
    let list = PushedList::new(DatabaseKind::Sqlite);
    let titles = ["The Long Way One", "A Long Way Two", "My Long Way Two and a Half"];
    for (id, title) in list.ids.iter().zip(titles) {
        list.env.execute_sql(&format!("UPDATE anime SET title = '{title}' WHERE mal_id = {id}"));
    }
    let mut session = terminal::start_terminal(&list.env, "$MALSYNC edit 'long way' --score 9");
    session.exp_string("3 anime match \"long way\". Which ID?").unwrap();
    session.send_line("way two").unwrap();
    session.exp_string("2 anime match \"way two\". Which ID?").unwrap();
    session.send_line("half").unwrap();
    terminal::read_to_end(&mut session);
    let scores = list.ids[..3].iter().map(|id| list.here(id, "score")).collect::<Vec<_>>();
    assert_eq!(scores, [json!(7), json!(7), json!(9)]);
}

#[test]
fn failed_push_of_an_edit_says_that_the_edit_is_stored() {
    let list = PushedList::new(DatabaseKind::Sqlite);
    let id = list.id();
    list.env.run(&["logout"]).expect_code(0);
    let failed = list.env.run(&["edit", id, "--score", "9", "--push"]).expect_code(4);
    let hint = format!("the edit is stored here; to send it later: malsync push {id}");
    assert!(failed.stderr.contains(&hint) && list.here(id, "score") == json!(9), "{failed:?}");
}
