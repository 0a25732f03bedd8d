//! What a run has done so far: its counters and errors.
//!
//! Keeps the law of conservation: `anime_created + anime_updated + anime_unchanged + errors = anime_fetched`, and the same
//! for entries, at every moment, also where an entry came twice: it counts once, by the most that happened to it.

use std::collections::{HashMap, HashSet};

use crate::domain::run::{EntryError, EntryErrorKind, RunCounters};

use super::port::{BatchItem, EntryOutcome, RequestCounters, RowOutcome};

/// The counters and errors of one run.
#[derive(Clone, Debug, Default)]
pub struct RunTally {
    counters: RunCounters,
    /// What became of each stored entry.
    outcomes: HashMap<i32, RowOutcomes>,
    errors: Vec<EntryError>,
    /// The ids that the errors name.
    error_ids: HashSet<i64>,
    /// A batch was rolled back whole.
    has_lost_batch: bool,
}

impl RunTally {
    /// Takes up the outcomes of a committed batch of fetched entries.
    pub fn record_stored(&mut self, outcomes: &[EntryOutcome]) {
        for outcome in outcomes {
            self.counters.conflicts_resolved += count_conflicts(outcome);
            let fates = RowOutcomes::from_entry(outcome);
            let fates = match self.outcomes.get(&outcome.mal_id) {
                Some(&earlier) => {
                    adjust_counters(&mut self.counters, earlier, -1);
                    earlier.combine_with(fates)
                }
                None => fates,
            };
            adjust_counters(&mut self.counters, fates, 1);
            self.outcomes.insert(outcome.mal_id, fates);
            let id = i64::from(outcome.mal_id);
            if self.error_ids.remove(&id) {
                self.errors.retain(|error| error.mal_id != Some(id));
            }
        }
    }

    /// Takes up the outcomes of settled entries: MAL did not send them, so only their conflicts count.
    pub fn record_reconciled(&mut self, outcomes: &[EntryOutcome]) {
        self.counters.conflicts_resolved += outcomes.iter().map(count_conflicts).sum::<i64>();
    }

    /// Takes up an entry that could not be stored. One that was stored before in this run, or is an error already, stays so.
    pub fn record_error(&mut self, error: EntryError) {
        let known = error.mal_id.is_some_and(|id| {
            i32::try_from(id).is_ok_and(|id| self.outcomes.contains_key(&id)) || self.error_ids.contains(&id)
        });
        self.has_lost_batch |= error.kind == EntryErrorKind::Batch;
        if !known {
            self.error_ids.extend(error.mal_id);
            self.errors.push(error);
        }
    }

    /// Adds violations that the database reported.
    pub fn add_constraint_violations(&mut self, violations: i64) {
        self.counters.constraint_violations += violations;
    }

    /// Counts entries that were marked as removed, or deleted.
    pub fn add_removed(&mut self, entries: usize) {
        self.counters.user_lists_removed += i64::try_from(entries).unwrap_or(i64::MAX);
    }

    /// Forgets the rejected entries without an id: the full listing that follows sends them again.
    pub fn forget_errors_without_id(&mut self) {
        self.errors.retain(|error| error.mal_id.is_some());
    }

    /// The entries that could not be stored.
    #[must_use]
    pub fn errors(&self) -> &[EntryError] {
        &self.errors
    }

    /// Whether everything that was to be stored is.
    #[must_use]
    pub fn is_everything_stored(&self) -> bool {
        self.errors.is_empty() && !self.has_lost_batch
    }

    /// How many entries the database refused.
    #[must_use]
    pub fn unstorable_count(&self) -> usize {
        self.errors.iter().filter(|error| error.kind != EntryErrorKind::Invalid).count()
    }

    /// How many entries joined those from MAL since the run began.
    #[must_use]
    pub fn newly_listed_count(&self) -> i64 {
        self.outcomes.values().map(|fates| i64::from(fates.newly_listed)).sum()
    }

    /// Notes that a batch was rolled back whole whose entries MAL did not send.
    pub fn record_lost_batch(&mut self) {
        self.has_lost_batch = true;
    }

    /// Whether a batch was rolled back whole: then the run is not complete.
    #[must_use]
    pub const fn has_lost_batch(&self) -> bool {
        self.has_lost_batch
    }

    /// The run's counters, with what went over the wire.
    #[must_use]
    pub fn counters(&self, traffic: RequestCounters) -> RunCounters {
        let mut counters = self.counters;
        let errors = i64::try_from(self.errors.len()).unwrap_or(i64::MAX);
        counters.anime_fetched = counters.anime_created + counters.anime_updated + counters.anime_unchanged + errors;
        counters.requests = traffic.requests;
        counters.retries = traffic.retries;
        counters.token_refreshes = traffic.token_refreshes;
        counters
    }

    /// The counters as they were, had these outcomes been committed and so many entries been refused by the database.
    #[must_use]
    pub fn projected_counters(
        &self,
        outcomes: &[EntryOutcome],
        refused: usize,
        traffic: RequestCounters,
    ) -> RunCounters {
        let mut counters = self.counters(traffic);
        let refused = i64::try_from(refused).unwrap_or(i64::MAX);
        for outcome in outcomes {
            let fates = RowOutcomes::from_entry(outcome);
            if let Some(&earlier) = self.outcomes.get(&outcome.mal_id) {
                adjust_counters(&mut counters, earlier, -1);
                adjust_counters(&mut counters, earlier.combine_with(fates), 1);
            } else {
                adjust_counters(&mut counters, fates, 1);
                let was_error = self.error_ids.contains(&i64::from(outcome.mal_id));
                counters.anime_fetched += i64::from(!was_error);
            }
        }
        counters.conflicts_resolved += outcomes.iter().map(count_conflicts).sum::<i64>();
        counters.anime_fetched += refused;
        counters.constraint_violations += refused;
        counters
    }

    /// The counters as they were, had these settlements been committed.
    #[must_use]
    pub fn projected_counters_reconciled(&self, outcomes: &[EntryOutcome], traffic: RequestCounters) -> RunCounters {
        let mut counters = self.counters(traffic);
        counters.conflicts_resolved += outcomes.iter().map(count_conflicts).sum::<i64>();
        counters
    }
}

/// What became of an entry's two rows.
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

    /// The most that happened to rows that were met twice.
    const fn combine_with(self, later: Self) -> Self {
        Self {
            anime: stronger_outcome(self.anime, later.anime),
            entry: stronger_outcome(self.entry, later.entry),
            newly_listed: self.newly_listed || later.newly_listed,
        }
    }
}

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

fn adjust_counters(counters: &mut RunCounters, fates: RowOutcomes, by: i64) {
    *match fates.anime {
        RowOutcome::Created => &mut counters.anime_created,
        RowOutcome::Updated => &mut counters.anime_updated,
        RowOutcome::Unchanged => &mut counters.anime_unchanged,
    } += by;
    *match fates.entry {
        RowOutcome::Created => &mut counters.user_lists_created,
        RowOutcome::Updated => &mut counters.user_lists_updated,
        RowOutcome::Unchanged => &mut counters.user_lists_unchanged,
    } += by;
}

/// The title that MAL sent with an entry.
pub(super) fn find_title(items: &[BatchItem], mal_id: i32) -> Option<&str> {
    items.iter().find_map(|item| match item {
        BatchItem::Fetched(remote) if remote.mal_id() == mal_id => Some(remote.anime.title.as_str()),
        _ => None,
    })
}

/// The line of an entry that the database did not take.
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
