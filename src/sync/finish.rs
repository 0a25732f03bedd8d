//! How a run ends: its status, its row, and the marks in the user's row, which move where the run was complete and nowhere else.

use chrono::{DateTime, TimeDelta, Utc};
use tracing::info;

use crate::{
    domain::run::{Mode, Run, RunStatus, reason},
    failpoint::failpoint,
    failure::Failure,
};

use super::{
    engine::{Ended, Engine, Halt, State},
    port::{Finish, Marks, Source, Store, StoreFault as _},
};

impl<S: Store, M: Source> Engine<'_, S, M> {
    /// Phase C: writes how the run ended, and moves the marks where it was complete.
    pub(super) async fn end(&self, state: State<'_>, result: Result<(), Halt>, started_at: DateTime<Utc>) -> Ended {
        let counters = state.report.counters(self.traffic(&state));
        let (mut status, mut failure, mut store_gone) = match result {
            Ok(()) if state.mode == Mode::Skipped => (RunStatus::Skipped, None, false),
            Ok(()) if state.report.is_clean() => (RunStatus::Success, None, false),
            Ok(()) => (RunStatus::Partial, None, false),
            Err(Halt::Stopped) => (RunStatus::Interrupted, None, false),
            Err(Halt::Failed(failure)) => (RunStatus::Failed, Some(failure), false),
            Err(Halt::StoreGone(failure)) => (RunStatus::Failed, Some(failure), true),
        };
        let done = matches!(status, RunStatus::Success | RunStatus::Partial);
        let marks = (done && !state.report.batch_lost()).then(|| marks(&state));
        let duration = TimeDelta::milliseconds(i64::try_from(state.began.elapsed().as_millis()).unwrap_or(i64::MAX));
        let (user, mode, errors) = (state.user.id, state.mode, state.report.errors());
        let owner = state.owner().filter(|_| done);
        let finish = state.run.map(|run| {
            let failure = failure.as_ref().map(why);
            Finish { run, user, owner, mode, status, duration, counters, errors, failure, marks }
        });
        failpoint!("run.before_mark");
        let ended = match finish {
            Some(finish) => self.write_end(finish, &mut status, &mut failure).await,
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
            id: state.run,
            user_id: user,
            username: state.user.username.clone(),
            mode,
            force_full: state.request.force_full,
            dry_run: state.request.dry_run,
            status,
            started_at,
            finished_at,
            duration: finished_at.map(|_| duration),
            counters,
            errors: state.report.errors().to_vec(),
            failure: failure.as_ref().map(why),
        };
        Ended { run, failure, store_gone, account: state.account, would_change: state.would_change }
    }

    async fn write_end(
        &self,
        finish: Finish<'_>,
        status: &mut RunStatus,
        failure: &mut Option<Failure>,
    ) -> Result<DateTime<Utc>, S::Error> {
        match self.store.finish_run(&finish).await {
            // What was committed before stands; the row is told of as no complete run's.
            Err(error) if error.is_another_accounts() => {
                let foreign = failure.insert(error.into());
                *status = RunStatus::Failed;
                let failure = Some(why(foreign));
                self.store.finish_run(&Finish { owner: None, status: *status, failure, marks: None, ..finish }).await
            }
            ended => ended,
        }
    }
}

fn why(failure: &Failure) -> String {
    reason(&failure.message())
}

fn marks(state: &State<'_>) -> Marks {
    let newest = state.listing.newest();
    match state.mode {
        Mode::Full => Marks { watermark: newest, full: Some(state.drift()) },
        _ => Marks { watermark: newest.max(state.user.watermark), full: None },
    }
}
