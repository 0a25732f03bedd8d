//! How long to wait before asking again: pure, chance and time come in as parameters.
//!
//! Jitter only lengthens. `Retry-After` is obeyed in both its forms, up to five minutes; nothing here sleeps or sends.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

/// A `Retry-After` longer than this ends the run instead.
pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(300);
/// A back-off is at most this many times the first one.
const MAX_BACKOFF_FACTOR: u32 = 16;

/// The pause before repetition number `attempt` (1…): `base·2^(attempt-1)`, at most `16·base`, lengthened by `chance` (0 to 1)
/// of a quarter, and never below what was asked for.
///
/// # Errors
/// The asked-for wait, where it is over [`LONGEST_WAIT`].
pub fn compute_backoff(
    base: Duration,
    attempt: u32,
    asked: Option<Duration>,
    chance: f64,
) -> Result<Duration, Duration> {
    let factor =
        1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(MAX_BACKOFF_FACTOR).clamp(1, MAX_BACKOFF_FACTOR);
    let own = base.saturating_mul(factor);
    let jitter = own.checked_div(4).unwrap_or_default().mul_f64(chance.clamp(0.0, 1.0));
    match asked {
        Some(asked) if asked > MAX_RETRY_AFTER => Err(asked),
        asked => Ok(asked.unwrap_or_default().max(own.saturating_add(jitter))),
    }
}

/// What `Retry-After` asks for: seconds, or a date, which is taken relative to the answer's own `Date` (`now` where it has
/// none), because the clocks of two machines differ. None where it is absent, negative, past or garbage.
#[must_use]
pub fn parse_retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let asked = text(RETRY_AFTER)?;
    if !asked.is_empty() && asked.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(asked.parse().unwrap_or(u64::MAX)));
    }
    let until = httpdate::parse_http_date(asked).ok()?;
    let sent = text(DATE).and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or(now);
    until.duration_since(sent).ok().filter(|wait| !wait.is_zero())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    use super::*;

    fn parsed_seconds(retry_after_value: &str, date: Option<&str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(retry_after_value).unwrap());
        if let Some(date) = date {
            headers.insert(DATE, HeaderValue::from_str(date).unwrap());
        }
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_770);
        parse_retry_after(&headers, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn retry_after_accepts_seconds_and_http_dates() {
        let later = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(parsed_seconds("3", None), Some(3));
        assert_eq!(parsed_seconds(" 0 ", None), Some(0));
        assert_eq!(parsed_seconds("86400", None), Some(86_400));
        assert_eq!(parsed_seconds("99999999999999999999", None), Some(u64::MAX));
        assert_eq!(
            parsed_seconds(later, Some("Sun, 06 Nov 1994 08:49:32 GMT")),
            Some(5),
            "relative to the answer's own date"
        );
        assert_eq!(parsed_seconds(later, None), Some(7), "without one, to our clock");
        assert_eq!(parsed_seconds(later, Some("yesterday")), Some(7));
        assert_eq!(
            parsed_seconds("Sunday, 06-Nov-94 08:49:37 GMT", Some("Sun Nov  6 08:49:32 1994")),
            Some(5),
            "old forms"
        );
    }

    #[test]
    fn invalid_or_past_retry_after_is_none() {
        let past = ("Sun, 06 Nov 1994 08:49:37 GMT", Some("Sun, 06 Nov 1994 09:00:00 GMT"));
        for (value, date) in [("", None), ("-5", None), ("+5", None), ("abc", None), ("1.5", None), past] {
            assert_eq!(parsed_seconds(value, date), None, "{value:?}");
        }
        assert_eq!(parse_retry_after(&HeaderMap::new(), SystemTime::UNIX_EPOCH), None);
    }

    #[test]
    fn backoff_doubles_up_to_sixteen_times_the_base() {
        let second = Duration::from_secs(1);
        let waits = [1, 2, 3, 4, 5, 6, 40, u32::MAX]
            .map(|attempt| compute_backoff(second, attempt, None, 0.0).unwrap().as_secs());
        assert_eq!(waits, [1, 2, 4, 8, 16, 16, 16, 16]);
    }

    #[test]
    fn retry_after_over_five_minutes_is_an_error() {
        let wait = |seconds| compute_backoff(Duration::from_secs(1), 1, Some(Duration::from_secs(seconds)), 0.5);
        assert_eq!(wait(300), Ok(Duration::from_secs(300)));
        assert_eq!(wait(301), Err(Duration::from_secs(301)));
    }

    proptest! {
        #[test]
        fn jitter_adds_at_most_a_quarter(
            base in 0_u64..100_000, attempt in 0_u32..100, asked in proptest::option::of(0_u64..300_000), chance in 0.0..=1.0,
        ) {
            let (base, asked) = (Duration::from_millis(base), asked.map(Duration::from_millis));
            let plain = compute_backoff(base, attempt, None, 0.0).unwrap();
            let wait = compute_backoff(base, attempt, asked, chance).unwrap();
            prop_assert!(plain >= base && plain <= base * 16);
            prop_assert!(wait >= plain && wait >= asked.unwrap_or_default());
            prop_assert!(wait <= (plain + plain / 4).max(asked.unwrap_or_default()));
        }
    }
}
