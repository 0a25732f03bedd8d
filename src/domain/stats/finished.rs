//! What was finished when: completed entries by the month and year of their end.
//!
//! A partial date counts in what it says: one that names its year alone is in no month.

use std::collections::BTreeMap;

use chrono::Datelike as _;

use super::ListEntry;
use crate::domain::partial_date::DatePrecision;

/// One year's endings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FinishedYear {
    /// The year.
    pub year: i32,
    /// Entries finished in January, February, … December.
    pub months: [u64; 12],
    /// Entries of which only the year is known.
    pub month_unknown: u64,
}

impl FinishedYear {
    /// All the entries finished in this year.
    #[must_use]
    pub fn entry_count(&self) -> u64 {
        self.months.iter().sum::<u64>() + self.month_unknown
    }
}

/// What was finished when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FinishedByYear {
    /// The years in which something was finished, in order.
    pub years: Vec<FinishedYear>,
    /// Completed entries without a date of their end.
    pub undated: u64,
}

impl FinishedByYear {
    pub(super) fn compute(items: &[&ListEntry]) -> Self {
        let mut years: BTreeMap<i32, FinishedYear> = BTreeMap::new();
        let mut undated = 0;
        for values in items.iter().map(|item| &item.stored.values).filter(|values| values.status == "completed") {
            let Some(date) = values.finish_date else {
                undated += 1;
                continue;
            };
            let (first, known) = (date.first_day(), date.precision() >= DatePrecision::Month);
            let year = years.entry(first.year()).or_default();
            year.year = first.year();
            let month = usize::try_from(first.month0()).ok().filter(|_| known);
            *month.and_then(|month| year.months.get_mut(month)).unwrap_or(&mut year.month_unknown) += 1;
        }
        Self { years: years.into_values().collect(), undated }
    }

    /// Completed entries with a date of their end.
    #[must_use]
    pub fn dated_count(&self) -> u64 {
        self.years.iter().map(FinishedYear::entry_count).sum()
    }

    /// How many entries are known to have been finished in this month, 1 to 12.
    #[must_use]
    pub fn count_in_month(&self, year: i32, month: u32) -> u64 {
        let months = self.years.iter().find(|finished| finished.year == year).map(|finished| finished.months);
        let place = usize::try_from(month).ok().and_then(|month| month.checked_sub(1));
        months.zip(place).and_then(|(months, place)| months.get(place).copied()).unwrap_or(0)
    }
}
