//! How far a run is, in its row: told with whatever is written, and where nothing is, from time to time.

use std::time::Duration;

use tokio::time::Instant;
use tracing::debug;

use crate::domain::run::RunCounters;

use super::{
    engine::{BatchFailure, RunState, SyncEngine},
    port::{RemoteSource, SyncStore},
};

/// How often the row tells, where there is news and nothing else to write.
const FLUSH_INTERVAL: Duration = Duration::from_secs(1);
/// So long a batch is waited for until the row tells without one: longer than MAL's usual pace takes to bring the next.
const IDLE_FLUSH_INTERVAL: Duration = Duration::from_secs(2);

/// What the row last told.
pub(super) struct LastFlush {
    at: Instant,
    counters: RunCounters,
}

impl LastFlush {
    pub(super) fn new(began: Instant) -> Self {
        Self { at: began, counters: RunCounters::default() }
    }

    /// It has just told.
    pub(super) fn mark_flushed(&mut self) {
        self.at = Instant::now();
    }

    /// Whether the next batch has it tell, whatever becomes of it.
    pub(super) fn is_due(&self) -> bool {
        self.at.elapsed() >= FLUSH_INTERVAL
    }

    /// When it tells without a batch.
    pub(super) fn idle_flush_deadline(&self) -> Instant {
        self.at + IDLE_FLUSH_INTERVAL
    }
}

impl<S: SyncStore, M: RemoteSource> SyncEngine<'_, S, M> {
    /// Has the row tell what is new: MAL takes its time, or is waited for. What hinders it may be over when the next batch comes,
    /// which finds it out otherwise.
    pub(super) async fn flush_counters(&self, state: &mut RunState<'_>) {
        let counters = state.tally.counters(self.request_counters(state));
        if counters != state.last_flush.counters
            && let Err(BatchFailure { message, .. }) = self.merge_batch(state, &[], false).await
        {
            debug!("the run's row does not tell how far it is: {message}");
        }
        state.last_flush = LastFlush { at: Instant::now(), counters };
    }
}
