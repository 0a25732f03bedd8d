//! Any `Retry-After` and `Date` headers: the wait is `None` or plausible; the backoff stays within its bounds.
//!
//! Input: the two header values, one per line, then bytes for base delay, retry count and jitter.

#![no_main]

use std::time::{Duration, SystemTime};

use libfuzzer_sys::fuzz_target;
use malsync::http::backoff::{MAX_RETRY_AFTER, compute_backoff, parse_retry_after};
use reqwest::header::{DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};

/// The last second of the year 9999, the maximum of an HTTP date.
const LAST_SECOND: u64 = 253_402_300_799;

fuzz_target!(|data: &[u8]| {
    let mut lines = data.splitn(3, |byte| *byte == b'\n');
    let (asked, date) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let rest = lines.next().unwrap_or_default();
    let mut headers = HeaderMap::new();
    let mut insert = |name: HeaderName, value: &[u8]| {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.insert(name, value);
        }
    };
    insert(RETRY_AFTER, asked);
    insert(DATE, date);
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_770);
    let wait = parse_retry_after(&headers, now);

    let text = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map_or("", str::trim);
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match wait {
        Some(wait) if digits => assert_eq!(wait.as_secs(), text.parse().unwrap_or(u64::MAX)),
        Some(wait) => {
            assert!(!wait.is_zero() && wait.as_secs() <= LAST_SECOND, "{wait:?}");
            assert!(httpdate::parse_http_date(text).is_ok(), "{text}");
        }
        None => assert!(!digits, "{text}"),
    }

    let byte = |index: usize| u32::from(rest.get(index).copied().unwrap_or_default());
    let base = Duration::from_millis(u64::from(byte(0) * 400));
    let max_delay = base * 16;
    match compute_backoff(base, byte(1), wait, f64::from(byte(2)) / 255.0) {
        Ok(pause) => {
            assert!(pause >= base && wait.is_none_or(|wait| pause >= wait && wait <= MAX_RETRY_AFTER));
            assert!(pause <= (max_delay + max_delay / 4).max(wait.unwrap_or_default()));
        }
        Err(long) => assert!(long > MAX_RETRY_AFTER && Some(long) == wait),
    }
});
