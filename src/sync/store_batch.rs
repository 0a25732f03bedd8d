//! Stores one batch of a run, and records what became of its entries.

use tracing::{debug, error, info};

use crate::{
    domain::run::{EntryErrorKind, SyncMode},
    failure::Failure,
};

use super::{
    engine::SyncEngine,
    plan::{BatchKind, RulePlanner},
    port::{
        BatchItem, BatchResult, EntryBatch, EntryOutcome, RemoteSource, RowOutcome, SyncStore, SyncStoreError,
        UnstorableEntry,
    },
    run_outcome::{BatchFailure, StopReason},
    run_state::RunState,
    run_tally::{find_title, unstorable_entry_error},
};

impl<S: SyncStore, M: RemoteSource> SyncEngine<'_, S, M> {
    pub(super) async fn store_batch(&self, state: &mut RunState<'_>, items: &[BatchItem]) -> Result<(), StopReason> {
        state.batch_count += 1;
        let expected_entries =
            state.num_items().filter(|_| state.mode == SyncMode::Full).and_then(|count| usize::try_from(count).ok());
        match expected_entries.map(|count| count.div_ceil(state.options.batch_size)) {
            Some(all) => info!("Processing batch {} of {all}", state.batch_count),
            None => info!("Processing batch {}", state.batch_count),
        }
        match self.merge_batch(state, items, BatchKind::Fetched).await {
            Ok(result) => {
                for outcome in result.outcomes.iter().filter(|outcome| outcome.anime == RowOutcome::Created) {
                    debug!("Created anime record for MAL ID {}", outcome.mal_id);
                }
                state.tally.record_stored(&result.outcomes);
                for UnstorableEntry { mal_id, message, .. } in result.unstorable_entries {
                    state.tally.record_error(unstorable_entry_error(
                        items,
                        mal_id,
                        EntryErrorKind::Constraint,
                        &message,
                    ));
                }
            }
            Err(BatchFailure { stop_reason: Some(reason), .. }) => return Err(reason),
            Err(BatchFailure { message, stop_reason: None }) => {
                error!("a batch of {} entries was rolled back: {message}", items.len());
                for item in items {
                    state.tally.record_error(unstorable_entry_error(
                        items,
                        item.mal_id(),
                        EntryErrorKind::Batch,
                        &message,
                    ));
                }
            }
        }
        state.stored_count += u64::try_from(items.len()).unwrap_or(0);
        self.progress.set_stored(state.stored_count);
        Ok(())
    }

    /// Merges a batch into the store, and records flush time, violations and dry-run changes.
    pub(super) async fn merge_batch(
        &self,
        state: &mut RunState<'_>,
        items: &[BatchItem],
        kind: BatchKind,
    ) -> Result<BatchResult, BatchFailure> {
        let planner = RulePlanner { tally: &state.tally, request_counters: self.request_counters(state), kind };
        let flush_counters = state.last_flush.is_due();
        let batch = EntryBatch {
            user: state.user.id,
            account_id: state.account_id(),
            run: state.run_id,
            items,
            planner: &planner,
            flush_counters,
        };
        match self.store.merge_batch(&batch).await {
            Ok(result) => {
                if flush_counters || !result.outcomes.iter().all(EntryOutcome::is_noop) {
                    state.last_flush.mark_flushed();
                }
                state.tally.add_constraint_violations(result.constraint_violations);
                state.hints.extend(result.unstorable_entries.iter().filter_map(|entry| entry.hint.clone()));
                if state.options.dry_run {
                    let changes = result.outcomes.iter().flat_map(|outcome| outcome.changes.iter().cloned());
                    state.dry_run_changes.extend(changes.map(|change| {
                        let title = find_title(items, change.mal_id).map(str::to_owned);
                        (change, title)
                    }));
                }
                Ok(result)
            }
            Err(error) => {
                state.tally.add_constraint_violations(error.constraint_violations());
                let message = error.to_string();
                if error.is_fatal() {
                    return Err(BatchFailure { stop_reason: Some(StopReason::from_store_error(error)), message });
                }
                let failure: Failure = error.into();
                state.hints.extend(failure.hints);
                Err(BatchFailure { stop_reason: None, message })
            }
        }
    }
}
