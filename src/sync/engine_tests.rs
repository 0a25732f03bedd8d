//! Complete runs against a fake MAL and an in-memory store: writes, counters and checkpoint.

use std::time::Duration;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::{
    domain::{
        anime::Anime,
        entry::RemoteEntry,
        run::{RunCounters, RunStatus},
        user::{StoredLogin, UserId},
    },
    sync::{
        in_memory::{FakeMalSource, InMemoryStore, StoreTables, remote_entry, time_at},
        port::SyncCheckpoint,
    },
};

/// A user with a fake MAL and an in-memory store.
struct SyncFixture {
    mal: FakeMalSource,
    store: InMemoryStore,
    cancellation: CancellationToken,
    last_full_sync: Option<i64>,
    drift: Option<i64>,
}

impl SyncFixture {
    fn with_entries(entries: i32) -> Self {
        let list = (1..=entries).map(|id| remote_entry(id, i64::from(id), &json!({}))).collect();
        Self {
            mal: FakeMalSource::with_entries(list),
            store: InMemoryStore::default(),
            cancellation: CancellationToken::new(),
            last_full_sync: None,
            drift: Some(0),
        }
    }

    fn user(&self) -> User {
        let tables = self.tables();
        let checkpoint = tables.checkpoint;
        let watermark = checkpoint.and_then(|checkpoint| checkpoint.watermark);
        User {
            id: UserId(1),
            username: "alice".into(),
            email: None,
            mal_user_id: Some(7),
            login: StoredLogin::default(),
            last_mal_sync: watermark,
            watermark,
            drift: self.drift,
            listing_gap: tables.listing_gap,
            missing_entries: tables.missing_entries,
            last_full_sync: self.last_full_sync.map(time_at),
        }
    }

    /// Runs a sync and checks the conservation of its counters and the run's row.
    async fn try_sync(&mut self, options: RunOptions) -> SyncOutcome {
        self.store.now_seconds += 1_000_000;
        let options = RunOptions { full_sync_interval: Duration::from_secs(86_400_000), batch_size: 4, ..options };
        let engine =
            SyncEngine { store: &self.store, source: &self.mal, progress: &(), cancellation: &self.cancellation };
        let outcome = engine.sync_user(&self.user(), &options).await.expect("a run exists");
        let RunCounters { anime_fetched, anime_created, anime_updated, anime_unchanged, .. } = outcome.run.counters;
        let errors = i64::try_from(outcome.run.errors.len()).unwrap();
        assert_eq!(
            anime_created + anime_updated + anime_unchanged + errors,
            anime_fetched,
            "anime counters are conserved"
        );
        let RunCounters { user_lists_created, user_lists_updated, user_lists_unchanged, .. } = outcome.run.counters;
        assert_eq!(
            user_lists_created + user_lists_updated + user_lists_unchanged + errors,
            anime_fetched,
            "entry counters are conserved"
        );
        if !options.dry_run && outcome.run.mode != SyncMode::Skipped {
            let stored = self.tables().runs.last().map(|(_, status, counters)| (*status, *counters));
            assert_eq!(
                stored,
                Some((outcome.run.status, outcome.run.counters)),
                "the stored run equals the returned one"
            );
        }
        outcome
    }

    async fn sync(&mut self) -> Run {
        let outcome = self.try_sync(RunOptions::default()).await;
        assert!(outcome.failure.is_none(), "{:?}", outcome.failure);
        if outcome.run.mode == SyncMode::Full && outcome.run.status == RunStatus::Success {
            self.last_full_sync = Some(self.store.now_seconds);
        }
        outcome.run
    }

    async fn force_full_sync(&mut self) -> SyncOutcome {
        self.try_sync(RunOptions { force_full: true, ..RunOptions::default() }).await
    }

    fn tables(&self) -> StoreTables {
        self.store.tables.lock().unwrap().clone()
    }

    fn recorded_changes_from(&self, start: usize) -> Vec<(i32, &'static str, Value, Value, Value, bool)> {
        let to_tuple = |change: FieldChange| {
            (change.mal_id, change.field.as_str(), change.local, change.mal, change.kept, change.is_conflict)
        };
        self.tables().changes.into_iter().skip(start).map(to_tuple).collect()
    }
}

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
    assert_eq!(fixture.tables().checkpoint.unwrap().full_run_drift, Some(Some(40)));
    assert_eq!(fixture.tables().listing_gap, None);
}

#[tokio::test]
async fn short_first_listing_leaves_the_drift_unknown_and_the_next_run_incremental() {
    let mut fixture = SyncFixture::with_entries(60);
    fixture.drift = None;
    *fixture.mal.num_items.lock().unwrap() = Some(63);
    fixture.sync().await;
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
    let mut own = fixture.tables().entries[&1].clone();
    (own.mal_id, own.id, own.base) = (900, 900, None);
    fixture.store.tables.lock().unwrap().entries.insert(900, own.clone());
    let run = fixture.try_sync(RunOptions { prune: true, ..RunOptions::default() }).await.run;
    assert_eq!((run.status, run.counters.user_lists_removed), (RunStatus::Success, 0));
    assert_eq!(fixture.tables().entries[&900], own);
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
async fn refused_entry_affects_no_other_and_keeps_runs_full_until_it_is_stored() {
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
async fn refused_entry_is_an_error_and_all_others_are_stored() {
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
async fn lost_batch_lets_the_run_continue_without_checkpoint() {
    let mut fixture = SyncFixture::with_entries(25);
    fixture.store.failing_batch_id = Some(7);
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
        async fn fetch_page(
            &self,
            order: RemoteOrder,
            offset: u64,
        ) -> Result<crate::sync::port::ListPage, Self::Error> {
            let page = self.0.fetch_page(order, 0).await?;
            Ok(crate::sync::port::ListPage { next_offset: Some(offset + 10), ..page })
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
