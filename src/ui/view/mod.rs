//! Formats the output of each command: the documented JSON for scripts, text and tables for people.
//!
//! Invariants:
//! 1. The JSON types have exactly the documented fields, in that order; scripts depend on them. Texts may change.
//! 2. Each view takes typed values and returns a serializable value, a [`TextTable`](super::TextTable), or escaped text.

pub mod changes;
mod column;
pub mod doctor;
pub mod dry_run;
pub mod edit_result;
pub mod export;
pub mod field_state;
pub mod import;
pub mod list;
pub mod login;
pub mod pins;
pub mod report;
pub mod run;
pub mod schedule;
pub mod settings;
pub mod show;
pub mod stats;
pub mod status;

pub use column::{ListRow, OutputColumn};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::Value;

use crate::domain::user::User;

/// Cell text for a missing value.
const NO_VALUE: &str = "-";

/// Formats a time for JSON: RFC 3339 in UTC, with its full precision.
fn format_utc(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Formats a time for people, to the minute, in UTC.
#[must_use]
pub fn format_time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// Formats a path as escaped text.
#[must_use]
pub fn format_path(path: &std::path::Path) -> String {
    super::escape_controls(&path.display().to_string()).into_owned()
}

/// Formats a time span: `28ms`, `0.4s`, `12.3s`, `5m03s`, `26h00m`, `9d`. A negative span becomes `0ms`.
#[must_use]
pub fn format_time_span(span: TimeDelta) -> String {
    let milliseconds = span.num_milliseconds().max(0);
    let seconds = milliseconds / 1_000;
    match seconds {
        0 if milliseconds < 100 => format!("{milliseconds}ms"),
        0..60 => format!("{seconds}.{}s", milliseconds % 1_000 / 100),
        60..3_600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        3_600..172_800 => format!("{}h{:02}m", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// Returns the text for an empty result. Suggests a sync only if the list is empty and was never synced: a list imported from
/// a file needs none.
#[must_use]
pub fn no_entries_text(user: &User, is_empty: bool) -> String {
    if !is_empty || user.last_mal_sync.is_some() {
        return "no entry".to_owned();
    }
    format!(
        "no entry: {} was never synced; next: malsync sync {}",
        super::escape_controls(&user.username),
        user.as_cli_arg()
    )
}

/// Formats an integer with thousands separators: `1,200`.
pub(super) fn format_count(number: impl std::fmt::Display) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Formats a number with its noun: `1 entry`, `2 entries`.
fn pluralize(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", format_count(number), if number == 1 { one } else { many })
}

/// Formats an optional value; `None` becomes [`NO_VALUE`].
fn or_no_value(value: Option<impl ToString>) -> String {
    value.map_or_else(|| NO_VALUE.to_owned(), |value| value.to_string())
}

/// Formats a JSON value for people: texts without quotes, lists with commas, an entry (object) as its significant fields.
fn display_value(value: &Value) -> String {
    match value {
        Value::Null => NO_VALUE.to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(display_value).collect::<Vec<_>>().join(", "),
        Value::Object(entry) => {
            // PostgreSQL stores JSON keys in its own order.
            let mut pairs: Vec<_> = entry.iter().filter(|(_, value)| is_significant(value)).collect();
            pairs.sort_by_key(|(key, _)| (*key != "status", *key != "score", *key));
            let words = pairs.into_iter().map(|(key, value)| match (key.as_str(), value) {
                ("status", value) => display_value(value),
                (key, Value::Bool(true)) => key.replace('_', " "),
                (key, value) => format!("{} {}", key.replace('_', " "), display_value(value)),
            });
            words.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// Returns true if the value is not null, empty, 0 or false.
fn is_significant(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Bool(true) | Value::Object(_) => true,
    }
}

/// Returns aligned labels and values, one pair per line.
fn key_value_lines(pairs: &[(&str, String)]) -> String {
    let widest = pairs.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    pairs.iter().map(|(label, value)| format!("{label:widest$}  {}\n", super::escape_controls(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_count_separates_thousands() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1_200, "1,200"), (1_234_567, "1,234,567"), (-1_200, "-1,200"), (-100, "-100")]
        {
            assert_eq!(format_count(number), text);
        }
    }

    #[test]
    fn time_span_uses_the_unit_that_fits() {
        for (milliseconds, text) in [
            (-5, "0ms"),
            (99, "99ms"),
            (100, "0.1s"),
            (449, "0.4s"),
            (12_345, "12.3s"),
            (303_000, "5m03s"),
            (93_600_000, "26h00m"),
            (777_600_000, "9d"),
        ] {
            assert_eq!(format_time_span(TimeDelta::milliseconds(milliseconds)), text);
        }
    }

    #[test]
    fn times_are_utc_with_their_known_precision() {
        let time: DateTime<Utc> = "2026-01-02T03:04:05.120+01:00".parse().unwrap();
        assert_eq!(format_utc(time), "2026-01-02T02:04:05.120Z");
        assert_eq!(format_utc("2026-01-02T03:04:05Z".parse().unwrap()), "2026-01-02T03:04:05Z");
    }
}
