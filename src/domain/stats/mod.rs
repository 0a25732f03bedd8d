//! Figures of a list: what `stats` and `report` tell.
//!
//! Pure: from entries to numbers, nothing asked and nothing rounded. Entries marked as removed are left out. Every way of
//! parting the list has a group for what is unknown, so that its groups add up to the whole; only genres and studios, of
//! which an anime has several or none, count an entry more than once.

mod finished;
mod groups;
mod scores;
mod watched;

use super::{anime::IdName, list_entry::ListEntry, list_status::LIST_STATUSES};

pub use finished::{FinishedByYear, FinishedYear};
pub use groups::{StatsGroup, YearSeason};
pub use scores::{ScoreComparison, ScoreDistribution, ScoredByBoth};
pub use watched::{EpisodeCounts, GroupTotals, WatchTotals, count_episodes};

/// The figures of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Stats {
    /// How many entries there are.
    pub entries: u64,
    /// Entries by status: MAL's five in their order, none left out, then what another program wrote.
    pub statuses: Vec<(String, u64)>,
    /// The user's scores.
    pub scores: ScoreDistribution,
    /// The user's scores against MAL's means.
    pub score_comparison: ScoreComparison,
    /// What was watched.
    pub watched: WatchTotals,
    /// By media type, the most entries first.
    pub types: Vec<StatsGroup<String>>,
    /// By the decade in which the anime began, named by its first year.
    pub decades: Vec<StatsGroup<i32>>,
    /// By the year in which it began.
    pub years: Vec<StatsGroup<i32>>,
    /// By the season in which it began.
    pub seasons: Vec<StatsGroup<YearSeason>>,
    /// By genre, the most entries first.
    pub genres: Vec<StatsGroup<IdName>>,
    /// By studio, the most entries first.
    pub studios: Vec<StatsGroup<IdName>>,
    /// What was finished when.
    pub finished: FinishedByYear,
}

impl Stats {
    /// The figures of these entries.
    #[must_use]
    pub fn compute(items: &[ListEntry]) -> Self {
        let items: Vec<&ListEntry> = items.iter().filter(|item| !item.is_removed()).collect();
        Self {
            entries: to_u64(items.len()),
            statuses: count_by_status(&items),
            scores: ScoreDistribution::compute(&items),
            score_comparison: ScoreComparison::compute(&items),
            watched: WatchTotals::compute(&items),
            types: groups::group_by_count_desc(&items, |item| item.anime.media_type.clone()),
            decades: groups::group_in_key_order(&items, |item| {
                groups::start_year(item).map(|year| year.saturating_sub(year.rem_euclid(10)))
            }),
            years: groups::group_in_key_order(&items, groups::start_year),
            seasons: groups::group_in_key_order(&items, groups::start_season),
            genres: groups::group_by_count_desc(&items, |item| item.anime.genres.clone()),
            studios: groups::group_by_count_desc(&items, |item| item.anime.studios.clone()),
            finished: FinishedByYear::compute(&items),
        }
    }
}

fn count_by_status(items: &[&ListEntry]) -> Vec<(String, u64)> {
    let mut statuses: Vec<(String, u64)> = LIST_STATUSES.iter().map(|status| ((*status).to_owned(), 0)).collect();
    for item in items {
        let status = &item.stored.values.status;
        match statuses.iter_mut().find(|(name, _)| name == status) {
            Some((_, entries)) => *entries += 1,
            None => statuses.push((status.clone(), 1)),
        }
    }
    statuses[LIST_STATUSES.len()..].sort();
    statuses
}

/// A number of things in memory, as a figure.
fn to_u64(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
