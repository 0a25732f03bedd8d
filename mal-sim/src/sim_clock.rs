//! The simulator's time: the machine's clock plus whatever a test has added to it.
//!
//! All token lifetimes, `updated_at` values of edits and the `Date` header come from here; nothing else asks the
//! machine for the time. Arrival times in the log come from the monotonic clock and can't be moved.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

/// The instant that generated lists are relative to: 2026-01-01 00:00:00 UTC, in seconds since 1970.
pub(crate) const REFERENCE_TIME_SECONDS: i64 = 1_767_225_600;

/// Tells the time, and can be set forward.
#[derive(Debug)]
pub(crate) struct SimClock {
    started_at: Instant,
    offset: TimeDelta,
}

impl SimClock {
    pub(crate) fn new() -> Self {
        Self { started_at: Instant::now(), offset: TimeDelta::zero() }
    }

    /// The simulated wall-clock time.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now().checked_add_signed(self.offset).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// Microseconds since the simulator was started, unmoved by [`Clock::advance`].
    pub(crate) fn elapsed(&self) -> Duration {
        self.started_at.elapsed()
    }

    /// Sets the simulated time forward.
    pub(crate) fn advance(&mut self, by: Duration) {
        let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
        self.offset = self.offset.checked_add(&by).unwrap_or(TimeDelta::MAX);
    }
}

/// MAL's form of a time: `2021-03-15T09:00:58+00:00`, always in UTC (observed).
pub(crate) fn format_timestamp(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().format("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// The form of HTTP's `Date` header.
pub(crate) fn format_http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_use_mal_and_http_formats() {
        assert_eq!(format_timestamp(REFERENCE_TIME_SECONDS), "2026-01-01T00:00:00+00:00");
        let at = DateTime::from_timestamp(784_111_777, 0).unwrap();
        assert_eq!(format_http_date(at), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn advance_moves_the_clock_forward_without_overflow() {
        let mut clock = SimClock::new();
        let before = clock.now();
        clock.advance(Duration::from_secs(86_400));
        assert!(clock.now() - before >= TimeDelta::days(1));
        clock.advance(Duration::MAX);
        assert!(clock.now() > before, "an absurd step does not panic");
    }
}
