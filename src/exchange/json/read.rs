//! Parses the JSON that `export` writes: one array, or one object per line.
//!
//! Each object is validated by the parser of MAL's `list_status`, under MAL's field names. The JSON does not name the
//! list's owner.

use std::{
    fmt,
    io::{BufRead, BufReader},
};

use serde::{
    Deserializer as _,
    de::{Error as _, SeqAccess, Visitor},
};
use serde_json::{Deserializer, Error, Map, Value, value::RawValue};

use crate::{
    domain::{
        entry_fields::Field,
        imported_entry::ImportedEntry,
        limits::{self, PRIORITY_RANGE, REWATCH_VALUE_RANGE},
        list_status_parser,
        run::EntryError,
        text,
    },
    exchange::{
        imported_list::{
            ImportFileError, ImportedList, ImportedListBuilder, TRUNCATED_FILE, invalid_entry, io_error_message,
        },
        line_counter::LineCounter,
    },
};

use super::read_anime;

/// Parses a JSON array, or JSON Lines if `is_json_lines`.
pub(in crate::exchange) fn read_json(
    source: impl BufRead,
    is_json_lines: bool,
) -> Result<ImportedList, ImportFileError> {
    let mut list = ImportedListBuilder::default();
    let mut add = |raw: Box<RawValue>| list.add_entry(parse_bounded(&raw));
    let mut line_counter = LineCounter { inner: source, lines: 0 };
    // Buffered, so that lines are not counted byte by byte.
    let mut reader = Deserializer::from_reader(BufReader::new(&mut line_counter));
    let read = if is_json_lines {
        reader.into_iter::<Box<RawValue>>().try_for_each(|raw| raw.and_then(|raw| add(raw).map_err(Error::custom)))
    } else {
        reader.deserialize_seq(ArrayVisitor(&mut add)).and_then(|()| reader.end())
    };
    match read {
        Ok(()) => Ok(list.finish()),
        // The JSON parser has no line number if the reader failed.
        Err(error) if error.is_io() => {
            Err(ImportFileError::at(line_counter.lines + 1, None, io_error_message(&error.into())))
        }
        Err(error) if error.is_eof() => Err(error_at_line(&error, TRUNCATED_FILE.to_owned())),
        Err(error) => Err(error_at_line(&error, format!("it is no list that export writes: {error}"))),
    }
}

fn error_at_line(error: &serde_json::Error, message: String) -> ImportFileError {
    ImportFileError::at(error.line() as u64, None, message)
}

/// Calls the function for each array element as it is read.
struct ArrayVisitor<F>(F);

impl<'de, F: FnMut(Box<RawValue>) -> Result<(), String>> Visitor<'de> for ArrayVisitor<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        while let Some(raw) = elements.next_element()? {
            (self.0)(raw).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

/// Maximum size of one entry. A parsed value takes many times the memory of its text.
const MAX_ENTRY_BYTES: usize = 1024 * 1024;

fn parse_bounded(raw: &RawValue) -> Result<ImportedEntry, EntryError> {
    let rejected = |message: String| invalid_entry(None, None, &message);
    if raw.get().len() > MAX_ENTRY_BYTES {
        return Err(rejected(format!("an entry of {} MiB, and none has more than one", raw.get().len() >> 20)));
    }
    let object = serde_json::from_str(raw.get()).map_err(|fault| rejected(format!("it cannot be read: {fault}")))?;
    parse_entry(&object)
}

fn parse_entry(object: &Value) -> Result<ImportedEntry, EntryError> {
    let mal_id = object["mal_id"].as_i64();
    let title = object["title"].as_str().filter(|title| !title.trim().is_empty()).map(|title| {
        let mut title = title.to_owned();
        text::sanitize(&mut title);
        title
    });
    let Some(object) = object.as_object() else {
        let message = format!("it is no object: {}", text::excerpt(&object.to_string()));
        return Err(invalid_entry(mal_id, title.as_deref(), &message));
    };
    parse_object(object, mal_id, title.clone()).map_err(|message| invalid_entry(mal_id, title.as_deref(), &message))
}

fn parse_object(
    object: &Map<String, Value>,
    mal_id: Option<i64>,
    title: Option<String>,
) -> Result<ImportedEntry, String> {
    let positive = |number: i64| i32::try_from(number).ok().filter(|number| *number > 0);
    let mal_id = mal_id.and_then(positive).ok_or("no mal_id from 1 to 2147483647")?;
    let warn = &mut |message: &str| tracing::warn!("MAL ID {mal_id}: {message}");
    let mut status = Map::new();
    let mut fields = Vec::new();
    // Notes are not as MAL sends them: HTML entities in them are resolved already.
    for field in Field::SYNCED_FIELDS.into_iter().filter(|field| *field != Field::Notes) {
        if let (Some(value), Some(mal_name)) = (object.get(field.as_str()), field.mal_name()) {
            status.insert(mal_name.to_owned(), value.clone());
            // A null episode count means unknown, not 0.
            fields.extend((field != Field::EpisodesWatched || !value.is_null()).then_some(field));
        }
    }
    let mut values = list_status_parser::parse_values(Value::Object(status), warn)?;
    // Values from MAL are accepted as sent; values from a file are not trusted.
    for (field, number, range) in [
        (Field::Priority, values.priority, PRIORITY_RANGE),
        (Field::RewatchValue, values.rewatch_value, REWATCH_VALUE_RANGE),
    ] {
        limits::check_range(Some(number.into()), &range, field.as_str(), number)?;
    }
    if let Some(notes) = object.get(Field::Notes.as_str()) {
        values.notes = notes.as_str().filter(|notes| !notes.is_empty()).map(|notes| {
            let mut notes = notes.to_owned();
            text::sanitize(&mut notes).report("notes", warn);
            notes
        });
        fields.push(Field::Notes);
    }
    let anime = read_anime::anime_from_json(object, mal_id, title.ok_or("no title")?);
    Ok(ImportedEntry { anime, values, fields })
}
