//! Parses timestamps from MAL and from the command line into a form that every supported database can store, and
//! formats times for JSON and CSV.

use chrono::{DateTime, Datelike as _, SecondsFormat, SubsecRound as _, Timelike as _, Utc};

/// chrono represents a leap second with nanoseconds from this value on. No database can store it.
const LEAP_SECOND_NANOS: u32 = 1_000_000_000;

/// Parses an RFC 3339 timestamp, truncated to microseconds. Returns `None` if it is invalid or outside the years 1 to
/// 9999.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(text).ok()?.to_utc().trunc_subsecs(6);
    ((1..=9999).contains(&time.year()) && time.nanosecond() < LEAP_SECOND_NANOS).then_some(time)
}

/// Formats a time for JSON and CSV: RFC 3339 in UTC, with its full precision.
#[must_use]
pub fn format_utc(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_with_their_known_precision() {
        let time: DateTime<Utc> = "2026-01-02T03:04:05.120+01:00".parse().unwrap();
        assert_eq!(format_utc(time), "2026-01-02T02:04:05.120Z");
        assert_eq!(format_utc("2026-01-02T03:04:05Z".parse().unwrap()), "2026-01-02T03:04:05Z");
    }
}
