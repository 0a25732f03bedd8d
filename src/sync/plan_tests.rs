//! Which rows and change records a batch writes.

use serde_json::json;

use super::*;
use crate::{
    domain::{altered_values::AlteredValues, anime::Anime, entry::RemoteEntry},
    sync::{
        in_memory::{anime_with_id, remote_entry, time_at},
        port::LastConflict,
    },
};

fn planner(tally: &RunTally) -> RulePlanner<'_> {
    RulePlanner { tally, request_counters: RequestCounters::default(), kind: BatchKind::Fetched }
}

/// Returns the rows after `remote` was stored.
fn rows_after_storing(remote: &RemoteEntry) -> ExistingRows {
    let mut rows = ExistingRows::default();
    rows.anime.insert(remote.mal_id(), (70, remote.anime.clone()));
    let local = StoredEntry {
        id: 90,
        mal_id: remote.mal_id(),
        values: remote.list_status.values.clone(),
        base: Some(remote.list_status.base.clone()),
        kept: KeptValues::default(),
        altered: AlteredValues::default(),
        mal_updated_at: remote.list_status.updated_at,
        removed_at: None,
        pinned: Vec::new(),
    };
    rows.entries.insert(remote.mal_id(), local);
    rows
}

fn fetched_items(remote: &RemoteEntry) -> [BatchItem; 1] {
    [BatchItem::Fetched(Box::new(remote.clone()))]
}

fn row_outcomes(plan: &WritePlan<'_>) -> (RowOutcome, RowOutcome) {
    (plan.outcomes[0].anime, plan.outcomes[0].entry)
}

#[test]
fn new_entry_is_created_with_one_change_record() {
    let remote = remote_entry(5, 0, &json!({"score": 7}));
    let (items, rows, tally) = (fetched_items(&remote), ExistingRows::default(), RunTally::default());
    let plan = planner(&tally).plan_writes(&items, &rows);
    assert_eq!(row_outcomes(&plan), (RowOutcome::Created, RowOutcome::Created));
    assert_eq!((plan.new_anime.len(), plan.new_entries.len()), (1, 1));
    let [change] = &plan.outcomes[0].changes[..] else { panic!("{:?}", plan.outcomes) };
    assert_eq!((change.field, &change.local, change.is_conflict), (Field::Entry, &Value::Null, false));
    assert_eq!(change.kept, json!({"status": "watching", "score": 7, "episodes_watched": 1}));
    assert!(plan.outcomes[0].newly_listed);
}

#[test]
fn unchanged_rows_are_not_written() {
    let remote = remote_entry(5, 0, &json!({}));
    let (items, rows, tally) = (fetched_items(&remote), rows_after_storing(&remote), RunTally::default());
    let plan = planner(&tally).plan_writes(&items, &rows);
    assert_eq!(row_outcomes(&plan), (RowOutcome::Unchanged, RowOutcome::Unchanged));
    assert!(plan.new_anime.is_empty() && plan.changed_anime.is_empty());
    assert!(plan.new_entries.is_empty() && plan.changed_entries.is_empty());
    assert!(plan.outcomes[0].changes.is_empty() && !plan.outcomes[0].newly_listed);
}

#[test]
fn metadata_change_writes_only_the_anime() {
    let old = remote_entry(5, 0, &json!({}));
    let changed = RemoteEntry { anime: Anime { rank: Some(3), ..anime_with_id(5) }, ..old.clone() };
    let (items, rows, tally) = (fetched_items(&changed), rows_after_storing(&old), RunTally::default());
    let plan = planner(&tally).plan_writes(&items, &rows);
    assert_eq!(row_outcomes(&plan), (RowOutcome::Updated, RowOutcome::Unchanged));
    assert_eq!(plan.changed_anime[0].0, 70);
    assert!(plan.outcomes[0].changes.is_empty());
}

#[test]
fn new_merge_base_is_written_even_if_no_column_changes() {
    let (old, new) = (remote_entry(5, 0, &json!({"score": 7})), remote_entry(5, 60, &json!({"score": 0})));
    let (items, rows, tally) = (fetched_items(&new), rows_after_storing(&old), RunTally::default());
    let plan = planner(&tally).plan_writes(&items, &rows);
    assert_eq!(row_outcomes(&plan), (RowOutcome::Unchanged, RowOutcome::Updated));
    let write = &plan.changed_entries[0];
    assert_eq!((write.id, write.values.score, write.mal_updated_at), (90, Some(7), Some(time_at(60))));
    assert_eq!(write.base.as_ref(), Some(&new.list_status.base));
    assert!(plan.outcomes[0].changes.is_empty(), "the local score is kept without a conflict");
}

#[test]
fn removed_entry_that_is_listed_again_is_recorded() {
    let remote = remote_entry(5, 0, &json!({}));
    let mut rows = rows_after_storing(&remote);
    rows.entries.get_mut(&5).unwrap().removed_at = Some(time_at(10));
    let (items, tally) = (fetched_items(&remote), RunTally::default());
    let plan = planner(&tally).plan_writes(&items, &rows);
    assert_eq!(row_outcomes(&plan).1, RowOutcome::Updated);
    assert!(plan.outcomes[0].newly_listed);
    assert_eq!(plan.outcomes[0].changes[0].field, Field::RemovedAt);
}

#[test]
fn local_entry_without_merge_base_is_resolved_against_mal() {
    let remote = remote_entry(5, 0, &json!({"status": "completed", "num_episodes_watched": 12}));
    let mut rows = rows_after_storing(&remote);
    let local = rows.entries.get_mut(&5).unwrap();
    local.base = None;
    local.values.status = "watching".into();
    local.values.episodes_watched = Some(13);
    let (items, tally) = (fetched_items(&remote), RunTally::default());
    let plan = planner(&tally).plan_writes(&items, &rows);
    let changes: Vec<_> =
        plan.outcomes[0].changes.iter().map(|change| (change.field, change.kept.clone(), change.is_conflict)).collect();
    assert_eq!(changes, [(Field::Status, json!("completed"), true), (Field::EpisodesWatched, json!(13), true)]);
    assert!(plan.outcomes[0].newly_listed);
}

#[test]
fn recorded_conflict_is_not_recorded_again() {
    let remote = remote_entry(5, 0, &json!({}));
    let mut rows = rows_after_storing(&remote);
    rows.entries.get_mut(&5).unwrap().values.episodes_watched = Some(9);
    let (items, tally) = (fetched_items(&remote), RunTally::default());
    assert_eq!(planner(&tally).ids_needing_conflict_history(&items, &rows), [5]);
    assert_eq!(planner(&tally).plan_writes(&items, &rows).outcomes[0].changes.len(), 1);
    let last = LastConflict { local: json!(9), mal: json!(1), kept: json!(9) };
    rows.last_conflicts.insert((5, Field::EpisodesWatched), last);
    let plan = planner(&tally).plan_writes(&items, &rows);
    assert!(plan.outcomes[0].changes.is_empty() && plan.changed_entries.is_empty());
}

#[test]
fn reconcile_resolves_against_the_base_and_keeps_the_anime() {
    let remote = remote_entry(5, 0, &json!({"score": 8}));
    let mut rows = rows_after_storing(&remote);
    rows.entries.get_mut(&5).unwrap().values.score = Some(10);
    let (items, tally) = ([BatchItem::Reconcile(5), BatchItem::Reconcile(6)], RunTally::default());
    let plan = planner(&tally).plan_writes(&items, &rows);
    assert_eq!((plan.outcomes.len(), plan.changed_entries[0].values.score), (1, Some(8)));
    assert!(plan.outcomes[0].changes[0].is_conflict);
    rows.entries.get_mut(&5).unwrap().removed_at = Some(time_at(1));
    assert!(planner(&tally).plan_writes(&items, &rows).changed_entries.is_empty(), "a removed entry is not reconciled");
}

#[test]
fn pinned_difference_is_recorded_once_and_writes_no_row() {
    let remote = remote_entry(5, 0, &json!({"score": 8}));
    let mut rows = rows_after_storing(&remote);
    let local = rows.entries.get_mut(&5).unwrap();
    local.values.score = Some(10);
    local.pinned = vec![Field::Score];
    let tally = RunTally::default();
    for items in [[BatchItem::Reconcile(5)], fetched_items(&remote)] {
        assert_eq!(planner(&tally).ids_needing_conflict_history(&items, &rows), [5]);
        let plan = planner(&tally).plan_writes(&items, &rows);
        assert!(plan.changed_entries.is_empty());
        let [change] = &plan.outcomes[0].changes[..] else { panic!("{:?}", plan.outcomes) };
        assert_eq!(
            (change.field, change.rule, change.is_conflict, &change.kept),
            (Field::Score, MergeRule::Pinned, true, &json!(10))
        );
    }
    let last = LastConflict { local: json!(10), mal: json!(8), kept: json!(10) };
    rows.last_conflicts.insert((5, Field::Score), last);
    let items = [BatchItem::Reconcile(5)];
    assert!(planner(&tally).plan_writes(&items, &rows).outcomes[0].changes.is_empty());
}

#[test]
fn pin_is_respected_if_a_removed_entry_is_listed_again() {
    let old = remote_entry(5, 0, &json!({"score": 8}));
    let new = remote_entry(5, 60, &json!({"score": 3, "status": "completed"}));
    let mut rows = rows_after_storing(&old);
    let local = rows.entries.get_mut(&5).unwrap();
    (local.removed_at, local.pinned) = (Some(time_at(10)), vec![Field::Score]);
    let (items, tally) = (fetched_items(&new), RunTally::default());
    let plan = planner(&tally).plan_writes(&items, &rows);
    let write = &plan.changed_entries[0];
    assert_eq!((write.values.score, write.values.status.as_str()), (Some(8), "completed"));
}
