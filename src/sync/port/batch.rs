//! A batch: its items, the existing rows, the planned writes, and the result.

use std::collections::HashMap;

use serde_json::Value;

use crate::domain::{
    anime::Anime,
    change::FieldChange,
    entry::{RemoteEntry, StoredEntry},
    entry_fields::Field,
    run::{RunCounters, RunId},
    user::UserId,
};

/// One entry that a batch brings up to date.
#[derive(Clone, Debug, PartialEq)]
pub enum BatchItem {
    /// An entry as MAL sent it.
    Fetched(Box<RemoteEntry>),
    /// An entry, by MAL's id, whose row differs from its merge base. The rules are applied with the base as MAL's
    /// value.
    Reconcile(i32),
}

impl BatchItem {
    /// Returns MAL's id of the anime.
    #[must_use]
    pub fn mal_id(&self) -> i32 {
        match self {
            Self::Fetched(remote) => remote.mal_id(),
            Self::Reconcile(mal_id) => *mal_id,
        }
    }
}

/// The last recorded conflict of a field.
#[derive(Clone, Debug, PartialEq)]
pub struct LastConflict {
    /// The local value at that time.
    pub local: Value,
    /// MAL's value at that time.
    pub mal: Value,
    /// The value that was kept.
    pub kept: Value,
}

/// The stored rows of a batch, as read for its plan.
#[derive(Clone, Debug, Default)]
pub struct ExistingRows {
    /// The anime rows, by MAL's id: row id and content.
    pub anime: HashMap<i32, (i64, Anime)>,
    /// The user's entries, by MAL's id.
    pub entries: HashMap<i32, StoredEntry>,
    /// The last recorded conflicts, by entry and field, of the entries that
    /// [`BatchPlanner::ids_needing_conflict_history`] returned.
    pub last_conflicts: HashMap<(i32, Field), LastConflict>,
}

/// What a batch did to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOutcome {
    /// The row was inserted.
    Created,
    /// The row was updated.
    Updated,
    /// The row was equal, and not written.
    Unchanged,
}

/// What a batch did to one entry.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryOutcome {
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// What happened to the anime's row.
    pub anime: RowOutcome,
    /// What happened to the entry's row.
    pub entry: RowOutcome,
    /// True if the entry becomes an active MAL entry: it is new, was local only, or was marked as removed.
    pub newly_listed: bool,
    /// True if the row is written only because its record of kept values is outdated. The entry counts as unchanged.
    pub rewrites_record: bool,
    /// The changes and new conflicts of the entry.
    pub changes: Vec<FieldChange>,
}

impl EntryOutcome {
    /// Returns true if this entry needs no write.
    #[must_use]
    pub fn is_noop(&self) -> bool {
        let is_unchanged = self.anime == RowOutcome::Unchanged && self.entry == RowOutcome::Unchanged;
        is_unchanged && self.changes.is_empty() && !self.rewrites_record
    }
}

/// The writes of a batch: only rows that differ. Every list is in ascending order of MAL's id.
#[derive(Clone, Debug, Default)]
pub struct WritePlan<'a> {
    /// Anime to insert.
    pub new_anime: Vec<&'a Anime>,
    /// Anime to update, by row id.
    pub changed_anime: Vec<(i64, &'a Anime)>,
    /// Entries to insert, with the row id 0.
    pub new_entries: Vec<StoredEntry>,
    /// Entries to update, as they become.
    pub changed_entries: Vec<StoredEntry>,
    /// Entries whose change records are written again: their records of this run are deleted before the records of the
    /// outcomes are inserted.
    pub ids_to_record_anew: Vec<i32>,
    /// The outcomes: one for each item that has a row or creates one.
    pub outcomes: Vec<EntryOutcome>,
}

impl WritePlan<'_> {
    /// Returns the ids, in the order of the plan, of the entries that have a row and need a write.
    #[must_use]
    pub fn ids_to_lock(&self, rows: &ExistingRows) -> Vec<i32> {
        let has_row = |mal_id: &i32| rows.anime.contains_key(mal_id) || rows.entries.contains_key(mal_id);
        let changing = self.outcomes.iter().filter(|outcome| !outcome.is_noop());
        changing.map(|outcome| outcome.mal_id).filter(has_row).collect()
    }
}

/// Decides what a batch writes. Pure.
///
/// The store first plans on rows read without locks. If that plan writes anything, the store plans again inside the
/// batch's transaction, with the rows of [`WritePlan::ids_to_lock`] locked.
pub trait BatchPlanner: Send + Sync {
    /// Returns the ids of the entries whose last recorded conflicts the plan needs.
    fn ids_needing_conflict_history(&self, items: &[BatchItem], rows: &ExistingRows) -> Vec<i32>;

    /// Returns the writes for these items.
    fn plan_writes<'a>(&self, items: &'a [BatchItem], rows: &'a ExistingRows) -> WritePlan<'a>;

    /// Returns the run's counters including these outcomes and `unstorable` entries that the database did not take.
    ///
    /// They are written to the run's row in the batch's transaction, so the row is right even if the process dies.
    fn projected_counters(&self, outcomes: &[EntryOutcome], unstorable: usize) -> RunCounters;
}

/// The entries of one transaction. A batch without items only flushes the run's counters.
pub struct EntryBatch<'a> {
    /// The user whose entries they are.
    pub user: UserId,
    /// The MAL account whose list is synced.
    pub account_id: Option<i64>,
    /// The run. `None` is a dry run: everything is read and planned, nothing is locked or written.
    pub run: Option<RunId>,
    /// The items, ascending by MAL's id, each id once.
    pub items: &'a [BatchItem],
    /// Plans the writes.
    pub planner: &'a dyn BatchPlanner,
    /// True if the run's counters are written even if no row differs.
    pub flush_counters: bool,
}

/// An entry that the database did not take, although it was tried alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnstorableEntry {
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// The database's error message.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// The result of a batch.
#[derive(Clone, Debug, Default)]
pub struct BatchResult {
    /// The committed outcomes. In a dry run, the outcomes that would be committed.
    pub outcomes: Vec<EntryOutcome>,
    /// The entries that the database did not take when they were tried one by one.
    pub unstorable_entries: Vec<UnstorableEntry>,
    /// The number of constraint violations that the database reported.
    pub constraint_violations: i64,
}
