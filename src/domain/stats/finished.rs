//! Counts completed entries by the day, month and year of their finish date.
//!
//! A partial date counts only as far as it is known: a date with only a year belongs to no month.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};

use super::ListEntry;
use crate::domain::partial_date::DatePrecision;

/// Entries finished in one year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FinishedYear {
    /// The year.
    pub year: i32,
    /// Entries finished in January, February, … December.
    pub months: [u64; 12],
    /// Entries with a finish date of which only the year is known.
    pub month_unknown: u64,
}

impl FinishedYear {
    /// Returns the number of entries finished in this year.
    #[must_use]
    pub fn entry_count(&self) -> u64 {
        self.months.iter().sum::<u64>() + self.month_unknown
    }
}

/// Completed entries by finish date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FinishedByYear {
    /// The years with at least one finished entry, in ascending order.
    pub years: Vec<FinishedYear>,
    /// Number of entries per day, for finish dates of which the day is known.
    pub days: BTreeMap<NaiveDate, u64>,
    /// Completed entries without a finish date.
    pub undated: u64,
}

impl FinishedByYear {
    pub(super) fn compute(entries: &[&ListEntry]) -> Self {
        let mut years: BTreeMap<i32, FinishedYear> = BTreeMap::new();
        let mut days: BTreeMap<NaiveDate, u64> = BTreeMap::new();
        let mut undated = 0;
        for values in entries.iter().map(|entry| &entry.stored.values).filter(|values| values.status == "completed") {
            let Some(date) = values.finish_date else {
                undated += 1;
                continue;
            };
            let (first_day, month_is_known) = (date.first_day(), date.precision() >= DatePrecision::Month);
            if date.precision() == DatePrecision::Day {
                *days.entry(first_day).or_default() += 1;
            }
            let year = years.entry(first_day.year()).or_default();
            year.year = first_day.year();
            let month = usize::try_from(first_day.month0()).ok().filter(|_| month_is_known);
            *month.and_then(|month| year.months.get_mut(month)).unwrap_or(&mut year.month_unknown) += 1;
        }
        Self { years: years.into_values().collect(), days, undated }
    }

    /// Returns the number of completed entries with a finish date.
    #[must_use]
    pub fn dated_count(&self) -> u64 {
        self.years.iter().map(FinishedYear::entry_count).sum()
    }

    /// Returns the number of entries finished in this month (1 to 12).
    #[must_use]
    pub fn count_in_month(&self, year: i32, month: u32) -> u64 {
        let months = self.years.iter().find(|finished| finished.year == year).map(|finished| finished.months);
        let index = usize::try_from(month).ok().and_then(|month| month.checked_sub(1));
        months.zip(index).and_then(|(months, index)| months.get(index).copied()).unwrap_or(0)
    }
}
