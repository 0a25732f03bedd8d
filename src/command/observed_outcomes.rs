//! Collects how the syncs of this process ended, for `monitoring`.

use std::sync::{Mutex, PoisonError};

use crate::{
    domain::{run::Run, user::User},
    exit::Exit,
    failure::Failure,
    monitor::ObservedOutcome,
    ui::{strip_styles, view},
};

/// Outcomes of all syncs of this process.
#[derive(Default)]
pub(crate) struct ObservedOutcomes(Mutex<Vec<ObservedOutcome>>);

impl ObservedOutcomes {
    /// Records how one user's sync ended.
    pub(crate) fn record(&self, user: &User, run: Option<&Run>, outcome: &Result<Exit, Failure>) {
        let has_run = run.is_some_and(|run| run.id.is_some());
        self.push(match outcome {
            Ok(exit) => {
                let summary = run.map(|run| strip_styles(&view::run::summary_text(run, false))).unwrap_or_default();
                ObservedOutcome { user: user.username.clone(), exit: *exit, has_run, summary, hint: None }
            }
            Err(failure) => outcome_of_failure(&user.username, has_run, failure),
        });
    }

    /// Records that one user's sync did not start.
    pub(crate) fn record_not_started(&self, user: &User, failure: &Failure) {
        self.push(outcome_of_failure(&user.username, false, failure));
    }

    fn push(&self, outcome: ObservedOutcome) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(outcome);
    }

    /// Takes the outcomes recorded so far.
    pub(super) fn drain(&self) -> Vec<ObservedOutcome> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Returns the outcome of a sync that failed.
pub(super) fn outcome_of_failure(user: &str, has_run: bool, failure: &Failure) -> ObservedOutcome {
    let hint = failure.hints.first().cloned();
    ObservedOutcome { user: user.to_owned(), exit: failure.exit, has_run, summary: failure.message(), hint }
}
