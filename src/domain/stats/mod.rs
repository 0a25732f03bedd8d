//! Figures of a list: what `stats` and `report` tell.
//!
//! Pure: from entries to numbers, nothing asked and nothing rounded. Entries marked as removed are left out. Every way of
//! parting the list has a group for what is unknown, so that its groups add up to the whole; only genres and studios, of
//! which an anime has several or none, count an entry more than once.

mod finished;
mod groups;
mod scores;
mod watched;

use super::{anime::Named, list_item::ListItem, list_status::STATUSES};

pub use finished::{Finished, FinishedYear};
pub use groups::{Group, YearSeason};
pub use scores::{Against, Rated, Scores};
pub use watched::{Seen, Tally, Watched, seen};

/// The figures of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Stats {
    /// How many entries there are.
    pub entries: u64,
    /// Entries by status: MAL's five in their order, none left out, then what another program wrote.
    pub statuses: Vec<(String, u64)>,
    /// The user's scores.
    pub scores: Scores,
    /// The user's scores against MAL's means.
    pub against: Against,
    /// What was watched.
    pub watched: Watched,
    /// By media type, the most entries first.
    pub types: Vec<Group<String>>,
    /// By the decade in which the anime began, named by its first year.
    pub decades: Vec<Group<i32>>,
    /// By the year in which it began.
    pub years: Vec<Group<i32>>,
    /// By the season in which it began.
    pub seasons: Vec<Group<YearSeason>>,
    /// By genre, the most entries first.
    pub genres: Vec<Group<Named>>,
    /// By studio, the most entries first.
    pub studios: Vec<Group<Named>>,
    /// What was finished when.
    pub finished: Finished,
}

impl Stats {
    /// The figures of these entries.
    #[must_use]
    pub fn of(items: &[ListItem]) -> Self {
        let items: Vec<&ListItem> = items.iter().filter(|item| !item.is_removed()).collect();
        Self {
            entries: count(items.len()),
            statuses: statuses(&items),
            scores: Scores::of(&items),
            against: Against::of(&items),
            watched: Watched::of(&items),
            types: groups::most_first(&items, |item| item.anime.media_type.clone()),
            decades: groups::in_order(&items, |item| {
                groups::year(item).map(|year| year.saturating_sub(year.rem_euclid(10)))
            }),
            years: groups::in_order(&items, groups::year),
            seasons: groups::in_order(&items, groups::season),
            genres: groups::most_first(&items, |item| item.anime.genres.clone()),
            studios: groups::most_first(&items, |item| item.anime.studios.clone()),
            finished: Finished::of(&items),
        }
    }
}

fn statuses(items: &[&ListItem]) -> Vec<(String, u64)> {
    let mut statuses: Vec<(String, u64)> = STATUSES.iter().map(|status| ((*status).to_owned(), 0)).collect();
    for item in items {
        let status = &item.entry.values.status;
        match statuses.iter_mut().find(|(name, _)| name == status) {
            Some((_, entries)) => *entries += 1,
            None => statuses.push((status.clone(), 1)),
        }
    }
    statuses[STATUSES.len()..].sort();
    statuses
}

/// A number of things in memory, as a figure.
fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
