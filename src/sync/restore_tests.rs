//! What comes back, and what is left alone.

use serde_json::json;

use super::*;
use crate::sync::{memory::at, plan::removed_mark};

fn entry() -> Local {
    let base = Base::from(json!({"status": "watching", "score": 8, "num_episodes_watched": 5, "is_rewatching": false}));
    Local { id: 1, mal_id: 5, values: base.values().unwrap(), base: Some(base), ..Local::default() }
}

fn step(field: Field, before: Value, after: Value) -> Step {
    Step { mal_id: 5, field: field.as_str().into(), before, after, base: Value::Null }
}

fn back(entry: Option<&Local>, steps: &[Step], origin: Origin) -> Restored {
    restored(5, entry, &steps.iter().collect::<Vec<_>>(), origin, false)
}

fn why(restored: &Restored) -> Vec<Why> {
    restored.left.iter().map(|left| left.why).collect()
}

#[test]
fn the_value_before_the_oldest_change_comes_back() {
    let steps = [step(Field::Score, json!(3), json!(4)), step(Field::Score, json!(4), json!(8))];
    let edited = back(Some(&entry()), &steps, Origin::Run).edited.unwrap();
    assert_eq!((edited.entry.values.score, edited.lines.len()), (Some(3), 1));
    assert_eq!((&edited.lines[0].local, &edited.lines[0].kept), (&json!(8), &json!(3)));
}

#[test]
fn every_field_comes_back() {
    let was = Values {
        status: "dropped".into(),
        score: None,
        episodes_watched: None,
        start_date: "2019-04".parse().ok(),
        finish_date: "2019".parse().ok(),
        notes: Some("n".into()),
        is_rewatching: true,
        times_rewatched: 3,
        rewatch_value: 2,
        priority: 1,
        tags: vec!["a".into(), "b".into()],
    };
    let change = |field| step(field, value_of(&was, field), value_of(&entry().values, field));
    let restored = back(Some(&entry()), &Field::RULED.map(change), Origin::Run);
    assert_eq!(restored.edited.unwrap().entry.values, was);
    assert!(restored.left.is_empty());
}

#[test]
fn what_was_changed_since_is_left_alone_unless_forced() {
    let steps = [step(Field::Score, json!(3), json!(4))];
    let restored_ = back(Some(&entry()), &steps, Origin::Run);
    assert_eq!((restored_.edited.is_none(), why(&restored_)), (true, vec![Why::ChangedSince]));
    let forced = restored(5, Some(&entry()), &[&steps[0]], Origin::Run, true);
    assert_eq!(forced.edited.unwrap().entry.values.score, Some(3));
}

#[test]
fn what_stands_already_and_what_came_to_nothing_is_no_edit() {
    for steps in [
        vec![step(Field::Score, json!(8), json!(4))],
        vec![step(Field::Score, json!(8), json!(8))],
        vec![step(Field::Score, json!(3), json!(8)), step(Field::Score, json!(8), json!(3))],
    ] {
        assert_eq!(back(Some(&entry()), &steps, Origin::Run), Restored::default());
    }
}

#[test]
fn a_mark_goes_and_the_entry_is_a_local_one_and_undone_it_is_as_it_was() {
    let marked = Local { removed_at: Some(at(7)), ..entry() };
    let line = removed_mark(5, None, marked.removed_at);
    let steps = [step(line.field, line.local, line.kept)];
    let edited = back(Some(&marked), &steps, Origin::Run).edited.unwrap();
    assert_eq!((&edited.entry.removed_at, &edited.entry.base), (&None, &None));
    let undo: Vec<Step> = edited
        .lines
        .iter()
        .map(|line| Step { base: line.base.clone(), ..step(line.field, line.local.clone(), line.kept.clone()) })
        .collect();
    let again = back(Some(&edited.entry), &undo, Origin::Edit).edited.unwrap().entry;
    assert_eq!(again, marked);
}

#[test]
fn what_another_program_wrote_over_mal_s_word_outlives_a_mark_and_its_undoing() {
    let odd = || Base::stored(serde_json::from_str(r#"{"score": 1e999}"#).unwrap());
    let marked = Local { removed_at: Some(at(7)), base: odd(), ..entry() };
    let line = removed_mark(5, None, marked.removed_at);
    let edited = back(Some(&marked), &[step(line.field, line.local, line.kept)], Origin::Run).edited.unwrap();
    let text = |entry: &Local| entry.base.as_ref().map(|base| base.json().get().to_owned());
    assert_eq!((edited.entry.removed_at, text(&edited.entry)), (None, text(&marked)));
    let line = &edited.lines[0];
    let undo = [Step { base: line.base.clone(), ..step(line.field, line.local.clone(), line.kept.clone()) }];
    let again = back(Some(&edited.entry), &undo, Origin::Edit).edited.unwrap().entry;
    assert_eq!((again.removed_at, text(&again)), (marked.removed_at, text(&marked)));
}

#[test]
fn a_deleted_entry_is_made_again_with_all_its_values_and_undone_it_goes() {
    let old = edit::deleted(&entry()).lines.remove(0);
    let steps = [step(Field::Score, json!(2), json!(8)), step(Field::Entry, old.local, Value::Null)];
    let edited = back(None, &steps, Origin::Run).edited.unwrap();
    let expected = Values { score: Some(2), ..entry().values };
    assert_eq!((&edited.entry.values, &edited.entry.base, edited.entry.id), (&expected, &None, 0));
    assert_eq!(why(&back(Some(&entry()), &steps, Origin::Run)), [Why::ThereAgain]);
    let undo = [step(Field::Entry, Value::Null, edited.lines[0].kept.clone())];
    let there = Local { id: 9, ..edited.entry };
    assert!(back(Some(&there), &undo, Origin::Edit).edited.unwrap().delete);
    let changed = Local { values: Values { score: Some(1), ..there.values.clone() }, ..there.clone() };
    assert_eq!(why(&back(Some(&changed), &undo, Origin::Edit)), [Why::ChangedSince]);
    let seen = Local { base: entry().base, ..there };
    assert_eq!(why(&back(Some(&seen), &undo, Origin::Edit)), [Why::OnMal]);
}

#[test]
fn an_entry_that_a_command_made_stays_once_anything_of_it_was_edited_or_pinned() {
    let made = edit::edited(None, Local { id: 0, base: None, ..entry() });
    let undo = [step(Field::Entry, Value::Null, made.lines[0].kept.clone())];
    let there = Local { id: 9, ..made.entry };
    assert!(back(Some(&there), &undo, Origin::Edit).edited.unwrap().delete);
    let noted = Local { values: Values { notes: Some("mine".into()), ..there.values.clone() }, ..there.clone() };
    let pinned = Local { pinned: vec![Field::Notes], ..there };
    for since in [noted, pinned] {
        assert_eq!(why(&back(Some(&since), &undo, Origin::Edit)), [Why::ChangedSince]);
    }
}

#[test]
fn a_deleted_entry_comes_back_with_its_pins() {
    let gone = edit::deleted(&Local { pinned: vec![Field::Score, Field::Tags], ..entry() }).lines.remove(0);
    let edited = back(None, &[step(Field::Entry, gone.local, Value::Null)], Origin::Run).edited.unwrap();
    assert_eq!(edited.entry.pinned, [Field::Score, Field::Tags]);
}

#[test]
fn a_mark_that_another_run_set_since_stays() {
    let line = removed_mark(5, None, Some(at(7)));
    let steps = [step(line.field, line.local, line.kept)];
    let anew = Local { removed_at: Some(at(9)), ..entry() };
    assert_eq!(why(&back(Some(&anew), &steps, Origin::Run)), [Why::ChangedSince]);
    assert!(restored(5, Some(&anew), &[&steps[0]], Origin::Run, true).edited.is_some());
}

#[test]
fn what_mal_would_bring_again_stays() {
    let made = [step(Field::Entry, Value::Null, json!({"status": "watching"})), step(Field::Score, json!(1), json!(8))];
    let restored = back(Some(&entry()), &made, Origin::Run);
    assert_eq!((restored.edited.is_none(), why(&restored)), (true, vec![Why::Made]));
    let line = removed_mark(5, Some(at(7)), None);
    assert_eq!(why(&back(Some(&entry()), &[step(line.field, line.local, line.kept)], Origin::Run)), [Why::OnMal]);
}

#[test]
fn what_is_not_understood_is_left_alone() {
    let strange = Step { field: "mood".into(), ..step(Field::Score, json!(1), json!(2)) };
    let wrong = step(Field::StartDate, json!("soon"), Value::Null);
    let restored = back(Some(&entry()), &[strange, wrong], Origin::Run);
    assert_eq!((restored.edited.is_none(), why(&restored)), (true, vec![Why::Unknown, Why::Unknown]));
    assert_eq!(why(&back(None, &[step(Field::Score, json!(1), json!(2))], Origin::Run)), [Why::NotInList]);
}
