//! Complete runs that remove entries, or must not remove them.

use serde_json::json;

use crate::{
    domain::run::{RunStatus, SyncMode},
    exit::Exit,
    sync::{in_memory::remote_entry, mode::RunOptions, sync_fixture::SyncFixture},
};

#[tokio::test]
async fn entry_listed_again_loses_removed_at() {
    let mut fixture = SyncFixture::with_entries(25);
    fixture.sync().await;
    let old = remote_entry(5, 5, &json!({}));
    fixture.mal.remove_entry(5);
    fixture.sync().await;
    fixture.mal.put_entry(old);
    let run = fixture.sync().await;
    assert_eq!(run.counters.user_lists_updated, 1);
    assert_eq!(fixture.tables().entries[&5].removed_at, None);
    assert_eq!(fixture.sync().await.mode, SyncMode::Incremental);
}

#[tokio::test]
async fn listing_not_confirmed_by_num_items_removes_nothing() {
    let mut fixture = SyncFixture::with_entries(25);
    fixture.sync().await;
    fixture.mal.remove_entry(5);
    *fixture.mal.num_items.lock().unwrap() = Some(25);
    let run = fixture.force_full_sync().await.run;
    assert_eq!((run.status, run.counters.user_lists_removed), (RunStatus::Success, 0));
    assert_eq!(fixture.tables().entries[&5].removed_at, None);
}

#[tokio::test]
async fn shrink_guard_fails_the_run_and_removes_nothing() {
    let mut fixture = SyncFixture::with_entries(60);
    fixture.sync().await;
    (1..=13).for_each(|id| fixture.mal.remove_entry(id));
    let before = fixture.tables();
    let outcome = fixture.force_full_sync().await;
    assert_eq!(outcome.run.status, RunStatus::Failed);
    let failure = outcome.failure.unwrap();
    assert_eq!(failure.exit, Exit::Guard);
    assert!(failure.message().contains("13 of 60"), "{}", failure.message());
    assert_eq!((fixture.tables().entries, fixture.tables().checkpoint), (before.entries, before.checkpoint));
    let allowed = fixture.try_sync(RunOptions { force_full: true, allow_shrink: true, ..RunOptions::default() }).await;
    assert_eq!((allowed.run.status, allowed.run.counters.user_lists_removed), (RunStatus::Success, 13));
}

#[tokio::test]
async fn listing_that_mals_count_contradicts_fails_the_run_and_removes_nothing() {
    let mut fixture = SyncFixture::with_entries(60);
    fixture.sync().await;
    (1..=40).for_each(|id| fixture.mal.remove_entry(id));
    *fixture.mal.num_items.lock().unwrap() = Some(60);
    let before = fixture.tables();
    // The option changes nothing, and neither does a second run that finds the same.
    for allow_shrink in [false, true, true] {
        let options = RunOptions { force_full: true, prune: true, allow_shrink, ..RunOptions::default() };
        let outcome = fixture.try_sync(options).await;
        let failure = outcome.failure.unwrap();
        assert_eq!((failure.exit, outcome.run.status), (Exit::Mal, RunStatus::Failed));
        assert!(failure.message().contains("sent 20 of 60 entries"), "{}", failure.message());
        assert_eq!((&fixture.tables().entries, fixture.tables().checkpoint), (&before.entries, before.checkpoint));
    }
    *fixture.mal.num_items.lock().unwrap() = None;
    let outcome = fixture.force_full_sync().await;
    assert_eq!(outcome.failure.unwrap().exit, Exit::Guard, "MAL counts 20 too: the list shrank");
}

#[tokio::test]
async fn first_listing_much_shorter_than_the_count_fails_until_a_second_one_is_equal() {
    let mut fixture = SyncFixture::with_entries(60);
    fixture.drift = None;
    *fixture.mal.num_items.lock().unwrap() = Some(100);
    let outcome = fixture.try_sync(RunOptions::default()).await;
    assert_eq!((outcome.failure.unwrap().exit, outcome.run.counters.user_lists_created), (Exit::Mal, 60));
    assert_eq!((fixture.tables().checkpoint, fixture.tables().listing_gap), (None, Some(40)));
    let run = fixture.sync().await;
    assert_eq!((run.mode, run.status), (SyncMode::Full, RunStatus::Success));
    // Written (outer `Some`), and known (inner `Some`).
    assert_eq!(fixture.tables().checkpoint.unwrap().full_run_drift, Some(Some(40)));
    assert_eq!(fixture.tables().listing_gap, None);
}

#[tokio::test]
async fn short_first_listing_leaves_the_drift_unknown_and_the_next_run_incremental() {
    let mut fixture = SyncFixture::with_entries(60);
    fixture.drift = None;
    *fixture.mal.num_items.lock().unwrap() = Some(63);
    fixture.sync().await;
    // Written (outer `Some`), and unknown.
    assert_eq!(fixture.tables().checkpoint.unwrap().full_run_drift, Some(None));
    assert_eq!(fixture.sync().await.mode, SyncMode::Incremental);
    fixture.mal.remove_entry(5);
    *fixture.mal.num_items.lock().unwrap() = Some(64);
    let run = fixture.sync().await;
    assert_eq!((run.mode, run.counters.user_lists_removed), (SyncMode::Full, 0), "the gap was 3, now it is 5");
    let run = fixture.sync().await;
    assert_eq!((run.mode, run.counters.user_lists_removed), (SyncMode::Full, 1), "the second full run found 5 too");
}

#[tokio::test]
async fn empty_list_fails_the_run() {
    let mut fixture = SyncFixture::with_entries(1);
    fixture.sync().await;
    fixture.mal.remove_entry(1);
    let outcome = fixture.try_sync(RunOptions::default()).await;
    assert_eq!((outcome.run.mode, outcome.run.status), (SyncMode::Full, RunStatus::Failed));
    assert_eq!(outcome.failure.unwrap().exit, Exit::Guard);
    assert_eq!(fixture.tables().entries[&1].removed_at, None);
}

#[tokio::test]
async fn prune_deletes_entries_removed_now_and_before() {
    let mut fixture = SyncFixture::with_entries(25);
    fixture.sync().await;
    fixture.mal.remove_entry(5);
    fixture.sync().await;
    fixture.mal.remove_entry(6);
    let run = fixture.try_sync(RunOptions { prune: true, ..RunOptions::default() }).await.run;
    assert_eq!((run.mode, run.counters.user_lists_removed), (SyncMode::Full, 2));
    let left = fixture.tables().entries;
    assert!(!left.contains_key(&5) && !left.contains_key(&6) && left.len() == 23);
}

#[tokio::test]
async fn entry_never_on_mal_is_kept() {
    let mut fixture = SyncFixture::with_entries(25);
    fixture.sync().await;
    let mut local_only = fixture.tables().entries[&1].clone();
    (local_only.mal_id, local_only.id, local_only.base) = (900, 900, None);
    fixture.store.tables.lock().unwrap().entries.insert(900, local_only.clone());
    let run = fixture.try_sync(RunOptions { prune: true, ..RunOptions::default() }).await.run;
    assert_eq!((run.status, run.counters.user_lists_removed), (RunStatus::Success, 0));
    assert_eq!(fixture.tables().entries[&900], local_only);
}
