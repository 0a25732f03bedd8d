//! `Retry-After` and `Date` of any answer: the wait is none, or one that somebody could have meant; a back-off keeps its bounds.
//!
//! Input: the two values, a line each, then what chance and count say.

#![no_main]

use std::time::{Duration, SystemTime};

use libfuzzer_sys::fuzz_target;
use malsync::mal::backoff::{LONGEST_WAIT, backoff, retry_after};
use reqwest::header::{DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};

/// Of the year 9999, the last that an HTTP date can have.
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
    let wait = retry_after(&headers, now);

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

    let byte = |at: usize| u32::from(rest.get(at).copied().unwrap_or_default());
    let base = Duration::from_millis(u64::from(byte(0) * 400));
    let steepest = base * 16;
    match backoff(base, byte(1), wait, f64::from(byte(2)) / 255.0) {
        Ok(pause) => {
            assert!(pause >= base && wait.is_none_or(|wait| pause >= wait && wait <= LONGEST_WAIT));
            assert!(pause <= (steepest + steepest / 4).max(wait.unwrap_or_default()));
        }
        Err(long) => assert!(long > LONGEST_WAIT && Some(long) == wait),
    }
});
