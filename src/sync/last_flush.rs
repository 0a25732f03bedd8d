//! When the counters of a run were last written to its row, and when they are due again.
//!
//! See decision 2.

use std::time::Duration;

use tokio::time::Instant;

use crate::domain::run::RunCounters;

/// How often changed counters are written while batches change no row.
const FLUSH_INTERVAL: Duration = Duration::from_secs(1);
/// How long the run waits for a batch before it writes the counters alone. Longer than the usual gap between two pages.
const IDLE_FLUSH_INTERVAL: Duration = Duration::from_secs(2);

/// The last write of the counters to the run's row.
pub(super) struct LastFlush {
    at: Instant,
    /// The counters that were written.
    pub(super) counters: RunCounters,
}

impl LastFlush {
    pub(super) fn new(started: Instant) -> Self {
        Self { at: started, counters: RunCounters::default() }
    }

    /// Returns a write of these counters that happens now.
    pub(super) fn with_counters(counters: RunCounters) -> Self {
        Self { at: Instant::now(), counters }
    }

    /// Records that the counters were written now.
    pub(super) fn mark_flushed(&mut self) {
        self.at = Instant::now();
    }

    /// Returns true if the next batch must write the counters even if it writes no row.
    pub(super) fn is_due(&self) -> bool {
        self.at.elapsed() >= FLUSH_INTERVAL
    }

    /// Returns when the counters are written without a batch.
    pub(super) fn idle_flush_deadline(&self) -> Instant {
        self.at + IDLE_FLUSH_INTERVAL
    }
}
