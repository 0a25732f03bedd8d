//! Parts of the list: by year, season, type, genre, studio.
//!
//! The year and season of an anime are those that MAL names, else those of the day it was first on air, as far as that is
//! known. A season that MAL newly made keeps its word and stands after the four.

use std::{cmp::Reverse, collections::BTreeMap, fmt};

use chrono::Datelike as _;

use super::{GroupTotals, ListEntry};
use crate::domain::partial_date::DatePrecision;

/// A part of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatsGroup<K> {
    /// What its entries have in common; none where they have nothing there.
    pub key: Option<K>,
    /// Their figures.
    pub totals: GroupTotals,
}

/// The four seasons in the order of the year.
const SEASON_NAMES: [&str; 4] = ["winter", "spring", "summer", "fall"];

/// A season of a year, in the order of time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct YearSeason {
    /// The year.
    pub year: i32,
    season_index: usize,
    /// The season's word.
    pub season: String,
}

impl YearSeason {
    /// This season of this year.
    #[must_use]
    pub fn new(year: i32, season: &str) -> Self {
        let season_index = SEASON_NAMES.iter().position(|name| *name == season).unwrap_or(SEASON_NAMES.len());
        Self { year, season_index, season: season.to_owned() }
    }
}

impl fmt::Display for YearSeason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.season, self.year)
    }
}

/// The year in which an anime began.
pub(super) fn start_year(item: &ListEntry) -> Option<i32> {
    let season = item.anime.start_season.as_ref().map(|season| season.year);
    season.or_else(|| item.anime.aired_from.map(|date| date.first_day().year()))
}

/// The season in which an anime began.
pub(super) fn start_season(item: &ListEntry) -> Option<YearSeason> {
    if let Some(season) = &item.anime.start_season {
        return Some(YearSeason::new(season.year, &season.season));
    }
    let date = item.anime.aired_from.filter(|date| date.precision() >= DatePrecision::Month)?.first_day();
    let quarter = usize::try_from(date.month0() / 3).ok()?;
    SEASON_NAMES.get(quarter).map(|season| YearSeason::new(date.year(), season))
}

fn group_by_keys<K: Ord, I: IntoIterator<Item = K>>(
    items: &[&ListEntry],
    keys: impl Fn(&ListEntry) -> I,
) -> (Vec<StatsGroup<K>>, Option<StatsGroup<K>>) {
    let mut groups: BTreeMap<K, GroupTotals> = BTreeMap::new();
    let mut none = GroupTotals::default();
    for item in items {
        let mut keys = keys(item).into_iter().peekable();
        if keys.peek().is_none() {
            none.add_entry(item);
        }
        keys.for_each(|key| groups.entry(key).or_default().add_entry(item));
    }
    let known = groups.into_iter().map(|(key, tally)| StatsGroup { key: Some(key), totals: tally }).collect();
    (known, (none.entries > 0).then_some(StatsGroup { key: None, totals: none }))
}

/// The groups in the order of their keys, the one without a key last.
pub(super) fn group_in_key_order<K: Ord>(
    items: &[&ListEntry],
    key: impl Fn(&ListEntry) -> Option<K>,
) -> Vec<StatsGroup<K>> {
    let (mut known, none) = group_by_keys(items, key);
    known.extend(none);
    known
}

/// The groups by the number of their entries, equals by key, the one without a key last.
pub(super) fn group_by_count_desc<K: Ord, I: IntoIterator<Item = K>>(
    items: &[&ListEntry],
    keys: impl Fn(&ListEntry) -> I,
) -> Vec<StatsGroup<K>> {
    let (mut known, none) = group_by_keys(items, keys);
    known.sort_by_key(|group| Reverse(group.totals.entries));
    known.extend(none);
    known
}
