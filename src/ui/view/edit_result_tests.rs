use insta::assert_snapshot;
use serde_json::json;

use super::*;
use crate::{
    domain::{
        entry::StoredEntry,
        entry_fields::{EntryValues, Field},
        merge_base::MergeBase,
    },
    sync::edit::{forecast_edit, plan_edit},
    ui::json::to_json_line,
};

fn stored_entry() -> StoredEntry {
    let base =
        MergeBase::from(json!({"status": "watching", "score": 8, "num_episodes_watched": 5, "is_rewatching": false}));
    let values = base.parse_values().unwrap();
    StoredEntry { id: 1, mal_id: 1, values, base: Some(base), ..StoredEntry::default() }
}

fn edit_result(before: &StoredEntry, edit: impl Fn(&mut EntryValues)) -> EditResult {
    let mut after = before.clone();
    edit(&mut after.values);
    let changes = forecast_edit(&plan_edit(Some(before), after));
    EditResult { mal_id: 1, title: "Cowboy Bebop".into(), changes, skipped: Vec::new() }
}

fn warnings_after(before: &StoredEntry, edit: impl Fn(&mut EntryValues)) -> Vec<String> {
    overwrite_warnings(&[edit_result(before, edit)])
}

#[test]
fn overwritten_edit_warns_and_names_the_pin_command() {
    assert_eq!(
        warnings_after(&stored_entry(), |values| values.status = "dropped".into()),
        ["the next sync sets status back to watching, which MAL has (rule mal); malsync pin 1 status keeps it"]
    );
    assert_eq!(warnings_after(&stored_entry(), |values| values.score = Some(10)).len(), 1);
    assert_eq!(warnings_after(&stored_entry(), |values| values.episodes_watched = Some(3)).len(), 1);
}

#[test]
fn edit_that_survives_the_sync_has_no_warning() {
    assert!(warnings_after(&stored_entry(), |values| values.episodes_watched = Some(9)).is_empty());
    assert!(warnings_after(&stored_entry(), |values| values.notes = Some("mine".into())).is_empty());
    assert!(warnings_after(&stored_entry(), |values| values.start_date = "2019".parse().ok()).is_empty());
    let pinned = StoredEntry { pinned: vec![Field::Status], ..stored_entry() };
    assert!(warnings_after(&pinned, |values| values.status = "dropped".into()).is_empty());
}

#[test]
fn edit_of_entry_not_on_mal_warns_only_for_fields_always_taken_from_mal() {
    let before = StoredEntry { base: None, ..stored_entry() };
    assert!(warnings_after(&before, |values| values.score = Some(1)).is_empty());
    let warnings = warnings_after(&before, |values| values.status = "dropped".into());
    assert_eq!(
        warnings,
        ["the next sync sets status to MAL's, should the entry be on MAL (rule mal); malsync pin 1 status keeps it"]
    );
}

#[test]
fn one_entry_is_one_line_and_many_are_truncated_with_totals() {
    let one = edit_result(&stored_entry(), |values| (values.score, values.notes) = (Some(9), Some("a\nb".into())));
    assert_snapshot!(to_text(std::slice::from_ref(&one), false), @"Cowboy Bebop: score 8 → 9 (until the next sync); notes none → a␊b (stays)");
    assert_snapshot!(to_text(&[edit_result(&stored_entry(), |_| {})], false), @"Cowboy Bebop: nothing to change");
    let text = to_text(&[vec![one; 25], vec![edit_result(&stored_entry(), |_| {}); 2]].concat(), true);
    assert_eq!(text.lines().count(), 22);
    assert_snapshot!(text.lines().skip(20).collect::<Vec<_>>().join("\n"), @r"
    and 5 more
    25 entries would change, 2 the same already (dry run: nothing was written)
    ");
}

#[test]
fn edit_result_object_has_the_documented_fields() {
    let mut one = edit_result(&stored_entry(), |values| values.score = Some(9));
    one.skipped.push(SkippedField {
        field: "notes".into(),
        current_value: json!("x"),
        recorded_value: json!("y"),
        reason: SkipReason::ChangedSince,
    });
    assert_snapshot!(to_json_line(&to_json(&one, Some(4))), @r#"{"mal_id":1,"title":"Cowboy Bebop","changes":[{"field":"score","local":8,"kept":9,"mal":8,"stays":false,"rule":"mal_if_scored"}],"left":[{"field":"notes","here":"x","left":"y","reason":"changed_since"}],"edit_id":4}"#);
}
