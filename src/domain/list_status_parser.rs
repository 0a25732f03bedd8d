//! Parses the fields of MAL's `list_status` JSON.
//!
//! Entry points: [`parse_values`], and `parse_fields` for `ListStatus`.
//!
//! Invariants:
//!
//! 1. The same parser reads MAL's current response, the stored merge base (`mal_entry`) and malsync's JSON export, so
//!    that all are comparable.
//! 2. A value that no row can hold is rejected with the name of its field. A value that can be sanitized is sanitized.
//! 3. Nothing is guessed.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{
    comment_text,
    entry_fields::{EntryValues, Field},
    limits::{self, NON_NEGATIVE, SCORE_RANGE},
    partial_date::PartialDate,
    text::{self, Sanitized},
    time,
    vocabulary::LIST_STATUSES,
};

/// The field of `list_status` that has no synced column: the time of MAL's last change.
const UPDATED_AT: &str = "updated_at";

/// Returns the fields of `list_status` that MAL documents. `mal_entry` stores all of them.
pub fn documented_fields() -> impl Iterator<Item = &'static str> {
    Field::SYNCED_FIELDS.into_iter().filter_map(Field::mal_name).chain([UPDATED_AT])
}

/// Returns true if MAL documents this field of `list_status`.
#[must_use]
pub fn is_documented_field(name: &str) -> bool {
    documented_fields().any(|documented| documented == name)
}

/// Parses the values of a `list_status`. Absent and null fields are equal: `None`, 0, false, no tags.
///
/// Calls `warn` for each sanitized value.
///
/// # Errors
/// Fails with the field's name if no row can hold a value: missing or unknown status, number out of range, wrong JSON
/// type.
pub fn parse_values(mut json: Value, warn: &mut dyn FnMut(&str)) -> Result<EntryValues, String> {
    values_from_object(sanitize_for_storage(&mut json, warn)?, warn)
}

/// Parses the values and the time of MAL's last change. Sanitizes `json` for storage as the merge base.
pub(super) fn parse_fields(
    json: &mut Value,
    warn: &mut dyn FnMut(&str),
) -> Result<(EntryValues, Option<DateTime<Utc>>), String> {
    let object = sanitize_for_storage(json, warn)?;
    Ok((values_from_object(object, warn)?, time_field(object, UPDATED_AT, warn)?))
}

/// Sanitizes a `list_status` for storage and returns its object.
fn sanitize_for_storage<'a>(json: &'a mut Value, warn: &mut dyn FnMut(&str)) -> Result<&'a Map<String, Value>, String> {
    sanitize_strings(json).report("list_status", warn);
    if let Some(tags) = json.get_mut(mal_name(Field::Tags)).and_then(Value::as_array_mut) {
        limits::truncate_tags(tags, warn);
    }
    match json {
        Value::Object(object) => Ok(object),
        other => Err(format!("list_status is no object: {}", json_excerpt(other))),
    }
}

fn values_from_object(object: &Map<String, Value>, warn: &mut dyn FnMut(&str)) -> Result<EntryValues, String> {
    let integer = |field, range| integer_field(object, mal_name(field), &range);
    Ok(EntryValues {
        status: status_field(object, mal_name(Field::Status))?,
        score: integer(Field::Score, SCORE_RANGE)?.filter(|score| *score > 0),
        // MAL's form field for writing is named `num_watched_episodes`; responses never contain it.
        episodes_watched: Some(integer(Field::EpisodesWatched, NON_NEGATIVE)?.unwrap_or(0)),
        start_date: date_field(object, mal_name(Field::StartDate), warn)?,
        finish_date: date_field(object, mal_name(Field::FinishDate), warn)?,
        notes: comments_field(object, mal_name(Field::Notes))?,
        is_rewatching: bool_field(object, mal_name(Field::IsRewatching))?,
        times_rewatched: integer(Field::TimesRewatched, NON_NEGATIVE)?.unwrap_or(0),
        rewatch_value: integer(Field::RewatchValue, NON_NEGATIVE)?.unwrap_or(0),
        priority: integer(Field::Priority, NON_NEGATIVE)?.unwrap_or(0),
        tags: tags_field(object, mal_name(Field::Tags))?,
    })
}

/// Returns MAL's name of a synced field.
fn mal_name(field: Field) -> &'static str {
    field.mal_name().unwrap_or_default()
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

fn integer_field(object: &Map<String, Value>, name: &str, range: &RangeInclusive<i32>) -> Result<Option<i32>, String> {
    let Some(value) = get_field(object, name) else { return Ok(None) };
    let number = match value {
        Value::Number(number) if number.is_i64() || number.is_u64() => number.as_i64(),
        _ => return Err(format!("{name} is no whole number: {}", json_excerpt(value))),
    };
    limits::check_range(number, range, name, json_excerpt(value)).map(Some)
}

fn bool_field(object: &Map<String, Value>, name: &str) -> Result<bool, String> {
    get_field(object, name).map_or(Ok(false), |value| {
        value.as_bool().ok_or_else(|| format!("{name} is neither true nor false: {}", json_excerpt(value)))
    })
}

fn status_field(object: &Map<String, Value>, name: &str) -> Result<String, String> {
    let status = text_field(object, name)?.ok_or("no status in list_status")?;
    if LIST_STATUSES.contains(&status) {
        Ok(status.to_owned())
    } else {
        Err(format!("unknown list status {:?}", text::excerpt(status)))
    }
}

fn tags_field(object: &Map<String, Value>, name: &str) -> Result<Vec<String>, String> {
    let Some(value) = get_field(object, name) else { return Ok(Vec::new()) };
    let tags = value.as_array().and_then(|tags| tags.iter().map(|tag| tag.as_str().map(str::to_owned)).collect());
    tags.ok_or_else(|| format!("{name} is no list of texts: {}", json_excerpt(value)))
}

/// Returns the comments in their normal form.
fn comments_field(object: &Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    Ok(text_field(object, name)?.map(|comments| comment_text::decode_comments(comments).into_owned()))
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
