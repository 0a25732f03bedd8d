//! A batch on its way into a store: its items, the rows that they meet, what is to be written, and what came of it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::domain::{
    anime::Anime,
    change::{Field, FieldChange},
    entry::{EntryValues, RemoteEntry, StoredEntry},
    merge_base::MergeBase,
    run::{RunCounters, RunId},
    user::UserId,
};

/// One thing that a batch asks the store to bring into line.
#[derive(Clone, Debug, PartialEq)]
pub enum BatchItem {
    /// An entry as MAL sent it.
    Fetched(Box<RemoteEntry>),
    /// An entry whose row differs from its base: the rules are applied again with the base as MAL's value.
    Reconcile(i32),
}

impl BatchItem {
    /// MAL's id of the anime.
    #[must_use]
    pub fn mal_id(&self) -> i32 {
        match self {
            Self::Fetched(remote) => remote.mal_id(),
            Self::Reconcile(mal_id) => *mal_id,
        }
    }
}

/// The pair that stood against each other when a field was last recorded as a conflict.
#[derive(Clone, Debug, PartialEq)]
pub struct LastConflict {
    /// The local value then.
    pub local: Value,
    /// MAL's value then.
    pub mal: Value,
    /// The one that was kept.
    pub kept: Value,
}

/// The rows that a batch meets, as read for its plan.
#[derive(Clone, Debug, Default)]
pub struct ExistingRows {
    /// By MAL's id: the row's id and what it holds.
    pub anime: HashMap<i32, (i64, Anime)>,
    /// By MAL's id: the user's entry.
    pub entries: HashMap<i32, StoredEntry>,
    /// The last recorded conflict of the entries named by [`Planner::wants_history`], by field.
    pub last_conflicts: HashMap<(i32, Field), LastConflict>,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOutcome {
    /// It was made.
    Created,
    /// It changed.
    Updated,
    /// It was the same, and not written.
    Unchanged,
}

/// What a batch did to one entry.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryOutcome {
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// What became of the anime's row.
    pub anime: RowOutcome,
    /// What became of the entry's row.
    pub entry: RowOutcome,
    /// The entry is counted among those from MAL from now on, and was not before (new, unknown to MAL so far, or back again).
    pub newly_listed: bool,
    /// Its changes and new conflicts.
    pub changes: Vec<FieldChange>,
}

impl EntryOutcome {
    /// Whether nothing is written.
    #[must_use]
    pub fn is_noop(&self) -> bool {
        self.anime == RowOutcome::Unchanged && self.entry == RowOutcome::Unchanged && self.changes.is_empty()
    }
}

/// An entry's row to write. `removed_at` becomes null.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryWrite<'a> {
    /// The row to change; none makes one.
    pub id: Option<i64>,
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// The columns under the rules.
    pub values: EntryValues,
    /// `mal_entry`.
    pub base: &'a MergeBase,
    /// `mal_updated_at`.
    pub mal_updated_at: Option<DateTime<Utc>>,
}

/// The writes that bring the rows into line: those that differ, no others. Everything is in ascending order of MAL's id.
#[derive(Clone, Debug, Default)]
pub struct WritePlan<'a> {
    /// Anime to make.
    pub new_anime: Vec<&'a Anime>,
    /// Anime to change, by row id.
    pub changed_anime: Vec<(i64, &'a Anime)>,
    /// Entries to make.
    pub new_entries: Vec<EntryWrite<'a>>,
    /// Entries to change.
    pub changed_entries: Vec<EntryWrite<'a>>,
    /// What that does, one for each item that meets a row or makes one.
    pub outcomes: Vec<EntryOutcome>,
}

impl WritePlan<'_> {
    /// The entries, in the order of the plan, that have rows of which something would be written.
    #[must_use]
    pub fn ids_to_lock(&self, rows: &ExistingRows) -> Vec<i32> {
        let known = |mal_id: &i32| rows.anime.contains_key(mal_id) || rows.entries.contains_key(mal_id);
        let loud = self.outcomes.iter().filter(|outcome| !outcome.is_noop());
        loud.map(|outcome| outcome.mal_id).filter(known).collect()
    }
}

/// Decides, purely, what a batch writes. The store calls it on rows that it has just read, and where anything is to be written
/// inside the batch's transaction, on locked rows where the first plan would change any ([`Plan::touched`]).
pub trait BatchPlanner: Send + Sync {
    /// The entries for which the last recorded conflicts are needed.
    fn ids_needing_conflict_history(&self, items: &[BatchItem], rows: &ExistingRows) -> Vec<i32>;

    /// The writes that bring the rows into line with these items.
    fn plan_writes<'a>(&self, items: &'a [BatchItem], rows: &'a ExistingRows) -> WritePlan<'a>;

    /// The run's counters, were these outcomes committed and these entries refused: written to the run's row in the same
    /// transaction, so that a run whose process vanishes still tells what it wrote.
    fn projected_counters(&self, outcomes: &[EntryOutcome], refused: usize) -> RunCounters;
}

/// One transaction's worth of entries; none is one that tells the run's counters alone.
pub struct EntryBatch<'a> {
    /// Whose entries.
    pub user: UserId,
    /// The MAL account whose list it is.
    pub account_id: Option<i64>,
    /// The run that does it; none is a dry run: everything is read and planned, nothing locked or written.
    pub run: Option<RunId>,
    /// Ascending by MAL's id, each id once.
    pub items: &'a [BatchItem],
    /// The rules.
    pub planner: &'a dyn BatchPlanner,
    /// Whether the run's row is to tell its counters now, though nothing else may be to write.
    pub flush_counters: bool,
}

/// An entry that the database refused by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnstorableEntry {
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// The database's words.
    pub message: String,
}

/// What a batch did.
#[derive(Clone, Debug, Default)]
pub struct BatchResult {
    /// What is committed (or, in a dry run, would be).
    pub outcomes: Vec<EntryOutcome>,
    /// The entries that the database refused when they were tried one by one.
    pub unstorable_entries: Vec<UnstorableEntry>,
    /// Violations that the database reported on the way.
    pub constraint_violations: i64,
}
