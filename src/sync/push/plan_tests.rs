//! Tests of the plan of a push: which fields are planned, and what is decided about each against MAL's values.

use chrono::DateTime;
use serde_json::json;

use super::*;
use crate::domain::{kept_values::KeptValues, merge_base::MergeBase};

/// Returns what MAL has of the entry, with these keys set.
fn mal_json(keys: &Value) -> Value {
    let mut json = json!({"status": "watching", "score": 7, "num_episodes_watched": 5, "is_rewatching": false});
    keys.as_object().into_iter().flatten().for_each(|(key, value)| json[key] = value.clone());
    json
}

fn mal_values(keys: &Value) -> EntryValues {
    MergeBase::from(mal_json(keys)).parse_values().unwrap()
}

/// Returns an entry that MAL had with these keys, and that was changed here since.
fn entry_with(keys: &Value, change: impl FnOnce(&mut EntryValues)) -> StoredEntry {
    let base = MergeBase::from(mal_json(keys));
    let mut values = base.parse_values().unwrap();
    change(&mut values);
    StoredEntry { id: 1, mal_id: 1, values, base: Some(base), ..StoredEntry::default() }
}

fn edited_entry() -> StoredEntry {
    entry_with(&json!({}), |values| (values.score, values.priority) = (Some(9), 2))
}

fn named(fields: &[Field]) -> PushRequest {
    PushRequest { fields: fields.to_vec(), force: false }
}

fn planned_fields(entry: &StoredEntry, request: &PushRequest, permission: AddPermission) -> Vec<&'static str> {
    let plan = plan_entry(entry, request, permission);
    plan.map(|plan| plan.fields.iter().map(|field| field.field.as_str()).collect()).unwrap_or_default()
}

/// Returns the decisions about a push of these fields, as words: `name=value` of MAL's form for a field that is sent.
fn decisions(entry: &StoredEntry, request: &PushRequest, remote: Option<&Value>) -> Vec<String> {
    decisions_with(entry, request, remote, AddPermission::Never)
}

fn decisions_with(
    entry: &StoredEntry,
    request: &PushRequest,
    remote: Option<&Value>,
    permission: AddPermission,
) -> Vec<String> {
    let Some(plan) = plan_entry(entry, request, permission) else { return vec!["nothing".to_owned()] };
    let remote = remote.map(mal_values);
    let decided = decide_fields(entry, &plan, remote.as_ref(), request, permission);
    let word = |field: &DecidedField| match field.decision {
        FieldDecision::Send => format!("{}={}", form_name(field.field).unwrap(), field.form_value),
        FieldDecision::AlreadyOnMal => format!("{} there", field.field.as_str()),
        FieldDecision::Conflict => format!("{} conflict", field.field.as_str()),
    };
    decided.fields.iter().map(word).collect()
}

#[test]
fn only_own_fields_are_planned_unless_others_are_named() {
    let own = PushRequest::default();
    let mut kept = KeptValues::default();
    kept.insert(Field::Priority, edited_entry().values.get(Field::Priority));
    let entry = StoredEntry { kept, ..edited_entry() };
    assert_eq!(planned_fields(&entry, &own, AddPermission::Never), ["score"]);
    assert_eq!(planned_fields(&entry, &named(&[Field::Priority]), AddPermission::Never), ["priority"]);
    assert_eq!(planned_fields(&entry, &named(&[Field::Status, Field::Notes]), AddPermission::Never), [""; 0]);
    assert_eq!(planned_fields(&entry_with(&json!({}), |_| {}), &own, AddPermission::Always), [""; 0]);
}

#[test]
fn value_that_mal_took_otherwise_is_planned_only_if_it_is_named() {
    let mut entry = edited_entry();
    entry.altered.insert(Field::Score, entry.values.get(Field::Score));
    assert_eq!(planned_fields(&entry, &PushRequest::default(), AddPermission::Never), ["priority"]);
    assert_eq!(planned_fields(&entry, &named(&[Field::Score]), AddPermission::Never), ["score"]);
    entry.values.score = Some(10);
    assert_eq!(planned_fields(&entry, &PushRequest::default(), AddPermission::Never), ["score", "priority"]);
}

#[test]
fn entry_that_mal_does_not_have_is_planned_only_if_it_may_be_added() {
    let local = StoredEntry { base: None, ..edited_entry() };
    let removed = StoredEntry { removed_at: Some(DateTime::UNIX_EPOCH), ..edited_entry() };
    let all = ["status", "score", "episodes_watched", "priority"];
    for (permission, of_local, of_removed) in [
        (AddPermission::Never, &[][..], &[][..]),
        (AddPermission::IfNeverOnMal, &all[..], &[][..]),
        (AddPermission::Always, &all[..], &all[..]),
    ] {
        assert_eq!(planned_fields(&local, &PushRequest::default(), permission), of_local, "{permission:?}");
        assert_eq!(planned_fields(&removed, &PushRequest::default(), permission), of_removed, "{permission:?}");
    }
}

#[test]
fn field_is_sent_unless_mal_has_it_or_has_a_third_value() {
    let own = PushRequest::default();
    let forced = PushRequest { force: true, ..PushRequest::default() };
    let sent = ["score=9", "priority=2"].map(str::to_owned);
    for (remote, expected) in [
        (json!({}), ["score=9", "priority=2"]),
        (json!({"score": 9}), ["score there", "priority=2"]),
        (json!({"score": 8, "priority": 2}), ["score conflict", "priority there"]),
        (json!({"score": 0, "status": "dropped", "comments": "x"}), ["score conflict", "priority=2"]),
    ] {
        assert_eq!(decisions(&edited_entry(), &own, Some(&remote)), expected, "{remote}");
    }
    assert_eq!(decisions(&edited_entry(), &forced, Some(&json!({"score": 8}))), sent);
    assert_eq!(decisions(&edited_entry(), &forced, None), ["score conflict", "priority conflict"], "gone from MAL");
}

#[test]
fn entry_is_added_whole_but_never_changes_one_that_mal_has() {
    let entry = StoredEntry { base: None, ..edited_entry() };
    let forced = PushRequest { force: true, fields: vec![Field::Score] };
    let whole = ["status=watching", "score=9", "num_watched_episodes=5", "priority=2"];
    let add = |remote: Option<&Value>| decisions_with(&entry, &forced, remote, AddPermission::IfNeverOnMal);
    assert_eq!(add(None), whole);
    let met = ["status there", "score conflict", "episodes_watched there", "priority conflict"];
    assert_eq!(add(Some(&json!({}))), met);
    let gone = decisions_with(&edited_entry(), &PushRequest::default(), None, AddPermission::Always);
    assert_eq!(gone, whole, "an entry that was found gone and is asked for");
}

#[test]
fn value_without_form_keeps_no_other_field_back() {
    let entry = entry_with(&json!({}), |values| {
        values.start_date = "2024".parse().ok();
        values.score = Some(9);
    });
    let plan = plan_entry(&entry, &PushRequest::default(), AddPermission::Never).unwrap();
    assert!(plan.is_sendable() && plan.fields[1].form_value.is_err());
    assert_eq!(decisions(&entry, &PushRequest::default(), Some(&json!({}))), ["score=9"]);
    let only = plan_entry(&entry, &named(&[Field::StartDate]), AddPermission::Never).unwrap();
    assert!(!only.is_sendable());
}

/// A completed entry that the user watches again here, at episode 3.
fn rewatch_begun_here() -> StoredEntry {
    entry_with(&json!({"status": "completed", "num_episodes_watched": 12}), |values| {
        (values.is_rewatching, values.rewatch_episodes) = (true, Some(3));
    })
}

/// A rewatch that MAL has at episode 3, and that is not one here any more.
fn rewatch_ended_here() -> StoredEntry {
    let mut entry = entry_with(&json!({"is_rewatching": true, "num_episodes_watched": 3}), |values| {
        (values.is_rewatching, values.rewatch_episodes, values.episodes_watched) = (false, None, Some(12));
    });
    entry.kept.insert(Field::EpisodesWatched, entry.values.get(Field::EpisodesWatched));
    entry
}

#[test]
fn flag_and_count_of_a_rewatch_are_sent_together() {
    let own = PushRequest::default();
    let begun = rewatch_begun_here();
    let on_mal = json!({"status": "completed", "num_episodes_watched": 12});
    let both = ["is_rewatching=true", "num_watched_episodes=3"];
    assert_eq!(decisions(&begun, &own, Some(&on_mal)), both);
    for request in [named(&[Field::IsRewatching]), named(&[Field::EpisodesWatched])] {
        assert_eq!(decisions(&begun, &request, Some(&on_mal)), both, "{request:?}");
    }
    let without_count = entry_with(&on_mal, |values| values.is_rewatching = true);
    assert_eq!(decisions(&without_count, &own, Some(&on_mal)), ["is_rewatching=true"]);
    let rewatching = json!({"is_rewatching": true, "num_episodes_watched": 3});
    let both_back = ["num_watched_episodes=12", "is_rewatching=false"];
    assert_eq!(decisions(&rewatch_ended_here(), &own, Some(&rewatching)), both_back);
    assert_eq!(decisions(&rewatch_ended_here(), &named(&[Field::IsRewatching]), Some(&rewatching)), both_back);
}

#[test]
fn conflict_in_the_count_keeps_the_flag_back() {
    let moved = json!({"status": "completed", "num_episodes_watched": 11});
    let both = ["is_rewatching conflict", "rewatch_episodes conflict"];
    assert_eq!(decisions(&rewatch_begun_here(), &PushRequest::default(), Some(&moved)), both);
    let forced = PushRequest { force: true, ..PushRequest::default() };
    let sent = ["is_rewatching=true", "num_watched_episodes=3"];
    assert_eq!(decisions(&rewatch_begun_here(), &forced, Some(&moved)), sent);
    // Begun on MAL too, at another episode.
    let begun_there = json!({"status": "completed", "is_rewatching": true, "num_episodes_watched": 2});
    assert_eq!(
        decisions(&rewatch_begun_here(), &PushRequest::default(), Some(&begun_there)),
        ["rewatch_episodes conflict"]
    );
}

#[test]
fn count_of_the_other_time_is_a_conflict_if_the_flag_is_mals_news() {
    let own = PushRequest::default();
    // Ours is rewatching as MAL's was; MAL has finished meanwhile.
    let entry = entry_with(&json!({"is_rewatching": true, "num_episodes_watched": 3}), |values| {
        (values.rewatch_episodes, values.episodes_watched) = (Some(4), Some(12));
    });
    let finished = json!({"status": "completed", "num_episodes_watched": 12});
    assert_eq!(decisions(&entry, &own, Some(&finished)), ["rewatch_episodes conflict"]);
    let forced = PushRequest { force: true, ..PushRequest::default() };
    assert_eq!(
        decisions(&entry, &forced, Some(&finished)),
        ["is_rewatching=true", "num_watched_episodes=4"],
        "force sends flag and count"
    );
    let rewatching = json!({"is_rewatching": true, "num_episodes_watched": 3});
    assert_eq!(decisions(&entry, &own, Some(&rewatching)), ["num_watched_episodes=4"]);
    // MAL watches again; ours is an own count of the first time.
    let first_time = entry_with(&json!({}), |values| values.episodes_watched = Some(6));
    assert_eq!(decisions(&first_time, &own, Some(&rewatching)), ["episodes_watched conflict"]);
}

#[test]
fn episodes_of_the_first_time_wait_for_the_end_of_the_rewatch() {
    let entry = entry_with(&json!({"is_rewatching": true, "num_episodes_watched": 3}), |values| {
        values.episodes_watched = Some(10);
    });
    assert_eq!(planned_fields(&entry, &PushRequest::default(), AddPermission::Never), [""; 0]);
    assert_eq!(planned_fields(&entry, &named(&[Field::EpisodesWatched]), AddPermission::Never), [""; 0]);
}
