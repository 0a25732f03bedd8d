//! Parses the fields of MAL's `list_status` JSON.
//!
//! Entry points: [`parse_values`], and `parse_fields` for `ListStatus`.
//!
//! Invariants:
//!
//! 1. The same parser reads MAL's current response, the stored merge base (`mal_entry`) and malsync's JSON export, so
//!    that all are comparable.
//! 2. Status, score and watched episodes are essential: one that cannot be read, or that no row can hold, is rejected
//!    with the name of its field.
//! 3. Any other value of a wrong type or size is unreadable and taken as absent. A value that can be sanitized is
//!    sanitized.
//! 4. After parsing, each documented field of the JSON has its documented type, so that the merge base can be compared.
//! 5. Nothing is guessed.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{
    comment_text,
    entry_fields::{EntryValues, Field},
    limits::{self, NON_NEGATIVE, SCORE_RANGE},
    loose_json::{self, SentInteger, UnreadableValues},
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

/// Returns true if an entry cannot be stored without this field of `list_status`.
#[must_use]
pub fn is_essential_field(name: &str) -> bool {
    [Field::Status, Field::Score, Field::EpisodesWatched].iter().any(|field| field.mal_name() == Some(name))
}

/// Parses the values of a `list_status`. Absent and null fields are equal: `None`, 0, false, no tags.
///
/// Calls `warn` for each sanitized value.
///
/// # Errors
/// Fails with the field's name if a value cannot be read or no row can hold it.
pub fn parse_values(mut json: Value, warn: &mut dyn FnMut(&str)) -> Result<EntryValues, String> {
    let mut unreadable = UnreadableValues::default();
    let values = values_from_object(sanitize_for_storage(&mut json, warn, &mut unreadable)?, warn)?;
    match unreadable.messages() {
        [] => Ok(values),
        [first, ..] => Err(first.clone()),
    }
}

/// Parses the values and the time of MAL's last change. Sanitizes `json` for storage as the merge base.
pub(super) fn parse_fields(
    json: &mut Value,
    warn: &mut dyn FnMut(&str),
    unreadable: &mut UnreadableValues,
) -> Result<(EntryValues, Option<DateTime<Utc>>), String> {
    let object = sanitize_for_storage(json, warn, unreadable)?;
    let values = separate_rewatch(values_from_object(object, warn)?);
    Ok((values, time_field(object, UPDATED_AT, warn)?))
}

/// Parses the values of MAL's `list_status`, as [`parse_values`] does. While the entry is being rewatched, MAL's count of
/// episodes is that of the rewatch.
///
/// # Errors
/// Fails as [`parse_values`] does.
pub fn parse_mal_values(json: Value, warn: &mut dyn FnMut(&str)) -> Result<EntryValues, String> {
    parse_values(json, warn).map(separate_rewatch)
}

/// Moves MAL's count of episodes to the rewatch, if the entry is being rewatched.
fn separate_rewatch(values: EntryValues) -> EntryValues {
    if values.is_rewatching {
        EntryValues { episodes_watched: None, rewatch_episodes: values.episodes_watched, ..values }
    } else {
        values
    }
}

/// Sanitizes a `list_status` for storage and returns its object.
fn sanitize_for_storage<'a>(
    json: &'a mut Value,
    warn: &mut dyn FnMut(&str),
    unreadable: &mut UnreadableValues,
) -> Result<&'a Map<String, Value>, String> {
    sanitize_strings(json).report("list_status", warn);
    if let Some(tags) = json.get_mut(mal_name(Field::Tags)).and_then(Value::as_array_mut) {
        limits::truncate_tags(tags, warn);
    }
    match json {
        Value::Object(object) => {
            coerce_types(object, unreadable);
            Ok(object)
        }
        other => Err(format!("list_status is not an object: {}", json_excerpt(other))),
    }
}

/// Gives each documented field its documented type. A value that is not essential and cannot be read becomes null.
fn coerce_types(object: &mut Map<String, Value>, unreadable: &mut UnreadableValues) {
    for field in Field::SYNCED_FIELDS {
        let Some(name) = field.mal_name() else { continue };
        let Some(value) = object.get_mut(name).filter(|value| !value.is_null()) else { continue };
        let coerced = coerce_value(value, field, name, unreadable);
        *value = unreadable.or_default(coerced);
    }
    if let Some(value) = object.get_mut(UPDATED_AT).filter(|value| !value.is_null()) {
        let coerced = require_text(value, UPDATED_AT);
        *value = unreadable.or_default(coerced);
    }
}

/// Returns the value in the type of its field. Fails if it cannot be read and is not essential.
fn coerce_value(
    value: &mut Value,
    field: Field,
    name: &str,
    unreadable: &mut UnreadableValues,
) -> Result<Value, String> {
    let is_blank = value.as_str() == Some("");
    match field {
        Field::Status => Ok(value.take()),
        Field::Score | Field::EpisodesWatched => match SentInteger::from_json(value) {
            SentInteger::Integer(number) => Ok(number.into()),
            _ if is_blank => Ok(Value::Null),
            _ => Ok(value.take()),
        },
        Field::TimesRewatched | Field::RewatchValue | Field::Priority if is_blank => Ok(Value::Null),
        Field::TimesRewatched | Field::RewatchValue | Field::Priority => match SentInteger::from_json(value) {
            SentInteger::NotInteger => Err(format!("{name} is not a whole number: {}", json_excerpt(value))),
            number => {
                limits::check_range(number.as_i64(), &NON_NEGATIVE, name, || json_excerpt(value)).map(Value::from)
            }
        },
        Field::IsRewatching if is_blank => Ok(Value::Null),
        Field::IsRewatching => loose_json::parse_bool(value)
            .map(Value::from)
            .ok_or_else(|| format!("{name} is neither true nor false: {}", json_excerpt(value))),
        Field::Tags => coerce_tags(value, name, unreadable),
        _ => require_text(value, name),
    }
}

/// Returns the tags that are texts. An empty text or object is no tags.
fn coerce_tags(value: &mut Value, name: &str, unreadable: &mut UnreadableValues) -> Result<Value, String> {
    match value {
        Value::Array(tags) => {
            tags.retain(|tag| {
                let checked = match tag {
                    Value::String(_) => Ok(true),
                    other => Err(format!("an item of {name} is not a string: {}", json_excerpt(other))),
                };
                unreadable.or_default(checked)
            });
            Ok(value.take())
        }
        Value::String(text) if text.is_empty() => Ok(Value::Null),
        Value::Object(object) if object.is_empty() => Ok(Value::Null),
        other => Err(format!("{name} is not a list of strings: {}", json_excerpt(other))),
    }
}

fn require_text(value: &mut Value, name: &str) -> Result<Value, String> {
    if value.is_string() { Ok(value.take()) } else { Err(format!("{name} is not a string: {}", json_excerpt(value))) }
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
        rewatch_episodes: None,
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
        .map(|value| value.as_str().ok_or_else(|| format!("{name} is not a string: {}", json_excerpt(value))))
        .transpose()
        .map(|text| text.filter(|text| !text.is_empty()))
}

fn integer_field(object: &Map<String, Value>, name: &str, range: &RangeInclusive<i32>) -> Result<Option<i32>, String> {
    let Some(value) = get_field(object, name) else { return Ok(None) };
    let number = match value {
        Value::Number(number) if number.is_i64() || number.is_u64() => number.as_i64(),
        _ => return Err(format!("{name} is not a whole number: {}", json_excerpt(value))),
    };
    limits::check_range(number, range, name, || json_excerpt(value)).map(Some)
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
    tags.ok_or_else(|| format!("{name} is not a list of strings: {}", json_excerpt(value)))
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
            warn(&format!("{name} {:?} is not a valid date and is ignored", text::excerpt(text)));
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
            warn(&format!("{name} {:?} is not a valid time and is ignored", text::excerpt(text)));
        }
        time
    }))
}

/// Returns the value's JSON, truncated for a message.
fn json_excerpt(value: &Value) -> String {
    text::excerpt(&value.to_string()).into_owned()
}
