//! Writes a run's counters to its row in `sync_runs`: with every batch, and every second while no row is written.
//!
//! See decision 2.

use std::time::Duration;

use tokio::time::Instant;
use tracing::debug;

use crate::domain::run::RunCounters;

use super::{
    engine::{BatchFailure, RunState, SyncEngine},
    port::{RemoteSource, SyncStore},
};

/// How often changed counters are written while batches change no row.
const FLUSH_INTERVAL: Duration = Duration::from_secs(1);
/// How long the run waits for a batch before it writes the counters alone. Longer than the usual gap between two pages.
const IDLE_FLUSH_INTERVAL: Duration = Duration::from_secs(2);

/// The last write of the counters to the run's row.
pub(super) struct LastFlush {
    at: Instant,
    counters: RunCounters,
}

impl LastFlush {
    pub(super) fn new(started: Instant) -> Self {
        Self { at: started, counters: RunCounters::default() }
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

impl<S: SyncStore, M: RemoteSource> SyncEngine<'_, S, M> {
    /// Writes the counters if they changed. An error is only logged: if it persists, the next batch reports it.
    pub(super) async fn flush_counters(&self, state: &mut RunState<'_>) {
        let counters = state.tally.counters(self.request_counters(state));
        if counters != state.last_flush.counters
            && let Err(BatchFailure { message, .. }) = self.merge_batch(state, &[], false).await
        {
            debug!("cannot write the run's counters: {message}");
        }
        state.last_flush = LastFlush { at: Instant::now(), counters };
    }
}
