//! Durations in the form that users type: `90s`, `5m`, `1h30m`, `7d`, `0s`.
//!
//! A duration is a sequence of integers with units, from the larger to the smaller unit, each at most once. A number
//! without a unit is rejected, because `5` could mean seconds or minutes.

use std::time::Duration;

/// The longest accepted duration: 100,000 days (about 273 years). Adding it to a time cannot overflow.
pub const MAX_DURATION: Duration = Duration::from_secs(100_000 * 86_400);

const SECONDS_PER_UNIT: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Error for a text that is not a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid duration; examples: 90s, 5m, 1h30m, 7d")]
pub struct ParseDurationError;

/// Parses a duration with a resolution of one second.
///
/// # Errors
///
/// Fails if the text does not have the form described above, or exceeds [`MAX_DURATION`].
pub fn parse(text: &str) -> Result<Duration, ParseDurationError> {
    let mut units = SECONDS_PER_UNIT.iter();
    let mut rest = text;
    let mut total = 0_u64;
    if text.is_empty() {
        return Err(ParseDurationError);
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).ok_or(ParseDurationError)?;
        let number: u64 = rest[..end].parse().map_err(|_| ParseDurationError)?;
        let unit = rest[end..].chars().next().ok_or(ParseDurationError)?;
        // The iterator only moves forward, so each unit occurs at most once and in descending order.
        let (_, seconds) = units.find(|(letter, _)| *letter == unit).ok_or(ParseDurationError)?;
        total = number.checked_mul(*seconds).and_then(|part| total.checked_add(part)).ok_or(ParseDurationError)?;
        rest = &rest[end + 1..];
    }
    Some(Duration::from_secs(total)).filter(|duration| *duration <= MAX_DURATION).ok_or(ParseDurationError)
}

/// Formats a duration in the form that [`parse`] accepts. Fractions of a second are dropped.
#[must_use]
pub fn format(duration: Duration) -> String {
    let mut remaining = duration.as_secs();
    let mut text = String::new();
    for (letter, seconds) in SECONDS_PER_UNIT {
        if remaining >= seconds {
            text.push_str(&(remaining / seconds).to_string());
            text.push(letter);
            remaining %= seconds;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parse_accepts_documented_forms() {
        for (text, seconds) in
            [("90s", 90), ("5m", 300), ("1h30m", 5_400), ("7d", 604_800), ("0s", 0), ("1d2h3m4s", 93_784), ("007s", 7)]
        {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn parse_rejects_other_text() {
        for text in [
            "",
            "5",
            "m",
            "5 m",
            " 5m",
            "5m ",
            "-5m",
            "+5m",
            "1.5h",
            "5M",
            "5ms",
            "30m1h",
            "1m1m",
            "1h30",
            "5w",
            "５m",
            "100001d",
            "99999999999999999999s",
            "300000000000000d",
            "5é",
        ] {
            assert_eq!(parse(text), Err(ParseDurationError), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn format_then_parse_returns_same_duration(seconds in 0..=MAX_DURATION.as_secs()) {
            let duration = Duration::from_secs(seconds);
            prop_assert_eq!(parse(&format(duration)), Ok(duration));
        }

        #[test]
        fn parse_never_panics(text in "\\PC*") {
            let _ = parse(&text);
        }
    }
}
