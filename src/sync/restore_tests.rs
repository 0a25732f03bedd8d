//! What comes back, and what is left alone.

use serde_json::json;

use super::*;
use crate::sync::{in_memory::time_at, plan::removed_at_change};

fn stored_entry() -> StoredEntry {
    let base =
        MergeBase::from(json!({"status": "watching", "score": 8, "num_episodes_watched": 5, "is_rewatching": false}));
    StoredEntry { id: 1, mal_id: 5, values: base.parse_values().unwrap(), base: Some(base), ..StoredEntry::default() }
}

fn restore_step(field: Field, before: Value, after: Value) -> RestoreStep {
    RestoreStep { mal_id: 5, field: field.as_str().into(), before, after, base: Value::Null }
}

fn restore(entry: Option<&StoredEntry>, steps: &[RestoreStep], origin: ChangeSource) -> RestorePlan {
    plan_restore(5, entry, &steps.iter().collect::<Vec<_>>(), origin, false)
}

fn skip_reasons(restored: &RestorePlan) -> Vec<SkipReason> {
    restored.skipped.iter().map(|left| left.reason).collect()
}

#[test]
fn oldest_recorded_value_is_restored() {
    let steps = [restore_step(Field::Score, json!(3), json!(4)), restore_step(Field::Score, json!(4), json!(8))];
    let edited = restore(Some(&stored_entry()), &steps, ChangeSource::Run).edit.unwrap();
    assert_eq!((edited.entry.values.score, edited.field_edits.len()), (Some(3), 1));
    assert_eq!((&edited.field_edits[0].local, &edited.field_edits[0].kept), (&json!(8), &json!(3)));
}

#[test]
fn every_field_is_restored() {
    let was = EntryValues {
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
    let change = |field| restore_step(field, field_json(&was, field), field_json(&stored_entry().values, field));
    let restored = restore(Some(&stored_entry()), &Field::SYNCED_FIELDS.map(change), ChangeSource::Run);
    assert_eq!(restored.edit.unwrap().entry.values, was);
    assert!(restored.skipped.is_empty());
}

#[test]
fn field_changed_since_is_skipped_unless_forced() {
    let steps = [restore_step(Field::Score, json!(3), json!(4))];
    let restored_ = restore(Some(&stored_entry()), &steps, ChangeSource::Run);
    assert_eq!((restored_.edit.is_none(), skip_reasons(&restored_)), (true, vec![SkipReason::ChangedSince]));
    let forced = plan_restore(5, Some(&stored_entry()), &[&steps[0]], ChangeSource::Run, true);
    assert_eq!(forced.edit.unwrap().entry.values.score, Some(3));
}

#[test]
fn restore_without_effect_is_no_edit() {
    for steps in [
        vec![restore_step(Field::Score, json!(8), json!(4))],
        vec![restore_step(Field::Score, json!(8), json!(8))],
        vec![restore_step(Field::Score, json!(3), json!(8)), restore_step(Field::Score, json!(8), json!(3))],
    ] {
        assert_eq!(restore(Some(&stored_entry()), &steps, ChangeSource::Run), RestorePlan::default());
    }
}

#[test]
fn restoring_a_removed_entry_makes_it_local_and_can_be_undone() {
    let marked = StoredEntry { removed_at: Some(time_at(7)), ..stored_entry() };
    let line = removed_at_change(5, None, marked.removed_at);
    let steps = [restore_step(line.field, line.local, line.kept)];
    let edited = restore(Some(&marked), &steps, ChangeSource::Run).edit.unwrap();
    assert_eq!((&edited.entry.removed_at, &edited.entry.base), (&None, &None));
    let undo: Vec<RestoreStep> = edited
        .field_edits
        .iter()
        .map(|line| RestoreStep {
            base: line.base.clone(),
            ..restore_step(line.field, line.local.clone(), line.kept.clone())
        })
        .collect();
    let again = restore(Some(&edited.entry), &undo, ChangeSource::Edit).edit.unwrap().entry;
    assert_eq!(again, marked);
}

#[test]
fn unreadable_merge_base_survives_restore_and_its_undo() {
    let odd = || MergeBase::from_stored_json(serde_json::from_str(r#"{"score": 1e999}"#).unwrap());
    let marked = StoredEntry { removed_at: Some(time_at(7)), base: odd(), ..stored_entry() };
    let line = removed_at_change(5, None, marked.removed_at);
    let edited =
        restore(Some(&marked), &[restore_step(line.field, line.local, line.kept)], ChangeSource::Run).edit.unwrap();
    let text = |entry: &StoredEntry| entry.base.as_ref().map(|base| base.raw_json().get().to_owned());
    assert_eq!((edited.entry.removed_at, text(&edited.entry)), (None, text(&marked)));
    let line = &edited.field_edits[0];
    let undo =
        [RestoreStep { base: line.base.clone(), ..restore_step(line.field, line.local.clone(), line.kept.clone()) }];
    let again = restore(Some(&edited.entry), &undo, ChangeSource::Edit).edit.unwrap().entry;
    assert_eq!((again.removed_at, text(&again)), (marked.removed_at, text(&marked)));
}

#[test]
fn deleted_entry_is_recreated_and_undo_deletes_it() {
    let old = edit::plan_delete(&stored_entry()).field_edits.remove(0);
    let steps = [restore_step(Field::Score, json!(2), json!(8)), restore_step(Field::Entry, old.local, Value::Null)];
    let edited = restore(None, &steps, ChangeSource::Run).edit.unwrap();
    let expected = EntryValues { score: Some(2), ..stored_entry().values };
    assert_eq!((&edited.entry.values, &edited.entry.base, edited.entry.id), (&expected, &None, 0));
    assert_eq!(skip_reasons(&restore(Some(&stored_entry()), &steps, ChangeSource::Run)), [SkipReason::Recreated]);
    let undo = [restore_step(Field::Entry, Value::Null, edited.field_edits[0].kept.clone())];
    let there = StoredEntry { id: 9, ..edited.entry };
    assert!(restore(Some(&there), &undo, ChangeSource::Edit).edit.unwrap().is_deleted);
    let changed = StoredEntry { values: EntryValues { score: Some(1), ..there.values.clone() }, ..there.clone() };
    assert_eq!(skip_reasons(&restore(Some(&changed), &undo, ChangeSource::Edit)), [SkipReason::ChangedSince]);
    let seen = StoredEntry { base: stored_entry().base, ..there };
    assert_eq!(skip_reasons(&restore(Some(&seen), &undo, ChangeSource::Edit)), [SkipReason::OnMal]);
}

#[test]
fn undo_keeps_a_created_entry_that_was_edited_or_pinned_since() {
    let made = edit::plan_edit(None, StoredEntry { id: 0, base: None, ..stored_entry() });
    let undo = [restore_step(Field::Entry, Value::Null, made.field_edits[0].kept.clone())];
    let there = StoredEntry { id: 9, ..made.entry };
    assert!(restore(Some(&there), &undo, ChangeSource::Edit).edit.unwrap().is_deleted);
    let noted =
        StoredEntry { values: EntryValues { notes: Some("mine".into()), ..there.values.clone() }, ..there.clone() };
    let pinned = StoredEntry { pinned: vec![Field::Notes], ..there };
    for since in [noted, pinned] {
        assert_eq!(skip_reasons(&restore(Some(&since), &undo, ChangeSource::Edit)), [SkipReason::ChangedSince]);
    }
}

#[test]
fn deleted_entry_is_recreated_with_its_pins() {
    let gone = edit::plan_delete(&StoredEntry { pinned: vec![Field::Score, Field::Tags], ..stored_entry() })
        .field_edits
        .remove(0);
    let edited = restore(None, &[restore_step(Field::Entry, gone.local, Value::Null)], ChangeSource::Run).edit.unwrap();
    assert_eq!(edited.entry.pinned, [Field::Score, Field::Tags]);
}

#[test]
fn removed_at_set_by_a_later_run_is_skipped_unless_forced() {
    let line = removed_at_change(5, None, Some(time_at(7)));
    let steps = [restore_step(line.field, line.local, line.kept)];
    let anew = StoredEntry { removed_at: Some(time_at(9)), ..stored_entry() };
    assert_eq!(skip_reasons(&restore(Some(&anew), &steps, ChangeSource::Run)), [SkipReason::ChangedSince]);
    assert!(plan_restore(5, Some(&anew), &[&steps[0]], ChangeSource::Run, true).edit.is_some());
}

#[test]
fn change_that_mal_would_repeat_is_skipped() {
    let made = [
        restore_step(Field::Entry, Value::Null, json!({"status": "watching"})),
        restore_step(Field::Score, json!(1), json!(8)),
    ];
    let restored = restore(Some(&stored_entry()), &made, ChangeSource::Run);
    assert_eq!((restored.edit.is_none(), skip_reasons(&restored)), (true, vec![SkipReason::CreatedByRun]));
    let line = removed_at_change(5, Some(time_at(7)), None);
    assert_eq!(
        skip_reasons(&restore(
            Some(&stored_entry()),
            &[restore_step(line.field, line.local, line.kept)],
            ChangeSource::Run
        )),
        [SkipReason::OnMal]
    );
}

#[test]
fn unknown_record_is_skipped() {
    let strange = RestoreStep { field: "mood".into(), ..restore_step(Field::Score, json!(1), json!(2)) };
    let wrong = restore_step(Field::StartDate, json!("soon"), Value::Null);
    let restored = restore(Some(&stored_entry()), &[strange, wrong], ChangeSource::Run);
    assert_eq!(
        (restored.edit.is_none(), skip_reasons(&restored)),
        (true, vec![SkipReason::Unknown, SkipReason::Unknown])
    );
    assert_eq!(
        skip_reasons(&restore(None, &[restore_step(Field::Score, json!(1), json!(2))], ChangeSource::Run)),
        [SkipReason::NotInList]
    );
}
