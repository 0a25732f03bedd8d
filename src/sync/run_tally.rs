//! The counters and errors of a run.
//!
//! Invariants, after every call:
//! 1. `anime_created + anime_updated + anime_unchanged + errors = anime_fetched`; the same holds for entries.
//! 2. An entry that is fetched twice counts once, by its stronger outcome.

use std::collections::{HashMap, HashSet};

use crate::domain::{
    missing_entry::MissingEntry,
    run::{EntryError, EntryErrorKind, RequestCounters, RunCounters},
};

use super::port::{BatchItem, EntryOutcome, RowOutcome};

/// The counters and errors of one run.
#[derive(Clone, Debug, Default)]
pub struct RunTally {
    counters: RunCounters,
    /// The outcomes of the stored entries, by MAL's id.
    outcomes: HashMap<i32, RowOutcomes>,
    errors: Vec<EntryError>,
    /// The ids of the entries in `errors`.
    error_ids: HashSet<i64>,
    /// True if a batch was rolled back.
    has_lost_batch: bool,
}

impl RunTally {
    /// Records the outcomes of a committed batch of fetched entries.
    pub fn record_stored(&mut self, outcomes: &[EntryOutcome]) {
        for outcome in outcomes {
            self.counters.conflicts_resolved += count_conflicts(outcome);
            let new = RowOutcomes::from_entry(outcome);
            let combined = match self.outcomes.get(&outcome.mal_id) {
                Some(&earlier) => {
                    adjust_counters(&mut self.counters, earlier, -1);
                    earlier.combine_with(new)
                }
                None => new,
            };
            adjust_counters(&mut self.counters, combined, 1);
            self.outcomes.insert(outcome.mal_id, combined);
            let id = i64::from(outcome.mal_id);
            if self.error_ids.remove(&id) {
                self.errors.retain(|error| error.mal_id != Some(id));
            }
        }
    }

    /// Records the outcomes of reconciled entries. MAL did not send them, so only their conflicts and changes count.
    pub fn record_reconciled(&mut self, outcomes: &[EntryOutcome]) {
        add_reconciled(&mut self.counters, outcomes);
    }

    /// Records an entry that could not be stored. Ignored if the entry was stored in this run or has an error already.
    pub fn record_error(&mut self, error: EntryError) {
        let is_recorded = error.mal_id.is_some_and(|id| {
            i32::try_from(id).is_ok_and(|id| self.outcomes.contains_key(&id)) || self.error_ids.contains(&id)
        });
        self.has_lost_batch |= error.kind == EntryErrorKind::Batch;
        if !is_recorded {
            self.error_ids.extend(error.mal_id);
            self.errors.push(error);
        }
    }

    /// Adds constraint violations that the database reported.
    pub fn add_constraint_violations(&mut self, violations: i64) {
        self.counters.constraint_violations += violations;
    }

    /// Adds entries that were marked as removed or deleted.
    pub fn add_removed(&mut self, entries: usize) {
        self.counters.user_lists_removed += i64::try_from(entries).unwrap_or(i64::MAX);
    }

    /// Drops the errors without an id. The full listing that follows reports them again.
    pub fn forget_errors_without_id(&mut self) {
        self.errors.retain(|error| error.mal_id.is_some());
    }

    /// Returns the entries that could not be stored.
    #[must_use]
    pub fn errors(&self) -> &[EntryError] {
        &self.errors
    }

    /// Returns true if no entry failed and no batch was rolled back.
    #[must_use]
    pub fn has_no_errors(&self) -> bool {
        self.errors.is_empty() && !self.has_lost_batch
    }

    /// Returns the number of entries that the database did not take.
    #[must_use]
    pub fn unstorable_count(&self) -> usize {
        self.errors.iter().filter(|error| error.kind != EntryErrorKind::Invalid).count()
    }

    /// Returns the number of entries that became active MAL entries in this run.
    #[must_use]
    pub fn newly_listed_count(&self) -> i64 {
        self.outcomes.values().map(|rows| i64::from(rows.newly_listed)).sum()
    }

    /// Records that a batch of reconciled entries was rolled back.
    pub fn record_lost_batch(&mut self) {
        self.has_lost_batch = true;
    }

    /// Returns true if a batch was rolled back.
    #[must_use]
    pub const fn has_lost_batch(&self) -> bool {
        self.has_lost_batch
    }

    /// Returns true if everything that the database was given is stored. Otherwise the run is not complete.
    #[must_use]
    pub fn has_refused_nothing(&self) -> bool {
        !self.has_lost_batch && self.unstorable_count() == 0
    }

    /// Returns the entries that the database refused in this run, and those of `earlier` that this run did not store.
    /// After a complete full listing the latter are no longer on MAL, and are dropped.
    #[must_use]
    pub fn missing_entries(&self, earlier: &[MissingEntry], is_list_complete: bool) -> Vec<MissingEntry> {
        let is_stored = |id: i64| i32::try_from(id).is_ok_and(|id| self.outcomes.contains_key(&id));
        let is_still_missing = |entry: &&MissingEntry| {
            !is_list_complete && !is_stored(entry.mal_id) && !self.error_ids.contains(&entry.mal_id)
        };
        let refused = self.errors.iter().filter_map(missing_entry);
        refused.chain(earlier.iter().filter(is_still_missing).cloned()).collect()
    }

    /// Returns the run's counters, including its requests.
    #[must_use]
    pub fn counters(&self, request_counters: RequestCounters) -> RunCounters {
        let mut counters = self.counters;
        let errors = i64::try_from(self.errors.len()).unwrap_or(i64::MAX);
        counters.anime_fetched = counters.anime_created + counters.anime_updated + counters.anime_unchanged + errors;
        counters.requests = request_counters.requests;
        counters.retries = request_counters.retries;
        counters.token_refreshes = request_counters.token_refreshes;
        counters.api_errors = request_counters.api_errors;
        counters
    }

    /// Returns the counters including these outcomes, which are not committed yet, and `unstorable` entries that the
    /// database did not take.
    #[must_use]
    pub fn projected_counters(
        &self,
        outcomes: &[EntryOutcome],
        unstorable: usize,
        request_counters: RequestCounters,
    ) -> RunCounters {
        let mut counters = self.counters(request_counters);
        let unstorable = i64::try_from(unstorable).unwrap_or(i64::MAX);
        for outcome in outcomes {
            let new = RowOutcomes::from_entry(outcome);
            if let Some(&earlier) = self.outcomes.get(&outcome.mal_id) {
                adjust_counters(&mut counters, earlier, -1);
                adjust_counters(&mut counters, earlier.combine_with(new), 1);
            } else {
                adjust_counters(&mut counters, new, 1);
                let was_error = self.error_ids.contains(&i64::from(outcome.mal_id));
                counters.anime_fetched += i64::from(!was_error);
            }
        }
        counters.conflicts_resolved += outcomes.iter().map(count_conflicts).sum::<i64>();
        counters.anime_fetched += unstorable;
        counters.constraint_violations += unstorable;
        counters
    }

    /// Returns the counters including these reconciled outcomes, which are not committed yet.
    #[must_use]
    pub fn projected_counters_reconciled(
        &self,
        outcomes: &[EntryOutcome],
        request_counters: RequestCounters,
    ) -> RunCounters {
        let mut counters = self.counters(request_counters);
        add_reconciled(&mut counters, outcomes);
        counters
    }
}

/// Returns the missing entry of an error. Returns `None` if the database did not refuse the entry.
fn missing_entry(error: &EntryError) -> Option<MissingEntry> {
    let mal_id = error.mal_id.filter(|_| error.kind != EntryErrorKind::Invalid)?;
    Some(MissingEntry { mal_id, title: error.title.clone(), message: error.message.clone() })
}

/// Adds the conflicts and changes of reconciled entries to the counters.
fn add_reconciled(counters: &mut RunCounters, outcomes: &[EntryOutcome]) {
    let is_settled = |outcome: &EntryOutcome| i64::from(outcome.entry == RowOutcome::Updated);
    counters.conflicts_resolved += outcomes.iter().map(count_conflicts).sum::<i64>();
    counters.user_lists_settled += outcomes.iter().map(is_settled).sum::<i64>();
}

/// The outcomes of an entry's two rows.
#[derive(Clone, Copy, Debug)]
struct RowOutcomes {
    anime: RowOutcome,
    entry: RowOutcome,
    newly_listed: bool,
}

impl RowOutcomes {
    const fn from_entry(outcome: &EntryOutcome) -> Self {
        Self { anime: outcome.anime, entry: outcome.entry, newly_listed: outcome.newly_listed }
    }

    /// Returns the stronger outcome for each row of an entry that is stored twice.
    const fn combine_with(self, later: Self) -> Self {
        Self {
            anime: stronger_outcome(self.anime, later.anime),
            entry: stronger_outcome(self.entry, later.entry),
            newly_listed: self.newly_listed || later.newly_listed,
        }
    }
}

/// Returns the stronger of two outcomes: created, then updated, then unchanged.
const fn stronger_outcome(first: RowOutcome, second: RowOutcome) -> RowOutcome {
    match (first, second) {
        (RowOutcome::Created, _) | (_, RowOutcome::Created) => RowOutcome::Created,
        (RowOutcome::Updated, _) | (_, RowOutcome::Updated) => RowOutcome::Updated,
        (RowOutcome::Unchanged, RowOutcome::Unchanged) => RowOutcome::Unchanged,
    }
}

fn count_conflicts(outcome: &EntryOutcome) -> i64 {
    outcome.changes.iter().map(|change| i64::from(change.is_conflict)).sum()
}

/// Adds `by` to the counters of these outcomes.
fn adjust_counters(counters: &mut RunCounters, rows: RowOutcomes, by: i64) {
    *match rows.anime {
        RowOutcome::Created => &mut counters.anime_created,
        RowOutcome::Updated => &mut counters.anime_updated,
        RowOutcome::Unchanged => &mut counters.anime_unchanged,
    } += by;
    *match rows.entry {
        RowOutcome::Created => &mut counters.user_lists_created,
        RowOutcome::Updated => &mut counters.user_lists_updated,
        RowOutcome::Unchanged => &mut counters.user_lists_unchanged,
    } += by;
}

/// Returns the title that MAL sent with an entry. Returns `None` if the entry is not a fetched item.
pub(super) fn find_title(items: &[BatchItem], mal_id: i32) -> Option<&str> {
    items.iter().find_map(|item| match item {
        BatchItem::Fetched(remote) if remote.mal_id() == mal_id => Some(remote.anime.title.as_str()),
        _ => None,
    })
}

/// Returns the error record of an entry that the database did not take.
pub(super) fn unstorable_entry_error(
    items: &[BatchItem],
    mal_id: i32,
    kind: EntryErrorKind,
    message: &str,
) -> EntryError {
    EntryError::new(Some(mal_id.into()), find_title(items, mal_id), kind, message)
}

#[cfg(test)]
#[path = "run_tally_tests.rs"]
mod tests;
