//! Points in time as a command line names them.

use std::{str::FromStr, time::Duration};

use chrono::{DateTime, Days, Local, Months, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::domain::{
    duration,
    partial_date::{DatePrecision, PartialDate},
    time,
};

/// A point in time as typed: a time, a day, or an age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeArg {
    /// This time.
    At(DateTime<Utc>),
    /// This day, in UTC.
    Day(NaiveDate),
    /// The local day this many days ago.
    DaysAgo(u64),
    /// This long ago.
    Ago(Duration),
    /// This many calendar months ago.
    MonthsAgo(u32),
}

impl TimeArg {
    /// Returns its earliest time.
    #[must_use]
    pub fn earliest_time(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::At(time) => time,
            Self::Day(day) => day.and_time(NaiveTime::MIN).and_utc(),
            Self::DaysAgo(days) => local_midnight(now, days).unwrap_or(now),
            Self::MonthsAgo(months) => now.checked_sub_months(Months::new(months)).unwrap_or(now),
            Self::Ago(age) => TimeDelta::from_std(age).ok().and_then(|age| now.checked_sub_signed(age)).unwrap_or(now),
        }
    }

    /// Returns its latest time: for a day, the last microsecond before midnight.
    #[must_use]
    pub fn latest_time(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Day(_) | Self::DaysAgo(_) => {
                self.earliest_time(now) + TimeDelta::days(1) - TimeDelta::microseconds(1)
            }
            time => time.earliest_time(now),
        }
    }
}

/// Returns the beginning of the local day that was `days` days ago.
fn local_midnight(now: DateTime<Utc>, days: u64) -> Option<DateTime<Utc>> {
    let day = now.with_timezone(&Local).date_naive().checked_sub_days(Days::new(days))?;
    day.and_time(NaiveTime::MIN).and_local_timezone(Local).earliest().map(|time| time.to_utc())
}

impl FromStr for TimeArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_lowercase().as_str() {
            "today" => return Ok(Self::DaysAgo(0)),
            "yesterday" => return Ok(Self::DaysAgo(1)),
            _ => {}
        }
        let day = || text.parse::<PartialDate>().ok().filter(|date| date.precision() == DatePrecision::Day);
        let time = || time::parse_rfc3339(text).map(Self::At);
        let ago = || duration::parse(text).ok().map(Self::Ago);
        let parsed = day()
            .map(|date| Self::Day(date.first_day()))
            .or_else(time)
            .or_else(ago)
            .or_else(|| parse_weeks_or_months(text));
        parsed.ok_or_else(|| {
            "use today, yesterday, YYYY-MM-DD, a time like 2026-01-02T03:04:05Z, or an age like 12h, 7d, 2w or 3mo"
                .to_owned()
        })
    }
}

/// Parses an age in weeks or months (`2w`, `3mo`), which durations elsewhere do not have. A plain `m` means minutes.
fn parse_weeks_or_months(text: &str) -> Option<TimeArg> {
    let parse_count =
        |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u32>().ok())?;
    match (text.strip_suffix('w'), text.strip_suffix("mo")) {
        (Some(weeks), _) => duration::parse(&format!("{}d", u64::from(parse_count(weeks)?) * 7)).ok().map(TimeArg::Ago),
        (_, Some(months)) => parse_count(months).filter(|months| *months <= MAX_MONTHS_AGO).map(TimeArg::MonthsAgo),
        _ => None,
    }
}

/// About as long as the longest duration.
const MAX_MONTHS_AGO: u32 = 3_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_arg_is_a_time_a_day_or_an_age() {
        let now: DateTime<Utc> = "2026-01-10T12:00:00Z".parse().unwrap();
        let bounds = |text: &str| {
            let time = text.parse::<TimeArg>().ok()?;
            Some([time.earliest_time(now).to_rfc3339(), time.latest_time(now).to_rfc3339()])
        };
        let same_bounds = |text: &str| Some([text.to_owned(), text.to_owned()]);
        assert_eq!(bounds("2026-01-02T03:04:05+01:00"), same_bounds("2026-01-02T02:04:05+00:00"));
        assert_eq!(bounds("7d"), same_bounds("2026-01-03T12:00:00+00:00"));
        let day = ["2026-01-02T00:00:00+00:00", "2026-01-02T23:59:59.999999+00:00"].map(str::to_owned);
        assert_eq!(bounds("2026-01-02"), Some(day));
        assert_eq!(bounds("2w"), same_bounds("2025-12-27T12:00:00+00:00"));
        assert_eq!(bounds("3mo"), same_bounds("2025-10-10T12:00:00+00:00"));
        assert_eq!(bounds("3m"), same_bounds("2026-01-10T11:57:00+00:00"), "m means minutes");
        for invalid in ["", "7", "2026-01", "tomorrow", "w", "mo", "-1w", "1w2d", "99999999w", "3001mo", "+2mo", "2W"] {
            assert_eq!(bounds(invalid), None, "{invalid}");
        }
    }

    #[test]
    fn today_and_yesterday_are_local_days() {
        let now: DateTime<Utc> = "2026-01-10T12:00:00Z".parse().unwrap();
        let today = now.with_timezone(&Local).date_naive();
        for (text, day) in [("today", today), ("Yesterday", today.pred_opt().unwrap())] {
            let time: TimeArg = text.parse().unwrap();
            let earliest = time.earliest_time(now).with_timezone(&Local).naive_local();
            assert_eq!(earliest, day.and_time(NaiveTime::MIN), "{text}");
            let latest = time.latest_time(now).with_timezone(&Local).naive_local();
            assert_eq!(latest.date(), day, "{text}");
        }
    }
}
