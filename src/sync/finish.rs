//! How a run ends: its status, its row, and the marks in the user's row, which move where the run was complete and nowhere else.

use chrono::{DateTime, TimeDelta, Utc};
use tracing::info;

use crate::{
    domain::run::{Run, RunStatus, SyncMode, sanitize_failure_text},
    failpoint::failpoint,
    failure::Failure,
};

use super::{
    engine::{RunState, StopReason, SyncEngine, SyncOutcome},
    port::{FinishedRun, RemoteSource, SyncCheckpoint, SyncStore, SyncStoreError as _},
};

impl<S: SyncStore, M: RemoteSource> SyncEngine<'_, S, M> {
    /// Phase C: writes how the run ended, and moves the marks where it was complete.
    pub(super) async fn finish_run(
        &self,
        state: RunState<'_>,
        result: Result<(), StopReason>,
        started_at: DateTime<Utc>,
    ) -> SyncOutcome {
        let counters = state.tally.counters(self.request_counters(&state));
        let (mut status, mut failure, mut store_gone) = match result {
            Ok(()) if state.mode == SyncMode::Skipped => (RunStatus::Skipped, None, false),
            Ok(()) if state.tally.is_everything_stored() => (RunStatus::Success, None, false),
            Ok(()) => (RunStatus::Partial, None, false),
            Err(StopReason::Cancelled) => (RunStatus::Interrupted, None, false),
            Err(StopReason::Failed(failure)) => (RunStatus::Failed, Some(failure), false),
            Err(StopReason::StoreUnavailable(failure)) => (RunStatus::Failed, Some(failure), true),
        };
        let done = matches!(status, RunStatus::Success | RunStatus::Partial);
        let marks = (done && !state.tally.has_lost_batch()).then(|| build_checkpoint(&state));
        let duration = TimeDelta::milliseconds(i64::try_from(state.started.elapsed().as_millis()).unwrap_or(i64::MAX));
        let (user, mode, errors) = (state.user.id, state.mode, state.tally.errors());
        let owner = state.account_id().filter(|_| done);
        let finish = state.run_id.map(|run| {
            let failure = failure.as_ref().map(failure_text);
            FinishedRun {
                run,
                user,
                account_id: owner,
                mode,
                status,
                duration,
                counters,
                errors,
                failure,
                checkpoint: marks,
            }
        });
        failpoint!("run.before_mark");
        let ended = match finish {
            Some(finish) => self.store_run_result(finish, &mut status, &mut failure).await,
            None => self.store.now().await,
        };
        let finished_at = match ended {
            Ok(at) => Some(at),
            Err(error) => {
                // The first error is the one that is told.
                failure.get_or_insert_with(|| error.into());
                (status, store_gone) = (RunStatus::Failed, true);
                None
            }
        };
        if done && failure.is_none() {
            info!("Completed anime data sync for user {user}");
        }
        let run = Run {
            id: state.run_id,
            user_id: user,
            username: state.user.username.clone(),
            mode,
            force_full: state.options.force_full,
            dry_run: state.options.dry_run,
            status,
            started_at,
            finished_at,
            duration: finished_at.map(|_| duration),
            counters,
            errors: state.tally.errors().to_vec(),
            failure: failure.as_ref().map(failure_text),
        };
        SyncOutcome {
            run,
            failure,
            is_store_unavailable: store_gone,
            account: state.account,
            dry_run_changes: state.dry_run_changes,
        }
    }

    async fn store_run_result(
        &self,
        finish: FinishedRun<'_>,
        status: &mut RunStatus,
        failure: &mut Option<Failure>,
    ) -> Result<DateTime<Utc>, S::Error> {
        match self.store.finish_run(&finish).await {
            // What was committed before stands; the row is told of as no complete run's.
            Err(error) if error.is_account_mismatch() => {
                let foreign = failure.insert(error.into());
                *status = RunStatus::Failed;
                let failure = Some(failure_text(foreign));
                self.store
                    .finish_run(&FinishedRun { account_id: None, status: *status, failure, checkpoint: None, ..finish })
                    .await
            }
            ended => ended,
        }
    }
}

fn failure_text(failure: &Failure) -> String {
    sanitize_failure_text(&failure.message())
}

fn build_checkpoint(state: &RunState<'_>) -> SyncCheckpoint {
    let newest = state.seen_entries.newest_update();
    match state.mode {
        SyncMode::Full => SyncCheckpoint { watermark: newest, full_run_drift: Some(state.drift()) },
        _ => SyncCheckpoint { watermark: newest.max(state.user.watermark), full_run_drift: None },
    }
}
