//! Intervals that every scheduler can express in hours and minutes of the day.

use std::{fmt, time::Duration};

use crate::domain::duration;

/// The interval between two starts of a job. It divides an hour or a day evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScheduleInterval(Duration);

/// The allowed intervals in minutes: divisors of an hour or of a day.
const ALLOWED_INTERVAL_MINUTES: [u64; 13] = [5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440];

/// The hour that is always among the start hours (modulo the interval). At night, because a daily job starts then.
const ANCHOR_HOUR: u32 = 4;

/// The start times of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartTimes {
    /// The hours. Empty: every hour.
    pub hours: Vec<u32>,
    /// The minutes of each hour.
    pub minutes: Vec<u32>,
}

impl ScheduleInterval {
    /// Parses a duration that divides an hour or a day evenly.
    ///
    /// # Errors
    ///
    /// Fails with the list of allowed intervals.
    pub fn parse(text: &str) -> Result<Self, String> {
        let allowed = || {
            let all =
                ALLOWED_INTERVAL_MINUTES.map(|minutes| duration::format(Duration::from_secs(minutes * 60))).join(", ");
            format!("one of {all}")
        };
        let interval = duration::parse(text)
            .ok()
            .filter(|interval| ALLOWED_INTERVAL_MINUTES.iter().any(|minutes| minutes * 60 == interval.as_secs()));
        interval.map(Self).ok_or_else(allowed)
    }

    fn as_minutes(self) -> u32 {
        u32::try_from(self.0.as_secs() / 60).unwrap_or(u32::MAX)
    }

    /// Returns the maximum random delay of a start, chosen once per machine: a tenth of the interval, at most one hour.
    #[must_use]
    pub fn random_delay(self) -> Duration {
        (self.0 / 10).min(Duration::from_secs(3600))
    }

    /// Returns the start times of a day. `minute` is used if the interval does not determine it.
    pub(super) fn start_times(self, minute: u32) -> StartTimes {
        let evenly_spaced =
            |first: u32, step: u32, end: u32| (first % step..end).step_by(usize::try_from(step).unwrap_or(1)).collect();
        match self.as_minutes() {
            step @ 0..60 => StartTimes { hours: Vec::new(), minutes: evenly_spaced(minute, step.max(1), 60) },
            60 => StartTimes { hours: Vec::new(), minutes: vec![minute] },
            step => StartTimes { hours: evenly_spaced(ANCHOR_HOUR, step / 60, 24), minutes: vec![minute] },
        }
    }
}

impl fmt::Display for ScheduleInterval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&duration::format(self.0))
    }
}

impl StartTimes {
    /// Joins the numbers with commas, padded with zeros to `width` digits. An empty list is `*`.
    pub(super) fn join_numbers(numbers: &[u32], width: usize) -> String {
        if numbers.is_empty() {
            return "*".to_owned();
        }
        numbers.iter().map(|number| format!("{number:0width$}")).collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_accepts_only_divisors_of_hour_or_day() {
        for (text, shown) in [("5m", "5m"), ("60m", "1h"), ("6h", "6h"), ("24h", "1d"), ("1d", "1d")] {
            assert_eq!(ScheduleInterval::parse(text).unwrap().to_string(), shown);
        }
        for text in ["", "1m", "7m", "5h", "90m", "2d", "0s", "daily"] {
            assert!(ScheduleInterval::parse(text).unwrap_err().contains("6h"), "{text}");
        }
    }

    #[test]
    fn start_times_are_evenly_spaced() {
        let times = |text, minute| ScheduleInterval::parse(text).unwrap().start_times(minute);
        let expected = |hours: &[u32], minutes: &[u32]| StartTimes { hours: hours.into(), minutes: minutes.into() };
        assert_eq!(times("15m", 47), expected(&[], &[2, 17, 32, 47]));
        assert_eq!(times("1h", 47), expected(&[], &[47]));
        assert_eq!(times("6h", 47), expected(&[4, 10, 16, 22], &[47]));
        assert_eq!(times("2h", 0).hours.len(), 12);
        assert_eq!(times("12h", 0), expected(&[4, 16], &[0]));
        assert_eq!(times("1d", 59), expected(&[4], &[59]));
    }

    #[test]
    fn random_delay_is_a_tenth_of_interval_and_at_most_one_hour() {
        for (text, delay) in [("5m", "30s"), ("1h", "6m"), ("6h", "36m"), ("1d", "1h")] {
            assert_eq!(duration::format(ScheduleInterval::parse(text).unwrap().random_delay()), delay);
        }
    }
}
