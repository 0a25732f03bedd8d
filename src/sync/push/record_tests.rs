//! Tests of what is recorded after MAL's response to a push: the entry, its merge base and its change records.

use serde_json::json;

use super::*;
use crate::{
    domain::{loose_json::UnreadableValues, own_values::own_fields},
    sync::push::plan::{AddPermission, PushRequest, decide_fields, plan_entry},
};

fn status(keys: &Value) -> ListStatus {
    let mut json = json!({"status": "watching", "score": 7, "num_episodes_watched": 5, "is_rewatching": false,
        "updated_at": "2026-11-30T10:00:00+00:00", "priority": 0, "num_times_rewatched": 0, "rewatch_value": 0,
        "tags": [], "comments": ""});
    keys.as_object().into_iter().flatten().for_each(|(key, value)| json[key] = value.clone());
    ListStatus::parse(json, &mut |_| {}, &mut UnreadableValues::default()).unwrap()
}

/// Returns an entry with score 9 and notes here, where MAL had score 7 and none.
fn edited_entry() -> StoredEntry {
    let base = status(&json!({}));
    let values = EntryValues { score: Some(9), notes: Some("a & b".into()), ..base.values.clone() };
    StoredEntry { id: 1, mal_id: 1, values, base: Some(base.base), ..StoredEntry::default() }
}

/// Returns the push of an entry that MAL has as `before`, and as `response` after the write.
fn pushed_entry(entry: &StoredEntry, before: &Value, response: &Value) -> PushedEntry {
    let (before, request) = (status(before), PushRequest::default());
    let plan = plan_entry(entry, &request, AddPermission::Never).unwrap();
    let decided = decide_fields(entry, &plan, Some(&before.values), &request, AddPermission::Never);
    let is_written = !decided.form().is_empty();
    PushedEntry {
        is_written,
        response: Some(status(response)),
        ..PushedEntry::new(entry.clone(), decided, Some(before))
    }
}

fn records(pushed: &PushedEntry) -> Vec<String> {
    let text = |change: &FieldChange| {
        format!("{} {} {} {}", change.field.as_str(), change.local, change.mal, change.is_conflict)
    };
    pushed.change_records().iter().map(text).collect()
}

#[test]
fn response_is_the_merge_base_if_all_fields_agree() {
    let response = json!({"score": 9, "comments": "a &amp; b", "updated_at": "2026-11-30T11:00:00+00:00", "new": 1});
    let pushed = pushed_entry(&edited_entry(), &json!({}), &response);
    let row = pushed.updated_row(&edited_entry()).unwrap();
    assert_eq!(row.base, Some(status(&response).base), "whole, unknown keys included");
    assert_eq!((own_fields(&row), row.values), (Vec::new(), edited_entry().values));
    assert_eq!(row.mal_updated_at, status(&response).updated_at);
    assert_eq!(records(&pushed), ["score 9 7 false", r#"notes "a & b" null false"#]);
}

#[test]
fn fields_that_were_not_sent_stay_as_they_were_last_seen() {
    let moved = json!({"priority": 2, "finish_date": "2024", "score": 9});
    let pushed = pushed_entry(
        &edited_entry(),
        &moved,
        &json!({"priority": 2, "finish_date": "2024", "score": 9, "comments": "a &amp; b",
        "updated_at": "2026-11-30T11:00:00+00:00"}),
    );
    let row = pushed.updated_row(&edited_entry()).unwrap();
    let base = row.base.as_ref().unwrap().parse_json().unwrap();
    let keys = ["score", "comments", "priority", "finish_date", "updated_at"].map(|key| base[key].clone());
    let expected = [json!(9), json!("a &amp; b"), json!(0), Value::Null, json!("2026-11-30T11:00:00+00:00")];
    assert_eq!(keys, expected);
    assert_eq!(records(&pushed), ["score 9 7 false", r#"notes "a & b" null false"#], "MAL had the score already");
}

#[test]
fn conflict_keeps_its_merge_base() {
    let pushed = pushed_entry(&edited_entry(), &json!({"score": 3, "comments": "x"}), &json!({}));
    assert_eq!((pushed.updated_row(&edited_entry()), pushed.is_written), (None, false));
    assert_eq!(records(&pushed), ["score 9 3 true", r#"notes "a & b" "x" true"#]);
}

#[test]
fn value_that_mal_took_otherwise_stays_own_and_is_recorded() {
    let pushed = pushed_entry(&edited_entry(), &json!({}), &json!({"score": 8, "comments": "a &amp; b"}));
    assert_eq!(pushed.altered_fields(), [(Field::Score, json!(8))]);
    let row = pushed.updated_row(&edited_entry()).unwrap();
    assert_eq!(own_fields(&row), [Field::Score]);
    assert!(row.altered.contains(Field::Score, row.values.get(Field::Score)));
}

#[test]
fn value_edited_during_the_push_stays_own() {
    let pushed = pushed_entry(&edited_entry(), &json!({}), &json!({"score": 9, "comments": "a &amp; b"}));
    let mut edited = edited_entry();
    edited.values.score = Some(10);
    let row = pushed.updated_row(&edited).unwrap();
    assert_eq!((own_fields(&row), row.values.score), (vec![Field::Score], Some(10)));
    // Also if it is set back to what MAL had before, but not if an import wrote it.
    edited.values.score = Some(7);
    assert_eq!(own_fields(&pushed.updated_row(&edited).unwrap()), [Field::Score]);
    edited.kept.insert(Field::Score, edited.values.get(Field::Score));
    assert_eq!(own_fields(&pushed.updated_row(&edited).unwrap()), []);
}

#[test]
fn lost_write_was_taken_if_mal_has_what_was_sent() {
    let taken = |now: &Value| {
        pushed_entry(&edited_entry(), &json!({}), &json!({})).was_write_taken(&status(now).values, Some(12))
    };
    for (now, expected) in [
        (json!({}), false),
        (json!({"score": 9, "comments": "a &amp; b"}), true),
        (json!({"score": 8, "comments": "a &amp; b"}), false),
        (json!({"priority": 1}), false),
        (json!({"score": 3, "priority": 1}), false),
        (json!({"score": 9, "comments": "a &amp; b", "priority": 1}), true),
        (json!({"updated_at": "2026-11-30T11:00:00+00:00"}), false),
    ] {
        assert_eq!(taken(&now), expected, "{now}");
    }
    let mut watched = edited_entry();
    watched.values = EntryValues { episodes_watched: Some(99), ..status(&json!({})).values };
    let taken =
        |now: &Value| pushed_entry(&watched, &json!({}), &json!({})).was_write_taken(&status(now).values, Some(12));
    for (episodes, expected) in [(5, false), (6, false), (12, true), (99, true), (100, false)] {
        let now = json!({"num_episodes_watched": episodes});
        assert_eq!(taken(&now), expected, "{episodes}: MAL has the 99 that were sent, or lowers them to 12");
    }
}

#[test]
fn value_that_differs_from_the_merge_base_is_unseen() {
    let seen = pushed_entry(&edited_entry(), &json!({"priority": 2}), &json!({}));
    assert!(!seen.overwrites_unseen_value(), "the priority is not sent");
    let conflict = pushed_entry(&edited_entry(), &json!({"score": 3}), &json!({}));
    assert!(!conflict.overwrites_unseen_value(), "only the notes are sent");
    let mut rewatched = edited_entry();
    rewatched.values = EntryValues { is_rewatching: true, rewatch_episodes: Some(2), ..status(&json!({})).values };
    for (before, expected) in [
        (json!({}), false),
        (json!({"is_rewatching": true}), true),
        (json!({"is_rewatching": true, "num_episodes_watched": 2}), false),
    ] {
        let pushed = pushed_entry(&rewatched, &before, &json!({"is_rewatching": true, "num_episodes_watched": 2}));
        assert_eq!(
            pushed.overwrites_unseen_value(),
            expected,
            "{before}: with the flag, MAL's count is that of a rewatch"
        );
    }
}

#[test]
fn response_without_a_sent_field_says_nothing() {
    let pushed = pushed_entry(&edited_entry(), &json!({}), &json!({}));
    assert!(has_sent_fields(&pushed.decided, &status(&json!({}))));
    let sparse =
        ListStatus::parse(json!({"status": "watching", "score": 9}), &mut |_| {}, &mut UnreadableValues::default())
            .unwrap();
    assert!(!has_sent_fields(&pushed.decided, &sparse));
}
