//! Formats and parses times and dates that are text: in SQLite, and in JSON of either database.
//!
//! Written as other programs expect: `YYYY-MM-DD HH:MM:SS` in UTC, with a fraction if it is not zero, and `YYYY-MM-DD`.
//! Accepted: also a fraction, `T`, `Z`, an offset, a date without a time of day, and seconds since 1970. Any other text
//! that begins with a date is midnight of that day. A text without one is no time.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SubsecRound, Utc};

/// Formats a time. A fraction is written only if it is not zero.
pub(in crate::store) fn format_time(time: DateTime<Utc>) -> String {
    time.trunc_subsecs(6).naive_utc().to_string()
}

/// Parses a time in any accepted format. Returns `None` for other text.
pub(in crate::store) fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    if let Some(time) = parse_fixed_width_time(text.as_bytes()) {
        return Some(time.and_utc());
    }
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    let plain = text.trim_end_matches(" UTC").trim_end_matches('Z');
    for format in ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M"] {
        if let Ok(time) = NaiveDateTime::parse_from_str(plain, format) {
            return Some(time.and_utc());
        }
    }
    for format in ["%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.f%#z"] {
        if let Ok(time) = DateTime::parse_from_str(text, format) {
            return Some(time.to_utc());
        }
    }
    if let Ok(seconds) = text.parse::<i64>() {
        return DateTime::from_timestamp(seconds, 0);
    }
    parse_date(plain).and_then(|date| date.and_hms_opt(0, 0, 0)).map(|time| time.and_utc())
}

/// Parses a date and ignores a following time of day. Returns `None` for other text.
pub(in crate::store) fn parse_date(text: &str) -> Option<NaiveDate> {
    let text = text.trim().get(..10)?;
    parse_fixed_width_date(text.as_bytes()).or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
}

/// Parses the fixed-width format that [`format_time`] writes for whole seconds: the fast path for nearly all values.
fn parse_fixed_width_time(text: &[u8]) -> Option<NaiveDateTime> {
    let (date, time) = text.split_at_checked(10)?;
    let [b' ', h1, h2, b':', m1, m2, b':', s1, s2] = *time else { return None };
    parse_fixed_width_date(date)?.and_hms_opt(
        parse_digits(&[h1, h2])?,
        parse_digits(&[m1, m2])?,
        parse_digits(&[s1, s2])?,
    )
}

fn parse_fixed_width_date(text: &[u8]) -> Option<NaiveDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else { return None };
    let year = parse_digits(&[y1, y2, y3, y4])?;
    NaiveDate::from_ymd_opt(year.try_into().ok()?, parse_digits(&[m1, m2])?, parse_digits(&[d1, d2])?)
}

fn parse_digits(digits: &[u8]) -> Option<u32> {
    let digit = |digit: &u8| digit.is_ascii_digit().then(|| u32::from(digit - b'0'));
    digits.iter().try_fold(0, |sum, byte| Some(sum * 10 + digit(byte)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_time_matches_sqlite_datetime() {
        let time = "2026-11-22T19:31:49Z".parse::<DateTime<Utc>>().unwrap();
        assert_eq!(format_time(time), "2026-11-22 19:31:49");
        assert_eq!(format_time("2026-11-22T19:31:49.25Z".parse().unwrap()), "2026-11-22 19:31:49.250");
    }

    #[test]
    fn parse_time_accepts_formats_of_other_programs() {
        for text in [
            "2026-11-22 19:31:49",
            "2026-11-22T19:31:49",
            "2026-11-22T19:31:49Z",
            "2026-11-22 19:31:49Z",
            "2026-11-22 19:31:49 UTC",
            "2026-11-22 19:31:49.000000",
            "2026-11-22T20:31:49+01:00",
            "2026-11-22 20:31:49+01:00",
            "2026-11-22 19:31:49+00",
            "1795375909",
        ] {
            assert_eq!(parse_time(text).map(format_time).as_deref(), Some("2026-11-22 19:31:49"), "{text}");
        }
        assert_eq!(parse_time("2026-11-22").map(format_time).as_deref(), Some("2026-11-22 00:00:00"));
    }

    #[test]
    fn invalid_date_is_none_and_invalid_time_of_day_is_midnight() {
        let long_text = format!("2026-11-22 {}:00:00", "9".repeat(40));
        for text in
            ["", "soon", "2026-13-01 00:00:00", "2026-02-30 12:00:00", "日本語日本語日本語", "2026-11-2日 00:00:00"]
        {
            assert_eq!((parse_time(text), parse_date(text)), (None, None), "{text}");
        }
        for text in ["2026-11-22 24:00:00", "2026-11-22 +1:00:00", long_text.as_str()] {
            assert_eq!(parse_time(text).map(format_time).as_deref(), Some("2026-11-22 00:00:00"), "{text}");
        }
    }

    #[test]
    fn fixed_width_parser_agrees_with_chrono() {
        let times = (0..4_000).map(|n| DateTime::from_timestamp(-8_000_000_000 + n * 7_654_321, 0).unwrap());
        for time in times {
            let text = format_time(time);
            assert_eq!(parse_fixed_width_time(text.as_bytes()), Some(time.naive_utc()), "{text}");
            assert_eq!(NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S"), Ok(time.naive_utc()));
            assert_eq!(parse_date(&text), Some(time.date_naive()));
        }
        assert_eq!(format_time(DateTime::<Utc>::MAX_UTC).get(..7), Some("+262142"));
    }
}
