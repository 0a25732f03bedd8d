//! Statistics of a list for `stats` and `report`. Entry point: [`Stats::compute`].
//!
//! Invariants:
//!
//! 1. Pure functions of the entries: no I/O, no rounding.
//! 2. Entries marked as removed are ignored.
//! 3. Every grouping has a group for unknown keys, so its groups add up to the total. Exceptions are genres and
//!    studios: an anime may have several, so one entry may count more than once.

mod finished;
mod groups;
mod highlights;
mod numbers;
mod scores;
mod watched;

use super::{anime::IdName, list_entry::ListEntry, vocabulary::LIST_STATUSES};

pub use finished::{FinishedByYear, FinishedYear};
pub use groups::{StatsGroup, YearSeason};
pub use highlights::{FavoriteEntry, MIN_FAVORITE_SCORE, WatchingEntry};
pub use scores::{ScoreComparison, ScoreDistribution, ScoredByBoth};
pub use watched::{EpisodeCounts, GroupTotals, WatchTotals, count_episodes};

/// Statistics of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Stats {
    /// Number of entries.
    pub entries: u64,
    /// Entries by status: all of MAL's five in their order, then statuses written by other programs.
    pub statuses: Vec<(String, u64)>,
    /// Entries by status that are being rewatched, without those whose status is `watching`. No count is 0.
    pub rewatching: Vec<(String, u64)>,
    /// Distribution of the user's scores.
    pub scores: ScoreDistribution,
    /// The user's scores compared with MAL's means.
    pub score_comparison: ScoreComparison,
    /// Totals of episodes and time watched.
    pub watched: WatchTotals,
    /// Groups by media type, sorted by entry count (descending).
    pub types: Vec<StatsGroup<String>>,
    /// Groups by the decade in which the anime started. The key is the decade's first year.
    pub decades: Vec<StatsGroup<i32>>,
    /// Groups by the year in which the anime started.
    pub years: Vec<StatsGroup<i32>>,
    /// Groups by the season in which the anime started.
    pub seasons: Vec<StatsGroup<YearSeason>>,
    /// Groups by genre, sorted by entry count (descending).
    pub genres: Vec<StatsGroup<IdName>>,
    /// Groups by studio, sorted by entry count (descending).
    pub studios: Vec<StatsGroup<IdName>>,
    /// Completed entries by finish date.
    pub finished: FinishedByYear,
    /// Entries being watched, those nearest to the end first.
    pub watching: Vec<WatchingEntry>,
    /// Entries with high scores, the highest first.
    pub favorites: Vec<FavoriteEntry>,
}

impl Stats {
    /// Computes the statistics of these entries.
    #[must_use]
    pub fn compute(entries: &[ListEntry]) -> Self {
        let entries: Vec<&ListEntry> = entries.iter().filter(|entry| !entry.is_removed()).collect();
        Self {
            entries: numbers::to_u64(entries.len()),
            statuses: count_by_status(&entries),
            rewatching: count_rewatching(&entries),
            scores: ScoreDistribution::compute(&entries),
            score_comparison: ScoreComparison::compute(&entries),
            watched: WatchTotals::compute(&entries),
            types: groups::group_by_count_desc(&entries, |entry| entry.anime.media_type.clone()),
            decades: groups::group_in_key_order(&entries, |entry| {
                groups::start_year(entry).map(|year| year.saturating_sub(year.rem_euclid(10)))
            }),
            years: groups::group_in_key_order(&entries, groups::start_year),
            seasons: groups::group_in_key_order(&entries, groups::start_season),
            genres: groups::group_by_count_desc(&entries, |entry| entry.anime.genres.clone()),
            studios: groups::group_by_count_desc(&entries, |entry| entry.anime.studios.clone()),
            finished: FinishedByYear::compute(&entries),
            watching: highlights::collect_watching(&entries),
            favorites: highlights::collect_favorites(&entries),
        }
    }
}

fn count_by_status(entries: &[&ListEntry]) -> Vec<(String, u64)> {
    let mut statuses: Vec<(String, u64)> = LIST_STATUSES.iter().map(|status| ((*status).to_owned(), 0)).collect();
    for entry in entries {
        let status = &entry.stored.values.status;
        match statuses.iter_mut().find(|(name, _)| name == status) {
            Some((_, count)) => *count += 1,
            None => statuses.push((status.clone(), 1)),
        }
    }
    statuses[LIST_STATUSES.len()..].sort();
    statuses
}

fn count_rewatching(entries: &[&ListEntry]) -> Vec<(String, u64)> {
    let is_rewatching = |entry: &&&ListEntry| {
        let values = &entry.stored.values;
        values.is_rewatching && values.status != "watching"
    };
    let mut statuses = count_by_status(&entries.iter().filter(is_rewatching).copied().collect::<Vec<_>>());
    statuses.retain(|(_, count)| *count > 0);
    statuses
}

#[cfg(test)]
mod tests;
