//! JSON types that bound what is kept of a response: the entries of a page, and an entry's `list_status`.
//!
//! A parsed value takes about ten times the memory of its text, so the bounds apply before parsing.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::{Map, Value, value::RawValue};

use crate::domain::{
    limits::{MAX_TAGS, warn_of_excess_tags},
    list_status_parser::{is_documented_field, is_essential_field},
    loose_json::UnreadableValues,
    text,
};

/// Unknown fields of `list_status` are kept if all of them together have at most this much JSON, in bytes.
const MAX_UNKNOWN_FIELDS_BYTES: usize = 1024;
/// Longest value that is not a text, in bytes. A value of the wrong type is quoted in a message; a longer one cannot be
/// valid.
const MAX_NON_TEXT_BYTES: usize = 4096;

/// The first `MAX` items of an array, and its total length.
#[derive(Debug)]
pub(super) struct BoundedList<'a, const MAX: usize> {
    pub(super) items: Vec<&'a RawValue>,
    pub(super) total_count: usize,
}

impl<'de: 'a, 'a, const MAX: usize> Deserialize<'de> for BoundedList<'a, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BoundedListVisitor<'a, const MAX: usize>(PhantomData<BoundedList<'a, MAX>>);
        impl<'de: 'a, 'a, const MAX: usize> Visitor<'de> for BoundedListVisitor<'a, MAX> {
            type Value = BoundedList<'a, MAX>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
                let mut list = BoundedList { items: Vec::new(), total_count: 0 };
                while list.total_count < MAX {
                    let Some(item) = sequence.next_element()? else { return Ok(list) };
                    list.items.push(item);
                    list.total_count += 1;
                }
                while sequence.next_element::<IgnoredAny>()?.is_some() {
                    list.total_count += 1;
                }
                Ok(list)
            }
        }
        deserializer.deserialize_seq(BoundedListVisitor(PhantomData))
    }
}

/// Deserializes an object, or the default from `null`. serde would also accept an array for a struct, by position.
pub(super) fn object_or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    struct ObjectVisitor<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for ObjectVisitor<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_unit<E>(self) -> Result<T, E> {
            Ok(T::default())
        }

        fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(object))
        }
    }
    deserializer.deserialize_any(ObjectVisitor(PhantomData))
}

/// Raw fields of a `list_status`. Of a duplicate name, the last value is kept.
#[derive(Debug, Default)]
struct RawFields<'a> {
    values: Vec<(String, &'a RawValue)>,
    unknown_bytes: usize,
}

impl<'a> RawFields<'a> {
    fn insert(&mut self, name: String, value: &'a RawValue) {
        if !is_documented_field(&name) {
            self.unknown_bytes = self.unknown_bytes.saturating_add(name.len() + value.get().len());
            if self.unknown_bytes > MAX_UNKNOWN_FIELDS_BYTES {
                self.values.retain(|(name, _)| is_documented_field(name));
                return;
            }
        }
        match self.values.iter_mut().find(|(known, _)| *known == name) {
            Some((_, earlier)) => *earlier = value,
            None => self.values.push((name, value)),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for RawFields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RawFieldsVisitor<'a>(PhantomData<RawFields<'a>>);
        impl<'de: 'a, 'a> Visitor<'de> for RawFieldsVisitor<'a> {
            type Value = RawFields<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<RawFields<'a>, A::Error> {
                let mut fields = RawFields::default();
                while let Some((name, value)) = object.next_entry()? {
                    fields.insert(name, value);
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(RawFieldsVisitor(PhantomData))
    }
}

/// Parses a `list_status` within the bounds. `warn` receives dropped tags, `note` dropped unknown fields, and
/// `unreadable` documented fields that cannot be parsed and are not essential.
///
/// # Errors
/// Why it cannot be parsed.
pub(super) fn parse_list_status(
    raw: &RawValue,
    warn: &mut dyn FnMut(&str),
    note: &mut dyn FnMut(&str),
    unreadable: &mut UnreadableValues,
) -> Result<Value, String> {
    if !raw.get().starts_with('{') {
        return Err(format!("list_status is not an object: {}", text::excerpt(raw.get())));
    }
    let fields: RawFields<'_> =
        serde_json::from_str(raw.get()).map_err(|error| format!("list_status cannot be read: {error}"))?;
    if fields.unknown_bytes > MAX_UNKNOWN_FIELDS_BYTES {
        note(&format!("list_status has {} bytes of unknown fields, which are dropped", fields.unknown_bytes));
    }
    let mut object = Map::new();
    for (name, raw) in fields.values {
        let value = match name.as_str() {
            "tags" if raw.get().starts_with('[') => unreadable.or_default(parse_tags(raw, warn).map(Value::Array)),
            essential if is_essential_field(essential) => parse_field(raw, essential)?,
            known if is_documented_field(known) => unreadable.or_default(parse_field(raw, known)),
            // The parser limits the nesting depth. In an array the value has the depth that it will have in the object.
            // If it can be parsed there, the object can be parsed again.
            _ => match serde_json::from_str::<[Value; 1]>(&format!("[{raw}]")) {
                Ok([value]) => value,
                Err(error) => {
                    note(&format!("an unknown field of list_status is dropped: {error}"));
                    continue;
                }
            },
        };
        object.insert(name, value);
    }
    Ok(Value::Object(object))
}

/// Parses a value: a text of any length, or anything else up to [`MAX_NON_TEXT_BYTES`].
fn parse_field(raw: &RawValue, name: &str) -> Result<Value, String> {
    if raw.get().len() > MAX_NON_TEXT_BYTES && !raw.get().starts_with('"') {
        return Err(format!("{name} cannot be that long: {}", text::excerpt(raw.get())));
    }
    serde_json::from_str(raw.get()).map_err(|error| format!("list_status cannot be read: {name}: {error}"))
}

fn parse_tags(raw: &RawValue, warn: &mut dyn FnMut(&str)) -> Result<Vec<Value>, String> {
    let tags: BoundedList<'_, MAX_TAGS> =
        serde_json::from_str(raw.get()).map_err(|error| format!("list_status cannot be read: tags: {error}"))?;
    warn_of_excess_tags(tags.total_count, warn);
    tags.items.into_iter().map(|tag| parse_field(tag, "a tag")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Parses this JSON. Returns the result and the number of warnings and notes.
    fn parse_and_count_reports(text: &str) -> (Result<Value, String>, usize, usize) {
        let raw: &RawValue = serde_json::from_str(text).unwrap();
        let (mut warnings, mut notes, mut unreadable) = (0, 0, UnreadableValues::default());
        let read = parse_list_status(raw, &mut |_| warnings += 1, &mut |_| notes += 1, &mut unreadable);
        (read, warnings, notes)
    }

    #[test]
    fn documented_fields_are_kept_complete_and_in_order() {
        let text = json!({"status": "watching", "score": 7, "num_episodes_watched": 3, "is_rewatching": false,
            "start_date": "2019", "finish_date": "2020", "priority": 1, "num_times_rewatched": 2, "rewatch_value": 5,
            "tags": ["a"], "comments": "x".repeat(100_000), "updated_at": "2021-03-15T09:00:58+00:00"})
        .to_string();
        let (parsed, warnings, notes) = parse_and_count_reports(&text);
        assert_eq!((parsed.unwrap().to_string().as_str(), warnings, notes), (&*text, 0, 0));
    }

    #[test]
    fn unknown_fields_are_kept_up_to_one_kib_in_total() {
        let with_fields = |fields: &str| format!(r#"{{"new":1,{fields},"status":"watching","newer":[2]}}"#);
        let (parsed, _, notes) = parse_and_count_reports(&with_fields(&format!(r#""n":"{}""#, "x".repeat(900))));
        let parsed = parsed.unwrap();
        assert_eq!(
            (&parsed["new"], &parsed["newer"], parsed["n"].as_str().unwrap().len(), notes),
            (&json!(1), &json!([2]), 900, 0)
        );
        let many: Vec<_> = (0..100_000).map(|n| format!(r#""{n}":[[],[]]"#)).collect();
        for fields in
            [format!(r#""n":"{}""#, "x".repeat(1024)), format!(r#""n":[{}0]"#, "[],".repeat(100_000)), many.join(",")]
        {
            let (parsed, warnings, notes) = parse_and_count_reports(&with_fields(&fields));
            assert_eq!((parsed.unwrap(), warnings, notes), (json!({"status": "watching"}), 0, 1));
        }
        let (parsed, _, notes) = parse_and_count_reports(r#"{"status":"watching","n":1e999}"#);
        assert_eq!(
            (parsed.unwrap(), notes),
            (json!({"status": "watching"}), 1),
            "an unreadable unknown field does not reject the entry"
        );
        for (depth, expected_notes) in [(126, 0), (127, 1)] {
            let text = format!(r#"{{"status":"watching","n":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
            let (parsed, _, notes) = parse_and_count_reports(&text);
            let reparsed: Result<Value, _> = serde_json::from_str(&parsed.unwrap().to_string());
            assert_eq!((reparsed.is_ok(), notes), (true, expected_notes), "what is kept can be parsed again: {depth}");
        }
    }

    #[test]
    fn last_value_of_a_duplicate_name_wins() {
        let text = format!(r#"{{{}"score":8}}"#, r#""score":7,"#.repeat(100_000));
        assert_eq!(parse_and_count_reports(&text).0.unwrap(), json!({"score": 8}));
    }

    #[test]
    fn excess_tags_are_dropped_and_oversized_score_rejected() {
        let tags = |tag: &str, count: usize| format!(r#"{{"tags":[{}]}}"#, vec![tag; count].join(","));
        let (parsed, warnings, _) = parse_and_count_reports(&tags("\"t\"", 100));
        assert_eq!((parsed.unwrap()["tags"].as_array().unwrap().len(), warnings), (100, 0));
        let (parsed, warnings, _) = parse_and_count_reports(&tags("\"t\"", 101));
        assert_eq!((parsed.unwrap()["tags"].as_array().unwrap().len(), warnings), (100, 1));
        let long = format!("[{}0]", "[],".repeat(10_000));
        let message = parse_and_count_reports(&format!(r#"{{"score":{long}}}"#)).0.unwrap_err();
        assert!(message.starts_with("score cannot be that long: [[],") && message.len() < 200, "{message}");
        for (text, name) in [(tags(&long, 1), "tags"), (format!(r#"{{"comments":{long}}}"#), "comments")] {
            assert_eq!(parse_and_count_reports(&text).0.unwrap(), json!({name: null}), "only the value is lost");
        }
        assert!(parse_and_count_reports("[]").0.unwrap_err().starts_with("list_status is not an object: []"));
    }
}
