//! JSON of which no more is kept than is of use, however much is sent: a page's entries, and an entry's `list_status` as it
//! becomes `mal_entry`. A value in memory takes ten times the room of its text, so the bounds hold before one is made.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value, value::RawValue};

use crate::domain::{
    list_status::{FIELDS, MOST_TAGS, tags_cut},
    text,
};

/// The fields that MAL may add to `list_status` are kept as long as all of them have no more JSON than this, in bytes.
const UNKNOWN: usize = 1024;
/// A value of the wrong type is told by its JSON; what is longer than this cannot be the right one either.
const WRONG: usize = 4096;

/// The first `MOST` items of a list, and how many it has.
#[derive(Debug)]
pub(super) struct First<'a, const MOST: usize> {
    pub(super) items: Vec<&'a RawValue>,
    pub(super) count: usize,
}

impl<'de: 'a, 'a, const MOST: usize> Deserialize<'de> for First<'a, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<'a, const MOST: usize>(PhantomData<First<'a, MOST>>);
        impl<'de: 'a, 'a, const MOST: usize> Visitor<'de> for Items<'a, MOST> {
            type Value = First<'a, MOST>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut first = First { items: Vec::new(), count: 0 };
                while first.count < MOST {
                    let Some(item) = list.next_element()? else { return Ok(first) };
                    first.items.push(item);
                    first.count += 1;
                }
                while list.next_element::<IgnoredAny>()?.is_some() {
                    first.count += 1;
                }
                Ok(first)
            }
        }
        deserializer.deserialize_seq(Items(PhantomData))
    }
}

/// The fields of a `list_status`, still raw; of a name that stands twice the last one.
#[derive(Debug, Default)]
struct Fields<'a> {
    kept: Vec<(String, &'a RawValue)>,
    unknown: usize,
}

impl<'a> Fields<'a> {
    fn take(&mut self, name: String, value: &'a RawValue) {
        if !FIELDS.contains(&name.as_str()) {
            self.unknown = self.unknown.saturating_add(name.len() + value.get().len());
            if self.unknown > UNKNOWN {
                self.kept.retain(|(name, _)| FIELDS.contains(&name.as_str()));
                return;
            }
        }
        match self.kept.iter_mut().find(|(known, _)| *known == name) {
            Some((_, earlier)) => *earlier = value,
            None => self.kept.push((name, value)),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All<'a>(PhantomData<Fields<'a>>);
        impl<'de: 'a, 'a> Visitor<'de> for All<'a> {
            type Value = Fields<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Fields<'a>, A::Error> {
                let mut fields = Fields::default();
                while let Some((name, value)) = object.next_entry()? {
                    fields.take(name, value);
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(All(PhantomData))
    }
}

/// Reads a `list_status`, no larger than it may be kept. `warn` is told of tags beyond the bound, `note` of unknown fields.
///
/// # Errors
/// Why it cannot be read.
pub(super) fn list_status(
    raw: &RawValue,
    warn: &mut dyn FnMut(&str),
    note: &mut dyn FnMut(&str),
) -> Result<Value, String> {
    if !raw.get().starts_with('{') {
        return Err(format!("list_status is no object: {}", text::short(raw.get())));
    }
    let fields: Fields<'_> =
        serde_json::from_str(raw.get()).map_err(|fault| format!("list_status cannot be read: {fault}"))?;
    if fields.unknown > UNKNOWN {
        note(&format!("list_status has {} bytes that are not known, which are left out", fields.unknown));
    }
    let mut object = Map::new();
    for (name, raw) in fields.kept {
        let value = match name.as_str() {
            "tags" if raw.get().starts_with('[') => tags(raw, warn),
            known if FIELDS.contains(&known) => field(raw, known),
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
fn field(raw: &RawValue, name: &str) -> Result<Value, String> {
    if raw.get().len() > WRONG && !raw.get().starts_with('"') {
        return Err(format!("{name} cannot be that long: {}", text::short(raw.get())));
    }
    serde_json::from_str(raw.get()).map_err(|fault| format!("list_status cannot be read: {name}: {fault}"))
}

fn tags(raw: &RawValue, warn: &mut dyn FnMut(&str)) -> Result<Value, String> {
    let tags: First<'_, MOST_TAGS> =
        serde_json::from_str(raw.get()).map_err(|fault| format!("list_status cannot be read: tags: {fault}"))?;
    if tags.count > MOST_TAGS {
        warn(&tags_cut(tags.count));
    }
    tags.items.into_iter().map(|tag| field(tag, "a tag")).collect::<Result<Vec<_>, _>>().map(Value::Array)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What is kept of this JSON, with how many warnings and notes.
    fn kept(text: &str) -> (Result<Value, String>, usize, usize) {
        let raw: &RawValue = serde_json::from_str(text).unwrap();
        let (mut warnings, mut notes) = (0, 0);
        let read = list_status(raw, &mut |_| warnings += 1, &mut |_| notes += 1);
        (read, warnings, notes)
    }

    #[test]
    fn what_mal_documents_is_kept_whole_and_in_order() {
        let text = json!({"status": "watching", "score": 7, "num_episodes_watched": 3, "is_rewatching": false,
            "start_date": "2019", "finish_date": "2020", "priority": 1, "num_times_rewatched": 2, "rewatch_value": 5,
            "tags": ["a"], "comments": "x".repeat(100_000), "updated_at": "2021-03-15T09:00:58+00:00"})
        .to_string();
        let (read, warnings, notes) = kept(&text);
        assert_eq!((read.unwrap().to_string().as_str(), warnings, notes), (&*text, 0, 0));
    }

    #[test]
    fn what_is_new_is_kept_within_a_kib_and_left_out_with_a_note_beyond() {
        let with = |fields: &str| format!(r#"{{"new":1,{fields},"status":"watching","newer":[2]}}"#);
        let (read, _, notes) = kept(&with(&format!(r#""n":"{}""#, "x".repeat(900))));
        let read = read.unwrap();
        assert_eq!(
            (&read["new"], &read["newer"], read["n"].as_str().unwrap().len(), notes),
            (&json!(1), &json!([2]), 900, 0)
        );
        let many: Vec<_> = (0..100_000).map(|n| format!(r#""{n}":[[],[]]"#)).collect();
        for fields in
            [format!(r#""n":"{}""#, "x".repeat(1024)), format!(r#""n":[{}0]"#, "[],".repeat(100_000)), many.join(",")]
        {
            let (read, warnings, notes) = kept(&with(&fields));
            assert_eq!((read.unwrap(), warnings, notes), (json!({"status": "watching"}), 0, 1));
        }
        let (read, _, notes) = kept(r#"{"status":"watching","n":1e999}"#);
        assert_eq!((read.unwrap(), notes), (json!({"status": "watching"}), 1), "what cannot be read costs no entry");
        for (depth, left_out) in [(126, 0), (127, 1)] {
            let text = format!(r#"{{"status":"watching","n":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
            let (read, _, notes) = kept(&text);
            let again: Result<Value, _> = serde_json::from_str(&read.unwrap().to_string());
            assert_eq!((again.is_ok(), notes), (true, left_out), "what is kept can be read again: {depth}");
        }
    }

    #[test]
    fn a_name_that_stands_twice_is_the_last_one_however_often_it_does() {
        let text = format!(r#"{{{}"score":8}}"#, r#""score":7,"#.repeat(100_000));
        assert_eq!(kept(&text).0.unwrap(), json!({"score": 8}));
    }

    #[test]
    fn the_first_tags_are_kept_and_no_field_is_larger_than_its_type_can_be() {
        let tags = |tag: &str, count: usize| format!(r#"{{"tags":[{}]}}"#, vec![tag; count].join(","));
        let (read, warnings, _) = kept(&tags("\"t\"", 100));
        assert_eq!((read.unwrap()["tags"].as_array().unwrap().len(), warnings), (100, 0));
        let (read, warnings, _) = kept(&tags("\"t\"", 101));
        assert_eq!((read.unwrap()["tags"].as_array().unwrap().len(), warnings), (100, 1));
        let long = format!("[{}0]", "[],".repeat(10_000));
        let words = [tags(&long, 1), format!(r#"{{"score":{long}}}"#), format!(r#"{{"comments":{long}}}"#)]
            .map(|text| kept(&text).0.unwrap_err());
        for (words, name) in words.iter().zip(["a tag", "score", "comments"]) {
            assert!(words.starts_with(&format!("{name} cannot be that long: [[],")) && words.len() < 200, "{words}");
        }
        assert!(kept("[]").0.unwrap_err().starts_with("list_status is no object: []"));
    }
}
