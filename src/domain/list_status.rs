//! MAL's `list_status`: what MAL knows of one user's entry, read from its JSON.
//!
//! One reader serves what MAL sends now and what it sent before (`mal_entry`, the base of the rules), so that the two can
//! be compared. It rejects by name what no row can hold and mends what one can; it never guesses.

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

/// The five words that MAL has for an entry's status, in the order of its site.
pub const LIST_STATUSES: [&str; 5] = ["watching", "completed", "on_hold", "dropped", "plan_to_watch"];

/// MAL's scale of priorities.
pub const PRIORITY_RANGE: RangeInclusive<i32> = 0..=2;

/// MAL's scale of how much something is worth watching again.
pub const REWATCH_VALUE_RANGE: RangeInclusive<i32> = 0..=5;

/// The fields that MAL documents, those that no column is for included: what `mal_entry` keeps of what was sent.
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

/// More tags than a person has use for.
pub const MAX_TAGS: usize = 100;

/// Says that there were more.
#[must_use]
pub fn tags_truncated_message(count: usize) -> String {
    format!("{count} tags, of which the first {MAX_TAGS} are kept")
}

/// A `list_status` that a row can hold.
#[derive(Clone, Debug, PartialEq)]
pub struct ListStatus {
    /// The values by column; `notes` are MAL's comments with their HTML entities resolved.
    pub values: EntryValues,
    /// When MAL last changed the entry; none where it did not say so in a form that can be read.
    pub updated_at: Option<DateTime<Utc>>,
    /// What the object says that MAL sent, mended only as far as a database demands (NUL, lengths): becomes `mal_entry`.
    pub base: MergeBase,
}

const NON_NEGATIVE: RangeInclusive<i32> = 0..=i32::MAX;

impl ListStatus {
    /// Reads MAL's `list_status`, as sent now or as kept in `mal_entry`. An absent field and a null one are the same: none,
    /// 0, false, no tags. `warn` is told what was mended: NUL in a text, more text or tags than a row takes, an impossible date, a time that cannot be
    /// read.
    ///
    /// # Errors
    /// What no row can hold, naming the field: a status that is missing or unknown, a number out of its range, a wrong JSON type.
    pub fn parse(sent: Value, warn: &mut dyn FnMut(&str)) -> Result<Self, String> {
        let mut sent = sent;
        let object = sanitize_for_storage(&mut sent, warn)?;
        let (values, updated_at) = (values_from_object(object, warn)?, time_field(object, "updated_at", warn)?);
        Ok(Self { values, updated_at, base: MergeBase::from(&sent) })
    }
}

/// The values alone of a `list_status`, read as [`ListStatus::read`] reads them.
///
/// # Errors
/// The same.
pub fn parse_values(mut sent: Value, warn: &mut dyn FnMut(&str)) -> Result<EntryValues, String> {
    values_from_object(sanitize_for_storage(&mut sent, warn)?, warn)
}

/// Makes it fit for a row.
fn sanitize_for_storage<'a>(sent: &'a mut Value, warn: &mut dyn FnMut(&str)) -> Result<&'a Map<String, Value>, String> {
    sanitize_strings(sent).report("list_status", warn);
    if let Some(tags) = sent.get_mut("tags").and_then(Value::as_array_mut).filter(|tags| tags.len() > MAX_TAGS) {
        warn(&tags_truncated_message(tags.len()));
        tags.truncate(MAX_TAGS);
    }
    match sent {
        Value::Object(object) => Ok(object),
        other => Err(format!("list_status is no object: {}", json_excerpt(other))),
    }
}

fn values_from_object(object: &Map<String, Value>, warn: &mut dyn FnMut(&str)) -> Result<EntryValues, String> {
    Ok(EntryValues {
        status: status_field(object)?,
        score: integer_field(object, "score", 0..=10)?.filter(|score| *score > 0),
        // MAL's form field for writing has another name, `num_watched_episodes`; answers never carry it.
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

/// Makes every text and name fit; says what had to be done.
fn sanitize_strings(value: &mut Value) -> Sanitized {
    let mut mended = Sanitized::default();
    match value {
        Value::String(text) => mended = text::sanitize(text),
        Value::Array(items) => items.iter_mut().for_each(|item| mended |= sanitize_strings(item)),
        Value::Object(object) => {
            if object.keys().any(|name| name.contains('\0') || name.len() > text::MAX_TEXT_BYTES) {
                let fields = std::mem::take(object).into_iter();
                *object = fields
                    .map(|(mut name, value)| {
                        mended |= text::sanitize(&mut name);
                        (name, value)
                    })
                    .collect();
            }
            object.values_mut().for_each(|value| mended |= sanitize_strings(value));
        }
        _ => {}
    }
    mended
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

/// MAL sends comments with HTML entities. One that names no character, or a control character, stays as it is.
fn comments_field(object: &Map<String, Value>) -> Result<Option<String>, String> {
    Ok(text_field(object, "comments")?.map(|sent| html_escape::decode_html_entities(sent).into_owned()))
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

/// A value for a message: its JSON, cut to what one line can take.
fn json_excerpt(value: &Value) -> String {
    text::excerpt(&value.to_string()).into_owned()
}

#[cfg(test)]
mod tests;
