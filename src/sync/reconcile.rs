//! Applies the merge rules to local edits of entries that MAL did not send in this run.
//!
//! These entries differ from their merge base. They are reconciled without a request, so that the rules hold after
//! every run, not only after a full one. See decision 4.

use tracing::warn;

use super::{
    engine::SyncEngine,
    plan::BatchKind,
    port::{BatchItem, RemoteSource, SyncStore},
    run_outcome::{BatchFailure, StopReason},
    run_state::RunState,
};

impl<S: SyncStore, M: RemoteSource> SyncEngine<'_, S, M> {
    /// Applies the rules to all entries that MAL did not send in this run and that differ from their merge base. The
    /// merge base stands for MAL's value.
    ///
    /// The run's counters include the new conflicts of these entries, but not the entries themselves.
    pub(super) async fn reconcile_differing_entries(&self, state: &mut RunState<'_>) -> Result<(), StopReason> {
        let differing = self.check_store_result(self.store.entries_differing_from_base(state.user.id).await)?;
        let items: Vec<_> = differing
            .into_iter()
            .filter(|mal_id| !state.seen_entries.contains(*mal_id))
            .map(BatchItem::Reconcile)
            .collect();
        for batch in items.chunks(state.options.batch_size) {
            if self.cancellation.is_cancelled() {
                return Err(StopReason::Cancelled);
            }
            match self.merge_batch(state, batch, BatchKind::Reconciled).await {
                Ok(result) => {
                    state.tally.record_reconciled(&result.outcomes);
                    if let Some(refused) = result.unstorable_entries.first() {
                        let count = result.unstorable_entries.len();
                        warn_not_reconciled(state, count, &refused.message);
                    }
                }
                Err(BatchFailure { stop_reason: Some(reason), .. }) => return Err(reason),
                Err(BatchFailure { message, stop_reason: None }) => warn_not_reconciled(state, batch.len(), &message),
            }
        }
        Ok(())
    }
}

/// Records that entries were not reconciled. MAL did not send them, so they are not errors of the list. But without them
/// the run is not complete.
fn warn_not_reconciled(state: &mut RunState<'_>, entries: usize, message: &str) {
    warn!("{entries} local edits were not reconciled; the next sync tries again: {message}");
    state.tally.record_lost_batch();
}
