//! The form of a write to `my_list_status`.
//!
//! Observed behaviour, unless marked:
//!
//! 1. Only sent fields change. A field that `set_field` does not know is refused, and nothing is stored.
//! 2. The form calls the episodes `num_watched_episodes`; responses call them `num_episodes_watched`.
//! 3. Episodes are limited to the known total. A negative number has no effect (observed once).
//! 4. A score may have a zero fraction. Only `false` ends rewatching: `False` and `0` start it.
//! 5. An empty date and `0000-00-00` clear the date. The effect of a partial date is unknown: here it is stored.
//! 6. The response to a value out of range is unknown: here it is the 400 that MAL sends for an invalid `q`.

use crate::comment_text::normalize_line_breaks;
use crate::list_status::{SimListStatus, WatchStatus};
use crate::sim_date::parse_date;

/// Why a form was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FormError {
    /// An unknown field (response observed).
    UnknownField,
    /// An invalid value of the named field (response inferred).
    InvalidValue(String),
}

/// Changes a status as the form says. On an error nothing changes. `total_episodes` is 0 if unknown. The caller sets
/// `updated_at_seconds`.
pub(crate) fn apply_form(
    status: &mut SimListStatus,
    form: &[(String, String)],
    total_episodes: u32,
) -> Result<(), FormError> {
    let mut changed = status.clone();
    for (index, (name, value)) in form.iter().enumerate() {
        // The last value of a name counts, as in PHP.
        if form[index + 1..].iter().all(|(later_name, _)| later_name != name) {
            set_field(&mut changed, name, value, total_episodes)?;
        }
    }
    *status = changed;
    Ok(())
}

fn set_field(status: &mut SimListStatus, name: &str, value: &str, total_episodes: u32) -> Result<(), FormError> {
    let invalid = || FormError::InvalidValue(name.to_owned());
    let number = |max: u32| {
        let number = value.trim().parse::<u32>().ok();
        number.filter(|number| *number <= max).ok_or_else(invalid)
    };
    let small_number = |max: u32| number(max).map(|number| u8::try_from(number).unwrap_or(u8::MAX));
    match name {
        "status" => status.watch_status = WatchStatus::parse(value).ok_or_else(invalid)?,
        "is_rewatching" => status.is_rewatching = value != "false",
        "score" => status.score = parse_score(value).ok_or_else(invalid)?,
        "num_watched_episodes" => {
            let max = if total_episodes == 0 { u32::MAX } else { total_episodes };
            if !is_negative_number(value) {
                status.episodes_watched = number(u32::MAX)?.min(max);
            }
        }
        "priority" => status.priority = small_number(2)?,
        "num_times_rewatched" => status.times_rewatched = number(u32::MAX)?,
        "rewatch_value" => status.rewatch_value = small_number(5)?,
        "tags" => status.tags = split_tags(value),
        "comments" => status.comments = normalize_line_breaks(value),
        "start_date" => status.start_date = parse_date(value).ok_or_else(invalid)?,
        "finish_date" => status.finish_date = parse_date(value).ok_or_else(invalid)?,
        _ => return Err(FormError::UnknownField),
    }
    Ok(())
}

fn is_negative_number(value: &str) -> bool {
    value.trim().parse::<i64>().is_ok_and(|number| number < 0)
}

/// Parses a score from 0 to 10. `8.0` is 8; the effect of half points is unknown.
fn parse_score(value: &str) -> Option<u8> {
    let value = value.trim();
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let score = whole.parse().ok().filter(|score| *score <= 10);
    score.filter(|_| fraction.bytes().all(|byte| byte == b'0'))
}

fn split_tags(value: &str) -> Vec<String> {
    value.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form_pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn form_changes_only_sent_fields() {
        let mut status = SimListStatus { score: 7, start_date: "2020".to_owned(), ..SimListStatus::default() };
        let form = form_pairs(&[("status", "completed"), ("tags", "a, b,,c"), ("start_date", "")]);
        apply_form(&mut status, &form, 12).unwrap();
        assert_eq!(status.score, 7);
        assert_eq!(status.episodes_watched, 0, "status completed must not set the episode count");
        assert_eq!(status.tags, ["a", "b", "c"]);
        assert_eq!(status.start_date, "");
        apply_form(&mut status, &form_pairs(&[("score", "99"), ("score", "3"), ("num_watched_episodes", "-1")]), 12)
            .unwrap();
        assert_eq!(status.score, 3, "the last value of a name counts");
        assert_eq!(status.episodes_watched, 0, "a negative number has no effect");
    }

    #[test]
    fn invalid_form_changes_nothing() {
        for (name, value, is_unknown) in [
            ("num_episodes_watched", "3", true),
            ("end_date", "2020-01-01", true),
            ("Score", "3", true),
            ("score", "11", false),
            ("score", "-1", false),
            ("status", "seen", false),
            ("status", "rewatching", false),
            ("status", "Watching", false),
            ("num_watched_episodes", "x", false),
            ("num_times_rewatched", "-1", false),
            ("priority", "3", false),
            ("rewatch_value", "6", false),
            ("start_date", "2020-1-1", false),
        ] {
            let mut status = SimListStatus::default();
            let expected = if is_unknown { FormError::UnknownField } else { FormError::InvalidValue(name.to_owned()) };
            let form = form_pairs(&[("comments", "x"), (name, value)]);
            assert_eq!(apply_form(&mut status, &form, 0), Err(expected), "{name}={value}");
            assert_eq!(status, SimListStatus::default());
        }
    }
}
