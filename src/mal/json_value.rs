//! Single JSON fields of an anime, each from its own raw text: numbers stay exact, and a message names the field.
//!
//! Absent and null are the same. A wrong JSON type is an error, which rejects the entry; what a row can hold after
//! mending is mended, and said.

use std::{borrow::Cow, ops::RangeInclusive};

use chrono::{DateTime, SubsecRound as _, Utc};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::value::RawValue;

use crate::domain::{partial_date::PartialDate, text, time};

/// A field's raw JSON, where MAL sent it and it is not null.
pub(super) type RawField<'a> = Option<&'a RawValue>;

/// A text with NUL replaced, cut where it is too long; empty is none.
pub(super) fn parse_text(raw: RawField<'_>, name: &str, warn: &mut dyn FnMut(&str)) -> Result<Option<String>, String> {
    let Some(raw) = raw else { return Ok(None) };
    let mut text: String =
        serde_json::from_str(raw.get()).map_err(|_| format!("{name} is no text: {}", excerpt(raw)))?;
    text::sanitize(&mut text).report(name, warn);
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// A whole number of whatever size fits 64 bits. `1.0` and `1e3` are none.
pub(super) fn parse_i64(raw: &RawValue) -> Option<i64> {
    raw.get().parse().ok()
}

/// A whole number within a range.
pub(super) fn parse_integer(raw: RawField<'_>, name: &str, range: RangeInclusive<i32>) -> Result<Option<i32>, String> {
    let Some(raw) = raw else { return Ok(None) };
    let digits = raw.get().strip_prefix('-').unwrap_or(raw.get());
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("{name} is no whole number: {}", excerpt(raw)));
    }
    let number = parse_i64(raw).and_then(|number| i32::try_from(number).ok()).filter(|number| range.contains(number));
    let outside = || format!("{name} is {}, not within {} to {}", excerpt(raw), range.start(), range.end());
    number.map(Some).ok_or_else(outside)
}

/// A mean score with two decimals, half away from zero; outside 0 to 10 it is left out.
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
    let within = number.filter(|number| (Decimal::ZERO..=Decimal::TEN).contains(number));
    if within.is_none() {
        warn(&format!("{name} {} is not within 0 to 10, and is left out", excerpt(raw)));
    }
    Ok(within.map(|number| number.abs().round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)))
}

/// A date of which the year is known; what the calendar does not have is left out.
pub(super) fn parse_date(
    raw: RawField<'_>,
    name: &str,
    warn: &mut dyn FnMut(&str),
) -> Result<Option<PartialDate>, String> {
    let Some(text) = parse_text(raw, name, warn)? else { return Ok(None) };
    let date = text.parse();
    if date.is_err() {
        warn(&format!("{name} {:?} is no date, and is left out", text::excerpt(&text)));
    }
    Ok(date.ok())
}

/// A time, to the second; what cannot be read, or no database holds, is left out.
pub(super) fn parse_time(
    raw: RawField<'_>,
    name: &str,
    warn: &mut dyn FnMut(&str),
) -> Result<Option<DateTime<Utc>>, String> {
    let Some(text) = parse_text(raw, name, warn)? else { return Ok(None) };
    let time = time::parse_rfc3339(&text).map(|time| time.trunc_subsecs(0));
    if time.is_none() {
        warn(&format!("{name} {:?} is no time, and is left out", text::excerpt(&text)));
    }
    Ok(time)
}

/// One of the known words, or a new one, which is kept.
pub(super) fn parse_keyword(
    raw: RawField<'_>,
    name: &str,
    known: &[&str],
    warn: &mut dyn FnMut(&str),
) -> Result<Option<String>, String> {
    let word = parse_text(raw, name, warn)?;
    if let Some(new) = word.as_deref().filter(|word| !known.contains(word)) {
        warn(&format!("{name} {:?} is new, and is kept as it is", text::excerpt(new)));
    }
    Ok(word)
}

/// An object, read as `T`.
pub(super) fn parse_object<'a, T: serde::Deserialize<'a> + Default>(
    raw: RawField<'a>,
    name: &str,
) -> Result<T, String> {
    match raw {
        None => Ok(T::default()),
        // A struct is read from an array too, by position: not here.
        Some(raw) if !raw.get().starts_with('{') => Err(format!("{name} is no object: {}", excerpt(raw))),
        Some(raw) => serde_json::from_str(raw.get()).map_err(|fault| format!("{name} cannot be read: {fault}")),
    }
}

/// A value for a message: its JSON, cut to what one line can take.
pub(super) fn excerpt(raw: &RawValue) -> Cow<'_, str> {
    text::excerpt(raw.get())
}
