//! MAL's times, as every database can hold them.

use chrono::{DateTime, Datelike as _, SubsecRound as _, Timelike as _, Utc};

/// A nanosecond count that only a leap second has, which no database can hold.
const LEAP_SECOND_NANOS: u32 = 1_000_000_000;

/// Reads a time (RFC 3339), to the microsecond; none where it is none, or lies outside the years 1 to 9999.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(text).ok()?.to_utc().trunc_subsecs(6);
    ((1..=9999).contains(&time.year()) && time.nanosecond() < LEAP_SECOND_NANOS).then_some(time)
}
