//! The user's scores, by themselves and against MAL's means.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{ListEntry, to_u64};

/// How the scores are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScoreDistribution {
    /// Entries with score 1, 2, … 10.
    pub counts: [u64; 10],
    /// Entries without a score.
    pub unscored: u64,
}

impl ScoreDistribution {
    pub(super) fn compute(items: &[&ListEntry]) -> Self {
        let mut scores = Self::default();
        for item in items {
            let place = valid_score(item).and_then(|score| usize::try_from(score - 1).ok());
            match place.and_then(|place| scores.counts.get_mut(place)) {
                Some(entries) => *entries += 1,
                None => scores.unscored += 1,
            }
        }
        scores
    }

    /// Each score with its number of entries, from 1 up.
    pub fn histogram(&self) -> impl Iterator<Item = (u64, u64)> {
        (1..).zip(self.counts)
    }

    /// Entries with a score.
    #[must_use]
    pub fn scored_count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The mean score.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        divide(self.histogram().map(|(score, entries)| score * entries).sum(), self.scored_count())
    }

    /// The score in the middle; of an even number of scores the mean of the two in the middle.
    #[must_use]
    pub fn median(&self) -> Option<f64> {
        let scored = self.scored_count();
        let at = |place: u64| {
            let mut before = 0;
            self.histogram().find(|(_, entries)| {
                before += entries;
                before > place
            })
        };
        let ((low, _), (high, _)) = (at(scored.checked_sub(1)? / 2)?, at(scored / 2)?);
        divide(low + high, 2)
    }
}

/// An entry's score, where it has one.
pub(super) fn valid_score(item: &ListEntry) -> Option<u64> {
    item.stored.values.score.filter(|score| (1..=10).contains(score)).and_then(|score| u64::try_from(score).ok())
}

/// One number by another; none by 0.
pub(super) fn divide(sum: u64, number: u64) -> Option<f64> {
    Decimal::from(sum).checked_div(Decimal::from(number))?.to_f64()
}

/// An entry that both the user and MAL have scored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScoredByBoth {
    /// MAL's id.
    pub mal_id: i32,
    /// The title.
    pub title: String,
    /// The user's score.
    pub score: u64,
    /// MAL's mean.
    pub mean: Decimal,
}

impl ScoredByBoth {
    /// How far the user's score is above MAL's mean.
    #[must_use]
    pub fn difference(&self) -> Decimal {
        Decimal::from(self.score) - self.mean
    }

    /// The difference to the nearest whole number, halves upwards.
    fn histogram_bin(&self) -> i32 {
        (self.difference() + Decimal::new(5, 1)).floor().to_i32().unwrap_or(0)
    }
}

/// The user's scores against MAL's means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScoreComparison {
    /// Every entry that both have scored, from the highest difference down; equals by title and id.
    pub scored_by_both: Vec<ScoredByBoth>,
    /// Entries by their difference to the nearest whole number, from the lowest up, without gaps.
    pub histogram: Vec<(i32, u64)>,
}

impl ScoreComparison {
    pub(super) fn compute(items: &[&ListEntry]) -> Self {
        let mut scored_by_both: Vec<ScoredByBoth> = items.iter().filter_map(|item| scored_by_both(item)).collect();
        scored_by_both.sort_by(|a, b| {
            b.difference().cmp(&a.difference()).then_with(|| (&a.title, a.mal_id).cmp(&(&b.title, b.mal_id)))
        });
        let mut bins = BTreeMap::new();
        scored_by_both.iter().for_each(|rated| *bins.entry(rated.histogram_bin()).or_insert(0) += 1);
        let ends = bins.keys().next().copied().zip(bins.keys().next_back().copied());
        let all = ends.into_iter().flat_map(|(low, high)| low..=high);
        Self { histogram: all.map(|bin| (bin, bins.get(&bin).copied().unwrap_or(0))).collect(), scored_by_both }
    }

    /// How many entries both have scored.
    #[must_use]
    pub fn compared_count(&self) -> u64 {
        to_u64(self.scored_by_both.len())
    }

    /// The mean difference.
    #[must_use]
    pub fn mean_difference(&self) -> Option<Decimal> {
        let sum: Decimal = self.scored_by_both.iter().map(ScoredByBoth::difference).sum();
        sum.checked_div(Decimal::from(self.compared_count()))
    }

    /// Those that the user scored above MAL, from the highest difference down.
    pub fn above_mal(&self) -> impl Iterator<Item = &ScoredByBoth> {
        self.scored_by_both.iter().take_while(|rated| rated.difference() > Decimal::ZERO)
    }

    /// Those that the user scored below MAL, from the lowest difference up.
    pub fn below_mal(&self) -> impl Iterator<Item = &ScoredByBoth> {
        self.scored_by_both.iter().rev().take_while(|rated| rated.difference() < Decimal::ZERO)
    }
}

fn scored_by_both(item: &ListEntry) -> Option<ScoredByBoth> {
    let possible = |mean: &Decimal| *mean > Decimal::ZERO && *mean <= Decimal::TEN;
    let (score, mean) = valid_score(item).zip(item.anime.mean.filter(possible))?;
    Some(ScoredByBoth { mal_id: item.anime.mal_id, title: item.anime.title.clone(), score, mean })
}
