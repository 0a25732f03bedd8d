//! The merge base: MAL's `list_status` at the last sync, stored in the column `mal_entry`.
//!
//! Stored as text, because most merge bases are only compared, and a parsed tree takes ten times the memory. New values
//! are written in the format of PostgreSQL's `jsonb`, so that usually the texts are equal. If the texts differ, the
//! parsed JSON is compared.

use std::io;

use serde::{Serialize, Serializer};
use serde_json::{
    Value,
    ser::{Formatter, Serializer as Writer},
    value::RawValue,
};

use super::{entry_fields::EntryValues, list_status_parser};

/// MAL's `list_status` at the last sync. Two values are equal if their JSON is equal, regardless of formatting. An
/// unreadable value equals only a value with the same text.
#[derive(Clone, Debug)]
pub struct MergeBase(Box<RawValue>);

impl MergeBase {
    /// Returns the merge base of a stored JSON text. Returns `None` for JSON `null`.
    #[must_use]
    pub fn from_stored_json(json: Box<RawValue>) -> Option<Self> {
        (json.get() != "null").then_some(Self(json))
    }

    /// Returns the JSON text.
    #[must_use]
    pub fn raw_json(&self) -> &RawValue {
        &self.0
    }

    /// Returns the parsed JSON. Returns `None` if the text cannot be parsed: another program wrote a number out of
    /// range or too deeply nested arrays.
    #[must_use]
    pub fn parse_json(&self) -> Option<Value> {
        serde_json::from_str(self.0.get()).ok()
    }

    /// Returns the synced field values. Returns `None` if another program wrote a value that MAL never sends.
    #[must_use]
    pub fn parse_values(&self) -> Option<EntryValues> {
        list_status_parser::parse_mal_values(self.parse_json()?, &mut |_| {}).ok()
    }
}

impl PartialEq for MergeBase {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get() || self.parse_json().is_some_and(|value| other.parse_json() == Some(value))
    }
}

impl From<Value> for MergeBase {
    fn from(value: Value) -> Self {
        Self::from(&value)
    }
}

impl From<&Value> for MergeBase {
    fn from(value: &Value) -> Self {
        let mut text = Vec::with_capacity(512);
        let written = JsonbOrder(value).serialize(&mut Writer::with_formatter(&mut text, JsonbFormatter));
        let text = written.ok().and_then(|()| String::from_utf8(text).ok());
        Self(text.and_then(|text| RawValue::from_string(text).ok()).expect("a value can be written as JSON"))
    }
}

/// Serializes object keys in the order of `jsonb`: shorter keys first, then bytewise.
struct JsonbOrder<'a>(&'a Value);

impl Serialize for JsonbOrder<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(object) => {
                let mut fields: Vec<_> = object.iter().collect();
                fields.sort_unstable_by_key(|(name, _)| (name.len(), name.as_bytes()));
                serializer.collect_map(fields.into_iter().map(|(name, value)| (name, JsonbOrder(value))))
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(JsonbOrder)),
            // `jsonb` has no exponents and returns 1e16 as an integer.
            Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()).and_then(as_integer) {
                Some(integer) => integer.serialize(serializer),
                None => number.serialize(serializer),
            },
            other => other.serialize(serializer),
        }
    }
}

/// Returns the integer value of `number`. Returns `None` if it has a fraction or exceeds JSON's integer range.
#[expect(clippy::cast_possible_truncation, reason = "the number has no fraction and is in range")]
fn as_integer(number: f64) -> Option<i128> {
    (number.fract() == 0.0 && (-9.3e18..1.9e19).contains(&number)).then_some(number as i128)
}

/// `serde_json` formatter that writes a space after each comma and colon.
struct JsonbFormatter;

impl Formatter for JsonbFormatter {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn merge_base_is_written_like_jsonb() {
        let sent = json!({"status": "watching", "score": 8, "tags": ["b", "a"], "comments": "\"a\"\n\u{1}é", "new": {"bb": {}, "a": []}});
        let expected = r#"{"new": {"a": [], "bb": {}}, "tags": ["b", "a"], "score": 8, "status": "watching", "comments": "\"a\"\n\u0001é"}"#;
        assert_eq!(MergeBase::from(&sent).raw_json().get(), expected);
        assert_eq!(MergeBase::from(&sent).parse_json(), Some(sent));
    }

    #[test]
    fn merge_bases_with_equal_json_are_equal() {
        let stored = |text: &str| MergeBase::from_stored_json(RawValue::from_string(text.to_owned()).unwrap());
        let sent = MergeBase::from(json!({"score": 8, "tags": ["a", "b"]}));
        assert_eq!(stored(r#"{"tags":["\u0061","b"],   "score":8}"#).as_ref(), Some(&sent));
        for other in [r#"{"tags": ["b", "a"], "score": 8}"#, r#"{"score": 8}"#, r#"{"score": 8.5, "tags": ["a", "b"]}"#]
        {
            assert_ne!(stored(other).unwrap(), sent, "{other}");
        }
        assert_eq!(stored("null"), None);
        assert_ne!(stored(r#"{"score": 1e999}"#), stored(r#"{"score": 1e9999}"#));
    }

    #[test]
    fn numbers_are_written_like_jsonb_or_compare_equal() {
        for (sent, expected) in [
            ("1e2", "100"),
            ("5.0", "5"),
            ("-0.0", "0"),
            ("1e16", "10000000000000000"),
            ("8.10", "8.1"),
            ("-2.5", "-2.5"),
        ] {
            assert_eq!(MergeBase::from(&serde_json::from_str::<Value>(sent).unwrap()).raw_json().get(), expected);
        }
        let long = format!("69{}", "0".repeat(231));
        let stored = MergeBase::from_stored_json(RawValue::from_string(long).unwrap());
        assert_eq!(stored, Some(MergeBase::from(&serde_json::from_str::<Value>("69e231").unwrap())));
    }

    #[test]
    fn parse_values_of_invalid_base_returns_none() {
        assert_eq!(MergeBase::from(json!({"score": 8})).parse_values(), None);
        assert_eq!(MergeBase::from(json!(["watching"])).parse_values(), None);
        assert_eq!(
            MergeBase::from(json!({"status": "dropped"})).parse_values().map(|values| values.status),
            Some("dropped".into())
        );
        let deep = "[".repeat(1000) + &"]".repeat(1000);
        assert_eq!(MergeBase::from_stored_json(RawValue::from_string(deep).unwrap()).unwrap().parse_values(), None);
    }
}
