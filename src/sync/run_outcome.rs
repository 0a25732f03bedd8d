//! How a run ends: its outcome, why it did not start, and why it or one of its batches stopped.

use crate::{
    domain::{change::FieldChange, run::Run, user::MalAccount},
    failure::Failure,
};

use super::port::SyncStoreError;

/// The outcome of a run.
#[derive(Debug)]
pub struct SyncOutcome {
    /// The finished run.
    pub run: Run,
    /// Why the run failed. `None` if it completed or was cancelled.
    pub failure: Option<Failure>,
    /// True if the database did not answer any more.
    pub is_store_unreachable: bool,
    /// What to do about entries that the database refused.
    pub hints: Vec<String>,
    /// The MAL account, if it was fetched and matches the user.
    pub account: Option<MalAccount>,
    /// The changes that a dry run would make, with the anime's title.
    pub dry_run_changes: Vec<(FieldChange, Option<String>)>,
}

/// The database failed before the run had a row.
#[derive(Debug)]
pub struct RunNotStarted {
    /// Why the run did not start.
    pub failure: Failure,
    /// True if the database does not answer.
    pub is_store_unreachable: bool,
}

impl RunNotStarted {
    pub(super) fn from_store_error(error: impl SyncStoreError) -> Self {
        let is_store_unreachable = error.is_unreachable();
        Self { failure: error.into(), is_store_unreachable }
    }
}

/// Why a run stops early.
#[derive(Debug)]
pub(super) enum StopReason {
    /// A signal cancelled the run.
    Cancelled,
    /// MAL, a guard or a bug failed the run.
    Failed(Failure),
    /// The database failed the run.
    StoreFailed { failure: Failure, is_unreachable: bool },
}

impl StopReason {
    pub(super) fn from_store_error(error: impl SyncStoreError) -> Self {
        if error.is_account_mismatch() {
            return Self::Failed(error.into());
        }
        let is_unreachable = error.is_unreachable();
        Self::StoreFailed { failure: error.into(), is_unreachable }
    }
}

/// A batch that was not stored. With a stop reason the run must end, otherwise it continues.
#[derive(Debug)]
pub(super) struct BatchFailure {
    pub(super) stop_reason: Option<StopReason>,
    pub(super) message: String,
}
