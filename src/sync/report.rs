//! What a run has done so far: its counters and errors.
//!
//! Keeps the law of conservation: `anime_created + anime_updated + anime_unchanged + errors = anime_fetched`, and the same
//! for entries, at every moment, also where an entry came twice: it counts once, by the most that happened to it.

use std::collections::{HashMap, HashSet};

use crate::domain::run::{Counters, EntryError, ErrorKind};

use super::port::{Fate, Item, Outcome, Traffic};

/// The counters and errors of one run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    counters: Counters,
    /// What became of each stored entry.
    fates: HashMap<i32, Fates>,
    errors: Vec<EntryError>,
    /// The ids that the errors name.
    failed: HashSet<i64>,
    /// A batch was rolled back whole.
    batch_lost: bool,
}

impl Report {
    /// Takes up the outcomes of a committed batch of fetched entries.
    pub fn stored(&mut self, outcomes: &[Outcome]) {
        for outcome in outcomes {
            self.counters.conflicts_resolved += conflicts(outcome);
            let fates = Fates::of(outcome);
            let fates = match self.fates.get(&outcome.mal_id) {
                Some(&earlier) => {
                    count(&mut self.counters, earlier, -1);
                    earlier.and(fates)
                }
                None => fates,
            };
            count(&mut self.counters, fates, 1);
            self.fates.insert(outcome.mal_id, fates);
            let id = i64::from(outcome.mal_id);
            if self.failed.remove(&id) {
                self.errors.retain(|error| error.mal_id != Some(id));
            }
        }
    }

    /// Takes up the outcomes of settled entries: MAL did not send them, so only their conflicts count.
    pub fn settled(&mut self, outcomes: &[Outcome]) {
        self.counters.conflicts_resolved += outcomes.iter().map(conflicts).sum::<i64>();
    }

    /// Takes up an entry that could not be stored. One that was stored before in this run, or is an error already, stays so.
    pub fn rejected(&mut self, error: EntryError) {
        let known = error.mal_id.is_some_and(|id| {
            i32::try_from(id).is_ok_and(|id| self.fates.contains_key(&id)) || self.failed.contains(&id)
        });
        self.batch_lost |= error.kind == ErrorKind::Batch;
        if !known {
            self.failed.extend(error.mal_id);
            self.errors.push(error);
        }
    }

    /// Adds violations that the database reported.
    pub fn violations(&mut self, violations: i64) {
        self.counters.constraint_violations += violations;
    }

    /// Counts entries that were marked as removed, or deleted.
    pub fn removed(&mut self, entries: usize) {
        self.counters.user_lists_removed += i64::try_from(entries).unwrap_or(i64::MAX);
    }

    /// Forgets the rejected entries without an id: the full listing that follows sends them again.
    pub fn forget_nameless(&mut self) {
        self.errors.retain(|error| error.mal_id.is_some());
    }

    /// The entries that could not be stored.
    #[must_use]
    pub fn errors(&self) -> &[EntryError] {
        &self.errors
    }

    /// Whether everything that was to be stored is.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.errors.is_empty() && !self.batch_lost
    }

    /// How many entries the database refused.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.errors.iter().filter(|error| error.kind != ErrorKind::Invalid).count()
    }

    /// How many entries joined those from MAL since the run began.
    #[must_use]
    pub fn joined(&self) -> i64 {
        self.fates.values().map(|fates| i64::from(fates.joined)).sum()
    }

    /// Notes that a batch was rolled back whole whose entries MAL did not send.
    pub fn lose_batch(&mut self) {
        self.batch_lost = true;
    }

    /// Whether a batch was rolled back whole: then the run is not complete.
    #[must_use]
    pub const fn batch_lost(&self) -> bool {
        self.batch_lost
    }

    /// The run's counters, with what went over the wire.
    #[must_use]
    pub fn counters(&self, traffic: Traffic) -> Counters {
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
    pub fn counters_with(&self, outcomes: &[Outcome], refused: usize, traffic: Traffic) -> Counters {
        let mut counters = self.counters(traffic);
        let refused = i64::try_from(refused).unwrap_or(i64::MAX);
        for outcome in outcomes {
            let fates = Fates::of(outcome);
            if let Some(&earlier) = self.fates.get(&outcome.mal_id) {
                count(&mut counters, earlier, -1);
                count(&mut counters, earlier.and(fates), 1);
            } else {
                count(&mut counters, fates, 1);
                let was_error = self.failed.contains(&i64::from(outcome.mal_id));
                counters.anime_fetched += i64::from(!was_error);
            }
        }
        counters.conflicts_resolved += outcomes.iter().map(conflicts).sum::<i64>();
        counters.anime_fetched += refused;
        counters.constraint_violations += refused;
        counters
    }

    /// The counters as they were, had these settlements been committed.
    #[must_use]
    pub fn counters_with_settled(&self, outcomes: &[Outcome], traffic: Traffic) -> Counters {
        let mut counters = self.counters(traffic);
        counters.conflicts_resolved += outcomes.iter().map(conflicts).sum::<i64>();
        counters
    }
}

/// What became of an entry's two rows.
#[derive(Clone, Copy, Debug)]
struct Fates {
    anime: Fate,
    entry: Fate,
    joined: bool,
}

impl Fates {
    const fn of(outcome: &Outcome) -> Self {
        Self { anime: outcome.anime, entry: outcome.entry, joined: outcome.joined }
    }

    /// The most that happened to rows that were met twice.
    const fn and(self, later: Self) -> Self {
        Self {
            anime: greater(self.anime, later.anime),
            entry: greater(self.entry, later.entry),
            joined: self.joined || later.joined,
        }
    }
}

const fn greater(first: Fate, second: Fate) -> Fate {
    match (first, second) {
        (Fate::Created, _) | (_, Fate::Created) => Fate::Created,
        (Fate::Updated, _) | (_, Fate::Updated) => Fate::Updated,
        (Fate::Unchanged, Fate::Unchanged) => Fate::Unchanged,
    }
}

fn conflicts(outcome: &Outcome) -> i64 {
    outcome.changes.iter().map(|change| i64::from(change.conflict)).sum()
}

fn count(counters: &mut Counters, fates: Fates, by: i64) {
    *match fates.anime {
        Fate::Created => &mut counters.anime_created,
        Fate::Updated => &mut counters.anime_updated,
        Fate::Unchanged => &mut counters.anime_unchanged,
    } += by;
    *match fates.entry {
        Fate::Created => &mut counters.user_lists_created,
        Fate::Updated => &mut counters.user_lists_updated,
        Fate::Unchanged => &mut counters.user_lists_unchanged,
    } += by;
}

/// The title that MAL sent with an entry.
pub(super) fn title_of(items: &[Item], mal_id: i32) -> Option<&str> {
    items.iter().find_map(|item| match item {
        Item::Fetched(remote) if remote.mal_id() == mal_id => Some(remote.anime.title.as_str()),
        _ => None,
    })
}

/// The line of an entry that the database did not take.
pub(super) fn unstorable(items: &[Item], mal_id: i32, kind: ErrorKind, message: &str) -> EntryError {
    EntryError::new(Some(mal_id.into()), title_of(items, mal_id), kind, message)
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
