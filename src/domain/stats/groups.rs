//! Parts of the list: by year, season, type, genre, studio.
//!
//! The year and season of an anime are those that MAL names, else those of the day it was first on air, as far as that is
//! known. A season that MAL newly made keeps its word and stands after the four.

use std::{cmp::Reverse, collections::BTreeMap, fmt};

use chrono::Datelike as _;

use super::{ListItem, Tally};
use crate::domain::partial_date::Precision;

/// A part of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group<K> {
    /// What its entries have in common; none where they have nothing there.
    pub key: Option<K>,
    /// Their figures.
    pub tally: Tally,
}

/// The four seasons in the order of the year.
const SEASONS: [&str; 4] = ["winter", "spring", "summer", "fall"];

/// A season of a year, in the order of time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct YearSeason {
    /// The year.
    pub year: i32,
    place: usize,
    /// The season's word.
    pub season: String,
}

impl YearSeason {
    /// This season of this year.
    #[must_use]
    pub fn new(year: i32, season: &str) -> Self {
        let place = SEASONS.iter().position(|name| *name == season).unwrap_or(SEASONS.len());
        Self { year, place, season: season.to_owned() }
    }
}

impl fmt::Display for YearSeason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.season, self.year)
    }
}

/// The year in which an anime began.
pub(super) fn year(item: &ListItem) -> Option<i32> {
    let season = item.anime.start_season.as_ref().map(|season| season.year);
    season.or_else(|| item.anime.aired_from.map(|date| date.first_day().year()))
}

/// The season in which an anime began.
pub(super) fn season(item: &ListItem) -> Option<YearSeason> {
    if let Some(season) = &item.anime.start_season {
        return Some(YearSeason::new(season.year, &season.season));
    }
    let date = item.anime.aired_from.filter(|date| date.precision() >= Precision::Month)?.first_day();
    let quarter = usize::try_from(date.month0() / 3).ok()?;
    SEASONS.get(quarter).map(|season| YearSeason::new(date.year(), season))
}

fn grouped<K: Ord, I: IntoIterator<Item = K>>(
    items: &[&ListItem],
    keys: impl Fn(&ListItem) -> I,
) -> (Vec<Group<K>>, Option<Group<K>>) {
    let mut groups: BTreeMap<K, Tally> = BTreeMap::new();
    let mut none = Tally::default();
    for item in items {
        let mut keys = keys(item).into_iter().peekable();
        if keys.peek().is_none() {
            none.add(item);
        }
        keys.for_each(|key| groups.entry(key).or_default().add(item));
    }
    let known = groups.into_iter().map(|(key, tally)| Group { key: Some(key), tally }).collect();
    (known, (none.entries > 0).then_some(Group { key: None, tally: none }))
}

/// The groups in the order of their keys, the one without a key last.
pub(super) fn in_order<K: Ord>(items: &[&ListItem], key: impl Fn(&ListItem) -> Option<K>) -> Vec<Group<K>> {
    let (mut known, none) = grouped(items, key);
    known.extend(none);
    known
}

/// The groups by the number of their entries, equals by key, the one without a key last.
pub(super) fn most_first<K: Ord, I: IntoIterator<Item = K>>(
    items: &[&ListItem],
    keys: impl Fn(&ListItem) -> I,
) -> Vec<Group<K>> {
    let (mut known, none) = grouped(items, keys);
    known.sort_by_key(|group| Reverse(group.tally.entries));
    known.extend(none);
    known
}
