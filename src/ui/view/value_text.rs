//! Formats JSON values of fields for people.

use serde_json::Value;

use crate::{
    domain::list_entry::ListEntry,
    ui::{TableCell, escape_controls, style::DIM, truncate_to_width},
};

/// Cell text for a missing value.
pub(super) const NO_VALUE: &str = "-";

/// Formats an optional value; `None` becomes [`NO_VALUE`].
pub(super) fn or_no_value(value: Option<impl ToString>) -> String {
    value.map_or_else(|| NO_VALUE.to_owned(), |value| value.to_string())
}

/// Returns how far a rewatch is: `rewatching 3/12`. Returns `None` if the entry is not being rewatched.
pub(super) fn rewatch_text(entry: &ListEntry) -> Option<String> {
    let values = &entry.stored.values;
    let count = |number: Option<i32>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
    let progress = || format!("rewatching {}/{}", count(values.rewatch_episodes), count(entry.anime.episodes));
    values.is_rewatching.then(progress)
}

/// Returns a list status in words: `plan to watch`.
pub(super) fn status_text(status: &str) -> String {
    status.replace('_', " ")
}

/// Returns what people call a column: `episodes` for `episodes_watched`.
pub(super) fn field_label(column: &str) -> String {
    match column {
        "episodes_watched" => "episodes".to_owned(),
        "start_date" => "started".to_owned(),
        "finish_date" => "finished".to_owned(),
        "is_rewatching" => "rewatching".to_owned(),
        other => other.replace('_', " "),
    }
}

/// Returns what a merge rule does, in words.
pub(super) fn rule_text(rule: &str) -> &str {
    match rule {
        "mal" => "MAL wins",
        "mal_if_scored" => "MAL wins if scored",
        "higher" => "higher wins",
        "mal_if_set" => "MAL wins if set",
        "local_if_own" => "local wins if edited",
        other => other,
    }
}

/// Returns the cell with the id of an anime.
pub(super) fn id_cell(mal_id: i32) -> TableCell {
    TableCell::from(mal_id.to_string()).styled(DIM)
}

/// Returns the cell with the title of an anime, which links to its page on MAL.
pub(super) fn title_cell(title: &str, mal_id: i32) -> TableCell {
    TableCell::from(title).linked_to_anime(mal_id)
}

/// Returns the cell with a date or time.
pub(super) fn date_cell(text: String) -> TableCell {
    TableCell::from(text).styled(DIM)
}

/// Formats a JSON value for people: texts without quotes, lists with commas, an entry (object) as its significant fields.
pub(super) fn display_value(value: &Value) -> String {
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

/// Formats a value for a table cell. An empty list becomes [`NO_VALUE`].
pub(super) fn display_cell(value: &Value) -> String {
    match value {
        Value::Array(items) if items.is_empty() => NO_VALUE.to_owned(),
        value => display_value(value),
    }
}

/// Maximum length of a value in a sentence.
const MAX_SHORT_VALUE_CHARS: usize = 40;

/// Formats a value for a sentence, escaped: empty values as `none`, long texts truncated.
pub(super) fn display_short_value(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Bool(flag) => yes_or_no(*flag).to_owned(),
        value => truncate_to_width(&escape_controls(&display_value(value)), MAX_SHORT_VALUE_CHARS).into_owned(),
    }
}

/// Formats a flag for people.
pub(super) const fn yes_or_no(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}
