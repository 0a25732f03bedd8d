//! What a batch writes, and what it leaves alone.

use serde_json::json;

use super::*;
use crate::{
    domain::{anime::Anime, entry::Remote},
    sync::{
        memory::{anime, at, remote},
        port::LastConflict,
    },
};

fn rules(report: &Report) -> Rules<'_> {
    Rules { report, traffic: Traffic::default(), settling: false }
}

/// The rows after `remote` was stored as it came.
fn stored(remote: &Remote) -> Rows {
    let mut rows = Rows::default();
    rows.anime.insert(remote.mal_id(), (70, remote.anime.clone()));
    let local = Local {
        id: 90,
        mal_id: remote.mal_id(),
        values: remote.list.values.clone(),
        base: Some(remote.list.raw.clone()),
        mal_updated_at: remote.list.updated_at,
        removed_at: None,
        pinned: Vec::new(),
    };
    rows.locals.insert(remote.mal_id(), local);
    rows
}

fn fetched(remote: &Remote) -> [Item; 1] {
    [Item::Fetched(Box::new(remote.clone()))]
}

fn fates(plan: &Plan<'_>) -> (Fate, Fate) {
    (plan.outcomes[0].anime, plan.outcomes[0].entry)
}

#[test]
fn what_is_new_is_made_and_told_as_one_line() {
    let remote = remote(5, 0, &json!({"score": 7}));
    let (items, rows, report) = (fetched(&remote), Rows::default(), Report::default());
    let plan = rules(&report).plan(&items, &rows);
    assert_eq!(fates(&plan), (Fate::Created, Fate::Created));
    assert_eq!((plan.anime_new.len(), plan.entries_new.len()), (1, 1));
    let [line] = &plan.outcomes[0].changes[..] else { panic!("{:?}", plan.outcomes) };
    assert_eq!((line.field, &line.local, line.conflict), (Field::Entry, &Value::Null, false));
    assert_eq!(line.kept, json!({"status": "watching", "score": 7, "episodes_watched": 1}));
    assert!(plan.outcomes[0].joined);
}

#[test]
fn what_is_the_same_is_not_written() {
    let remote = remote(5, 0, &json!({}));
    let (items, rows, report) = (fetched(&remote), stored(&remote), Report::default());
    let plan = rules(&report).plan(&items, &rows);
    assert_eq!(fates(&plan), (Fate::Unchanged, Fate::Unchanged));
    assert!(plan.anime_new.is_empty() && plan.anime_changed.is_empty());
    assert!(plan.entries_new.is_empty() && plan.entries_changed.is_empty());
    assert!(plan.outcomes[0].changes.is_empty() && !plan.outcomes[0].joined);
}

#[test]
fn metadata_that_moved_writes_the_anime_alone_and_is_no_change_of_the_entry() {
    let old = remote(5, 0, &json!({}));
    let moved = Remote { anime: Anime { rank: Some(3), ..anime(5) }, ..old.clone() };
    let (items, rows, report) = (fetched(&moved), stored(&old), Report::default());
    let plan = rules(&report).plan(&items, &rows);
    assert_eq!(fates(&plan), (Fate::Updated, Fate::Unchanged));
    assert_eq!(plan.anime_changed[0].0, 70);
    assert!(plan.outcomes[0].changes.is_empty());
}

#[test]
fn a_new_base_is_kept_even_where_no_column_changes() {
    let (old, new) = (remote(5, 0, &json!({"score": 7})), remote(5, 60, &json!({"score": 0})));
    let (items, rows, report) = (fetched(&new), stored(&old), Report::default());
    let plan = rules(&report).plan(&items, &rows);
    assert_eq!(fates(&plan), (Fate::Unchanged, Fate::Updated));
    let write = &plan.entries_changed[0];
    assert_eq!((write.id, write.values.score, write.mal_updated_at), (Some(90), Some(7), Some(at(60))));
    assert_eq!(write.base, &new.list.raw);
    assert!(plan.outcomes[0].changes.is_empty(), "the local score stays, and nothing stands against it");
}

#[test]
fn a_marked_entry_that_comes_back_is_told() {
    let remote = remote(5, 0, &json!({}));
    let mut rows = stored(&remote);
    rows.locals.get_mut(&5).unwrap().removed_at = Some(at(10));
    let (items, report) = (fetched(&remote), Report::default());
    let plan = rules(&report).plan(&items, &rows);
    assert_eq!(fates(&plan).1, Fate::Updated);
    assert!(plan.outcomes[0].joined);
    assert_eq!(plan.outcomes[0].changes[0].field, Field::RemovedAt);
}

#[test]
fn an_adopted_row_meets_mal_without_a_base() {
    let remote = remote(5, 0, &json!({"status": "completed", "num_episodes_watched": 12}));
    let mut rows = stored(&remote);
    let local = rows.locals.get_mut(&5).unwrap();
    local.base = None;
    local.values.status = "watching".into();
    local.values.episodes_watched = Some(13);
    let (items, report) = (fetched(&remote), Report::default());
    let plan = rules(&report).plan(&items, &rows);
    let told: Vec<_> =
        plan.outcomes[0].changes.iter().map(|line| (line.field, line.kept.clone(), line.conflict)).collect();
    assert_eq!(told, [(Field::Status, json!("completed"), true), (Field::EpisodesWatched, json!(13), true)]);
    assert!(plan.outcomes[0].joined);
}

#[test]
fn a_conflict_that_stands_as_it_was_told_is_not_told_again() {
    let remote = remote(5, 0, &json!({}));
    let mut rows = stored(&remote);
    rows.locals.get_mut(&5).unwrap().values.episodes_watched = Some(9);
    let (items, report) = (fetched(&remote), Report::default());
    assert_eq!(rules(&report).wants_history(&items, &rows), [5]);
    assert_eq!(rules(&report).plan(&items, &rows).outcomes[0].changes.len(), 1);
    let last = LastConflict { local: json!(9), mal: json!(1), kept: json!(9) };
    rows.history.insert((5, Field::EpisodesWatched), last);
    let plan = rules(&report).plan(&items, &rows);
    assert!(plan.outcomes[0].changes.is_empty() && plan.entries_changed.is_empty());
}

#[test]
fn a_settlement_goes_by_the_base_and_leaves_the_anime_alone() {
    let remote = remote(5, 0, &json!({"score": 8}));
    let mut rows = stored(&remote);
    rows.locals.get_mut(&5).unwrap().values.score = Some(10);
    let (items, report) = ([Item::Settle(5), Item::Settle(6)], Report::default());
    let plan = rules(&report).plan(&items, &rows);
    assert_eq!((plan.outcomes.len(), plan.entries_changed[0].values.score), (1, Some(8)));
    assert!(plan.outcomes[0].changes[0].conflict);
    rows.locals.get_mut(&5).unwrap().removed_at = Some(at(1));
    assert!(rules(&report).plan(&items, &rows).entries_changed.is_empty(), "an entry that is gone from MAL is let be");
}

#[test]
fn a_pinned_difference_is_told_once_and_writes_nothing() {
    let remote = remote(5, 0, &json!({"score": 8}));
    let mut rows = stored(&remote);
    let local = rows.locals.get_mut(&5).unwrap();
    local.values.score = Some(10);
    local.pinned = vec![Field::Score];
    let report = Report::default();
    for items in [[Item::Settle(5)], fetched(&remote)] {
        assert_eq!(rules(&report).wants_history(&items, &rows), [5]);
        let plan = rules(&report).plan(&items, &rows);
        assert!(plan.entries_changed.is_empty());
        let [line] = &plan.outcomes[0].changes[..] else { panic!("{:?}", plan.outcomes) };
        assert_eq!((line.field, line.rule, line.conflict, &line.kept), (Field::Score, Rule::Pinned, true, &json!(10)));
    }
    let last = LastConflict { local: json!(10), mal: json!(8), kept: json!(10) };
    rows.history.insert((5, Field::Score), last);
    let items = [Item::Settle(5)];
    assert!(rules(&report).plan(&items, &rows).outcomes[0].changes.is_empty());
}

#[test]
fn a_pin_holds_for_an_entry_that_comes_back() {
    let old = remote(5, 0, &json!({"score": 8}));
    let new = remote(5, 60, &json!({"score": 3, "status": "completed"}));
    let mut rows = stored(&old);
    let local = rows.locals.get_mut(&5).unwrap();
    (local.removed_at, local.pinned) = (Some(at(10)), vec![Field::Score]);
    let (items, report) = (fetched(&new), Report::default());
    let plan = rules(&report).plan(&items, &rows);
    let write = &plan.entries_changed[0];
    assert_eq!((write.values.score, write.values.status.as_str()), (Some(8), "completed"));
}
