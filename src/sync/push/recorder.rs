//! Stores a pushed entry through the store's batch: its row, its change records and the run's counters, in one transaction.

use super::{
    engine::{PushEngine, PushState},
    record::PushedEntry,
};
use crate::{
    domain::{
        change::FieldChange,
        run::{EntryErrorKind, RunCounters},
    },
    sync::{
        port::{
            BatchItem, BatchPlanner, EntryBatch, EntryOutcome, EntryWriter, ExistingRows, RowOutcome, SyncStore,
            SyncStoreError as _, WritePlan,
        },
        run_outcome::StopReason,
    },
};

/// Plans the batch that stores one pushed entry.
struct PushRecorder<'a> {
    pushed: &'a PushedEntry,
    /// The change records. They replace those that were stored ahead.
    changes: Vec<FieldChange>,
    /// True if the row takes what MAL has.
    updates_row: bool,
    /// The run's counters including this entry.
    counters: RunCounters,
}

impl BatchPlanner for PushRecorder<'_> {
    fn ids_needing_conflict_history(&self, _: &[BatchItem], _: &ExistingRows) -> Vec<i32> {
        Vec::new()
    }

    fn plan_writes<'a>(&self, _: &'a [BatchItem], rows: &'a ExistingRows) -> WritePlan<'a> {
        let mal_id = self.pushed.entry.mal_id;
        let row = rows.entries.get(&mal_id).filter(|_| self.updates_row);
        let changed = row.and_then(|row| self.pushed.updated_row(row));
        let outcome = EntryOutcome {
            mal_id,
            anime: RowOutcome::Unchanged,
            entry: if changed.is_some() { RowOutcome::Updated } else { RowOutcome::Unchanged },
            newly_listed: false,
            rewrites_record: false,
            changes: self.changes.clone(),
        };
        WritePlan {
            changed_entries: changed.into_iter().collect(),
            ids_to_record_anew: self.pushed.is_recorded_ahead.then_some(mal_id).into_iter().collect(),
            outcomes: vec![outcome],
            ..WritePlan::default()
        }
    }

    fn projected_counters(&self, _: &[EntryOutcome], _: usize) -> RunCounters {
        self.counters
    }
}

impl<S: SyncStore, M: EntryWriter> PushEngine<'_, S, M> {
    /// Stores what became of an entry: its row, its change records and the run's counters.
    pub(super) async fn record_result(
        &self,
        state: &mut PushState<'_>,
        pushed: &PushedEntry,
        refused: Option<&str>,
    ) -> Result<(), StopReason> {
        let title = state.title(pushed.entry.mal_id).map(str::to_owned);
        state.tally.record_pushed(pushed, title.as_deref(), refused);
        self.store_records(state, pushed, pushed.change_records(), true).await.map(drop)
    }

    /// Stores the change records of a write before it is sent, if it overwrites a value that was never seen here: a process
    /// that dies after MAL took the write would lose that value. Returns false if the database does not take the records;
    /// then the write must not be sent.
    pub(super) async fn record_ahead(
        &self,
        state: &mut PushState<'_>,
        attempt: &mut PushedEntry,
    ) -> Result<bool, StopReason> {
        if !attempt.overwrites_unseen_value() {
            return Ok(true);
        }
        let changes = attempt.change_records_if(true);
        let is_stored = self.store_records(state, attempt, changes, false).await?;
        attempt.is_recorded_ahead |= is_stored;
        Ok(is_stored)
    }

    /// Deletes the records that were stored ahead of a write that MAL did not take.
    pub(super) async fn withdraw_records(
        &self,
        state: &mut PushState<'_>,
        attempt: &PushedEntry,
    ) -> Result<(), StopReason> {
        if attempt.is_recorded_ahead {
            self.store_records(state, attempt, attempt.earlier_records.clone(), false).await?;
        }
        Ok(())
    }

    /// Returns false if the database does not take the records, which is then an error of the entry.
    async fn store_records(
        &self,
        state: &mut PushState<'_>,
        pushed: &PushedEntry,
        changes: Vec<FieldChange>,
        updates_row: bool,
    ) -> Result<bool, StopReason> {
        let mal_id = pushed.entry.mal_id;
        let counters = state.tally.counters(self.request_counters(state));
        let batch = EntryBatch {
            user: state.user.id,
            account_id: state.account.as_ref().map(|account| account.id),
            run: state.run_id,
            items: &[BatchItem::Reconcile(mal_id)],
            planner: &PushRecorder { pushed, changes, updates_row, counters },
            flush_counters: true,
        };
        let (kind, message) = match self.store.merge_batch(&batch).await {
            Ok(result) => {
                state.tally.add_violations(result.constraint_violations);
                let Some(unstorable) = result.unstorable_entries.into_iter().next() else { return Ok(true) };
                (EntryErrorKind::Constraint, unstorable.message)
            }
            Err(error) if error.is_fatal() => return Err(StopReason::from_store_error(error)),
            Err(error) => {
                state.tally.add_violations(error.constraint_violations());
                (EntryErrorKind::Batch, error.to_string())
            }
        };
        let title = state.title(mal_id).map(str::to_owned);
        state.tally.record_error(mal_id, title.as_deref(), kind, &message);
        Ok(false)
    }
}
