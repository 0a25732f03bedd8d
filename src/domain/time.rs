//! Parses MAL's timestamps into a form that every supported database can store.

use chrono::{DateTime, Datelike as _, SubsecRound as _, Timelike as _, Utc};

/// chrono represents a leap second with nanoseconds from this value on. No database can store it.
const LEAP_SECOND_NANOS: u32 = 1_000_000_000;

/// Parses an RFC 3339 timestamp, truncated to microseconds. Returns `None` if it is invalid or outside the years 1 to
/// 9999.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(text).ok()?.to_utc().trunc_subsecs(6);
    ((1..=9999).contains(&time.year()) && time.nanosecond() < LEAP_SECOND_NANOS).then_some(time)
}
