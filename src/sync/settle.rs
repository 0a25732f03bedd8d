//! Entries that MAL did not send but whose row differs from its base: local edits that the rules have not met yet.
//! They are settled without a request, so that the rules hold after every run, not only after a full one.

use tracing::warn;

use super::{
    engine::{Engine, Failed, Halt, State},
    port::{Item, Source, Store},
};

impl<S: Store, M: Source> Engine<'_, S, M> {
    /// Applies the rules to them, with the base as MAL's value. MAL did not send them, so they count in no counter but that
    /// of the conflicts.
    pub(super) async fn settle(&self, state: &mut State<'_>) -> Result<(), Halt> {
        let unsettled = self.stored_value(self.store.unsettled(state.user.id).await)?;
        let items: Vec<_> =
            unsettled.into_iter().filter(|mal_id| !state.listing.has(*mal_id)).map(Item::Settle).collect();
        for batch in items.chunks(state.request.batch_size) {
            if self.stop.is_cancelled() {
                return Err(Halt::Stopped);
            }
            match self.merge(state, batch, true).await {
                Ok(merged) => state.report.settled(&merged.outcomes),
                Err(Failed { halt: Some(halt), .. }) => return Err(halt),
                Err(Failed { message, halt: None }) => {
                    // MAL sent none of them, so they are no errors of the list; but the run is not complete without them.
                    warn!("{} local edits were not settled; the next run tries again: {message}", batch.len());
                    state.report.lose_batch();
                }
            }
        }
        Ok(())
    }
}
