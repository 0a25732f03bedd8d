//! One sync of one user: fetch, merge, settle, remove, mark.
//!
//! The caller has the user, a login and the run lock. From then on a run exists and is told of however it ends. What is
//! decided is decided in `mode`, `plan` and `resolve`; this file is the order of things.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info};

use crate::{
    domain::{
        change::FieldChange,
        run::{EntryErrorKind, Run, RunId, SyncMode},
        user::User,
    },
    exit::Exit,
    failure::Failure,
    panic_handler,
};

use super::{
    counters_flush::LastFlush,
    fetch::{self, FetchError, FetchOptions, FetchedBatch, SeenEntries},
    mode::{self, RunOptions},
    plan::RulePlanner,
    port::{
        BatchItem, BatchResult, EntryBatch, EntryOutcome, MalAccount, NewRun, ProgressObserver, RemoteOrder,
        RemoteSource, RequestCounters, RowOutcome, SyncStore, SyncStoreError, UnstorableEntry,
    },
    run_tally::{RunTally, find_title, unstorable_entry_error},
};

/// Entries that may wait between fetching and storing, and in how many parcels: small ones come and go unevenly, large ones
/// take much room.
const WAITING: (usize, usize) = (500, 4);
/// How often it is looked whether a stopped run may drop what it asked of MAL.
const CANCEL_POLL_INTERVAL: Duration = Duration::from_millis(10);

/// What a sync works with.
pub struct SyncEngine<'a, S, M> {
    /// The database.
    pub store: &'a S,
    /// MAL.
    pub source: &'a M,
    /// Whoever watches.
    pub progress: &'a dyn ProgressObserver,
    /// Ends the run at a batch's edge.
    pub cancellation: &'a CancellationToken,
}

/// A run that ended, one way or another.
#[derive(Debug)]
pub struct SyncOutcome {
    /// What it did.
    pub run: Run,
    /// Why it failed; none for a run that finished or was stopped.
    pub failure: Option<Failure>,
    /// Whether the database went away: then nothing more is known of the run than what is said here.
    pub is_store_unavailable: bool,
    /// The MAL account, where MAL was reached.
    pub account: Option<MalAccount>,
    /// What a dry run would have done, with the anime's title.
    pub dry_run_changes: Vec<(FieldChange, Option<String>)>,
}

/// Why a run ends before its end.
#[derive(Debug)]
pub(super) enum StopReason {
    /// A signal.
    Cancelled,
    /// MAL, or a guard.
    Failed(Failure),
    /// The database.
    StoreUnavailable(Failure),
}

impl StopReason {
    pub(super) fn from_store_error(error: impl SyncStoreError) -> Self {
        if error.is_account_mismatch() { Self::Failed(error.into()) } else { Self::StoreUnavailable(error.into()) }
    }
}

/// A run under way.
pub(super) struct RunState<'a> {
    pub(super) user: &'a User,
    pub(super) options: &'a RunOptions,
    pub(super) run_id: Option<RunId>,
    pub(super) mode: SyncMode,
    pub(super) now: DateTime<Utc>,
    pub(super) account: Option<MalAccount>,
    /// Entries from MAL, not marked as removed, before the first batch; none where they are not counted yet.
    pub(super) entries_before_run: Option<i64>,
    /// Full: the entries before the first batch that the run may find gone.
    pub(super) removal_candidates: Option<Vec<i32>>,
    /// How many of the known this run found gone.
    pub(super) removed_count: i64,
    pub(super) seen_entries: SeenEntries,
    pub(super) tally: RunTally,
    pub(super) dry_run_changes: Vec<(FieldChange, Option<String>)>,
    pub(super) started: Instant,
    requests_before_run: RequestCounters,
    batch_count: u64,
    stored_count: u64,
    pub(super) last_flush: LastFlush,
}

impl RunState<'_> {
    pub(super) fn num_items(&self) -> Option<i64> {
        self.account.as_ref().and_then(|account| account.num_items)
    }

    /// The MAL account that the run began with: what it writes is of no other.
    pub(super) fn account_id(&self) -> Option<i64> {
        self.account.as_ref().map(|account| account.id)
    }

    /// Entries from MAL, not marked as removed, as of now.
    fn local_count(&self) -> i64 {
        self.entries_before_run.unwrap_or(0) + self.tally.newly_listed_count() - self.removed_count
    }

    /// MAL's count less ours.
    pub(super) fn drift(&self) -> Option<i64> {
        self.num_items().map(|num_items| num_items - self.local_count())
    }

    /// Whether MAL's count speaks of entries that an incremental listing did not show, or of none where it showed some.
    fn has_count_mismatch(&self) -> bool {
        let apart = self.drift().is_some_and(|drift| drift != self.user.drift.unwrap_or(0));
        apart || (self.seen_entries.listed_count() == 0 && self.entries_before_run > Some(0))
    }
}

impl<S: SyncStore, M: RemoteSource> SyncEngine<'_, S, M> {
    /// Syncs one user. The caller holds the user's run lock, unless the run is a dry one.
    ///
    /// # Errors
    /// The database did not even take the run's row.
    pub async fn sync_user(&self, user: &User, request: &RunOptions) -> Result<SyncOutcome, Failure> {
        let began = Instant::now();
        let now = self.store.now().await.map_err(Into::into)?;
        let mode = mode::choose_mode(user, request, now);
        let (mut run, mut started_at) = (None, now);
        if mode != SyncMode::Skipped && !request.dry_run {
            let new = NewRun { user: user.id, mode, force_full: request.force_full };
            let (id, at) = self.store.begin_run(&new).await.map_err(Into::into)?;
            (run, started_at) = (Some(id), at);
        }
        let mut state = RunState {
            user,
            options: request,
            run_id: run,
            mode,
            now,
            account: None,
            entries_before_run: None,
            removal_candidates: None,
            removed_count: 0,
            seen_entries: SeenEntries::default(),
            tally: RunTally::default(),
            dry_run_changes: Vec::new(),
            started: began,
            requests_before_run: self.source.request_counters(),
            batch_count: 0,
            stored_count: 0,
            last_flush: LastFlush::new(began),
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
            let older_than = state.user.watermark.map(|at| at - mode::INCREMENTAL_OVERLAP);
            self.fetch_and_store(state, RemoteOrder::ByUpdatedAt, older_than).await?;
            if state.has_count_mismatch() {
                self.escalate_to_full(state).await?;
            }
        }
        if state.mode == SyncMode::Full {
            self.progress.set_total(state.num_items().and_then(|count| u64::try_from(count).ok()).unwrap_or(0));
            self.fetch_and_store(state, RemoteOrder::ByTitle, None).await?;
            self.remove_missing_entries(state).await?;
        }
        self.reconcile_differing_entries(state).await?;
        self.fill_missing_titles(state).await
    }

    /// What a dry run tells of entries that MAL did not send has their stored titles.
    async fn fill_missing_titles(&self, state: &mut RunState<'_>) -> Result<(), StopReason> {
        let nameless = state.dry_run_changes.iter().filter(|(_, title)| title.is_none());
        let ids: Vec<i32> = nameless.map(|(change, _)| change.mal_id).collect::<BTreeSet<_>>().into_iter().collect();
        if ids.is_empty() {
            return Ok(());
        }
        let titles: BTreeMap<_, _> = self.check_store_result(self.store.load_titles(&ids).await)?.into_iter().collect();
        for (change, title) in state.dry_run_changes.iter_mut().filter(|(_, title)| title.is_none()) {
            *title = titles.get(&change.mal_id).cloned();
        }
        Ok(())
    }

    /// Asks MAL whose token this is, before anything is written.
    async fn verify_account(&self, state: &mut RunState<'_>) -> Result<(), StopReason> {
        let account = self.fetch_account().await?;
        if let Some(expected) = state.user.mal_user_id.filter(|expected| *expected != account.id) {
            let (name, id) = (&account.name, account.id);
            let what = format!(
                "the stored login is of the MAL account {name} ({id}), but user {} belongs to MAL account {expected}",
                state.user.username
            );
            let hint = format!("log in as the right account: malsync login {}", state.user.as_cli_arg());
            return Err(StopReason::Failed(Failure::from_text(Exit::Guard, what).with_hint(hint)));
        }
        state.account = Some(account);
        Ok(())
    }

    /// Waits until the run is to end, and until what MAL is being asked may be dropped.
    async fn wait_until_cancelled(&self) {
        self.cancellation.cancelled().await;
        while !self.source.is_cancel_safe() {
            tokio::time::sleep(CANCEL_POLL_INTERVAL).await;
        }
    }

    pub(super) async fn fetch_account(&self) -> Result<MalAccount, StopReason> {
        tokio::select! {
            biased;
            () = self.wait_until_cancelled() => Err(StopReason::Cancelled),
            account = self.source.fetch_account() => account.map_err(|error| StopReason::Failed(error.into())),
        }
    }

    /// An incremental run that finds the counts apart becomes a full one; no entry is counted twice.
    async fn escalate_to_full(&self, state: &mut RunState<'_>) -> Result<(), StopReason> {
        info!(
            "the counts differ (MAL: {:?}, here: {}); going on to the whole list",
            state.num_items(),
            state.local_count()
        );
        state.mode = SyncMode::Full;
        if state.options.dry_run {
            // Nothing was committed: the full listing meets the same rows again, and tells all there is to tell.
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

    /// Phases A and B: one listing, fetched and stored at the same time.
    async fn fetch_and_store(
        &self,
        state: &mut RunState<'_>,
        sort: RemoteOrder,
        older_than: Option<DateTime<Utc>>,
    ) -> Result<(), StopReason> {
        let (batch_size, most) = (state.options.batch_size, fetch::max_list_entries(state.num_items()));
        let until = FetchOptions { order: sort, cutoff: older_than, now: state.now, batch_size, max_entries: most };
        let (sender, receiver) = mpsc::channel((WAITING.0 / batch_size).clamp(1, WAITING.1));
        let mut listing = std::mem::take(&mut state.seen_entries);
        let fetching = async {
            tokio::select! {
                biased;
                () = self.wait_until_cancelled() => Err(StopReason::Cancelled),
                fetched = fetch::fetch_list(self.source, until, &mut listing, sender, self.progress) => match fetched {
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
        state.seen_entries = listing;
        // Where both ended early, the store is why: fetching only found nobody listening any more.
        stored.and(fetched)
    }

    async fn store_batches(
        &self,
        state: &mut RunState<'_>,
        mut parcels: mpsc::Receiver<FetchedBatch>,
    ) -> Result<(), StopReason> {
        if state.entries_before_run.is_none() {
            // While MAL is asked, and before anything is stored.
            self.count_previously_listed(state).await?;
        }
        loop {
            let Ok(parcel) = tokio::time::timeout_at(state.last_flush.idle_flush_deadline(), parcels.recv()).await
            else {
                self.flush_counters(state).await;
                continue;
            };
            let Some(parcel) = parcel else { return Ok(()) };
            if self.cancellation.is_cancelled() {
                return Err(StopReason::Cancelled);
            }
            for error in parcel.rejected {
                state.tally.record_error(error);
            }
            if !parcel.items.is_empty() {
                self.store_batch(state, &parcel.items).await?;
            }
        }
    }

    async fn store_batch(&self, state: &mut RunState<'_>, items: &[BatchItem]) -> Result<(), StopReason> {
        state.batch_count += 1;
        let expected =
            state.num_items().filter(|_| state.mode == SyncMode::Full).and_then(|count| usize::try_from(count).ok());
        match expected.map(|count| count.div_ceil(state.options.batch_size)) {
            Some(all) => info!("Processing batch {} of {all}", state.batch_count),
            None => info!("Processing batch {}", state.batch_count),
        }
        match self.merge_batch(state, items, false).await {
            Ok(merged) => {
                for outcome in merged.outcomes.iter().filter(|outcome| outcome.anime == RowOutcome::Created) {
                    debug!("Created anime record for MAL ID {}", outcome.mal_id);
                }
                state.tally.record_stored(&merged.outcomes);
                for UnstorableEntry { mal_id, message } in merged.unstorable_entries {
                    state.tally.record_error(unstorable_entry_error(
                        items,
                        mal_id,
                        EntryErrorKind::Constraint,
                        &message,
                    ));
                }
            }
            Err(BatchFailure { stop_reason: Some(halt), .. }) => return Err(halt),
            Err(BatchFailure { message, stop_reason: None }) => {
                error!("a batch of {} entries was rolled back: {message}", items.len());
                for item in items {
                    state.tally.record_error(unstorable_entry_error(
                        items,
                        item.mal_id(),
                        EntryErrorKind::Batch,
                        &message,
                    ));
                }
            }
        }
        state.stored_count += u64::try_from(items.len()).unwrap_or(0);
        self.progress.set_stored(state.stored_count);
        Ok(())
    }

    /// Hands a batch to the store, and takes up what both outcomes have in common.
    pub(super) async fn merge_batch(
        &self,
        state: &mut RunState<'_>,
        items: &[BatchItem],
        settling: bool,
    ) -> Result<BatchResult, BatchFailure> {
        let planner = RulePlanner {
            tally: &state.tally,
            request_counters: self.request_counters(state),
            is_reconciling: settling,
        };
        let tell = state.last_flush.is_due();
        let batch = EntryBatch {
            user: state.user.id,
            account_id: state.account_id(),
            run: state.run_id,
            items,
            planner: &planner,
            flush_counters: tell,
        };
        match self.store.merge_batch(&batch).await {
            Ok(merged) => {
                if tell || !merged.outcomes.iter().all(EntryOutcome::is_noop) {
                    state.last_flush.mark_flushed();
                }
                state.tally.add_constraint_violations(merged.constraint_violations);
                if state.options.dry_run {
                    let changes = merged.outcomes.iter().flat_map(|outcome| outcome.changes.iter().cloned());
                    state.dry_run_changes.extend(changes.map(|change| {
                        let title = find_title(items, change.mal_id).map(str::to_owned);
                        (change, title)
                    }));
                }
                Ok(merged)
            }
            Err(error) => {
                state.tally.add_constraint_violations(error.constraint_violations());
                let (ends, message) = (error.is_fatal(), error.to_string());
                Err(BatchFailure { stop_reason: ends.then(|| StopReason::from_store_error(error)), message })
            }
        }
    }

    pub(super) fn check_store_result<T>(&self, value: Result<T, S::Error>) -> Result<T, StopReason> {
        value.map_err(StopReason::from_store_error)
    }

    /// What this run sent so far.
    pub(super) fn request_counters(&self, state: &RunState<'_>) -> RequestCounters {
        let (now, before) = (self.source.request_counters(), state.requests_before_run);
        RequestCounters {
            requests: now.requests - before.requests,
            retries: now.retries - before.retries,
            token_refreshes: now.token_refreshes - before.token_refreshes,
        }
    }
}

/// A batch that was not stored; with a halt, nothing after it will be.
#[derive(Debug)]
pub(super) struct BatchFailure {
    pub(super) stop_reason: Option<StopReason>,
    pub(super) message: String,
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
