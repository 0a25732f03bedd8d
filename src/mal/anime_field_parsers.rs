//! Parsers of single JSON fields of an anime. Each parses its own raw text, so numbers stay exact and messages name the
//! field.
//!
//! Rules:
//! 1. Absent and null are the same.
//! 2. An integral number is an integer in any notation, also in a string; an empty text is the same as null.
//! 3. A wrong JSON type, or a number that no column holds, is an error. The caller decides whether it rejects the entry
//!    or only the value.
//! 4. Any other unusable value is sanitized or ignored, with a warning.

use std::{borrow::Cow, ops::RangeInclusive};

use chrono::{DateTime, SubsecRound as _, Utc};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::value::RawValue;

use crate::domain::{
    limits,
    loose_json::{self, SentInteger},
    partial_date::PartialDate,
    text, time,
};

/// Raw JSON of a field. `None` if the field is absent or null.
pub(super) type RawField<'a> = Option<&'a RawValue>;

/// Parses a text: NUL is replaced, an overlong text is truncated. Returns `None` if the text is empty.
pub(super) fn parse_text(raw: RawField<'_>, name: &str, warn: &mut dyn FnMut(&str)) -> Result<Option<String>, String> {
    let Some(raw) = raw else { return Ok(None) };
    let mut text: String =
        serde_json::from_str(raw.get()).map_err(|_| format!("{name} is not a string: {}", excerpt(raw)))?;
    text::sanitize(&mut text).report(name, warn);
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// Returns the text of a number: the JSON itself, or the content of a string. Returns `None` for an empty string.
fn number_text(raw: &RawValue) -> Option<Cow<'_, str>> {
    if !raw.get().starts_with('"') {
        return Some(raw.get().into());
    }
    let text: String = serde_json::from_str(raw.get()).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty()).map(Cow::Owned)
}

/// Returns the integer, or `None` if it is none of 64 bits.
pub(super) fn parse_i64(raw: &RawValue) -> Option<i64> {
    number_text(raw).and_then(|text| SentInteger::from_text(&text).as_i64())
}

/// Parses an integer. Fails if it is outside `range`.
pub(super) fn parse_integer(raw: RawField<'_>, name: &str, range: RangeInclusive<i32>) -> Result<Option<i32>, String> {
    let Some(raw) = raw else { return Ok(None) };
    let Some(text) = number_text(raw) else { return Ok(None) };
    match SentInteger::from_text(&text) {
        SentInteger::NotInteger => Err(format!("{name} is not a whole number: {}", excerpt(raw))),
        number => limits::check_range(number.as_i64(), &range, name, || excerpt(raw)).map(Some),
    }
}

/// Parses a mean score, rounded to two decimals, half away from zero. A score outside 0 to 10 is ignored.
pub(super) fn parse_mean_score(
    raw: RawField<'_>,
    name: &str,
    warn: &mut dyn FnMut(&str),
) -> Result<Option<Decimal>, String> {
    let Some(raw) = raw else { return Ok(None) };
    let Some(text) = number_text(raw) else { return Ok(None) };
    let number = loose_json::parse_decimal(&text);
    // A number may have more digits than a decimal holds.
    if number.is_none() && text.parse::<f64>().is_err() {
        return Err(format!("{name} is not a number: {}", excerpt(raw)));
    }
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
        Some(raw) if !raw.get().starts_with('{') => Err(format!("{name} is not an object: {}", excerpt(raw))),
        Some(raw) => serde_json::from_str(raw.get()).map_err(|error| format!("{name} cannot be read: {error}")),
    }
}

/// Returns the value's JSON, shortened for a one-line message.
pub(super) fn excerpt(raw: &RawValue) -> Cow<'_, str> {
    text::excerpt(raw.get())
}
