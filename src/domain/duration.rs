//! Durations as people type them: `90s`, `5m`, `1h30m`, `7d`, `0s`.
//!
//! Whole numbers with a unit, from the larger unit to the smaller, each at most once. A number without a unit is refused:
//! whether 5 is seconds or minutes is not for malsync to guess.

use std::time::Duration;

/// The longest duration that is taken: 100,000 days, some 273 years. Far enough from where adding it to a time overflows.
pub const MAX_DURATION: Duration = Duration::from_secs(100_000 * 86_400);

const SECONDS_PER_UNIT: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// The text is no duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a duration of at most 100000d; write it like 90s, 5m, 1h30m or 7d")]
pub struct ParseDurationError;

/// Reads a duration, to the second.
///
/// # Errors
///
/// Where the text is not of the form above, or longer than [`LONGEST`].
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
        // Searching onwards in the list of units is what keeps them in order and apart.
        let (_, seconds) = units.find(|(letter, _)| *letter == unit).ok_or(ParseDurationError)?;
        total = number.checked_mul(*seconds).and_then(|part| total.checked_add(part)).ok_or(ParseDurationError)?;
        rest = &rest[end + 1..];
    }
    Some(Duration::from_secs(total)).filter(|duration| *duration <= MAX_DURATION).ok_or(ParseDurationError)
}

/// Writes a duration as [`parse`] reads it; parts of a second are left out.
#[must_use]
pub fn format(duration: Duration) -> String {
    let mut left = duration.as_secs();
    let mut text = String::new();
    for (letter, seconds) in SECONDS_PER_UNIT {
        if left >= seconds {
            text.push_str(&(left / seconds).to_string());
            text.push(letter);
            left %= seconds;
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
