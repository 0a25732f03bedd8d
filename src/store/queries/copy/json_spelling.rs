//! How JSON is spelled: PostgreSQL stores it parsed and orders the keys, SQLite stores the text.
//!
//! JSON that comes from PostgreSQL gets the spelling that malsync writes to SQLite, so that a copy there and back again is the
//! same text.

use std::fmt::Write as _;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::domain::{entry_fields::Field, missing_entry::MissingEntry, run::EntryError};

/// Returns JSON of PostgreSQL as malsync writes it to SQLite.
pub(super) fn spell_json(column: &str, text: &str) -> String {
    let spelled = match column {
        // SQLite stores this column in the spelling of PostgreSQL too.
        "mal_entry" => return text.to_owned(),
        "errors" => spell_as::<Vec<EntryError>>(text),
        "mal_missing_entries" => spell_as::<Vec<MissingEntry>>(text),
        // Objects of fields; in changes and edits those of a whole entry.
        "kept_values" | "altered_values" | "local" | "mal" | "kept" | "base" => order_fields(text),
        _ => None,
    };
    // Parts that this malsync does not know are kept.
    let is_complete = |spelled: &String| comparable_json(spelled) == comparable_json(text);
    spelled.filter(is_complete).unwrap_or_else(|| without_blanks(text))
}

fn spell_as<T: DeserializeOwned + Serialize>(text: &str) -> Option<String> {
    serde_json::to_string(&serde_json::from_str::<T>(text).ok()?).ok()
}

/// Returns an object with the fields of an entry in their order, and its other members behind them. Returns `None` if the text
/// is not an object.
fn order_fields(text: &str) -> Option<String> {
    let mut members: Map<String, Value> = serde_json::from_str(text).ok()?;
    let mut ordered = Map::with_capacity(members.len());
    for field in Field::SYNCED_FIELDS {
        ordered.extend(members.shift_remove_entry(field.as_str()));
    }
    ordered.extend(members);
    Some(Value::Object(ordered).to_string())
}

/// Returns the JSON without the blanks between its values. Numbers keep their digits.
fn without_blanks(text: &str) -> String {
    let mut compact = String::with_capacity(text.len());
    let (mut is_in_string, mut is_escaped) = (false, false);
    for c in text.chars() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => is_in_string = !is_in_string,
            ' ' if !is_in_string => continue,
            _ => {}
        }
        compact.push(c);
    }
    compact
}

/// Returns a text that is equal for all spellings of a JSON value. Returns `None` if the text is not JSON.
pub(super) fn comparable_json(text: &str) -> Option<String> {
    let value: Value = serde_json::from_str(text).ok()?;
    let mut comparable = String::with_capacity(text.len());
    write_comparable(&value, &mut comparable);
    Some(comparable)
}

/// Writes a value with sorted keys and without blanks. Writing to a string does not fail.
fn write_comparable(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            text.push('{');
            for (key, value) in members {
                let _ = write!(text, "{key:?}:");
                write_comparable(value, text);
                text.push(',');
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write_comparable(item, text);
                text.push(',');
            }
            text.push(']');
        }
        Value::Number(number) => {
            let _ = match (number.as_i64(), number.as_f64()) {
                (Some(integer), _) => write!(text, "{integer}"),
                (None, Some(float)) => write!(text, "{float}"),
                (None, None) => write!(text, "{number}"),
            };
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {
            let _ = write!(text, "{value}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_of_postgres_is_spelled_as_malsync_writes_it() {
        for (column, from_postgres, expected) in [
            ("tags", r#"["a, b", "c \" d"]"#, r#"["a, b","c \" d"]"#),
            ("kept", "9", "9"),
            ("local", "1.10", "1.10"),
            ("base", "123456789012345678901234567890", "123456789012345678901234567890"),
            ("mal_entry", r#"{"score": 9}"#, r#"{"score": 9}"#),
            (
                "errors",
                r#"[{"kind": "batch", "title": "A", "mal_id": 1, "message": "m"}]"#,
                r#"[{"mal_id":1,"title":"A","kind":"batch","message":"m"}]"#,
            ),
            (
                "mal_missing_entries",
                r#"[{"title": null, "mal_id": 1, "message": "m"}]"#,
                r#"[{"mal_id":1,"title":null,"message":"m"}]"#,
            ),
            (
                "kept_values",
                r#"{"notes": "x", "score": 9, "status": "dropped"}"#,
                r#"{"status":"dropped","score":9,"notes":"x"}"#,
            ),
            (
                "kept",
                r#"{"pinned": ["score"], "score": 6, "status": "dropped"}"#,
                r#"{"status":"dropped","score":6,"pinned":["score"]}"#,
            ),
            ("altered_values", r#"{"tags": ["a"], "score": 9}"#, r#"{"score":9,"tags":["a"]}"#),
            ("kept_values", r#"{"score": 9, "unknown": 1}"#, r#"{"score":9,"unknown":1}"#),
        ] {
            assert_eq!(spell_json(column, from_postgres), expected, "{column}");
        }
    }

    #[test]
    fn comparable_json_ignores_blanks_order_and_the_form_of_numbers() {
        let comparable = |text| comparable_json(text).unwrap();
        assert_eq!(comparable(r#"{"b": 1, "a": [1.0, 1e2]}"#), comparable(r#"{"a":[1,100],"b":1}"#));
        for other in [r#"{"a": 2}"#, r#"{"a": "1"}"#, r#"{"b": 1}"#, r#"{"a": [1]}"#, "[]", "null"] {
            assert_ne!(comparable(r#"{"a": 1}"#), comparable(other), "{other}");
        }
        assert!(comparable_json("[1").is_none());
    }
}
