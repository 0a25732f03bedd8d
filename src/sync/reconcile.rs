//! Entries that MAL did not send but whose row differs from its base: local edits that the rules have not met yet.
//! They are settled without a request, so that the rules hold after every run, not only after a full one.

use tracing::warn;

use super::{
    engine::{BatchFailure, RunState, StopReason, SyncEngine},
    port::{BatchItem, RemoteSource, SyncStore},
};

impl<S: SyncStore, M: RemoteSource> SyncEngine<'_, S, M> {
    /// Applies the rules to them, with the base as MAL's value. MAL did not send them, so they count in no counter but that
    /// of the conflicts.
    pub(super) async fn reconcile_differing_entries(&self, state: &mut RunState<'_>) -> Result<(), StopReason> {
        let unsettled = self.check_store_result(self.store.entries_differing_from_base(state.user.id).await)?;
        let items: Vec<_> = unsettled
            .into_iter()
            .filter(|mal_id| !state.seen_entries.contains(*mal_id))
            .map(BatchItem::Reconcile)
            .collect();
        for batch in items.chunks(state.options.batch_size) {
            if self.cancellation.is_cancelled() {
                return Err(StopReason::Cancelled);
            }
            match self.merge_batch(state, batch, true).await {
                Ok(merged) => state.tally.record_reconciled(&merged.outcomes),
                Err(BatchFailure { stop_reason: Some(halt), .. }) => return Err(halt),
                Err(BatchFailure { message, stop_reason: None }) => {
                    // MAL sent none of them, so they are no errors of the list; but the run is not complete without them.
                    warn!("{} local edits were not settled; the next run tries again: {message}", batch.len());
                    state.tally.record_lost_batch();
                }
            }
        }
        Ok(())
    }
}
