//! What a restore brings back, and what it skips.

use serde_json::json;

use super::*;
use crate::{
    domain::test_values,
    sync::{in_memory::time_at, plan::removed_at_change},
};

fn stored_entry() -> StoredEntry {
    let base =
        MergeBase::from(json!({"status": "watching", "score": 8, "num_episodes_watched": 5, "is_rewatching": false}));
    StoredEntry { id: 1, mal_id: 5, values: base.parse_values().unwrap(), base: Some(base), ..StoredEntry::default() }
}

fn restore_step(field: Field, before: Value, after: Value) -> RestoreStep {
    RestoreStep { mal_id: 5, field: field.as_str().into(), before, after, base: Value::Null }
}

fn restore(entry: Option<&StoredEntry>, steps: &[RestoreStep], source: ChangeSource) -> RestorePlan {
    plan_restore(5, entry, &steps.iter().collect::<Vec<_>>(), source, false)
}

fn skip_reasons(plan: &RestorePlan) -> Vec<SkipReason> {
    plan.skipped.iter().map(|field| field.reason).collect()
}

#[test]
fn oldest_recorded_value_is_restored() {
    let steps = [restore_step(Field::Score, json!(3), json!(4)), restore_step(Field::Score, json!(4), json!(8))];
    let edit = restore(Some(&stored_entry()), &steps, ChangeSource::Run).edit.unwrap();
    assert_eq!((edit.entry.values.score, edit.field_edits.len()), (Some(3), 1));
    assert_eq!((&edit.field_edits[0].local, &edit.field_edits[0].kept), (&json!(8), &json!(3)));
}

#[test]
fn every_field_is_restored() {
    let old_values =
        EntryValues { status: "dropped".into(), score: None, episodes_watched: None, ..test_values::every_field_set() };
    let change = |field| restore_step(field, old_values.field_json(field), stored_entry().values.field_json(field));
    let plan = restore(Some(&stored_entry()), &Field::SYNCED_FIELDS.map(change), ChangeSource::Run);
    assert_eq!(plan.edit.unwrap().entry.values, old_values);
    assert!(plan.skipped.is_empty());
}

#[test]
fn field_changed_since_is_skipped_unless_forced() {
    let steps = [restore_step(Field::Score, json!(3), json!(4))];
    let plan = restore(Some(&stored_entry()), &steps, ChangeSource::Run);
    assert_eq!((plan.edit.is_none(), skip_reasons(&plan)), (true, vec![SkipReason::ChangedSince]));
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
    let change = removed_at_change(5, None, marked.removed_at);
    let steps = [restore_step(change.field, change.local, change.kept)];
    let edit = restore(Some(&marked), &steps, ChangeSource::Run).edit.unwrap();
    assert_eq!((&edit.entry.removed_at, &edit.entry.base), (&None, &None));
    let undo: Vec<RestoreStep> = edit
        .field_edits
        .iter()
        .map(|change| RestoreStep {
            base: change.base.clone(),
            ..restore_step(change.field, change.local.clone(), change.kept.clone())
        })
        .collect();
    let undone = restore(Some(&edit.entry), &undo, ChangeSource::Edit).edit.unwrap().entry;
    assert_eq!(undone, marked);
}

#[test]
fn unreadable_merge_base_survives_restore_and_its_undo() {
    let unreadable_base = || MergeBase::from_stored_json(serde_json::from_str(r#"{"score": 1e999}"#).unwrap());
    let marked = StoredEntry { removed_at: Some(time_at(7)), base: unreadable_base(), ..stored_entry() };
    let change = removed_at_change(5, None, marked.removed_at);
    let edit = restore(Some(&marked), &[restore_step(change.field, change.local, change.kept)], ChangeSource::Run)
        .edit
        .unwrap();
    let text = |entry: &StoredEntry| entry.base.as_ref().map(|base| base.raw_json().get().to_owned());
    assert_eq!((edit.entry.removed_at, text(&edit.entry)), (None, text(&marked)));
    let change = &edit.field_edits[0];
    let undo = [RestoreStep {
        base: change.base.clone(),
        ..restore_step(change.field, change.local.clone(), change.kept.clone())
    }];
    let undone = restore(Some(&edit.entry), &undo, ChangeSource::Edit).edit.unwrap().entry;
    assert_eq!((undone.removed_at, text(&undone)), (marked.removed_at, text(&marked)));
}

#[test]
fn deleted_entry_is_recreated_and_undo_deletes_it() {
    let delete = edit::plan_delete(&stored_entry()).field_edits.remove(0);
    let steps = [restore_step(Field::Score, json!(2), json!(8)), restore_step(Field::Entry, delete.local, Value::Null)];
    let edit = restore(None, &steps, ChangeSource::Run).edit.unwrap();
    let expected = EntryValues { score: Some(2), ..stored_entry().values };
    assert_eq!((&edit.entry.values, &edit.entry.base, edit.entry.id), (&expected, &None, 0));
    let undo = [restore_step(Field::Entry, Value::Null, edit.field_edits[0].kept.clone())];
    let recreated = StoredEntry { id: 9, ..edit.entry };
    assert!(restore(Some(&recreated), &undo, ChangeSource::Edit).edit.unwrap().is_deleted);
    let changed =
        StoredEntry { values: EntryValues { score: Some(1), ..recreated.values.clone() }, ..recreated.clone() };
    assert_eq!(skip_reasons(&restore(Some(&changed), &undo, ChangeSource::Edit)), [SkipReason::ChangedSince]);
    let on_mal = StoredEntry { base: stored_entry().base, ..recreated };
    assert_eq!(skip_reasons(&restore(Some(&on_mal), &undo, ChangeSource::Edit)), [SkipReason::OnMal]);
}

#[test]
fn deleted_values_and_pins_come_back_on_an_entry_that_exists_again() {
    let lost = StoredEntry {
        values: EntryValues { score: Some(3), notes: Some("mine".into()), ..stored_entry().values },
        pinned: vec![Field::Notes],
        ..stored_entry()
    };
    let steps = [restore_step(Field::Entry, edit::plan_delete(&lost).field_edits.remove(0).local, Value::Null)];
    let again = StoredEntry { pinned: vec![Field::Tags], ..stored_entry() };
    let plan = restore(Some(&again), &steps, ChangeSource::Run);
    let edit = plan.edit.unwrap();
    assert_eq!((&edit.entry.values, plan.skipped.len()), (&lost.values, 0));
    assert_eq!(edit.entry.pinned, [Field::Notes, Field::Tags], "pins set since stay");
    assert_eq!((&edit.entry.base, edit.entry.id), (&again.base, again.id));
    let recorded: Vec<Field> = edit.field_edits.iter().map(|field_edit| field_edit.field).collect();
    assert_eq!(recorded, [Field::Score, Field::Notes]);
    let without_pin = StoredEntry { pinned: Vec::new(), ..lost.clone() };
    let pin = restore(Some(&without_pin), &steps, ChangeSource::Run).edit.unwrap();
    assert_eq!((pin.field_edits.len(), pin.field_edits[0].field), (1, Field::Notes));
    assert_eq!(pin.field_edits[0].local, pin.field_edits[0].kept, "a pin that comes back is recorded");
    assert_eq!(restore(Some(&lost), &steps, ChangeSource::Run), RestorePlan::default(), "nothing was lost");
}

#[test]
fn value_edited_since_the_deletion_is_skipped_unless_forced() {
    let delete = edit::plan_delete(&stored_entry()).field_edits.remove(0);
    let steps = [restore_step(Field::Entry, delete.local, Value::Null)];
    let edited = StoredEntry {
        values: EntryValues { score: Some(1), notes: Some("new".into()), ..stored_entry().values },
        ..stored_entry()
    };
    let plan = restore(Some(&edited), &steps, ChangeSource::Run);
    assert_eq!((plan.edit.is_none(), skip_reasons(&plan)), (true, vec![SkipReason::ChangedSince]));
    assert_eq!((&plan.skipped[0].current_value, &plan.skipped[0].recorded_value), (&json!(1), &json!(8)));
    let forced = plan_restore(5, Some(&edited), &[&steps[0]], ChangeSource::Run, true).edit.unwrap();
    assert_eq!((forced.entry.values.score, forced.entry.values.notes.as_deref()), (Some(8), Some("new")));
}

#[test]
fn restored_value_is_own_whoever_wrote_it_first() {
    let kept = |values: &EntryValues| {
        let base = stored_entry().base.unwrap().parse_values();
        own_values::record_kept_values(values, base.as_ref(), |_| false)
    };
    let values = EntryValues { notes: Some("imported".into()), ..stored_entry().values };
    let step = [restore_step(Field::Notes, json!("imported"), Value::Null)];
    let edit = restore(Some(&stored_entry()), &step, ChangeSource::Run).edit.unwrap();
    assert_eq!(own_values::own_fields(&edit.entry), [Field::Notes]);
    // A value that is there already becomes own too.
    let standing = StoredEntry { kept: kept(&values), values, ..stored_entry() };
    assert_eq!(own_values::own_fields(&standing), []);
    let edit = restore(Some(&standing), &step, ChangeSource::Run).edit.unwrap();
    assert_eq!((own_values::own_fields(&edit.entry), edit.field_edits.len()), (vec![Field::Notes], 1));
    assert_eq!(edit.field_edits[0].local, edit.field_edits[0].kept);
    assert_eq!(restore(Some(&edit.entry), &step, ChangeSource::Run), RestorePlan::default(), "it is own already");
    // All values of a recreated entry are own. Of a removed entry that is restored, only those that were own before.
    let delete = edit::plan_delete(&standing).field_edits.remove(0);
    let recreated = restore(None, &[restore_step(Field::Entry, delete.local, Value::Null)], ChangeSource::Run);
    let recreated = recreated.edit.unwrap().entry;
    let set = [Field::Status, Field::Score, Field::EpisodesWatched, Field::Notes];
    assert_eq!(own_values::own_fields(&recreated), set);
    let marked = StoredEntry {
        values: EntryValues { score: Some(3), ..standing.values.clone() },
        removed_at: Some(time_at(7)),
        ..standing
    };
    let change = removed_at_change(5, None, marked.removed_at);
    let local = restore(Some(&marked), &[restore_step(change.field, change.local, change.kept)], ChangeSource::Run);
    assert_eq!(own_values::own_fields(&local.edit.unwrap().entry), [Field::Score]);
}

#[test]
fn undo_keeps_a_created_entry_that_was_edited_or_pinned_since() {
    let created = edit::plan_edit(None, StoredEntry { id: 0, base: None, ..stored_entry() });
    let undo = [restore_step(Field::Entry, Value::Null, created.field_edits[0].kept.clone())];
    let stored = StoredEntry { id: 9, ..created.entry };
    assert!(restore(Some(&stored), &undo, ChangeSource::Edit).edit.unwrap().is_deleted);
    let with_notes =
        StoredEntry { values: EntryValues { notes: Some("mine".into()), ..stored.values.clone() }, ..stored.clone() };
    let pinned = StoredEntry { pinned: vec![Field::Notes], ..stored };
    for changed_since in [with_notes, pinned] {
        assert_eq!(skip_reasons(&restore(Some(&changed_since), &undo, ChangeSource::Edit)), [SkipReason::ChangedSince]);
    }
}

#[test]
fn deleted_entry_is_recreated_with_its_pins() {
    let delete = edit::plan_delete(&StoredEntry { pinned: vec![Field::Score, Field::Tags], ..stored_entry() })
        .field_edits
        .remove(0);
    let edit = restore(None, &[restore_step(Field::Entry, delete.local, Value::Null)], ChangeSource::Run).edit.unwrap();
    assert_eq!(edit.entry.pinned, [Field::Score, Field::Tags]);
}

#[test]
fn removed_at_set_by_a_later_run_is_skipped_unless_forced() {
    let change = removed_at_change(5, None, Some(time_at(7)));
    let steps = [restore_step(change.field, change.local, change.kept)];
    let marked_again = StoredEntry { removed_at: Some(time_at(9)), ..stored_entry() };
    assert_eq!(skip_reasons(&restore(Some(&marked_again), &steps, ChangeSource::Run)), [SkipReason::ChangedSince]);
    assert!(plan_restore(5, Some(&marked_again), &[&steps[0]], ChangeSource::Run, true).edit.is_some());
}

#[test]
fn change_that_mal_would_repeat_is_skipped() {
    let created = [
        restore_step(Field::Entry, Value::Null, json!({"status": "watching"})),
        restore_step(Field::Score, json!(1), json!(8)),
    ];
    let plan = restore(Some(&stored_entry()), &created, ChangeSource::Run);
    assert_eq!((plan.edit.is_none(), skip_reasons(&plan)), (true, vec![SkipReason::CreatedByRun]));
    let change = removed_at_change(5, Some(time_at(7)), None);
    assert_eq!(
        skip_reasons(&restore(
            Some(&stored_entry()),
            &[restore_step(change.field, change.local, change.kept)],
            ChangeSource::Run
        )),
        [SkipReason::OnMal]
    );
}

#[test]
fn unknown_record_is_skipped() {
    let unknown_field = RestoreStep { field: "mood".into(), ..restore_step(Field::Score, json!(1), json!(2)) };
    let invalid_value = restore_step(Field::StartDate, json!("soon"), Value::Null);
    let plan = restore(Some(&stored_entry()), &[unknown_field, invalid_value], ChangeSource::Run);
    assert_eq!((plan.edit.is_none(), skip_reasons(&plan)), (true, vec![SkipReason::Unknown, SkipReason::Unknown]));
    assert_eq!(
        skip_reasons(&restore(None, &[restore_step(Field::Score, json!(1), json!(2))], ChangeSource::Run)),
        [SkipReason::NotInList]
    );
}

#[test]
fn count_of_a_rewatch_comes_back_with_its_flag() {
    let flag = restore_step(Field::IsRewatching, json!(false), json!(true));
    let count = restore_step(Field::RewatchEpisodes, json!(8), json!(3));
    let mut entry = stored_entry();
    (entry.values.is_rewatching, entry.values.rewatch_episodes) = (true, Some(3));
    let plan = restore(Some(&entry), &[flag.clone(), count.clone()], ChangeSource::Run);
    assert_eq!(skip_reasons(&plan), [SkipReason::CountOfRewatch]);
    let restored = plan.edit.unwrap().entry.values;
    assert_eq!((restored.is_rewatching, restored.rewatch_episodes), (true, Some(8)));

    entry.values.rewatch_episodes = Some(4);
    let plan = restore(Some(&entry), &[flag.clone(), count.clone()], ChangeSource::Run);
    assert_eq!(skip_reasons(&plan), [SkipReason::ChangedSince, SkipReason::CountOfRewatch]);
    assert_eq!(plan.edit, None, "a later count of the rewatch keeps its flag");

    (entry.values.is_rewatching, entry.values.rewatch_episodes) = (false, None);
    let forced = plan_restore(5, Some(&entry), &[&count], ChangeSource::Run, true).edit.unwrap().entry.values;
    assert_eq!((forced.is_rewatching, forced.rewatch_episodes), (true, Some(8)));
    let ended = restore_step(Field::RewatchEpisodes, Value::Null, json!(3));
    (entry.values.is_rewatching, entry.values.rewatch_episodes) = (true, Some(3));
    let plan = restore(Some(&entry), &[flag, ended], ChangeSource::Run);
    assert_eq!((plan.edit.map(|edit| edit.entry.values), plan.skipped), (Some(stored_entry().values), vec![]));
}
