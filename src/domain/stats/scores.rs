//! Statistics of the user's scores, alone and compared with MAL's means.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{
    ListEntry,
    numbers::{divide, to_u64},
};

/// The distribution of the user's scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScoreDistribution {
    /// Number of entries with score 1, 2, … 10.
    pub counts: [u64; 10],
    /// Number of entries without a score.
    pub unscored: u64,
}

impl ScoreDistribution {
    pub(super) fn compute(entries: &[&ListEntry]) -> Self {
        let mut scores = Self::default();
        for entry in entries {
            let index = valid_score(entry).and_then(|score| usize::try_from(score - 1).ok());
            match index.and_then(|index| scores.counts.get_mut(index)) {
                Some(count) => *count += 1,
                None => scores.unscored += 1,
            }
        }
        scores
    }

    /// Returns (score, number of entries) for the scores 1 to 10.
    pub fn histogram(&self) -> impl Iterator<Item = (u64, u64)> {
        (1..).zip(self.counts)
    }

    /// Returns the number of entries with a score.
    #[must_use]
    pub fn scored_count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Returns the mean score. Returns `None` if there are no scores.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        divide(self.histogram().map(|(score, count)| score * count).sum(), self.scored_count())
    }

    /// Returns the median score. For an even number of scores it is the mean of the two middle ones.
    #[must_use]
    pub fn median(&self) -> Option<f64> {
        let scored = self.scored_count();
        let score_at = |rank: u64| {
            let mut cumulative = 0;
            self.histogram().find(|(_, count)| {
                cumulative += count;
                cumulative > rank
            })
        };
        let ((low, _), (high, _)) = (score_at(scored.checked_sub(1)? / 2)?, score_at(scored / 2)?);
        divide(low + high, 2)
    }
}

/// Returns the entry's score. Returns `None` if it is unset or not within 1 to 10.
pub(super) fn valid_score(entry: &ListEntry) -> Option<u64> {
    entry.stored.values.score.filter(|score| (1..=10).contains(score)).and_then(|score| u64::try_from(score).ok())
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
    /// MAL's mean score.
    pub mean: Decimal,
}

impl ScoredByBoth {
    /// Returns the user's score minus MAL's mean.
    #[must_use]
    pub fn difference(&self) -> Decimal {
        Decimal::from(self.score) - self.mean
    }

    /// Returns the difference rounded to the nearest integer, halves upwards.
    fn histogram_bin(&self) -> i32 {
        (self.difference() + Decimal::new(5, 1)).floor().to_i32().unwrap_or(0)
    }
}

/// The user's scores compared with MAL's means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScoreComparison {
    /// Entries that both have scored, by descending difference, then by title and id.
    pub scored_by_both: Vec<ScoredByBoth>,
    /// (Rounded difference, number of entries) in ascending order, without gaps.
    pub histogram: Vec<(i32, u64)>,
}

impl ScoreComparison {
    pub(super) fn compute(entries: &[&ListEntry]) -> Self {
        let mut scored_by_both: Vec<ScoredByBoth> = entries.iter().filter_map(|entry| scored_by_both(entry)).collect();
        scored_by_both.sort_by(|a, b| {
            b.difference().cmp(&a.difference()).then_with(|| (&a.title, a.mal_id).cmp(&(&b.title, b.mal_id)))
        });
        let mut bins = BTreeMap::new();
        scored_by_both.iter().for_each(|rated| *bins.entry(rated.histogram_bin()).or_insert(0) += 1);
        let bounds = bins.keys().next().copied().zip(bins.keys().next_back().copied());
        let range = bounds.into_iter().flat_map(|(low, high)| low..=high);
        Self { histogram: range.map(|bin| (bin, bins.get(&bin).copied().unwrap_or(0))).collect(), scored_by_both }
    }

    /// Returns the number of entries that both have scored.
    #[must_use]
    pub fn compared_count(&self) -> u64 {
        to_u64(self.scored_by_both.len())
    }

    /// Returns the mean difference. Returns `None` if both have scored no common entry.
    #[must_use]
    pub fn mean_difference(&self) -> Option<Decimal> {
        let sum: Decimal = self.scored_by_both.iter().map(ScoredByBoth::difference).sum();
        sum.checked_div(Decimal::from(self.compared_count()))
    }

    /// Returns the entries that the user scored above MAL, by descending difference.
    pub fn above_mal(&self) -> impl Iterator<Item = &ScoredByBoth> {
        self.scored_by_both.iter().take_while(|rated| rated.difference() > Decimal::ZERO)
    }

    /// Returns the entries that the user scored below MAL, by ascending difference.
    pub fn below_mal(&self) -> impl Iterator<Item = &ScoredByBoth> {
        self.scored_by_both.iter().rev().take_while(|rated| rated.difference() < Decimal::ZERO)
    }
}

fn scored_by_both(entry: &ListEntry) -> Option<ScoredByBoth> {
    let is_valid_mean = |mean: &Decimal| *mean > Decimal::ZERO && *mean <= Decimal::TEN;
    let (score, mean) = valid_score(entry).zip(entry.anime.mean.filter(is_valid_mean))?;
    Some(ScoredByBoth { mal_id: entry.anime.mal_id, title: entry.anime.title.clone(), score, mean })
}
