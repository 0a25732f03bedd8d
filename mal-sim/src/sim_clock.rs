//! The simulator's time: the host's clock plus the offset set by a test.
//!
//! Invariants:
//!
//! 1. Token lifetimes, `updated_at` of edits and the `Date` header use this clock; no other code reads the host's
//!    clock.
//! 2. Arrival times in the log use the monotonic clock and cannot be changed.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

/// Generated lists are relative to this time: 2026-01-01 00:00:00 UTC, in seconds since 1970.
pub(crate) const REFERENCE_TIME_SECONDS: i64 = 1_767_225_600;

/// A clock that can be advanced.
#[derive(Debug)]
pub(crate) struct SimClock {
    started_at: Instant,
    offset: TimeDelta,
}

impl SimClock {
    pub(crate) fn new() -> Self {
        Self { started_at: Instant::now(), offset: TimeDelta::zero() }
    }

    /// Returns the simulated wall-clock time.
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the host clock")]
    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now().checked_add_signed(self.offset).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// Returns the real time since the simulator started, unaffected by [`SimClock::advance`].
    pub(crate) fn elapsed(&self) -> Duration {
        self.started_at.elapsed()
    }

    /// Advances the simulated time.
    pub(crate) fn advance(&mut self, by: Duration) {
        let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
        self.offset = self.offset.checked_add(&by).unwrap_or(TimeDelta::MAX);
    }
}

/// Formats a time as MAL does: `2021-03-15T09:00:58+00:00`, always in UTC (observed).
pub(crate) fn format_timestamp(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().format("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// Parses a time in MAL's format. Returns `None` for any other format.
pub(crate) fn parse_timestamp(text: &str) -> Option<i64> {
    let seconds = DateTime::parse_from_rfc3339(text).ok()?.timestamp();
    (format_timestamp(seconds) == text).then_some(seconds)
}

/// Formats a time for the `Date` header.
pub(crate) fn format_http_date(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_use_mal_and_http_formats() {
        assert_eq!(format_timestamp(REFERENCE_TIME_SECONDS), "2026-01-01T00:00:00+00:00");
        let time = DateTime::from_timestamp(784_111_777, 0).unwrap();
        assert_eq!(format_http_date(time), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn advance_moves_the_clock_forward_without_overflow() {
        let mut clock = SimClock::new();
        let before = clock.now();
        clock.advance(Duration::from_secs(86_400));
        assert!(clock.now() - before >= TimeDelta::days(1));
        clock.advance(Duration::MAX);
        assert!(clock.now() > before, "an overflowing step must not panic");
    }
}
