//! What a batch writes, and what it leaves alone.

use serde_json::json;

use super::*;
use crate::{
    domain::{anime::Anime, entry::RemoteEntry},
    sync::{
        in_memory::{anime_with_id, remote_entry, time_at},
        port::LastConflict,
    },
};

fn planner(report: &RunTally) -> RulePlanner<'_> {
    RulePlanner { tally: report, request_counters: RequestCounters::default(), is_reconciling: false }
}

/// The rows after `remote` was stored as it came.
fn rows_after_storing(remote: &RemoteEntry) -> ExistingRows {
    let mut rows = ExistingRows::default();
    rows.anime.insert(remote.mal_id(), (70, remote.anime.clone()));
    let local = StoredEntry {
        id: 90,
        mal_id: remote.mal_id(),
        values: remote.list_status.values.clone(),
        base: Some(remote.list_status.base.clone()),
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
    let (items, rows, report) = (fetched_items(&remote), ExistingRows::default(), RunTally::default());
    let plan = planner(&report).plan_writes(&items, &rows);
    assert_eq!(row_outcomes(&plan), (RowOutcome::Created, RowOutcome::Created));
    assert_eq!((plan.new_anime.len(), plan.new_entries.len()), (1, 1));
    let [line] = &plan.outcomes[0].changes[..] else { panic!("{:?}", plan.outcomes) };
    assert_eq!((line.field, &line.local, line.is_conflict), (Field::Entry, &Value::Null, false));
    assert_eq!(line.kept, json!({"status": "watching", "score": 7, "episodes_watched": 1}));
    assert!(plan.outcomes[0].newly_listed);
}

#[test]
fn unchanged_rows_are_not_written() {
    let remote = remote_entry(5, 0, &json!({}));
    let (items, rows, report) = (fetched_items(&remote), rows_after_storing(&remote), RunTally::default());
    let plan = planner(&report).plan_writes(&items, &rows);
    assert_eq!(row_outcomes(&plan), (RowOutcome::Unchanged, RowOutcome::Unchanged));
    assert!(plan.new_anime.is_empty() && plan.changed_anime.is_empty());
    assert!(plan.new_entries.is_empty() && plan.changed_entries.is_empty());
    assert!(plan.outcomes[0].changes.is_empty() && !plan.outcomes[0].newly_listed);
}

#[test]
fn metadata_change_writes_only_the_anime() {
    let old = remote_entry(5, 0, &json!({}));
    let moved = RemoteEntry { anime: Anime { rank: Some(3), ..anime_with_id(5) }, ..old.clone() };
    let (items, rows, report) = (fetched_items(&moved), rows_after_storing(&old), RunTally::default());
    let plan = planner(&report).plan_writes(&items, &rows);
    assert_eq!(row_outcomes(&plan), (RowOutcome::Updated, RowOutcome::Unchanged));
    assert_eq!(plan.changed_anime[0].0, 70);
    assert!(plan.outcomes[0].changes.is_empty());
}

#[test]
fn new_merge_base_is_written_even_if_no_column_changes() {
    let (old, new) = (remote_entry(5, 0, &json!({"score": 7})), remote_entry(5, 60, &json!({"score": 0})));
    let (items, rows, report) = (fetched_items(&new), rows_after_storing(&old), RunTally::default());
    let plan = planner(&report).plan_writes(&items, &rows);
    assert_eq!(row_outcomes(&plan), (RowOutcome::Unchanged, RowOutcome::Updated));
    let write = &plan.changed_entries[0];
    assert_eq!((write.id, write.values.score, write.mal_updated_at), (Some(90), Some(7), Some(time_at(60))));
    assert_eq!(write.base, &new.list_status.base);
    assert!(plan.outcomes[0].changes.is_empty(), "the local score stays, and nothing stands against it");
}

#[test]
fn removed_entry_that_is_listed_again_is_recorded() {
    let remote = remote_entry(5, 0, &json!({}));
    let mut rows = rows_after_storing(&remote);
    rows.entries.get_mut(&5).unwrap().removed_at = Some(time_at(10));
    let (items, report) = (fetched_items(&remote), RunTally::default());
    let plan = planner(&report).plan_writes(&items, &rows);
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
    let (items, report) = (fetched_items(&remote), RunTally::default());
    let plan = planner(&report).plan_writes(&items, &rows);
    let told: Vec<_> =
        plan.outcomes[0].changes.iter().map(|line| (line.field, line.kept.clone(), line.is_conflict)).collect();
    assert_eq!(told, [(Field::Status, json!("completed"), true), (Field::EpisodesWatched, json!(13), true)]);
    assert!(plan.outcomes[0].newly_listed);
}

#[test]
fn recorded_conflict_is_not_recorded_again() {
    let remote = remote_entry(5, 0, &json!({}));
    let mut rows = rows_after_storing(&remote);
    rows.entries.get_mut(&5).unwrap().values.episodes_watched = Some(9);
    let (items, report) = (fetched_items(&remote), RunTally::default());
    assert_eq!(planner(&report).ids_needing_conflict_history(&items, &rows), [5]);
    assert_eq!(planner(&report).plan_writes(&items, &rows).outcomes[0].changes.len(), 1);
    let last = LastConflict { local: json!(9), mal: json!(1), kept: json!(9) };
    rows.last_conflicts.insert((5, Field::EpisodesWatched), last);
    let plan = planner(&report).plan_writes(&items, &rows);
    assert!(plan.outcomes[0].changes.is_empty() && plan.changed_entries.is_empty());
}

#[test]
fn reconcile_resolves_against_the_base_and_keeps_the_anime() {
    let remote = remote_entry(5, 0, &json!({"score": 8}));
    let mut rows = rows_after_storing(&remote);
    rows.entries.get_mut(&5).unwrap().values.score = Some(10);
    let (items, report) = ([BatchItem::Reconcile(5), BatchItem::Reconcile(6)], RunTally::default());
    let plan = planner(&report).plan_writes(&items, &rows);
    assert_eq!((plan.outcomes.len(), plan.changed_entries[0].values.score), (1, Some(8)));
    assert!(plan.outcomes[0].changes[0].is_conflict);
    rows.entries.get_mut(&5).unwrap().removed_at = Some(time_at(1));
    assert!(
        planner(&report).plan_writes(&items, &rows).changed_entries.is_empty(),
        "an entry that is gone from MAL is let be"
    );
}

#[test]
fn pinned_difference_is_recorded_once_and_writes_no_row() {
    let remote = remote_entry(5, 0, &json!({"score": 8}));
    let mut rows = rows_after_storing(&remote);
    let local = rows.entries.get_mut(&5).unwrap();
    local.values.score = Some(10);
    local.pinned = vec![Field::Score];
    let report = RunTally::default();
    for items in [[BatchItem::Reconcile(5)], fetched_items(&remote)] {
        assert_eq!(planner(&report).ids_needing_conflict_history(&items, &rows), [5]);
        let plan = planner(&report).plan_writes(&items, &rows);
        assert!(plan.changed_entries.is_empty());
        let [line] = &plan.outcomes[0].changes[..] else { panic!("{:?}", plan.outcomes) };
        assert_eq!(
            (line.field, line.rule, line.is_conflict, &line.kept),
            (Field::Score, MergeRule::Pinned, true, &json!(10))
        );
    }
    let last = LastConflict { local: json!(10), mal: json!(8), kept: json!(10) };
    rows.last_conflicts.insert((5, Field::Score), last);
    let items = [BatchItem::Reconcile(5)];
    assert!(planner(&report).plan_writes(&items, &rows).outcomes[0].changes.is_empty());
}

#[test]
fn pin_is_respected_if_a_removed_entry_is_listed_again() {
    let old = remote_entry(5, 0, &json!({"score": 8}));
    let new = remote_entry(5, 60, &json!({"score": 3, "status": "completed"}));
    let mut rows = rows_after_storing(&old);
    let local = rows.entries.get_mut(&5).unwrap();
    (local.removed_at, local.pinned) = (Some(time_at(10)), vec![Field::Score]);
    let (items, report) = (fetched_items(&new), RunTally::default());
    let plan = planner(&report).plan_writes(&items, &rows);
    let write = &plan.changed_entries[0];
    assert_eq!((write.values.score, write.values.status.as_str()), (Some(8), "completed"));
}
