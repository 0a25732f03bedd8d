//! Formats times, numbers and pairs of label and value for people.

use std::{fmt::Display, path::Path};

use anstyle::Style;
use chrono::{DateTime, Local, TimeDelta, Utc};
use indicatif::HumanDuration;

use super::{
    style::{DIM, PLAIN, paint},
    wrap::wrap_prose,
};
use crate::control_chars::escape_controls;

/// Formats a time for people: local time, to the minute.
#[must_use]
pub fn format_time(time: DateTime<Utc>) -> String {
    time.with_timezone(&Local).format("%Y-%m-%d %H:%M").to_string()
}

/// Formats a time for people in full: local time, to the second, with its offset from UTC.
#[must_use]
pub fn format_full_time(time: DateTime<Utc>) -> String {
    time.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S %:z").to_string()
}

/// Formats how long ago a time was: `3 minutes ago`. A time in the future is `just now`.
#[must_use]
pub fn format_ago(time: DateTime<Utc>, now: DateTime<Utc>) -> String {
    /// A time that is younger than this is `just now`.
    const JUST_NOW: TimeDelta = TimeDelta::seconds(2);
    let age = now - time;
    if age < JUST_NOW {
        return "just now".to_owned();
    }
    format!("{} ago", HumanDuration(age.to_std().unwrap_or_default()))
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

/// Formats a time span roughly, for a sentence: `12s`, `1m`, `1h30m`, `2d`.
#[must_use]
pub fn format_rough_span(span: TimeDelta) -> String {
    let seconds = span.num_seconds().max(0);
    let parts = [(seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    let mut parts = parts.into_iter().skip_while(|(number, _)| *number == 0);
    let text = |(number, unit): (i64, &str)| format!("{number}{unit}");
    let first = parts.next().map_or_else(|| "0s".to_owned(), text);
    first + &parts.next().filter(|(number, _)| *number > 0).map(text).unwrap_or_default()
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

/// A value whose beginning has a style.
#[derive(Clone, Debug)]
pub(super) struct StyledValue {
    pub(super) start: String,
    pub(super) style: Style,
    pub(super) rest: String,
}

/// Returns aligned labels and values, one pair after the other. Values are wrapped to `columns` if given; else each takes
/// one line.
pub(super) fn key_value_lines(pairs: &[(&str, String)], columns: Option<usize>) -> String {
    let plain = |value: &String| StyledValue { start: String::new(), style: PLAIN, rest: value.clone() };
    styled_key_value_lines(&pairs.iter().map(|(label, value)| (*label, plain(value))).collect::<Vec<_>>(), columns)
}

/// Returns aligned labels and values as [`key_value_lines`] does.
pub(super) fn styled_key_value_lines(pairs: &[(&str, StyledValue)], columns: Option<usize>) -> String {
    let widest = pairs.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (label, StyledValue { start, style, rest }) in pairs {
        let gap = " ".repeat(widest - label.len() + 2);
        let value = paint_nonempty(&escape_controls(start), *style) + &escape_controls(rest);
        let line = format!("{}{gap}{value}", paint_nonempty(label, DIM));
        text.push_str(columns.map_or_else(|| line.clone(), |columns| wrap_prose(&line, columns)).trim_end());
        text.push('\n');
    }
    text
}

fn paint_nonempty(text: &str, style: Style) -> String {
    if text.is_empty() { String::new() } else { paint(text, style) }
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
    fn rough_span_has_at_most_two_units() {
        for (seconds, text) in
            [(0, "0s"), (12, "12s"), (60, "1m"), (61, "1m1s"), (5_400, "1h30m"), (3_601, "1h"), (183_600, "2d3h")]
        {
            assert_eq!(format_rough_span(TimeDelta::seconds(seconds)), text);
        }
    }

    #[test]
    fn age_is_told_in_its_largest_unit() {
        let now: DateTime<Utc> = "2026-11-22T19:00:00Z".parse().unwrap();
        for (seconds, text) in [
            (-60, "just now"),
            (1, "just now"),
            (12, "12 seconds ago"),
            (180, "3 minutes ago"),
            (7_300, "2 hours ago"),
            (3 * 86_400, "3 days ago"),
        ] {
            assert_eq!(format_ago(now - TimeDelta::seconds(seconds), now), text);
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
