//! Writes a run's counters to its row in `sync_runs` while no batch arrives. A batch writes the counters itself if it
//! changes a row, or if the last write was a second or more ago.
//!
//! See decision 2.

use tracing::debug;

use super::{
    engine::SyncEngine,
    last_flush::LastFlush,
    plan::BatchKind,
    port::{RemoteSource, SyncStore},
    run_outcome::BatchFailure,
    run_state::RunState,
};

impl<S: SyncStore, M: RemoteSource> SyncEngine<'_, S, M> {
    /// Writes the counters if they changed. An error is only logged: if it persists, the next batch reports it.
    pub(super) async fn flush_counters(&self, state: &mut RunState<'_>) {
        let counters = state.tally.counters(self.request_counters(state));
        // An empty batch writes only the counters.
        if counters != state.last_flush.counters
            && let Err(BatchFailure { message, .. }) = self.merge_batch(state, &[], BatchKind::Fetched).await
        {
            debug!("cannot write the run's counters: {message}");
        }
        state.last_flush = LastFlush::with_counters(counters);
    }
}
