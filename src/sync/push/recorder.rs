//! Records a pushed entry through the store's batch: its row, its change records and the run's counters, in one
//! transaction.

use super::record::PushedEntry;
use crate::{
    domain::run::RunCounters,
    sync::port::{BatchItem, BatchPlanner, EntryOutcome, ExistingRows, RowOutcome, WritePlan},
};

/// Plans the batch that records one pushed entry.
pub(super) struct PushRecorder<'a> {
    pub(super) pushed: &'a PushedEntry,
    /// The run's counters including this entry.
    pub(super) counters: RunCounters,
}

impl BatchPlanner for PushRecorder<'_> {
    fn ids_needing_conflict_history(&self, _: &[BatchItem], _: &ExistingRows) -> Vec<i32> {
        Vec::new()
    }

    fn plan_writes<'a>(&self, _: &'a [BatchItem], rows: &'a ExistingRows) -> WritePlan<'a> {
        let mal_id = self.pushed.entry.mal_id;
        let changed = rows.entries.get(&mal_id).and_then(|row| self.pushed.updated_row(row));
        let outcome = EntryOutcome {
            mal_id,
            anime: RowOutcome::Unchanged,
            entry: if changed.is_some() { RowOutcome::Updated } else { RowOutcome::Unchanged },
            newly_listed: false,
            rewrites_record: false,
            changes: self.pushed.change_records(),
        };
        WritePlan { changed_entries: changed.into_iter().collect(), outcomes: vec![outcome], ..WritePlan::default() }
    }

    fn projected_counters(&self, _: &[EntryOutcome], _: usize) -> RunCounters {
        self.counters
    }
}
