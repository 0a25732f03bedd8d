//! The end of a run: writes the run's row with its status, and the checkpoint in the `users` row.
//!
//! Invariant: only a complete run writes a checkpoint.

use chrono::{DateTime, TimeDelta, Utc};
use tracing::{info, warn};

use crate::{
    domain::{
        missing_entry::MissingEntry,
        run::{Run, RunStatus, SyncMode, sanitize_failure_text},
    },
    failpoint::failpoint,
    failure::Failure,
};

use super::{
    engine::SyncEngine,
    listing::ListingVerdict,
    port::{FinishedRun, RemoteSource, SyncCheckpoint, SyncStore, SyncStoreError as _},
    run_outcome::{StopReason, SyncOutcome},
    run_state::RunState,
};

impl<S: SyncStore, M: RemoteSource> SyncEngine<'_, S, M> {
    /// Writes the end of the run, and the checkpoint if the run is complete. Returns the outcome.
    pub(super) async fn finish_run(
        &self,
        state: RunState<'_>,
        result: Result<(), StopReason>,
        started_at: DateTime<Utc>,
    ) -> SyncOutcome {
        let RunEnd { mut status, mut failure, mut is_store_unreachable } = RunEnd::from_result(result, &state);
        warn_of_unreadable_values(state.seen_entries.unreadable_value_count());
        let is_completed = matches!(status, RunStatus::Success | RunStatus::Partial);
        let duration = TimeDelta::milliseconds(i64::try_from(state.started.elapsed().as_millis()).unwrap_or(i64::MAX));
        let finished_run = state.run_id.map(|run| FinishedRun {
            run,
            user: state.user.id,
            account_id: state.account_id().filter(|_| is_completed),
            mode: state.mode,
            status,
            duration,
            counters: state.tally.counters(self.request_counters(&state)),
            errors: state.tally.errors(),
            failure: failure.as_ref().map(failure_text),
            checkpoint: (is_completed && state.tally.has_refused_nothing()).then(|| build_checkpoint(&state)),
            listing_gap: listing_gap(&state),
            missing_entries: changed_missing_entries(&state),
        });
        failpoint!("run.before_mark");
        let end_time = match finished_run {
            Some(finished_run) => self.store_run_result(finished_run, &mut status, &mut failure).await,
            None => self.store.now().await,
        };
        failpoint!("run.after_mark");
        let finished_at = match end_time {
            Ok(time) => time,
            Err(error) => {
                is_store_unreachable |= error.is_unreachable();
                // The first error is the one that is reported.
                failure.get_or_insert_with(|| error.into());
                status = RunStatus::Failed;
                started_at + duration
            }
        };
        if is_completed && failure.is_none() {
            info!("Completed anime data sync for user {}", state.user.id);
        }
        let run = Run {
            id: state.run_id,
            user_id: state.user.id,
            username: state.user.username.clone(),
            mode: state.mode,
            force_full: state.options.force_full,
            dry_run: state.options.dry_run,
            status,
            started_at,
            finished_at: Some(finished_at),
            duration: Some(duration),
            counters: state.tally.counters(self.request_counters(&state)),
            errors: state.tally.errors().to_vec(),
            failure: failure.as_ref().map(failure_text),
        };
        let hints = state.hints.into_iter().collect();
        let (account, dry_run_changes) = (state.account, state.dry_run_changes);
        SyncOutcome { run, failure, is_store_unreachable, hints, account, dry_run_changes }
    }

    /// Writes the end of the run. On an account mismatch the run is written as failed, without a checkpoint.
    async fn store_run_result(
        &self,
        finished_run: FinishedRun<'_>,
        status: &mut RunStatus,
        failure: &mut Option<Failure>,
    ) -> Result<DateTime<Utc>, S::Error> {
        match self.store.finish_run(&finished_run).await {
            // Batches committed before are kept, but the run is not complete.
            Err(error) if error.is_account_mismatch() => {
                let mismatch = failure.insert(error.into());
                *status = RunStatus::Failed;
                let failure = Some(failure_text(mismatch));
                self.store
                    .finish_run(&FinishedRun {
                        account_id: None,
                        status: *status,
                        failure,
                        checkpoint: None,
                        listing_gap: None,
                        missing_entries: None,
                        ..finished_run
                    })
                    .await
            }
            // The database may be refusing one of the texts: store the result without them.
            Err(error) if !error.is_fatal() => {
                warn!("the result of the run is stored without its error messages: {error}");
                let failure =
                    finished_run.failure.as_ref().map(|_| "the database refused to store the reason".to_owned());
                let missing_entries = finished_run.missing_entries.as_deref().map(without_texts);
                self.store.finish_run(&FinishedRun { errors: &[], failure, missing_entries, ..finished_run }).await
            }
            result => result,
        }
    }
}

/// Returns the entries with their ids alone.
fn without_texts(missing: &[MissingEntry]) -> Vec<MissingEntry> {
    let without_text =
        |entry: &MissingEntry| MissingEntry { mal_id: entry.mal_id, title: None, message: String::new() };
    missing.iter().map(without_text).collect()
}

/// How the phases of a run ended.
struct RunEnd {
    status: RunStatus,
    failure: Option<Failure>,
    is_store_unreachable: bool,
}

impl RunEnd {
    fn from_result(result: Result<(), StopReason>, state: &RunState<'_>) -> Self {
        let (status, failure, is_store_unreachable) = match result {
            Ok(()) if state.mode == SyncMode::Skipped => (RunStatus::Skipped, None, false),
            Ok(()) if state.tally.has_no_errors() => (RunStatus::Success, None, false),
            Ok(()) => (RunStatus::Partial, None, false),
            Err(StopReason::Cancelled) => (RunStatus::Interrupted, None, false),
            Err(StopReason::Failed(failure)) => (RunStatus::Failed, Some(failure), false),
            Err(StopReason::StoreFailed { failure, is_unreachable }) => {
                (RunStatus::Failed, Some(failure), is_unreachable)
            }
        };
        Self { status, failure, is_store_unreachable }
    }
}

/// Warns once in a run about values of a wrong type. The decoder logs each of them at level INFO.
fn warn_of_unreadable_values(count: u64) {
    match count {
        0 => {}
        1 => warn!("1 value from MyAnimeList could not be read and is ignored (use -v to show it)"),
        count => warn!("{count} values from MyAnimeList could not be read and are ignored (use -v to show them)"),
    }
}

fn failure_text(failure: &Failure) -> String {
    sanitize_failure_text(&failure.message())
}

fn build_checkpoint(state: &RunState<'_>) -> SyncCheckpoint {
    let newest = state.seen_entries.newest_update();
    match state.mode {
        SyncMode::Full => {
            // An unknown drift stays unknown unless MAL's count confirms the listing.
            let verdict = state.full_listing.map(|listing| listing.verdict());
            let is_drift_known = verdict == Some(ListingVerdict::Complete) || state.user.drift.is_some();
            SyncCheckpoint {
                watermark: newest,
                full_run_drift: Some(state.count_difference().filter(|_| is_drift_known)),
            }
        }
        _ => SyncCheckpoint { watermark: newest.max(state.user.watermark), full_run_drift: None },
    }
}

/// Returns the gap that the next full run is compared with: `Some(None)` if this run's listing is complete, `None` if
/// this run says nothing about it.
fn listing_gap(state: &RunState<'_>) -> Option<Option<i64>> {
    let listing = state.full_listing?;
    match listing.verdict() {
        ListingVerdict::Complete => Some(None),
        ListingVerdict::Unconfirmed | ListingVerdict::Broken => Some(listing.gap()),
    }
}

/// Returns the entries that are missing now. Returns `None` if they are those of the `users` row.
fn changed_missing_entries(state: &RunState<'_>) -> Option<Vec<MissingEntry>> {
    let is_list_complete = state.full_listing.is_some_and(|listing| listing.verdict() != ListingVerdict::Broken);
    let missing = state.tally.missing_entries(&state.user.missing_entries, is_list_complete);
    (missing != state.user.missing_entries).then_some(missing)
}
