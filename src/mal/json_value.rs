//! Parsers of single JSON fields of an anime. Each parses its own raw text, so numbers stay exact and messages name the
//! field.
//!
//! Rules:
//! 1. Absent and null are the same.
//! 2. A wrong JSON type is an error, which rejects the entry.
//! 3. Any other unusable value is sanitized or ignored, with a warning.

use std::{borrow::Cow, ops::RangeInclusive};

use chrono::{DateTime, SubsecRound as _, Utc};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::value::RawValue;

use crate::domain::{limits, partial_date::PartialDate, text, time};

/// Raw JSON of a field. `None` if the field is absent or null.
pub(super) type RawField<'a> = Option<&'a RawValue>;

/// Parses a text: NUL is replaced, an overlong text is truncated. Returns `None` if the text is empty.
pub(super) fn parse_text(raw: RawField<'_>, name: &str, warn: &mut dyn FnMut(&str)) -> Result<Option<String>, String> {
    let Some(raw) = raw else { return Ok(None) };
    let mut text: String =
        serde_json::from_str(raw.get()).map_err(|_| format!("{name} is no text: {}", excerpt(raw)))?;
    text::sanitize(&mut text).report(name, warn);
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// Returns the integer, or `None` if it is not an integer literal of 64 bits (`1.0` and `1e3` are not).
pub(super) fn parse_i64(raw: &RawValue) -> Option<i64> {
    raw.get().parse().ok()
}

/// Parses an integer. Fails if it is outside `range`.
pub(super) fn parse_integer(raw: RawField<'_>, name: &str, range: RangeInclusive<i32>) -> Result<Option<i32>, String> {
    let Some(raw) = raw else { return Ok(None) };
    let digits = raw.get().strip_prefix('-').unwrap_or(raw.get());
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("{name} is no whole number: {}", excerpt(raw)));
    }
    limits::check_range(parse_i64(raw), &range, name, excerpt(raw)).map(Some)
}

/// Parses a mean score, rounded to two decimals, half away from zero. A score outside 0 to 10 is ignored.
pub(super) fn parse_mean_score(
    raw: RawField<'_>,
    name: &str,
    warn: &mut dyn FnMut(&str),
) -> Result<Option<Decimal>, String> {
    let Some(raw) = raw else { return Ok(None) };
    if !raw.get().starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return Err(format!("{name} is no number: {}", excerpt(raw)));
    }
    let number = raw.get().parse().or_else(|_| Decimal::from_scientific(raw.get())).ok();
    let score = number.filter(|number| (Decimal::ZERO..=Decimal::TEN).contains(number));
    if score.is_none() {
        warn(&format!("{name} {} is not within 0 to 10 and is ignored", excerpt(raw)));
    }
    Ok(score.map(|number| number.abs().round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)))
}

/// Parses a date with at least a year. An invalid date is ignored.
pub(super) fn parse_date(
    raw: RawField<'_>,
    name: &str,
    warn: &mut dyn FnMut(&str),
) -> Result<Option<PartialDate>, String> {
    let Some(text) = parse_text(raw, name, warn)? else { return Ok(None) };
    let date = text.parse();
    if date.is_err() {
        warn(&format!("{name} {:?} is not a date and is ignored", text::excerpt(&text)));
    }
    Ok(date.ok())
}

/// Parses a time, truncated to seconds. A time that is invalid, or that no database can store, is ignored.
pub(super) fn parse_time(
    raw: RawField<'_>,
    name: &str,
    warn: &mut dyn FnMut(&str),
) -> Result<Option<DateTime<Utc>>, String> {
    let Some(text) = parse_text(raw, name, warn)? else { return Ok(None) };
    let time = time::parse_rfc3339(&text).map(|time| time.trunc_subsecs(0));
    if time.is_none() {
        warn(&format!("{name} {:?} is not a time and is ignored", text::excerpt(&text)));
    }
    Ok(time)
}

/// Parses a keyword. A keyword that is not in `known` is kept, with a warning.
pub(super) fn parse_keyword(
    raw: RawField<'_>,
    name: &str,
    known: &[&str],
    warn: &mut dyn FnMut(&str),
) -> Result<Option<String>, String> {
    let keyword = parse_text(raw, name, warn)?;
    if let Some(new_keyword) = keyword.as_deref().filter(|keyword| !known.contains(keyword)) {
        warn(&format!("{name} {:?} is unknown and is kept as it is", text::excerpt(new_keyword)));
    }
    Ok(keyword)
}

/// Parses an object as `T`. Returns the default if the field is absent.
pub(super) fn parse_object<'a, T: serde::Deserialize<'a> + Default>(
    raw: RawField<'a>,
    name: &str,
) -> Result<T, String> {
    match raw {
        None => Ok(T::default()),
        // serde also accepts an array for a struct, by position. MAL sends none.
        Some(raw) if !raw.get().starts_with('{') => Err(format!("{name} is no object: {}", excerpt(raw))),
        Some(raw) => serde_json::from_str(raw.get()).map_err(|error| format!("{name} cannot be read: {error}")),
    }
}

/// Returns the value's JSON, shortened for a one-line message.
pub(super) fn excerpt(raw: &RawValue) -> Cow<'_, str> {
    text::excerpt(raw.get())
}
