//! How often: what every scheduler can say in hours and minutes of the day.

use std::{fmt, time::Duration};

use crate::domain::duration;

/// How often a job is started: so many times a day, at even distances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScheduleInterval(Duration);

/// The distances in minutes: parts of an hour, parts of a day.
const ALLOWED_INTERVAL_MINUTES: [u64; 13] = [5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440];

/// An hour in the middle of the distance from which the hours are counted: at night, where it is once a day.
const ANCHOR_HOUR: u32 = 4;

/// The times of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartTimes {
    /// The hours; none is each.
    pub hours: Vec<u32>,
    /// The minutes of each of them.
    pub minutes: Vec<u32>,
}

impl ScheduleInterval {
    /// Reads a duration that divides an hour or a day evenly.
    ///
    /// # Errors
    ///
    /// What would be allowed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let allowed = || {
            let all =
                ALLOWED_INTERVAL_MINUTES.map(|minutes| duration::format(Duration::from_secs(minutes * 60))).join(", ");
            format!("one of {all}")
        };
        let every = duration::parse(text)
            .ok()
            .filter(|every| ALLOWED_INTERVAL_MINUTES.iter().any(|minutes| minutes * 60 == every.as_secs()));
        every.map(Self).ok_or_else(allowed)
    }

    fn as_minutes(self) -> u32 {
        u32::try_from(self.0.as_secs() / 60).unwrap_or(u32::MAX)
    }

    /// How much later than its time a run may begin, chosen once a machine: a tenth of the distance, an hour at most.
    #[must_use]
    pub fn random_delay(self) -> Duration {
        (self.0 / 10).min(Duration::from_secs(3600))
    }

    /// The times of the day, with this minute where there is a choice.
    pub(super) fn start_times(self, minute: u32) -> StartTimes {
        let evenly =
            |first: u32, step: u32, end: u32| (first % step..end).step_by(usize::try_from(step).unwrap_or(1)).collect();
        match self.as_minutes() {
            step @ 0..60 => StartTimes { hours: Vec::new(), minutes: evenly(minute, step.max(1), 60) },
            60 => StartTimes { hours: Vec::new(), minutes: vec![minute] },
            step => StartTimes { hours: evenly(ANCHOR_HOUR, step / 60, 24), minutes: vec![minute] },
        }
    }
}

impl fmt::Display for ScheduleInterval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&duration::format(self.0))
    }
}

impl StartTimes {
    /// As `HOURS:MINUTES` with commas, `*` for each hour, of two digits each where they are padded.
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
        let told = |hours: &[u32], minutes: &[u32]| StartTimes { hours: hours.into(), minutes: minutes.into() };
        assert_eq!(times("15m", 47), told(&[], &[2, 17, 32, 47]));
        assert_eq!(times("1h", 47), told(&[], &[47]));
        assert_eq!(times("6h", 47), told(&[4, 10, 16, 22], &[47]));
        assert_eq!(times("2h", 0).hours.len(), 12);
        assert_eq!(times("12h", 0), told(&[4, 16], &[0]));
        assert_eq!(times("1d", 59), told(&[4], &[59]));
    }

    #[test]
    fn random_delay_is_a_tenth_of_interval_and_at_most_one_hour() {
        for (text, spread) in [("5m", "30s"), ("1h", "6m"), ("6h", "36m"), ("1d", "1h")] {
            assert_eq!(duration::format(ScheduleInterval::parse(text).unwrap().random_delay()), spread);
        }
    }
}
