//! Limits of an entry's values, and the messages about values beyond them.

use std::{fmt, ops::RangeInclusive};

/// Numbers that a column can hold and MAL may send: 0 and more.
pub const NON_NEGATIVE: RangeInclusive<i32> = 0..=i32::MAX;

/// MAL's ids: 1 and more.
pub const MAL_IDS: RangeInclusive<i32> = 1..=i32::MAX;

/// MAL's range of scores. 0 means no score.
pub const SCORE_RANGE: RangeInclusive<i32> = 0..=10;

/// MAL's range of priorities.
pub const PRIORITY_RANGE: RangeInclusive<i32> = 0..=2;

/// MAL's range of rewatch values.
pub const REWATCH_VALUE_RANGE: RangeInclusive<i32> = 0..=5;

/// Maximum number of tags of an entry; far more than anyone needs.
pub const MAX_TAGS: usize = 100;

/// Returns the number if it is in the range.
///
/// # Errors
/// Fails with the name of the value, and with the text of `show_sent`, the value as it was sent.
pub fn check_range<T: fmt::Display>(
    number: Option<i64>,
    range: &RangeInclusive<i32>,
    name: &str,
    show_sent: impl FnOnce() -> T,
) -> Result<i32, String> {
    let number = number.and_then(|number| i32::try_from(number).ok()).filter(|number| range.contains(number));
    number.ok_or_else(|| format!("{name} is {}, outside {} to {}", show_sent(), range.start(), range.end()))
}

/// Drops the tags beyond [`MAX_TAGS`], and calls `warn` if there are any.
pub fn truncate_tags<T>(tags: &mut Vec<T>, warn: &mut dyn FnMut(&str)) {
    warn_of_excess_tags(tags.len(), warn);
    tags.truncate(MAX_TAGS);
}

/// Calls `warn` if an entry has more than [`MAX_TAGS`] tags.
pub fn warn_of_excess_tags(count: usize, warn: &mut dyn FnMut(&str)) {
    if count > MAX_TAGS {
        warn(&format!("{count} tags, of which the first {MAX_TAGS} are kept"));
    }
}
