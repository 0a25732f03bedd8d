//! Computes the delay before a retry. Pure: randomness and time are parameters.
//!
//! Jitter only lengthens the delay. `Retry-After` is obeyed in both forms, up to five minutes.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

/// Longest `Retry-After` that is waited for. A longer one ends the run.
pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(300);
/// Upper limit of the backoff, as a multiple of the base delay.
const MAX_BACKOFF_FACTOR: u32 = 16;

/// Returns the delay before retry number `attempt` (1…): `base·2^(attempt-1)`, at most `16·base`, lengthened by jitter.
/// The jitter is `jitter_fraction` (0 to 1) of a quarter of the delay. The result is never below `retry_after`, the
/// value of the header `Retry-After`.
///
/// # Errors
/// Returns `retry_after` if it is over [`MAX_RETRY_AFTER`].
pub fn compute_backoff(
    base: Duration,
    attempt: u32,
    retry_after: Option<Duration>,
    jitter_fraction: f64,
) -> Result<Duration, Duration> {
    let factor =
        1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(MAX_BACKOFF_FACTOR).clamp(1, MAX_BACKOFF_FACTOR);
    let delay = base.saturating_mul(factor);
    let jitter = delay.checked_div(4).unwrap_or_default().mul_f64(jitter_fraction.clamp(0.0, 1.0));
    match retry_after {
        Some(retry_after) if retry_after > MAX_RETRY_AFTER => Err(retry_after),
        retry_after => Ok(retry_after.unwrap_or_default().max(delay.saturating_add(jitter))),
    }
}

/// Returns the delay that `Retry-After` asks for. A date is taken relative to the response's own `Date` header (`now`
/// if that is missing), because the clocks of two hosts differ. Returns `None` if the header is absent, negative, in
/// the past or malformed.
#[must_use]
pub fn parse_retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let header = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let value = header(RETRY_AFTER)?;
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let time = httpdate::parse_http_date(value).ok()?;
    let sent_at = header(DATE).and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or(now);
    time.duration_since(sent_at).ok().filter(|delay| !delay.is_zero())
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
        parse_retry_after(&headers, now).map(|delay| delay.as_secs())
    }

    #[test]
    fn retry_after_accepts_seconds_and_http_dates() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(parsed_seconds("3", None), Some(3));
        assert_eq!(parsed_seconds(" 0 ", None), Some(0));
        assert_eq!(parsed_seconds("86400", None), Some(86_400));
        assert_eq!(parsed_seconds("99999999999999999999", None), Some(u64::MAX));
        assert_eq!(
            parsed_seconds(date, Some("Sun, 06 Nov 1994 08:49:32 GMT")),
            Some(5),
            "relative to the response's Date header"
        );
        assert_eq!(parsed_seconds(date, None), Some(7), "without a Date header: relative to our clock");
        assert_eq!(parsed_seconds(date, Some("yesterday")), Some(7));
        assert_eq!(
            parsed_seconds("Sunday, 06-Nov-94 08:49:37 GMT", Some("Sun Nov  6 08:49:32 1994")),
            Some(5),
            "obsolete date formats"
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
        let delays = [1, 2, 3, 4, 5, 6, 40, u32::MAX]
            .map(|attempt| compute_backoff(second, attempt, None, 0.0).unwrap().as_secs());
        assert_eq!(delays, [1, 2, 4, 8, 16, 16, 16, 16]);
    }

    #[test]
    fn retry_after_over_five_minutes_is_an_error() {
        let delay = |seconds| compute_backoff(Duration::from_secs(1), 1, Some(Duration::from_secs(seconds)), 0.5);
        assert_eq!(delay(300), Ok(Duration::from_secs(300)));
        assert_eq!(delay(301), Err(Duration::from_secs(301)));
    }

    proptest! {
        #[test]
        fn jitter_adds_at_most_a_quarter(
            base in 0_u64..100_000, attempt in 0_u32..100, retry_after in proptest::option::of(0_u64..300_000), jitter_fraction in 0.0..=1.0,
        ) {
            let (base, retry_after) = (Duration::from_millis(base), retry_after.map(Duration::from_millis));
            let without_jitter = compute_backoff(base, attempt, None, 0.0).unwrap();
            let delay = compute_backoff(base, attempt, retry_after, jitter_fraction).unwrap();
            prop_assert!(without_jitter >= base && without_jitter <= base * 16);
            prop_assert!(delay >= without_jitter && delay >= retry_after.unwrap_or_default());
            prop_assert!(delay <= (without_jitter + without_jitter / 4).max(retry_after.unwrap_or_default()));
        }
    }
}
