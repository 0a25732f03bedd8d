//! Runs one sync of one user: fetch, merge, remove, reconcile, finish.
//!
//! Entry point: [`SyncEngine::sync_user`]. The caller has loaded the user, checked the login, and holds the
//! run lock (a dry run needs none).
//!
//! Invariants:
//! 1. Once a run exists, its end is written, however it ends.
//! 2. This file only orders the steps. Decisions are made in [`mode`], [`plan`](super::plan) and
//!    [`resolve`](super::resolve).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use crate::{
    domain::{
        run::{RequestCounters, SyncMode},
        user::{MalAccount, User},
    },
    exit::Exit,
    failure::Failure,
    panic_handler,
};

use super::{
    cancellation,
    fetch::{self, FetchError, FetchOptions, FetchedBatch, SeenEntries},
    last_flush::LastFlush,
    mode::{self, RunOptions},
    port::{NewRun, ProgressObserver, RemoteOrder, RemoteSource, SyncStore},
    run_outcome::{RunNotStarted, StopReason, SyncOutcome},
    run_state::RunState,
    run_tally::RunTally,
};

/// The number of entries that may wait in the channel from fetching to storing. One batch may always wait.
const MAX_QUEUED_ENTRIES: usize = 500;
/// The number of batches that may wait in the channel. Several small batches even out fetching and storing.
const MAX_QUEUED_BATCHES: usize = 4;

/// Syncs a user from a source into a store.
pub struct SyncEngine<'a, S, M> {
    /// The database.
    pub store: &'a S,
    /// MAL.
    pub source: &'a M,
    /// Observes the progress.
    pub progress: &'a dyn ProgressObserver,
    /// Ends the run between two batches.
    pub cancellation: &'a CancellationToken,
}

impl<S: SyncStore, M: RemoteSource> SyncEngine<'_, S, M> {
    /// Syncs one user. The caller holds the user's run lock, except for a dry run.
    ///
    /// # Errors
    /// Fails if the database could not even insert the run's row. Any later failure is in [`SyncOutcome::failure`].
    pub async fn sync_user(&self, user: &User, options: &RunOptions) -> Result<SyncOutcome, RunNotStarted> {
        let started = Instant::now();
        let now = self.store.now().await.map_err(RunNotStarted::from_store_error)?;
        let mode = mode::choose_mode(user, options, now);
        let (mut run_id, mut started_at) = (None, now);
        if mode != SyncMode::Skipped && !options.dry_run {
            let new_run = NewRun { user: user.id, mode, force_full: options.force_full };
            let (id, time) = self.store.begin_run(&new_run).await.map_err(RunNotStarted::from_store_error)?;
            (run_id, started_at) = (Some(id), time);
        }
        let mut state = RunState {
            user,
            options,
            run_id,
            mode,
            now,
            account: None,
            entry_count_before_run: None,
            removal_candidates: None,
            full_listing: None,
            removed_count: 0,
            seen_entries: SeenEntries::default(),
            tally: RunTally::default(),
            dry_run_changes: Vec::new(),
            hints: BTreeSet::new(),
            started,
            requests_before_run: self.source.request_counters(),
            batch_count: 0,
            stored_count: 0,
            last_flush: LastFlush::new(started),
        };
        let result = match mode {
            SyncMode::Skipped => Ok(()),
            _ => panic_handler::catch_panic_async(self.run_phases(&mut state))
                .await
                .map_err(StopReason::Failed)
                .flatten(),
        };
        Ok(self.finish_run(state, result, started_at).await)
    }

    async fn run_phases(&self, state: &mut RunState<'_>) -> Result<(), StopReason> {
        info!("Starting anime data sync for user {}", state.user.id);
        self.verify_account(state).await?;
        if state.mode == SyncMode::Incremental {
            let cutoff = state.user.watermark.map(|watermark| watermark - mode::INCREMENTAL_OVERLAP);
            self.fetch_and_store(state, RemoteOrder::ByUpdatedAt, cutoff).await?;
            if state.has_count_mismatch() {
                self.escalate_to_full(state).await?;
            }
        }
        if state.mode == SyncMode::Full {
            self.progress.set_total(state.num_items().and_then(|count| u64::try_from(count).ok()).unwrap_or(0));
            self.fetch_and_store(state, RemoteOrder::ByTitle, None).await?;
            self.remove_unlisted_entries(state).await?;
        }
        self.reconcile_differing_entries(state).await?;
        self.fill_missing_titles(state).await
    }

    /// Adds the stored titles to the dry-run changes of entries that MAL did not send.
    async fn fill_missing_titles(&self, state: &mut RunState<'_>) -> Result<(), StopReason> {
        let untitled = state.dry_run_changes.iter().filter(|(_, title)| title.is_none());
        let ids: Vec<i32> = untitled.map(|(change, _)| change.mal_id).collect::<BTreeSet<_>>().into_iter().collect();
        if ids.is_empty() {
            return Ok(());
        }
        let titles: BTreeMap<_, _> = self.check_store_result(self.store.load_titles(&ids).await)?.into_iter().collect();
        for (change, title) in state.dry_run_changes.iter_mut().filter(|(_, title)| title.is_none()) {
            *title = titles.get(&change.mal_id).cloned();
        }
        Ok(())
    }

    /// Fetches the account of the token, before anything is written. Fails if it is not the account of the user.
    async fn verify_account(&self, state: &mut RunState<'_>) -> Result<(), StopReason> {
        let account = self.fetch_account().await?;
        if let Some(expected) = state.user.mal_user_id.filter(|expected| *expected != account.id) {
            let (name, id) = (&account.name, account.id);
            let message = format!(
                "the stored login belongs to the MAL account {name} ({id}), but user {} belongs to MAL account \
                    {expected}",
                state.user.username
            );
            let hint = format!("log in as the correct account: malsync login {}", state.user.as_cli_arg());
            return Err(StopReason::Failed(Failure::from_text(Exit::Guard, message).with_hint(hint)));
        }
        state.account = Some(account);
        Ok(())
    }

    /// Waits until the run is cancelled and the request in flight may be dropped.
    async fn wait_until_cancelled(&self) {
        cancellation::wait_until_cancelled(self.cancellation, self.source).await;
    }

    pub(super) async fn fetch_account(&self) -> Result<MalAccount, StopReason> {
        tokio::select! {
            biased;
            () = self.wait_until_cancelled() => Err(StopReason::Cancelled),
            account = self.source.fetch_account() => account.map_err(|error| StopReason::Failed(error.into())),
        }
    }

    /// Turns an incremental run into a full one. No entry is counted twice.
    async fn escalate_to_full(&self, state: &mut RunState<'_>) -> Result<(), StopReason> {
        info!(
            "the item counts differ (MAL: {:?}, local: {}); fetching the whole list",
            state.num_items(),
            state.local_count()
        );
        state.mode = SyncMode::Full;
        if state.options.dry_run {
            // Nothing was committed, so the full listing finds the same changes again.
            state.tally = RunTally::default();
            state.dry_run_changes.clear();
        }
        state.tally.forget_errors_without_id();
        (state.batch_count, state.stored_count) = (0, 0);
        state.seen_entries = state.seen_entries.for_second_listing();
        if let Some(run) = state.run_id {
            self.check_store_result(self.store.set_run_mode(run, SyncMode::Full).await)?;
        }
        Ok(())
    }

    /// Fetches a list and stores its batches at the same time.
    async fn fetch_and_store(
        &self,
        state: &mut RunState<'_>,
        order: RemoteOrder,
        cutoff: Option<DateTime<Utc>>,
    ) -> Result<(), StopReason> {
        let (batch_size, max_entries) = (state.options.batch_size, fetch::max_list_entries(state.num_items()));
        let options = FetchOptions { order, cutoff, now: state.now, batch_size, max_entries };
        let (sender, receiver) = mpsc::channel((MAX_QUEUED_ENTRIES / batch_size).clamp(1, MAX_QUEUED_BATCHES));
        let mut seen_entries = std::mem::take(&mut state.seen_entries);
        let fetching = async {
            tokio::select! {
                biased;
                () = self.wait_until_cancelled() => Err(StopReason::Cancelled),
                fetched = fetch::fetch_list(self.source, options, &mut seen_entries, sender, self.progress) => match fetched {
                    Ok(entries) => {
                        debug!("Fetched {entries} anime entries from MAL");
                        Ok(())
                    }
                    Err(FetchError::Mal(failure)) => Err(StopReason::Failed(failure)),
                    Err(FetchError::Store(_)) => Err(StopReason::Cancelled),
                },
            }
        };
        let (fetched, stored) = tokio::join!(fetching, self.store_batches(state, receiver));
        state.seen_entries = seen_entries;
        // If both failed, storing failed first: fetching only found the channel closed.
        stored.and(fetched)
    }

    async fn store_batches(
        &self,
        state: &mut RunState<'_>,
        mut batches: mpsc::Receiver<FetchedBatch>,
    ) -> Result<(), StopReason> {
        if state.entry_count_before_run.is_none() {
            // Count while the first page is fetched, and before anything is stored.
            self.prepare_removal(state).await?;
        }
        loop {
            let Ok(batch) = tokio::time::timeout_at(state.last_flush.idle_flush_deadline(), batches.recv()).await
            else {
                self.flush_counters(state).await;
                continue;
            };
            let Some(batch) = batch else { return Ok(()) };
            if self.cancellation.is_cancelled() {
                return Err(StopReason::Cancelled);
            }
            for error in batch.rejected {
                state.tally.record_error(error);
            }
            if !batch.items.is_empty() {
                self.store_batch(state, &batch.items).await?;
            }
        }
    }

    /// Converts a store error into the reason to stop the run.
    pub(super) fn check_store_result<T>(&self, result: Result<T, S::Error>) -> Result<T, StopReason> {
        result.map_err(StopReason::from_store_error)
    }

    /// Returns the requests that this run sent so far.
    pub(super) fn request_counters(&self, state: &RunState<'_>) -> RequestCounters {
        let (now, before) = (self.source.request_counters(), state.requests_before_run);
        RequestCounters {
            requests: now.requests - before.requests,
            retries: now.retries - before.retries,
            token_refreshes: now.token_refreshes - before.token_refreshes,
            api_errors: now.api_errors - before.api_errors,
        }
    }
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
