//! Formats times, numbers and pairs of label and value for people.

use std::{fmt::Display, path::Path};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    style::{DIM, paint},
    wrap_text,
};
use crate::control_chars::escape_controls;

/// Formats a time for people, to the minute, in UTC.
#[must_use]
pub fn format_time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// Formats a path as escaped text.
#[must_use]
pub fn format_path(path: &Path) -> String {
    escape_controls(&path.display().to_string()).into_owned()
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

/// Formats an integer with thousands separators: `1,200`.
pub(super) fn format_count(number: impl Display) -> String {
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
pub(super) fn pluralize(number: impl TryInto<i64>, one: &str, many: &str) -> String {
    let number = number.try_into().unwrap_or(i64::MAX);
    format!("{} {}", format_count(number), if number == 1 { one } else { many })
}

/// Formats a number of entries.
pub(super) fn pluralize_entries(number: impl TryInto<i64>) -> String {
    pluralize(number, "entry", "entries")
}

/// Returns aligned labels and values, one pair after the other. Values are wrapped to `columns` if given; else each takes
/// one line.
pub(super) fn key_value_lines(pairs: &[(&str, String)], columns: Option<usize>) -> String {
    let widest = pairs.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (label, value) in pairs {
        let lines = match columns {
            Some(columns) => wrap_text(value, columns.saturating_sub(widest + 2)),
            None => vec![escape_controls(value).into_owned()],
        };
        for (index, line) in lines.into_iter().enumerate() {
            let label = if index == 0 { label } else { "" };
            let padding = " ".repeat(widest - label.len() + 2);
            let label = if label.is_empty() { String::new() } else { paint(label, DIM) };
            text.push_str(format!("{label}{padding}{line}").trim_end());
            text.push('\n');
        }
    }
    text
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
}
