//! MAL's `list_status` as last seen: the column `mal_entry`, and the base of the rules.
//!
//! It is kept as text: of most entries it is compared and no more, and a tree in memory takes ten times the room. What MAL sends
//! is written down as PostgreSQL's `jsonb` writes it, so that mostly the texts are equal; where they are not, what they say counts.

use std::io;

use serde::{Serialize, Serializer};
use serde_json::{
    Value,
    ser::{Formatter, Serializer as Writer},
    value::RawValue,
};

use super::{entry::Values, list_status};

/// MAL's `list_status` as last seen. Two that say the same are equal, however they are written; what cannot be read says nothing.
#[derive(Clone, Debug)]
pub struct Base(Box<RawValue>);

impl Base {
    /// What a database has; JSON's null is none.
    #[must_use]
    pub fn stored(json: Box<RawValue>) -> Option<Self> {
        (json.get() != "null").then_some(Self(json))
    }

    /// Its text.
    #[must_use]
    pub fn json(&self) -> &RawValue {
        &self.0
    }

    /// What it says; none where another program wrote what cannot be read: a number beyond all, or lists in lists without end.
    #[must_use]
    pub fn value(&self) -> Option<Value> {
        serde_json::from_str(self.0.get()).ok()
    }

    /// The values of the columns under the rules; none where somebody wrote into it what MAL never sends.
    #[must_use]
    pub fn values(&self) -> Option<Values> {
        list_status::values(self.value()?, &mut |_| {}).ok()
    }
}

impl PartialEq for Base {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get() || self.value().is_some_and(|value| other.value() == Some(value))
    }
}

impl From<Value> for Base {
    fn from(value: Value) -> Self {
        Self::from(&value)
    }
}

impl From<&Value> for Base {
    fn from(value: &Value) -> Self {
        let mut text = Vec::with_capacity(512);
        let written = Ordered(value).serialize(&mut Writer::with_formatter(&mut text, Spaced));
        let text = written.ok().and_then(|()| String::from_utf8(text).ok());
        Self(text.and_then(|text| RawValue::from_string(text).ok()).expect("a value can be written as JSON"))
    }
}

/// With names in the order of `jsonb`: the shorter first, then byte by byte.
struct Ordered<'a>(&'a Value);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(object) => {
                let mut fields: Vec<_> = object.iter().collect();
                fields.sort_unstable_by_key(|(name, _)| (name.len(), name.as_bytes()));
                serializer.collect_map(fields.into_iter().map(|(name, value)| (name, Ordered(value))))
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(Ordered)),
            // `jsonb` has no exponents, and gives back 1e16 as a whole number.
            Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()).and_then(whole) {
                Some(whole) => whole.serialize(serializer),
                None => number.serialize(serializer),
            },
            plain => plain.serialize(serializer),
        }
    }
}

/// The whole number that it is, where JSON has it as one.
#[expect(clippy::cast_possible_truncation, reason = "it has no fraction, and lies within")]
fn whole(number: f64) -> Option<i128> {
    (number.fract() == 0.0 && (-9.3e18..1.9e19).contains(&number)).then_some(number as i128)
}

/// With a space after each comma and colon.
struct Spaced;

impl Formatter for Spaced {
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
    fn what_mal_sends_is_written_as_jsonb_writes_it() {
        let sent = json!({"status": "watching", "score": 8, "tags": ["b", "a"], "comments": "\"a\"\n\u{1}é", "new": {"bb": {}, "a": []}});
        let written = r#"{"new": {"a": [], "bb": {}}, "tags": ["b", "a"], "score": 8, "status": "watching", "comments": "\"a\"\n\u0001é"}"#;
        assert_eq!(Base::from(&sent).json().get(), written);
        assert_eq!(Base::from(&sent).value(), Some(sent));
    }

    #[test]
    fn what_says_the_same_is_equal_however_it_is_written() {
        let stored = |text: &str| Base::stored(RawValue::from_string(text.to_owned()).unwrap());
        let sent = Base::from(json!({"score": 8, "tags": ["a", "b"]}));
        assert_eq!(stored(r#"{"tags":["\u0061","b"],   "score":8}"#).as_ref(), Some(&sent));
        for other in [r#"{"tags": ["b", "a"], "score": 8}"#, r#"{"score": 8}"#, r#"{"score": 8.5, "tags": ["a", "b"]}"#]
        {
            assert_ne!(stored(other).unwrap(), sent, "{other}");
        }
        assert_eq!(stored("null"), None);
        assert_ne!(stored(r#"{"score": 1e999}"#), stored(r#"{"score": 1e9999}"#));
    }

    #[test]
    fn numbers_of_every_form_are_written_as_jsonb_writes_them_or_say_the_same() {
        for (sent, written) in [
            ("1e2", "100"),
            ("5.0", "5"),
            ("-0.0", "0"),
            ("1e16", "10000000000000000"),
            ("8.10", "8.1"),
            ("-2.5", "-2.5"),
        ] {
            assert_eq!(Base::from(&serde_json::from_str::<Value>(sent).unwrap()).json().get(), written);
        }
        let long = format!("69{}", "0".repeat(231));
        let stored = Base::stored(RawValue::from_string(long).unwrap());
        assert_eq!(stored, Some(Base::from(&serde_json::from_str::<Value>("69e231").unwrap())));
    }

    #[test]
    fn what_mal_never_sends_has_no_values() {
        assert_eq!(Base::from(json!({"score": 8})).values(), None);
        assert_eq!(Base::from(json!(["watching"])).values(), None);
        assert_eq!(
            Base::from(json!({"status": "dropped"})).values().map(|values| values.status),
            Some("dropped".into())
        );
        let deep = "[".repeat(1000) + &"]".repeat(1000);
        assert_eq!(Base::stored(RawValue::from_string(deep).unwrap()).unwrap().values(), None);
    }
}
