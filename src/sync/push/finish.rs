//! The end of a push: its status, and the run's row.

use chrono::{DateTime, TimeDelta, Utc};

use super::engine::{PushEngine, PushOutcome, PushState};
use crate::{
    domain::run::{Run, RunStatus, SyncMode, sanitize_failure_text},
    failpoint::failpoint,
    failure::Failure,
    sync::{
        port::{EntryWriter, FinishedRun, SyncStore, SyncStoreError as _},
        run_outcome::StopReason,
    },
};

impl<S: SyncStore, M: EntryWriter> PushEngine<'_, S, M> {
    /// Writes the end of the run. Returns the outcome.
    pub(super) async fn finish_push(
        &self,
        state: PushState<'_>,
        result: Result<(), StopReason>,
        started_at: DateTime<Utc>,
    ) -> PushOutcome {
        let (mut status, mut failure, mut is_store_unreachable) = match result {
            Ok(()) if state.tally.is_complete() => (RunStatus::Success, None, false),
            Ok(()) => (RunStatus::Partial, None, false),
            Err(StopReason::Cancelled) => (RunStatus::Interrupted, None, false),
            Err(StopReason::Failed(failure)) => (RunStatus::Failed, Some(failure), false),
            Err(StopReason::StoreFailed { failure, is_unreachable }) => {
                (RunStatus::Failed, Some(failure), is_unreachable)
            }
        };
        let counters = state.tally.counters(self.request_counters(&state));
        let duration = TimeDelta::milliseconds(i64::try_from(state.started.elapsed().as_millis()).unwrap_or(i64::MAX));
        let failure_text = |failure: &Failure| sanitize_failure_text(&failure.message());
        let finished_run = state.run_id.map(|run| FinishedRun {
            run,
            user: state.user.id,
            account_id: None,
            mode: SyncMode::Push,
            status,
            duration,
            counters,
            errors: state.tally.errors(),
            failure: failure.as_ref().map(failure_text),
            checkpoint: None,
            listing_gap: None,
            missing_entries: None,
        });
        failpoint!("push.before_end");
        let end_time = match &finished_run {
            Some(finished_run) => self.store.finish_run(finished_run).await,
            None => self.store.now().await,
        };
        let finished_at = end_time.unwrap_or_else(|error| {
            is_store_unreachable |= error.is_unreachable();
            // The first error is the one that is reported.
            failure.get_or_insert_with(|| error.into());
            status = RunStatus::Failed;
            started_at + duration
        });
        let run = Run {
            id: state.run_id,
            user_id: state.user.id,
            username: state.user.username.clone(),
            mode: SyncMode::Push,
            force_full: false,
            dry_run: state.options.dry_run,
            status,
            started_at,
            finished_at: Some(finished_at),
            duration: Some(duration),
            counters,
            errors: state.tally.errors().to_vec(),
            failure: failure.as_ref().map(failure_text),
        };
        PushOutcome { run, failure, is_store_unreachable, account: state.account, reports: state.tally.reports }
    }
}
