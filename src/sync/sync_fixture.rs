//! A complete sync of one user in memory: a fake MAL, a store, and the engine between them.

use std::time::Duration;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{
    engine::SyncEngine,
    in_memory::{FakeMalSource, InMemoryStore, StoreTables, remote_entry, time_at},
    mode::RunOptions,
    run_outcome::SyncOutcome,
};
use crate::domain::{
    change::FieldChange,
    run::{Run, RunCounters, RunStatus, SyncMode},
    user::{StoredLogin, User, UserId},
};

/// A user with a fake MAL and an in-memory store.
pub(super) struct SyncFixture {
    pub(super) mal: FakeMalSource,
    pub(super) store: InMemoryStore,
    pub(super) cancellation: CancellationToken,
    pub(super) last_full_sync: Option<i64>,
    pub(super) drift: Option<i64>,
}

impl SyncFixture {
    pub(super) fn with_entries(entries: i32) -> Self {
        let list = (1..=entries).map(|id| remote_entry(id, i64::from(id), &json!({}))).collect();
        Self {
            mal: FakeMalSource::with_entries(list),
            store: InMemoryStore::default(),
            cancellation: CancellationToken::new(),
            last_full_sync: None,
            drift: Some(0),
        }
    }

    pub(super) fn user(&self) -> User {
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
    pub(super) async fn try_sync(&mut self, options: RunOptions) -> SyncOutcome {
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

    pub(super) async fn sync(&mut self) -> Run {
        let outcome = self.try_sync(RunOptions::default()).await;
        assert!(outcome.failure.is_none(), "{:?}", outcome.failure);
        if outcome.run.mode == SyncMode::Full && outcome.run.status == RunStatus::Success {
            self.last_full_sync = Some(self.store.now_seconds);
        }
        outcome.run
    }

    pub(super) async fn force_full_sync(&mut self) -> SyncOutcome {
        self.try_sync(RunOptions { force_full: true, ..RunOptions::default() }).await
    }

    pub(super) fn tables(&self) -> StoreTables {
        self.store.tables.lock().unwrap().clone()
    }

    pub(super) fn recorded_changes_from(&self, start: usize) -> Vec<(i32, &'static str, Value, Value, Value, bool)> {
        let to_tuple = |change: FieldChange| {
            (change.mal_id, change.field.as_str(), change.local, change.mal, change.kept, change.is_conflict)
        };
        self.tables().changes.into_iter().skip(start).map(to_tuple).collect()
    }
}
