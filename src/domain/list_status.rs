//! Parses MAL's `list_status` JSON of one entry.
//!
//! Entry points: [`ListStatus::parse`] and [`parse_values`].
//!
//! Invariants:
//!
//! 1. The same parser reads MAL's current response and the stored merge base (`mal_entry`), so that both are
//!    comparable.
//! 2. A value that no row can hold is rejected with the name of its field. A value that can be sanitized is sanitized.
//! 3. Nothing is guessed.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{
    entry::EntryValues,
    merge_base::MergeBase,
    partial_date::PartialDate,
    text::{self, Sanitized},
    time,
};

/// MAL's five statuses of an entry, in the order of its website.
pub const LIST_STATUSES: [&str; 5] = ["watching", "completed", "on_hold", "dropped", "plan_to_watch"];

/// MAL's range of priorities.
pub const PRIORITY_RANGE: RangeInclusive<i32> = 0..=2;

/// MAL's range of rewatch values.
pub const REWATCH_VALUE_RANGE: RangeInclusive<i32> = 0..=5;

/// The fields of `list_status` that MAL documents, including those without a column. `mal_entry` stores them.
pub const LIST_STATUS_FIELDS: [&str; 12] = [
    "status",
    "score",
    "num_episodes_watched",
    "is_rewatching",
    "start_date",
    "finish_date",
    "priority",
    "num_times_rewatched",
    "rewatch_value",
    "tags",
    "comments",
    "updated_at",
];

/// Maximum number of tags of an entry; far more than anyone needs.
pub const MAX_TAGS: usize = 100;

/// Returns the warning for an entry with more than [`MAX_TAGS`] tags.
#[must_use]
pub fn tags_truncated_message(count: usize) -> String {
    format!("{count} tags, of which the first {MAX_TAGS} are kept")
}

/// A valid, sanitized `list_status`.
#[derive(Clone, Debug, PartialEq)]
pub struct ListStatus {
    /// Values by column. `notes` are MAL's comments with HTML entities resolved.
    pub values: EntryValues,
    /// Time when MAL last changed the entry. `None` if the value is absent or invalid.
    pub updated_at: Option<DateTime<Utc>>,
    /// The object as MAL sent it, stored as `mal_entry`. Only sanitized as the database requires (NUL, lengths).
    pub base: MergeBase,
}

const NON_NEGATIVE: RangeInclusive<i32> = 0..=i32::MAX;

impl ListStatus {
    /// Parses a `list_status` from MAL or from `mal_entry`. Absent and null fields are equal: `None`, 0, false, no
    /// tags.
    ///
    /// Calls `warn` for each sanitized value: NUL in a text, too long texts, too many tags, an impossible date, an
    /// invalid time.
    ///
    /// # Errors
    /// Fails with the field's name if no row can hold a value: missing or unknown status, number out of range, wrong
    /// JSON type.
    pub fn parse(sent: Value, warn: &mut dyn FnMut(&str)) -> Result<Self, String> {
        let mut sent = sent;
        let object = sanitize_for_storage(&mut sent, warn)?;
        let (values, updated_at) = (values_from_object(object, warn)?, time_field(object, "updated_at", warn)?);
        Ok(Self { values, updated_at, base: MergeBase::from(&sent) })
    }
}

/// Parses only the values of a `list_status`, with the rules of [`ListStatus::parse`].
///
/// # Errors
/// As for [`ListStatus::parse`].
pub fn parse_values(mut json: Value, warn: &mut dyn FnMut(&str)) -> Result<EntryValues, String> {
    values_from_object(sanitize_for_storage(&mut json, warn)?, warn)
}

/// Sanitizes a `list_status` for storage and returns its object.
fn sanitize_for_storage<'a>(json: &'a mut Value, warn: &mut dyn FnMut(&str)) -> Result<&'a Map<String, Value>, String> {
    sanitize_strings(json).report("list_status", warn);
    if let Some(tags) = json.get_mut("tags").and_then(Value::as_array_mut).filter(|tags| tags.len() > MAX_TAGS) {
        warn(&tags_truncated_message(tags.len()));
        tags.truncate(MAX_TAGS);
    }
    match json {
        Value::Object(object) => Ok(object),
        other => Err(format!("list_status is no object: {}", json_excerpt(other))),
    }
}

fn values_from_object(object: &Map<String, Value>, warn: &mut dyn FnMut(&str)) -> Result<EntryValues, String> {
    Ok(EntryValues {
        status: status_field(object)?,
        score: integer_field(object, "score", 0..=10)?.filter(|score| *score > 0),
        // MAL's form field for writing is named `num_watched_episodes`; responses never contain it.
        episodes_watched: Some(integer_field(object, "num_episodes_watched", NON_NEGATIVE)?.unwrap_or(0)),
        start_date: date_field(object, "start_date", warn)?,
        finish_date: date_field(object, "finish_date", warn)?,
        notes: comments_field(object)?,
        is_rewatching: bool_field(object, "is_rewatching")?,
        times_rewatched: integer_field(object, "num_times_rewatched", NON_NEGATIVE)?.unwrap_or(0),
        rewatch_value: integer_field(object, "rewatch_value", NON_NEGATIVE)?.unwrap_or(0),
        priority: integer_field(object, "priority", NON_NEGATIVE)?.unwrap_or(0),
        tags: tags_field(object)?,
    })
}

/// Sanitizes all strings and object keys. Returns what was changed.
fn sanitize_strings(value: &mut Value) -> Sanitized {
    let mut sanitized = Sanitized::default();
    match value {
        Value::String(text) => sanitized = text::sanitize(text),
        Value::Array(items) => items.iter_mut().for_each(|item| sanitized |= sanitize_strings(item)),
        Value::Object(object) => {
            if object.keys().any(|name| name.contains('\0') || name.len() > text::MAX_TEXT_BYTES) {
                let fields = std::mem::take(object).into_iter();
                *object = fields
                    .map(|(mut name, value)| {
                        sanitized |= text::sanitize(&mut name);
                        (name, value)
                    })
                    .collect();
            }
            object.values_mut().for_each(|value| sanitized |= sanitize_strings(value));
        }
        _ => {}
    }
    sanitized
}

fn get_field<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !value.is_null())
}

fn text_field<'a>(object: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, String> {
    get_field(object, name)
        .map(|value| value.as_str().ok_or_else(|| format!("{name} is no text: {}", json_excerpt(value))))
        .transpose()
        .map(|text| text.filter(|text| !text.is_empty()))
}

fn integer_field(object: &Map<String, Value>, name: &str, range: RangeInclusive<i32>) -> Result<Option<i32>, String> {
    let Some(value) = get_field(object, name) else { return Ok(None) };
    let number = match value {
        Value::Number(number) if number.is_i64() || number.is_u64() => number.as_i64(),
        _ => return Err(format!("{name} is no whole number: {}", json_excerpt(value))),
    };
    number
        .and_then(|number| i32::try_from(number).ok())
        .filter(|number| range.contains(number))
        .map(Some)
        .ok_or_else(|| format!("{name} is {}, not within {} to {}", json_excerpt(value), range.start(), range.end()))
}

fn bool_field(object: &Map<String, Value>, name: &str) -> Result<bool, String> {
    get_field(object, name).map_or(Ok(false), |value| {
        value.as_bool().ok_or_else(|| format!("{name} is neither true nor false: {}", json_excerpt(value)))
    })
}

fn status_field(object: &Map<String, Value>) -> Result<String, String> {
    let status = text_field(object, "status")?.ok_or("no status in list_status")?;
    if LIST_STATUSES.contains(&status) {
        Ok(status.to_owned())
    } else {
        Err(format!("unknown list status {:?}", text::excerpt(status)))
    }
}

fn tags_field(object: &Map<String, Value>) -> Result<Vec<String>, String> {
    let Some(value) = get_field(object, "tags") else { return Ok(Vec::new()) };
    let tags = value.as_array().and_then(|tags| tags.iter().map(|tag| tag.as_str().map(str::to_owned)).collect());
    tags.ok_or_else(|| format!("tags is no list of texts: {}", json_excerpt(value)))
}

/// Returns the comments with HTML entities resolved. Entities for unknown or control characters stay unchanged.
fn comments_field(object: &Map<String, Value>) -> Result<Option<String>, String> {
    Ok(text_field(object, "comments")?.map(|comments| html_escape::decode_html_entities(comments).into_owned()))
}

fn date_field(
    object: &Map<String, Value>,
    name: &str,
    warn: &mut dyn FnMut(&str),
) -> Result<Option<PartialDate>, String> {
    Ok(text_field(object, name)?.and_then(|text| {
        let date = text.parse();
        if date.is_err() {
            warn(&format!("{name} {:?} is no date, and is left out", text::excerpt(text)));
        }
        date.ok()
    }))
}

fn time_field(
    object: &Map<String, Value>,
    name: &str,
    warn: &mut dyn FnMut(&str),
) -> Result<Option<DateTime<Utc>>, String> {
    Ok(text_field(object, name)?.and_then(|text| {
        let time = time::parse_rfc3339(text);
        if time.is_none() {
            warn(&format!("{name} {:?} is no time, and is left out", text::excerpt(text)));
        }
        time
    }))
}

/// Returns the value's JSON, truncated for a message.
fn json_excerpt(value: &Value) -> String {
    text::excerpt(&value.to_string()).into_owned()
}

#[cfg(test)]
mod tests;
