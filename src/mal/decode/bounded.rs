//! JSON of which no more is kept than is of use, however much is sent: a page's entries, and an entry's `list_status` as it
//! becomes `mal_entry`. A value in memory takes ten times the room of its text, so the bounds hold before one is made.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value, value::RawValue};

use crate::domain::{
    list_status::{LIST_STATUS_FIELDS, MAX_TAGS, tags_truncated_message},
    text,
};

/// The fields that MAL may add to `list_status` are kept as long as all of them have no more JSON than this, in bytes.
const MAX_UNKNOWN_FIELDS_BYTES: usize = 1024;
/// A value of the wrong type is told by its JSON; what is longer than this cannot be the right one either.
const MAX_NON_TEXT_BYTES: usize = 4096;

/// The first `MOST` items of a list, and how many it has.
#[derive(Debug)]
pub(super) struct BoundedList<'a, const MOST: usize> {
    pub(super) items: Vec<&'a RawValue>,
    pub(super) total_count: usize,
}

impl<'de: 'a, 'a, const MOST: usize> Deserialize<'de> for BoundedList<'a, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BoundedListVisitor<'a, const MOST: usize>(PhantomData<BoundedList<'a, MOST>>);
        impl<'de: 'a, 'a, const MOST: usize> Visitor<'de> for BoundedListVisitor<'a, MOST> {
            type Value = BoundedList<'a, MOST>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut first = BoundedList { items: Vec::new(), total_count: 0 };
                while first.total_count < MOST {
                    let Some(item) = list.next_element()? else { return Ok(first) };
                    first.items.push(item);
                    first.total_count += 1;
                }
                while list.next_element::<IgnoredAny>()?.is_some() {
                    first.total_count += 1;
                }
                Ok(first)
            }
        }
        deserializer.deserialize_seq(BoundedListVisitor(PhantomData))
    }
}

/// The fields of a `list_status`, still raw; of a name that stands twice the last one.
#[derive(Debug, Default)]
struct RawFields<'a> {
    values: Vec<(String, &'a RawValue)>,
    unknown_bytes: usize,
}

impl<'a> RawFields<'a> {
    fn insert(&mut self, name: String, value: &'a RawValue) {
        if !LIST_STATUS_FIELDS.contains(&name.as_str()) {
            self.unknown_bytes = self.unknown_bytes.saturating_add(name.len() + value.get().len());
            if self.unknown_bytes > MAX_UNKNOWN_FIELDS_BYTES {
                self.values.retain(|(name, _)| LIST_STATUS_FIELDS.contains(&name.as_str()));
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

/// Reads a `list_status`, no larger than it may be kept. `warn` is told of tags beyond the bound, `note` of unknown fields.
///
/// # Errors
/// Why it cannot be read.
pub(super) fn parse_list_status(
    raw: &RawValue,
    warn: &mut dyn FnMut(&str),
    note: &mut dyn FnMut(&str),
) -> Result<Value, String> {
    if !raw.get().starts_with('{') {
        return Err(format!("list_status is no object: {}", text::excerpt(raw.get())));
    }
    let fields: RawFields<'_> =
        serde_json::from_str(raw.get()).map_err(|fault| format!("list_status cannot be read: {fault}"))?;
    if fields.unknown_bytes > MAX_UNKNOWN_FIELDS_BYTES {
        note(&format!("list_status has {} bytes that are not known, which are left out", fields.unknown_bytes));
    }
    let mut object = Map::new();
    for (name, raw) in fields.values {
        let value = match name.as_str() {
            "tags" if raw.get().starts_with('[') => parse_tags(raw, warn),
            known if LIST_STATUS_FIELDS.contains(&known) => parse_field(raw, known),
            // As deep as it will stand in the object: what could not be read there again is left out now.
            _ => match serde_json::from_str::<[Value; 1]>(&format!("[{raw}]")) {
                Ok([value]) => Ok(value),
                Err(fault) => {
                    note(&format!("a field of list_status that is not known is left out: {fault}"));
                    continue;
                }
            },
        };
        object.insert(name, value?);
    }
    Ok(Value::Object(object))
}

/// A value that is a text, or as short as any that is not.
fn parse_field(raw: &RawValue, name: &str) -> Result<Value, String> {
    if raw.get().len() > MAX_NON_TEXT_BYTES && !raw.get().starts_with('"') {
        return Err(format!("{name} cannot be that long: {}", text::excerpt(raw.get())));
    }
    serde_json::from_str(raw.get()).map_err(|fault| format!("list_status cannot be read: {name}: {fault}"))
}

fn parse_tags(raw: &RawValue, warn: &mut dyn FnMut(&str)) -> Result<Value, String> {
    let tags: BoundedList<'_, MAX_TAGS> =
        serde_json::from_str(raw.get()).map_err(|fault| format!("list_status cannot be read: tags: {fault}"))?;
    if tags.total_count > MAX_TAGS {
        warn(&tags_truncated_message(tags.total_count));
    }
    tags.items.into_iter().map(|tag| parse_field(tag, "a tag")).collect::<Result<Vec<_>, _>>().map(Value::Array)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What is kept of this JSON, with how many warnings and notes.
    fn parse_and_count_reports(text: &str) -> (Result<Value, String>, usize, usize) {
        let raw: &RawValue = serde_json::from_str(text).unwrap();
        let (mut warnings, mut notes) = (0, 0);
        let read = parse_list_status(raw, &mut |_| warnings += 1, &mut |_| notes += 1);
        (read, warnings, notes)
    }

    #[test]
    fn documented_fields_are_kept_complete_and_in_order() {
        let text = json!({"status": "watching", "score": 7, "num_episodes_watched": 3, "is_rewatching": false,
            "start_date": "2019", "finish_date": "2020", "priority": 1, "num_times_rewatched": 2, "rewatch_value": 5,
            "tags": ["a"], "comments": "x".repeat(100_000), "updated_at": "2021-03-15T09:00:58+00:00"})
        .to_string();
        let (read, warnings, notes) = parse_and_count_reports(&text);
        assert_eq!((read.unwrap().to_string().as_str(), warnings, notes), (&*text, 0, 0));
    }

    #[test]
    fn unknown_fields_are_kept_up_to_one_kib_in_total() {
        let with = |fields: &str| format!(r#"{{"new":1,{fields},"status":"watching","newer":[2]}}"#);
        let (read, _, notes) = parse_and_count_reports(&with(&format!(r#""n":"{}""#, "x".repeat(900))));
        let read = read.unwrap();
        assert_eq!(
            (&read["new"], &read["newer"], read["n"].as_str().unwrap().len(), notes),
            (&json!(1), &json!([2]), 900, 0)
        );
        let many: Vec<_> = (0..100_000).map(|n| format!(r#""{n}":[[],[]]"#)).collect();
        for fields in
            [format!(r#""n":"{}""#, "x".repeat(1024)), format!(r#""n":[{}0]"#, "[],".repeat(100_000)), many.join(",")]
        {
            let (read, warnings, notes) = parse_and_count_reports(&with(&fields));
            assert_eq!((read.unwrap(), warnings, notes), (json!({"status": "watching"}), 0, 1));
        }
        let (read, _, notes) = parse_and_count_reports(r#"{"status":"watching","n":1e999}"#);
        assert_eq!((read.unwrap(), notes), (json!({"status": "watching"}), 1), "what cannot be read costs no entry");
        for (depth, left_out) in [(126, 0), (127, 1)] {
            let text = format!(r#"{{"status":"watching","n":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
            let (read, _, notes) = parse_and_count_reports(&text);
            let again: Result<Value, _> = serde_json::from_str(&read.unwrap().to_string());
            assert_eq!((again.is_ok(), notes), (true, left_out), "what is kept can be read again: {depth}");
        }
    }

    #[test]
    fn last_value_of_a_duplicate_name_wins() {
        let text = format!(r#"{{{}"score":8}}"#, r#""score":7,"#.repeat(100_000));
        assert_eq!(parse_and_count_reports(&text).0.unwrap(), json!({"score": 8}));
    }

    #[test]
    fn excess_tags_are_dropped_and_oversized_values_rejected() {
        let tags = |tag: &str, count: usize| format!(r#"{{"tags":[{}]}}"#, vec![tag; count].join(","));
        let (read, warnings, _) = parse_and_count_reports(&tags("\"t\"", 100));
        assert_eq!((read.unwrap()["tags"].as_array().unwrap().len(), warnings), (100, 0));
        let (read, warnings, _) = parse_and_count_reports(&tags("\"t\"", 101));
        assert_eq!((read.unwrap()["tags"].as_array().unwrap().len(), warnings), (100, 1));
        let long = format!("[{}0]", "[],".repeat(10_000));
        let words = [tags(&long, 1), format!(r#"{{"score":{long}}}"#), format!(r#"{{"comments":{long}}}"#)]
            .map(|text| parse_and_count_reports(&text).0.unwrap_err());
        for (words, name) in words.iter().zip(["a tag", "score", "comments"]) {
            assert!(words.starts_with(&format!("{name} cannot be that long: [[],")) && words.len() < 200, "{words}");
        }
        assert!(parse_and_count_reports("[]").0.unwrap_err().starts_with("list_status is no object: []"));
    }
}
