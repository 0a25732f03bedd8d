//! MAL's `list_status`: what MAL knows of one user's entry, read from its JSON.
//!
//! One reader serves what MAL sends now and what it sent before (`mal_entry`, the base of the rules), so that the two can
//! be compared. It rejects by name what no row can hold and mends what one can; it never guesses.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{
    base::Base,
    entry::Values,
    partial_date::PartialDate,
    text::{self, Mended},
    time,
};

/// The five words that MAL has for an entry's status, in the order of its site.
pub const STATUSES: [&str; 5] = ["watching", "completed", "on_hold", "dropped", "plan_to_watch"];

/// MAL's scale of priorities.
pub const PRIORITIES: RangeInclusive<i32> = 0..=2;

/// MAL's scale of how much something is worth watching again.
pub const REWATCH_VALUES: RangeInclusive<i32> = 0..=5;

/// The fields that MAL documents, those that no column is for included: what `mal_entry` keeps of what was sent.
pub const FIELDS: [&str; 12] = [
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
pub const MOST_TAGS: usize = 100;

/// Says that there were more.
#[must_use]
pub fn tags_cut(count: usize) -> String {
    format!("{count} tags, of which the first {MOST_TAGS} are kept")
}

/// A `list_status` that a row can hold.
#[derive(Clone, Debug, PartialEq)]
pub struct ListStatus {
    /// The values by column; `notes` are MAL's comments with their HTML entities resolved.
    pub values: Values,
    /// When MAL last changed the entry; none where it did not say so in a form that can be read.
    pub updated_at: Option<DateTime<Utc>>,
    /// What the object says that MAL sent, mended only as far as a database demands (NUL, lengths): becomes `mal_entry`.
    pub raw: Base,
}

const ANY: RangeInclusive<i32> = 0..=i32::MAX;

impl ListStatus {
    /// Reads MAL's `list_status`, as sent now or as kept in `mal_entry`. An absent field and a null one are the same: none,
    /// 0, false, no tags. `warn` is told what was mended: NUL in a text, more text or tags than a row takes, an impossible date, a time that cannot be
    /// read.
    ///
    /// # Errors
    /// What no row can hold, naming the field: a status that is missing or unknown, a number out of its range, a wrong JSON type.
    pub fn read(sent: Value, warn: &mut dyn FnMut(&str)) -> Result<Self, String> {
        let mut sent = sent;
        let object = fit(&mut sent, warn)?;
        let (values, updated_at) = (read_values(object, warn)?, time(object, "updated_at", warn)?);
        Ok(Self { values, updated_at, raw: Base::from(&sent) })
    }
}

/// The values alone of a `list_status`, read as [`ListStatus::read`] reads them.
///
/// # Errors
/// The same.
pub fn values(mut sent: Value, warn: &mut dyn FnMut(&str)) -> Result<Values, String> {
    read_values(fit(&mut sent, warn)?, warn)
}

/// Makes it fit for a row.
fn fit<'a>(sent: &'a mut Value, warn: &mut dyn FnMut(&str)) -> Result<&'a Map<String, Value>, String> {
    mend(sent).say("list_status", warn);
    if let Some(tags) = sent.get_mut("tags").and_then(Value::as_array_mut).filter(|tags| tags.len() > MOST_TAGS) {
        warn(&tags_cut(tags.len()));
        tags.truncate(MOST_TAGS);
    }
    match sent {
        Value::Object(object) => Ok(object),
        other => Err(format!("list_status is no object: {}", shown(other))),
    }
}

fn read_values(object: &Map<String, Value>, warn: &mut dyn FnMut(&str)) -> Result<Values, String> {
    Ok(Values {
        status: status(object)?,
        score: whole(object, "score", 0..=10)?.filter(|score| *score > 0),
        // MAL's form field for writing has another name, `num_watched_episodes`; answers never carry it.
        episodes_watched: Some(whole(object, "num_episodes_watched", ANY)?.unwrap_or(0)),
        start_date: date(object, "start_date", warn)?,
        finish_date: date(object, "finish_date", warn)?,
        notes: comments(object)?,
        is_rewatching: flag(object, "is_rewatching")?,
        times_rewatched: whole(object, "num_times_rewatched", ANY)?.unwrap_or(0),
        rewatch_value: whole(object, "rewatch_value", ANY)?.unwrap_or(0),
        priority: whole(object, "priority", ANY)?.unwrap_or(0),
        tags: tags(object)?,
    })
}

/// Makes every text and name fit; says what had to be done.
fn mend(value: &mut Value) -> Mended {
    let mut mended = Mended::default();
    match value {
        Value::String(text) => mended = text::mend(text),
        Value::Array(items) => items.iter_mut().for_each(|item| mended |= mend(item)),
        Value::Object(object) => {
            if object.keys().any(|name| name.contains('\0') || name.len() > text::LONGEST) {
                let fields = std::mem::take(object).into_iter();
                *object = fields
                    .map(|(mut name, value)| {
                        mended |= text::mend(&mut name);
                        (name, value)
                    })
                    .collect();
            }
            object.values_mut().for_each(|value| mended |= mend(value));
        }
        _ => {}
    }
    mended
}

fn field<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !value.is_null())
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, String> {
    field(object, name)
        .map(|value| value.as_str().ok_or_else(|| format!("{name} is no text: {}", shown(value))))
        .transpose()
        .map(|text| text.filter(|text| !text.is_empty()))
}

fn whole(object: &Map<String, Value>, name: &str, range: RangeInclusive<i32>) -> Result<Option<i32>, String> {
    let Some(value) = field(object, name) else { return Ok(None) };
    let number = match value {
        Value::Number(number) if number.is_i64() || number.is_u64() => number.as_i64(),
        _ => return Err(format!("{name} is no whole number: {}", shown(value))),
    };
    number
        .and_then(|number| i32::try_from(number).ok())
        .filter(|number| range.contains(number))
        .map(Some)
        .ok_or_else(|| format!("{name} is {}, not within {} to {}", shown(value), range.start(), range.end()))
}

fn flag(object: &Map<String, Value>, name: &str) -> Result<bool, String> {
    field(object, name).map_or(Ok(false), |value| {
        value.as_bool().ok_or_else(|| format!("{name} is neither true nor false: {}", shown(value)))
    })
}

fn status(object: &Map<String, Value>) -> Result<String, String> {
    let status = text(object, "status")?.ok_or("no status in list_status")?;
    if STATUSES.contains(&status) {
        Ok(status.to_owned())
    } else {
        Err(format!("unknown list status {:?}", text::short(status)))
    }
}

fn tags(object: &Map<String, Value>) -> Result<Vec<String>, String> {
    let Some(value) = field(object, "tags") else { return Ok(Vec::new()) };
    let tags = value.as_array().and_then(|tags| tags.iter().map(|tag| tag.as_str().map(str::to_owned)).collect());
    tags.ok_or_else(|| format!("tags is no list of texts: {}", shown(value)))
}

/// MAL sends comments with HTML entities. One that names no character, or a control character, stays as it is.
fn comments(object: &Map<String, Value>) -> Result<Option<String>, String> {
    Ok(text(object, "comments")?.map(|sent| html_escape::decode_html_entities(sent).into_owned()))
}

fn date(object: &Map<String, Value>, name: &str, warn: &mut dyn FnMut(&str)) -> Result<Option<PartialDate>, String> {
    Ok(text(object, name)?.and_then(|text| {
        let date = text.parse();
        if date.is_err() {
            warn(&format!("{name} {:?} is no date, and is left out", text::short(text)));
        }
        date.ok()
    }))
}

fn time(object: &Map<String, Value>, name: &str, warn: &mut dyn FnMut(&str)) -> Result<Option<DateTime<Utc>>, String> {
    Ok(text(object, name)?.and_then(|text| {
        let time = time::read(text);
        if time.is_none() {
            warn(&format!("{name} {:?} is no time, and is left out", text::short(text)));
        }
        time
    }))
}

/// A value for a message: its JSON, cut to what one line can take.
fn shown(value: &Value) -> String {
    text::short(&value.to_string()).into_owned()
}

#[cfg(test)]
mod tests;
