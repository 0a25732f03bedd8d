//! Runs from start to end against a fake MAL and an in-memory store: writes, counters and checkpoint.

use std::time::Duration;

use serde_json::json;

use super::*;
use crate::{
    domain::{
        anime::Anime,
        entry::RemoteEntry,
        missing_entry::MissingEntry,
        run::{EntryErrorKind, RunStatus},
        user::MalAccount,
    },
    sync::{
        in_memory::{FakeMalSource, remote_entry, time_at},
        port::{ListPage, SyncCheckpoint},
        sync_fixture::SyncFixture,
    },
};

#[tokio::test]
async fn first_run_stores_everything_and_writes_the_checkpoint() {
    let mut fixture = SyncFixture::with_entries(25);
    let run = fixture.sync().await;
    assert_eq!((run.mode, run.status), (SyncMode::Full, RunStatus::Success));
    assert_eq!((run.counters.anime_fetched, run.counters.anime_created, run.counters.user_lists_created), (25, 25, 25));
    assert_eq!(
        fixture.tables().checkpoint,
        Some(SyncCheckpoint { watermark: Some(time_at(25)), full_run_drift: Some(Some(0)) })
    );
    let requested = fixture.mal.requested_pages.lock().unwrap().clone();
    assert_eq!(requested, [(RemoteOrder::ByTitle, 0), (RemoteOrder::ByTitle, 10), (RemoteOrder::ByTitle, 20)]);
}

#[tokio::test]
async fn unchanged_list_writes_no_row() {
    let mut fixture = SyncFixture::with_entries(2000);
    fixture.mal.page_size = 100;
    fixture.sync().await;
    let (before, _) = (fixture.tables().rows_written, fixture.mal.take_page_count());
    let run = fixture.sync().await;
    assert_eq!((run.mode, run.status), (SyncMode::Incremental, RunStatus::Success));
    assert_eq!(fixture.tables().rows_written, before);
    // The overlap of ten minutes has 600 of these entries, one per second.
    assert_eq!(fixture.mal.take_page_count(), 7);
    let full = fixture.force_full_sync().await.run;
    assert_eq!((full.mode, full.counters.user_lists_unchanged), (SyncMode::Full, 2000));
    assert_eq!(fixture.tables().rows_written, before);
}

#[tokio::test]
async fn incremental_run_stores_what_changed() {
    let mut fixture = SyncFixture::with_entries(25);
    fixture.sync().await;
    fixture.mal.put_entry(remote_entry(3, 500_000, &json!({"score": 9})));
    fixture.mal.put_entry(remote_entry(26, 500_001, &json!({})));
    let changes_before = fixture.tables().changes.len();
    let run = fixture.sync().await;
    assert_eq!(run.mode, SyncMode::Incremental);
    assert_eq!((run.counters.user_lists_updated, run.counters.user_lists_created), (1, 1));
    assert_eq!(fixture.recorded_changes_from(changes_before)[0], (3, "score", json!(null), json!(9), json!(9), false));
    assert_eq!(fixture.tables().checkpoint.unwrap().watermark, Some(time_at(500_001)));
}

#[tokio::test]
async fn count_mismatch_escalates_incremental_run_to_full() {
    let mut fixture = SyncFixture::with_entries(25);
    fixture.sync().await;
    fixture.mal.remove_entry(5);
    let run = fixture.sync().await;
    assert_eq!((run.mode, run.status), (SyncMode::Full, RunStatus::Success));
    assert_eq!((run.counters.anime_fetched, run.counters.user_lists_removed), (24, 1));
    assert_eq!(fixture.tables().entries[&5].removed_at, Some(time_at(fixture.store.now_seconds)));
    assert_eq!(fixture.tables().runs.last().unwrap().0, SyncMode::Full);
    assert_eq!(fixture.sync().await.mode, SyncMode::Incremental, "the removed entry is no longer counted");
}

#[tokio::test]
async fn dry_run_reports_all_changes_and_writes_nothing() {
    let mut fixture = SyncFixture::with_entries(25);
    fixture.sync().await;
    fixture.mal.put_entry(remote_entry(3, 500_000, &json!({"score": 9})));
    fixture.mal.remove_entry(5);
    let before = fixture.tables();
    let outcome = fixture.try_sync(RunOptions { dry_run: true, ..RunOptions::default() }).await;
    assert_eq!((outcome.run.id, outcome.run.status, outcome.run.dry_run), (None, RunStatus::Success, true));
    assert_eq!((outcome.run.counters.user_lists_updated, outcome.run.counters.user_lists_removed), (1, 1));
    let would: Vec<_> =
        outcome.dry_run_changes.iter().map(|(change, _)| (change.mal_id, change.field.as_str())).collect();
    assert_eq!(would, [(3, "score"), (5, "removed_at")]);
    assert_eq!(fixture.tables(), before);
}

#[tokio::test]
async fn unstorable_entry_affects_no_other_and_keeps_runs_full_until_it_is_stored() {
    let mut fixture = SyncFixture::with_entries(25);
    fixture.sync().await;
    let checkpoint = fixture.tables().checkpoint;
    fixture.mal.put_entry(remote_entry(7, 2_000_000, &json!({"score": 3})));
    fixture.store.unstorable_ids.insert(7);
    for mode in [SyncMode::Incremental, SyncMode::Full, SyncMode::Full] {
        let outcome = fixture.try_sync(RunOptions::default()).await;
        assert_eq!((outcome.run.mode, outcome.run.status), (mode, RunStatus::Partial));
        assert_eq!(outcome.hints, ["see check"]);
        assert_eq!(fixture.tables().checkpoint, checkpoint);
        let missing: Vec<i64> = fixture.tables().missing_entries.iter().map(|entry| entry.mal_id).collect();
        assert_eq!(missing, [7]);
    }
    fixture.store.unstorable_ids.clear();
    assert_eq!((fixture.sync().await.mode, fixture.tables().missing_entries), (SyncMode::Full, Vec::new()));
    assert_eq!(fixture.sync().await.mode, SyncMode::Incremental);
}

#[tokio::test]
async fn unstorable_entry_is_an_error_and_all_others_are_stored() {
    let mut fixture = SyncFixture::with_entries(25);
    fixture.store.unstorable_ids.insert(7);
    let outcome = fixture.force_full_sync().await;
    assert_eq!(outcome.run.status, RunStatus::Partial);
    assert_eq!(outcome.run.errors[0].mal_id, Some(7));
    assert_eq!((outcome.run.errors[0].kind, outcome.run.errors.len()), (EntryErrorKind::Constraint, 1));
    assert_eq!((outcome.run.counters.anime_created, outcome.run.counters.constraint_violations), (24, 1));
    assert!(fixture.tables().checkpoint.is_none());
}

#[tokio::test]
async fn run_whose_texts_are_refused_ends_without_them() {
    let mut fixture = SyncFixture::with_entries(25);
    fixture.store.refuses_error_texts = true;
    fixture.store.unstorable_ids.insert(7);
    let outcome = fixture.force_full_sync().await;
    assert_eq!((outcome.run.status, outcome.run.errors.len()), (RunStatus::Partial, 1), "{:?}", outcome.failure);
    assert_eq!(fixture.tables().runs.last().unwrap().1, RunStatus::Partial);
    let missing = MissingEntry { mal_id: 7, title: None, message: String::new() };
    assert_eq!(fixture.tables().missing_entries, [missing], "the entry is not forgotten");
}

#[tokio::test]
async fn lost_batch_lets_the_run_continue_without_checkpoint() {
    let mut fixture = SyncFixture::with_entries(25);
    fixture.store.id_in_failing_batch = Some(7);
    let outcome = fixture.force_full_sync().await;
    assert_eq!((outcome.run.status, outcome.run.errors.len()), (RunStatus::Partial, 4));
    assert!(outcome.run.errors.iter().all(|error| error.kind == EntryErrorKind::Batch));
    assert_eq!((outcome.run.counters.anime_created, fixture.tables().checkpoint), (21, None));
}

#[tokio::test]
async fn unavailable_database_ends_the_run() {
    let mut fixture = SyncFixture::with_entries(25);
    fixture.store.unavailable_at_id = Some(7);
    let outcome = fixture.force_full_sync().await;
    assert_eq!((outcome.run.status, outcome.is_store_unreachable), (RunStatus::Failed, true));
    assert_eq!(outcome.failure.unwrap().exit, Exit::Database);
    assert_eq!(fixture.tables().checkpoint, None);
}

#[tokio::test]
async fn failed_page_fails_the_run_and_keeps_committed_batches() {
    let mut fixture = SyncFixture::with_entries(25);
    fixture.mal.failing_offset = Some(20);
    let outcome = fixture.force_full_sync().await;
    assert_eq!((outcome.run.status, outcome.failure.unwrap().exit), (RunStatus::Failed, Exit::Mal));
    assert_eq!((fixture.tables().checkpoint, fixture.tables().entries.len()), (None, 20));
    fixture.mal.failing_offset = None;
    assert_eq!(fixture.sync().await.counters.user_lists_created, 5);
}

#[tokio::test]
async fn cancellation_ends_the_run_between_batches() {
    let mut fixture = SyncFixture::with_entries(100);
    let cancellation = fixture.cancellation.clone();
    fixture.mal.on_page = Some(Box::new(move |offset| {
        if offset == 50 {
            cancellation.cancel();
        }
    }));
    let outcome = fixture.force_full_sync().await;
    assert_eq!((outcome.run.status, fixture.tables().checkpoint), (RunStatus::Interrupted, None));
    let stored = fixture.tables().entries.len();
    assert!(stored > 0 && stored < 60 && stored.is_multiple_of(4), "{stored}");
}

#[tokio::test]
async fn entry_listed_twice_counts_once_with_its_newer_state() {
    let mut fixture = SyncFixture::with_entries(25);
    let shifted = remote_entry(1, 600_000, &json!({"score": 10}));
    fixture
        .mal
        .list
        .lock()
        .unwrap()
        .push(RemoteEntry { anime: Anime { title: "Zzz".into(), ..shifted.anime }, ..shifted });
    *fixture.mal.num_items.lock().unwrap() = Some(25);
    let run = fixture.force_full_sync().await.run;
    assert_eq!((run.counters.anime_fetched, run.counters.user_lists_created), (25, 25));
    assert_eq!(fixture.tables().entries[&1].values.score, Some(10));
}

#[tokio::test]
async fn account_mismatch_fails_before_any_write() {
    let mut fixture = SyncFixture::with_entries(5);
    fixture.mal.account_id = 8;
    let outcome = fixture.force_full_sync().await;
    assert_eq!(outcome.failure.unwrap().exit, Exit::Guard);
    assert_eq!((fixture.tables().rows_written, fixture.mal.take_page_count()), (0, 0));
}

#[tokio::test]
async fn incremental_run_reconciles_local_edits_without_a_request() {
    let mut fixture = SyncFixture::with_entries(2000);
    fixture.mal.page_size = 1000;
    fixture.sync().await;
    fixture.mal.take_page_count();
    fixture.store.edit_entry(2, |local| local.values.status = "dropped".into());
    fixture.store.edit_entry(3, |local| local.values.episodes_watched = Some(12));
    let changes_before = fixture.tables().changes.len();
    let run = fixture.sync().await;
    assert_eq!(
        (run.mode, fixture.mal.take_page_count(), run.counters.conflicts_resolved),
        (SyncMode::Incremental, 1, 2)
    );
    assert_eq!(run.counters.user_lists_updated, 0, "MAL did not send them");
    assert_eq!(run.counters.user_lists_settled, 1, "the status was set back; the higher episodes stay");
    assert_eq!(
        fixture.recorded_changes_from(changes_before),
        [
            (2, "status", json!("dropped"), json!("watching"), json!("watching"), true),
            (3, "episodes_watched", json!(12), json!(1), json!(12), true),
        ]
    );
    assert_eq!(fixture.sync().await.counters.conflicts_resolved, 0, "the conflict is recorded once");
    assert_eq!(fixture.force_full_sync().await.run.counters.conflicts_resolved, 0, "the conflict is recorded once");
}

#[tokio::test]
async fn sync_within_min_interval_is_skipped_without_a_run_row() {
    let mut fixture = SyncFixture::with_entries(5);
    fixture.sync().await;
    let runs = fixture.tables().runs.len();
    let skipped = fixture
        .try_sync(RunOptions { min_interval: Duration::from_secs(10_000_000), ..RunOptions::default() })
        .await
        .run;
    assert_eq!((skipped.mode, skipped.status, skipped.id), (SyncMode::Skipped, RunStatus::Skipped, None));
    assert_eq!((fixture.tables().runs.len(), skipped.counters.requests), (runs, 0));
}

#[tokio::test]
async fn pages_without_new_entries_fail_as_a_page_loop() {
    struct LoopingSource(FakeMalSource);
    impl RemoteSource for LoopingSource {
        type Error = <FakeMalSource as RemoteSource>::Error;
        async fn fetch_account(&self) -> Result<MalAccount, Self::Error> {
            self.0.fetch_account().await
        }
        async fn fetch_page(&self, order: RemoteOrder, offset: u64) -> Result<ListPage, Self::Error> {
            let page = self.0.fetch_page(order, 0).await?;
            Ok(ListPage { next_offset: Some(offset + 10), ..page })
        }
        fn request_counters(&self) -> RequestCounters {
            self.0.request_counters()
        }
    }
    let fixture = SyncFixture::with_entries(5);
    let source = LoopingSource(fixture.mal);
    let engine =
        SyncEngine { store: &fixture.store, source: &source, progress: &(), cancellation: &fixture.cancellation };
    let options = RunOptions { batch_size: 4, ..RunOptions::default() };
    let user = User { last_mal_sync: None, watermark: None, ..SyncFixture::with_entries(0).user() };
    let outcome = engine.sync_user(&user, &options).await.unwrap();
    let failure = outcome.failure.unwrap();
    assert_eq!(failure.exit, Exit::Mal);
    assert!(failure.message().contains("page loop"), "{}", failure.message());
}

#[path = "account_mismatch_tests.rs"]
mod account_mismatch;

#[path = "counters_flush_tests.rs"]
mod counters_flush;
