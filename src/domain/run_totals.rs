//! Sums over a user's runs, as stored in `sync_totals`. They stay when old runs are deleted.

use chrono::TimeDelta;

use super::run::{RunCounters, RunStatus};

/// Sums over the runs of a user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunTotals {
    /// Runs that stored everything.
    pub runs_success: i64,
    /// Runs that could not store some entries.
    pub runs_partial: i64,
    /// Runs that ended with an error.
    pub runs_failed: i64,
    /// Runs that were stopped, or whose process died.
    pub runs_interrupted: i64,
    /// Requests sent to MAL.
    pub requests: i64,
    /// Requests repeated after a failure.
    pub retries: i64,
    /// Token refreshes.
    pub token_refreshes: i64,
    /// Constraint violations that the database reported.
    pub constraint_violations: i64,
    /// Conflicts seen for the first time.
    pub conflicts_resolved: i64,
    /// Entries that could not be stored.
    pub entry_errors: i64,
    /// Requests to MAL that failed.
    pub api_errors: i64,
    /// Runs whose duration is in `duration_ms`.
    pub timed_runs: i64,
    /// Sum of the durations, in milliseconds.
    pub duration_ms: i64,
}

impl RunTotals {
    /// Returns the sums of a single run. A run that is going on has no status that counts.
    #[must_use]
    pub fn for_run(
        status: RunStatus,
        counters: &RunCounters,
        entry_errors: usize,
        duration: Option<TimeDelta>,
    ) -> Self {
        let has_status = |wanted| i64::from(status == wanted);
        Self {
            runs_success: has_status(RunStatus::Success),
            runs_partial: has_status(RunStatus::Partial),
            runs_failed: has_status(RunStatus::Failed),
            runs_interrupted: has_status(RunStatus::Interrupted),
            requests: counters.requests,
            retries: counters.retries,
            token_refreshes: counters.token_refreshes,
            constraint_violations: counters.constraint_violations,
            conflicts_resolved: counters.conflicts_resolved,
            entry_errors: i64::try_from(entry_errors).unwrap_or(i64::MAX),
            api_errors: counters.api_errors,
            timed_runs: i64::from(duration.is_some()),
            duration_ms: duration.map_or(0, |duration| duration.num_milliseconds()),
        }
    }

    /// Returns the number of runs that ended with this status. Returns 0 for a status that does not end a run.
    #[must_use]
    pub const fn runs_with_status(&self, status: RunStatus) -> i64 {
        match status {
            RunStatus::Success => self.runs_success,
            RunStatus::Partial => self.runs_partial,
            RunStatus::Failed => self.runs_failed,
            RunStatus::Interrupted => self.runs_interrupted,
            RunStatus::Running | RunStatus::Skipped => 0,
        }
    }
}

impl std::ops::AddAssign for RunTotals {
    fn add_assign(&mut self, other: Self) {
        // In full, so that the compiler names a forgotten sum.
        let Self {
            runs_success,
            runs_partial,
            runs_failed,
            runs_interrupted,
            requests,
            retries,
            token_refreshes,
            constraint_violations,
            conflicts_resolved,
            entry_errors,
            api_errors,
            timed_runs,
            duration_ms,
        } = other;
        self.runs_success += runs_success;
        self.runs_partial += runs_partial;
        self.runs_failed += runs_failed;
        self.runs_interrupted += runs_interrupted;
        self.requests += requests;
        self.retries += retries;
        self.token_refreshes += token_refreshes;
        self.constraint_violations += constraint_violations;
        self.conflicts_resolved += conflicts_resolved;
        self.entry_errors += entry_errors;
        self.api_errors += api_errors;
        self.timed_runs += timed_runs;
        self.duration_ms += duration_ms;
    }
}
