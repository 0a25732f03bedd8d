//! Groups list entries by year, season, type, genre or studio.
//!
//! Year and season of an anime are MAL's `start_season`, otherwise derived from the known part of its first air date. A
//! season that MAL adds later keeps its name and sorts after the known four.

use std::{cmp::Reverse, collections::BTreeMap, fmt};

use chrono::Datelike as _;

use super::{GroupTotals, ListEntry};
use crate::domain::{
    partial_date::DatePrecision,
    vocabulary::{self, SEASONS},
};

/// A group of list entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatsGroup<K> {
    /// The common key. `None` for the entries without one.
    pub key: Option<K>,
    /// Totals of the group's entries.
    pub totals: GroupTotals,
}

/// A season of a year, ordered by time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct YearSeason {
    /// The year.
    pub year: i32,
    season_index: usize,
    /// The season's name.
    pub season: String,
}

impl YearSeason {
    /// Returns this season of this year.
    #[must_use]
    pub fn new(year: i32, season: &str) -> Self {
        Self { year, season_index: vocabulary::season_index(season), season: season.to_owned() }
    }
}

impl fmt::Display for YearSeason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.season, self.year)
    }
}

/// Returns the year in which the anime started. Returns `None` if it is unknown.
pub(super) fn start_year(entry: &ListEntry) -> Option<i32> {
    let season = entry.anime.start_season.as_ref().map(|season| season.year);
    season.or_else(|| entry.anime.aired_from.map(|date| date.first_day().year()))
}

/// Returns the season in which the anime started. Returns `None` if it is unknown.
pub(super) fn start_season(entry: &ListEntry) -> Option<YearSeason> {
    if let Some(season) = &entry.anime.start_season {
        return Some(YearSeason::new(season.year, &season.season));
    }
    let date = entry.anime.aired_from.filter(|date| date.precision() >= DatePrecision::Month)?.first_day();
    let quarter = usize::try_from(date.month0() / 3).ok()?;
    SEASONS.get(quarter).map(|season| YearSeason::new(date.year(), season))
}

fn group_by_keys<K: Ord, I: IntoIterator<Item = K>>(
    entries: &[&ListEntry],
    keys: impl Fn(&ListEntry) -> I,
) -> (Vec<StatsGroup<K>>, Option<StatsGroup<K>>) {
    let mut groups: BTreeMap<K, GroupTotals> = BTreeMap::new();
    let mut without_key = GroupTotals::default();
    for entry in entries {
        let mut keys = keys(entry).into_iter().peekable();
        if keys.peek().is_none() {
            without_key.add_entry(entry);
        }
        keys.for_each(|key| groups.entry(key).or_default().add_entry(entry));
    }
    let with_key = groups.into_iter().map(|(key, totals)| StatsGroup { key: Some(key), totals }).collect();
    (with_key, (without_key.entries > 0).then_some(StatsGroup { key: None, totals: without_key }))
}

/// Returns the groups sorted by key, then the group without a key.
pub(super) fn group_in_key_order<K: Ord>(
    entries: &[&ListEntry],
    key: impl Fn(&ListEntry) -> Option<K>,
) -> Vec<StatsGroup<K>> {
    let (mut groups, without_key) = group_by_keys(entries, key);
    groups.extend(without_key);
    groups
}

/// Returns the groups sorted by entry count (descending), then by key. The group without a key is last.
pub(super) fn group_by_count_desc<K: Ord, I: IntoIterator<Item = K>>(
    entries: &[&ListEntry],
    keys: impl Fn(&ListEntry) -> I,
) -> Vec<StatsGroup<K>> {
    let (mut groups, without_key) = group_by_keys(entries, keys);
    groups.sort_by_key(|group| Reverse(group.totals.entries));
    groups.extend(without_key);
    groups
}
