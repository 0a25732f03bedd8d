//! Whole runs against a MAL and a store in memory: what moves, what stays, and what is counted.

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

/// A user, MAL and a database, and what the last run left in the user's row.
struct SyncFixture {
    mal: FakeMalSource,
    store: InMemoryStore,
    stop: CancellationToken,
    last_full_sync: Option<i64>,
}

impl SyncFixture {
    fn with_entries(entries: i32) -> Self {
        let list = (1..=entries).map(|id| remote_entry(id, i64::from(id), &json!({}))).collect();
        Self {
            mal: FakeMalSource::with_entries(list),
            store: InMemoryStore::default(),
            stop: CancellationToken::new(),
            last_full_sync: None,
        }
    }

    fn user(&self) -> User {
        let marks = self.store.tables.lock().unwrap().checkpoint;
        let watermark = marks.and_then(|marks| marks.watermark);
        User {
            id: UserId(1),
            username: "alice".into(),
            email: None,
            mal_user_id: Some(7),
            login: StoredLogin::default(),
            last_mal_sync: watermark,
            watermark,
            drift: Some(0),
            last_full_sync: self.last_full_sync.map(time_at),
        }
    }

    async fn try_sync(&mut self, request: RunOptions) -> SyncOutcome {
        self.store.now_seconds += 1_000_000;
        let request = RunOptions { full_sync_interval: Duration::from_secs(86_400_000), batch_size: 4, ..request };
        let engine = SyncEngine { store: &self.store, source: &self.mal, progress: &(), cancellation: &self.stop };
        let ended = engine.sync_user(&self.user(), &request).await.expect("a run exists");
        let RunCounters { anime_fetched, anime_created, anime_updated, anime_unchanged, .. } = ended.run.counters;
        let errors = i64::try_from(ended.run.errors.len()).unwrap();
        assert_eq!(anime_created + anime_updated + anime_unchanged + errors, anime_fetched, "conservation of anime");
        let RunCounters { user_lists_created, user_lists_updated, user_lists_unchanged, .. } = ended.run.counters;
        assert_eq!(
            user_lists_created + user_lists_updated + user_lists_unchanged + errors,
            anime_fetched,
            "of entries"
        );
        if !request.dry_run && ended.run.mode != SyncMode::Skipped {
            let told = self.tables().runs.last().map(|(_, status, counters)| (*status, *counters));
            assert_eq!(told, Some((ended.run.status, ended.run.counters)), "the row tells what the run tells");
        }
        ended
    }

    async fn sync(&mut self) -> Run {
        let ended = self.try_sync(RunOptions::default()).await;
        assert!(ended.failure.is_none(), "{:?}", ended.failure);
        if ended.run.mode == SyncMode::Full && ended.run.status == RunStatus::Success {
            self.last_full_sync = Some(self.store.now_seconds);
        }
        ended.run
    }

    async fn force_full_sync(&mut self) -> SyncOutcome {
        self.try_sync(RunOptions { force_full: true, ..RunOptions::default() }).await
    }

    fn tables(&self) -> StoreTables {
        self.store.tables.lock().unwrap().clone()
    }

    fn recorded_changes_from(&self, from: usize) -> Vec<(i32, &'static str, Value, Value, Value, bool)> {
        let tell = |change: FieldChange| {
            (change.mal_id, change.field.as_str(), change.local, change.mal, change.kept, change.is_conflict)
        };
        self.tables().changes.into_iter().skip(from).map(tell).collect()
    }
}

#[tokio::test]
async fn first_run_stores_everything_and_writes_the_checkpoint() {
    let mut world = SyncFixture::with_entries(25);
    let run = world.sync().await;
    assert_eq!((run.mode, run.status), (SyncMode::Full, RunStatus::Success));
    assert_eq!((run.counters.anime_fetched, run.counters.anime_created, run.counters.user_lists_created), (25, 25, 25));
    assert_eq!(
        world.tables().checkpoint,
        Some(SyncCheckpoint { watermark: Some(time_at(25)), full_run_drift: Some(Some(0)) })
    );
    let asked = world.mal.requested_pages.lock().unwrap().clone();
    assert_eq!(asked, [(RemoteOrder::ByTitle, 0), (RemoteOrder::ByTitle, 10), (RemoteOrder::ByTitle, 20)]);
}

#[tokio::test]
async fn unchanged_list_writes_no_row() {
    let mut world = SyncFixture::with_entries(2000);
    world.mal.page_size = 100;
    world.sync().await;
    let (before, _) = (world.tables().rows_written, world.mal.take_page_count());
    let run = world.sync().await;
    assert_eq!((run.mode, run.status), (SyncMode::Incremental, RunStatus::Success));
    assert_eq!(world.tables().rows_written, before);
    // Ten minutes of overlap hold 600 of these entries, one a second.
    assert_eq!(world.mal.take_page_count(), 7);
    let full = world.force_full_sync().await.run;
    assert_eq!((full.mode, full.counters.user_lists_unchanged), (SyncMode::Full, 2000));
    assert_eq!(world.tables().rows_written, before);
}

#[tokio::test]
async fn incremental_run_stores_what_changed() {
    let mut world = SyncFixture::with_entries(25);
    world.sync().await;
    world.mal.put_entry(remote_entry(3, 500_000, &json!({"score": 9})));
    world.mal.put_entry(remote_entry(26, 500_001, &json!({})));
    let told = world.tables().changes.len();
    let run = world.sync().await;
    assert_eq!(run.mode, SyncMode::Incremental);
    assert_eq!((run.counters.user_lists_updated, run.counters.user_lists_created), (1, 1));
    assert_eq!(world.recorded_changes_from(told)[0], (3, "score", json!(null), json!(9), json!(9), false));
    assert_eq!(world.tables().checkpoint.unwrap().watermark, Some(time_at(500_001)));
}

#[tokio::test]
async fn count_mismatch_escalates_incremental_run_to_full() {
    let mut world = SyncFixture::with_entries(25);
    world.sync().await;
    world.mal.remove_entry(5);
    let run = world.sync().await;
    assert_eq!((run.mode, run.status), (SyncMode::Full, RunStatus::Success));
    assert_eq!((run.counters.anime_fetched, run.counters.user_lists_removed), (24, 1));
    assert_eq!(world.tables().entries[&5].removed_at, Some(time_at(world.store.now_seconds)));
    assert_eq!(world.tables().runs.last().unwrap().0, SyncMode::Full);
    assert_eq!(world.sync().await.mode, SyncMode::Incremental, "the mark is counted out from then on");
}

#[tokio::test]
async fn entry_listed_again_loses_removed_at() {
    let mut world = SyncFixture::with_entries(25);
    world.sync().await;
    let old = remote_entry(5, 5, &json!({}));
    world.mal.remove_entry(5);
    world.sync().await;
    world.mal.put_entry(old);
    let run = world.sync().await;
    assert_eq!(run.counters.user_lists_updated, 1);
    assert_eq!(world.tables().entries[&5].removed_at, None);
    assert_eq!(world.sync().await.mode, SyncMode::Incremental);
}

#[tokio::test]
async fn listing_not_confirmed_by_num_items_removes_nothing() {
    let mut world = SyncFixture::with_entries(25);
    world.sync().await;
    world.mal.remove_entry(5);
    *world.mal.num_items.lock().unwrap() = Some(25);
    let run = world.force_full_sync().await.run;
    assert_eq!((run.status, run.counters.user_lists_removed), (RunStatus::Success, 0));
    assert_eq!(world.tables().entries[&5].removed_at, None);
}

#[tokio::test]
async fn shrink_guard_fails_the_run_and_removes_nothing() {
    let mut world = SyncFixture::with_entries(60);
    world.sync().await;
    (1..=13).for_each(|id| world.mal.remove_entry(id));
    let before = world.tables();
    let ended = world.force_full_sync().await;
    assert_eq!(ended.run.status, RunStatus::Failed);
    let failure = ended.failure.unwrap();
    assert_eq!(failure.exit, Exit::Guard);
    assert!(failure.message().contains("13 of 60"), "{}", failure.message());
    assert_eq!((world.tables().entries, world.tables().checkpoint), (before.entries, before.checkpoint));
    let allowed = world.try_sync(RunOptions { force_full: true, allow_shrink: true, ..RunOptions::default() }).await;
    assert_eq!((allowed.run.status, allowed.run.counters.user_lists_removed), (RunStatus::Success, 13));
}

#[tokio::test]
async fn empty_list_fails_the_run() {
    let mut world = SyncFixture::with_entries(1);
    world.sync().await;
    world.mal.remove_entry(1);
    let ended = world.try_sync(RunOptions::default()).await;
    assert_eq!((ended.run.mode, ended.run.status), (SyncMode::Full, RunStatus::Failed));
    assert_eq!(ended.failure.unwrap().exit, Exit::Guard);
    assert_eq!(world.tables().entries[&1].removed_at, None);
}

#[tokio::test]
async fn prune_deletes_entries_removed_now_and_before() {
    let mut world = SyncFixture::with_entries(25);
    world.sync().await;
    world.mal.remove_entry(5);
    world.sync().await;
    world.mal.remove_entry(6);
    let run = world.try_sync(RunOptions { prune: true, ..RunOptions::default() }).await.run;
    assert_eq!((run.mode, run.counters.user_lists_removed), (SyncMode::Full, 2));
    let left = world.tables().entries;
    assert!(!left.contains_key(&5) && !left.contains_key(&6) && left.len() == 23);
}

#[tokio::test]
async fn entry_never_on_mal_is_kept() {
    let mut world = SyncFixture::with_entries(25);
    world.sync().await;
    let mut own = world.tables().entries[&1].clone();
    (own.mal_id, own.id, own.base) = (900, 900, None);
    world.store.tables.lock().unwrap().entries.insert(900, own.clone());
    let run = world.try_sync(RunOptions { prune: true, ..RunOptions::default() }).await.run;
    assert_eq!((run.status, run.counters.user_lists_removed), (RunStatus::Success, 0));
    assert_eq!(world.tables().entries[&900], own);
}

#[tokio::test]
async fn dry_run_reports_all_changes_and_writes_nothing() {
    let mut world = SyncFixture::with_entries(25);
    world.sync().await;
    world.mal.put_entry(remote_entry(3, 500_000, &json!({"score": 9})));
    world.mal.remove_entry(5);
    let before = world.tables();
    let ended = world.try_sync(RunOptions { dry_run: true, ..RunOptions::default() }).await;
    assert_eq!((ended.run.id, ended.run.status, ended.run.dry_run), (None, RunStatus::Success, true));
    assert_eq!((ended.run.counters.user_lists_updated, ended.run.counters.user_lists_removed), (1, 1));
    let would: Vec<_> =
        ended.dry_run_changes.iter().map(|(change, _)| (change.mal_id, change.field.as_str())).collect();
    assert_eq!(would, [(3, "score"), (5, "removed_at")]);
    assert_eq!(world.tables(), before);
}

#[tokio::test]
async fn unstorable_entry_affects_no_other_and_the_checkpoint_moves() {
    let mut world = SyncFixture::with_entries(25);
    world.store.unstorable_ids.insert(7);
    let ended = world.force_full_sync().await;
    assert_eq!(ended.run.status, RunStatus::Partial);
    assert_eq!(ended.run.errors[0].mal_id, Some(7));
    assert_eq!((ended.run.errors[0].kind, ended.run.errors.len()), (EntryErrorKind::Constraint, 1));
    assert_eq!((ended.run.counters.anime_created, ended.run.counters.constraint_violations), (24, 1));
    assert!(world.tables().checkpoint.is_some());
}

#[tokio::test]
async fn lost_batch_lets_the_run_continue_without_checkpoint() {
    let mut world = SyncFixture::with_entries(25);
    world.store.failing_batch_id = Some(7);
    let ended = world.force_full_sync().await;
    assert_eq!((ended.run.status, ended.run.errors.len()), (RunStatus::Partial, 4));
    assert!(ended.run.errors.iter().all(|error| error.kind == EntryErrorKind::Batch));
    assert_eq!((ended.run.counters.anime_created, world.tables().checkpoint), (21, None));
}

#[tokio::test]
async fn unavailable_database_ends_the_run() {
    let mut world = SyncFixture::with_entries(25);
    world.store.unavailable_at_id = Some(7);
    let ended = world.force_full_sync().await;
    assert_eq!((ended.run.status, ended.is_store_unavailable), (RunStatus::Failed, true));
    assert_eq!(ended.failure.unwrap().exit, Exit::Database);
    assert_eq!(world.tables().checkpoint, None);
}

#[tokio::test]
async fn failed_page_fails_the_run_and_keeps_committed_batches() {
    let mut world = SyncFixture::with_entries(25);
    world.mal.failing_offset = Some(20);
    let ended = world.force_full_sync().await;
    assert_eq!((ended.run.status, ended.failure.unwrap().exit), (RunStatus::Failed, Exit::Mal));
    assert_eq!((world.tables().checkpoint, world.tables().entries.len()), (None, 20));
    world.mal.failing_offset = None;
    assert_eq!(world.sync().await.counters.user_lists_created, 5);
}

#[tokio::test]
async fn cancellation_ends_the_run_between_batches() {
    let mut world = SyncFixture::with_entries(100);
    let stop = world.stop.clone();
    world.mal.on_page = Some(Box::new(move |offset| {
        if offset == 50 {
            stop.cancel();
        }
    }));
    let ended = world.force_full_sync().await;
    assert_eq!((ended.run.status, world.tables().checkpoint), (RunStatus::Interrupted, None));
    let stored = world.tables().entries.len();
    assert!(stored > 0 && stored < 60 && stored.is_multiple_of(4), "{stored}");
}

#[tokio::test]
async fn entry_listed_twice_counts_once_with_its_newer_state() {
    let mut world = SyncFixture::with_entries(25);
    let shifted = remote_entry(1, 600_000, &json!({"score": 10}));
    world
        .mal
        .list
        .lock()
        .unwrap()
        .push(RemoteEntry { anime: Anime { title: "Zzz".into(), ..shifted.anime }, ..shifted });
    *world.mal.num_items.lock().unwrap() = Some(25);
    let run = world.force_full_sync().await.run;
    assert_eq!((run.counters.anime_fetched, run.counters.user_lists_created), (25, 25));
    assert_eq!(world.tables().entries[&1].values.score, Some(10));
}

#[tokio::test]
async fn account_mismatch_fails_before_any_write() {
    let mut world = SyncFixture::with_entries(5);
    world.mal.account_id = 8;
    let ended = world.force_full_sync().await;
    assert_eq!(ended.failure.unwrap().exit, Exit::Guard);
    assert_eq!((world.tables().rows_written, world.mal.take_page_count()), (0, 0));
}

#[tokio::test]
async fn incremental_run_reconciles_local_edits_without_a_request() {
    let mut world = SyncFixture::with_entries(2000);
    world.mal.page_size = 1000;
    world.sync().await;
    world.mal.take_page_count();
    world.store.edit_entry(2, |local| local.values.status = "dropped".into());
    world.store.edit_entry(3, |local| local.values.episodes_watched = Some(12));
    let told = world.tables().changes.len();
    let run = world.sync().await;
    assert_eq!((run.mode, world.mal.take_page_count(), run.counters.conflicts_resolved), (SyncMode::Incremental, 1, 2));
    assert_eq!(run.counters.user_lists_updated, 0, "MAL did not send them");
    assert_eq!(
        world.recorded_changes_from(told),
        [
            (2, "status", json!("dropped"), json!("watching"), json!("watching"), true),
            (3, "episodes_watched", json!(12), json!(1), json!(12), true),
        ]
    );
    assert_eq!(world.sync().await.counters.conflicts_resolved, 0, "told once");
    assert_eq!(world.force_full_sync().await.run.counters.conflicts_resolved, 0, "told once");
}

#[tokio::test]
async fn sync_within_min_interval_is_skipped_without_a_run_row() {
    let mut world = SyncFixture::with_entries(5);
    world.sync().await;
    let runs = world.tables().runs.len();
    let skipped =
        world.try_sync(RunOptions { min_interval: Duration::from_secs(10_000_000), ..RunOptions::default() }).await.run;
    assert_eq!((skipped.mode, skipped.status, skipped.id), (SyncMode::Skipped, RunStatus::Skipped, None));
    assert_eq!((world.tables().runs.len(), skipped.counters.requests), (runs, 0));
}

#[tokio::test]
async fn pages_without_new_entries_fail_as_a_page_loop() {
    struct LoopingSource(FakeMalSource);
    impl RemoteSource for LoopingSource {
        type Error = <FakeMalSource as RemoteSource>::Error;
        async fn fetch_account(&self) -> Result<MalAccount, Self::Error> {
            self.0.fetch_account().await
        }
        async fn fetch_page(&self, sort: RemoteOrder, offset: u64) -> Result<crate::sync::port::ListPage, Self::Error> {
            let page = self.0.fetch_page(sort, 0).await?;
            Ok(crate::sync::port::ListPage { next_offset: Some(offset + 10), ..page })
        }
        fn request_counters(&self) -> RequestCounters {
            self.0.request_counters()
        }
    }
    let world = SyncFixture::with_entries(5);
    let circles = LoopingSource(world.mal);
    let engine = SyncEngine { store: &world.store, source: &circles, progress: &(), cancellation: &world.stop };
    let request = RunOptions { batch_size: 4, ..RunOptions::default() };
    let user = User { last_mal_sync: None, watermark: None, ..SyncFixture::with_entries(0).user() };
    let ended = engine.sync_user(&user, &request).await.unwrap();
    let failure = ended.failure.unwrap();
    assert_eq!(failure.exit, Exit::Mal);
    assert!(failure.message().contains("page loop"), "{}", failure.message());
}

#[path = "account_mismatch_tests.rs"]
mod owner;

#[path = "counters_flush_tests.rs"]
mod told;
