//! Reads entries from JSON: those that `export` writes, and those of MAL's API.
//!
//! Any nesting of arrays is read, and any number of values behind each other: one array, an object a line, the pages of the
//! API (`{"data": […]}`) or an array of them. Each object tells by its members what it is. The JSON does not name the
//! list's owner.

use std::{
    fmt,
    io::{BufRead, BufReader},
};

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Deserializer;

use super::{foreign_list, raw_object::RawObject, read_entry};
use crate::{
    domain::{imported_entry::ImportedEntry, run::EntryError, text},
    exchange::{
        column_names::ColumnNames,
        entry_size::{EntrySize, EntrySizeLimiter},
        imported_list::{
            ImportFileError, ImportedList, ImportedListBuilder, TRUNCATED_FILE, invalid_entry, io_error_message,
        },
        line_counter::LineCounter,
    },
};

/// The member of a page of the API that has the entries.
const PAGE_ENTRIES: &str = "data";

/// Reads the entries of all values.
pub(in crate::exchange) fn read_json(source: impl BufRead) -> Result<ImportedList, ImportFileError> {
    let size = EntrySize::default();
    let mut list = JsonListReader { size: size.clone(), ..JsonListReader::default() };
    let mut lines = LineCounter { inner: EntrySizeLimiter { inner: source, size }, lines: 0 };
    // Buffered, so that lines are not counted byte by byte.
    match read_values(&mut list, BufReader::new(&mut lines)) {
        Ok(()) if list.has_other_values && !list.has_list_entry => Err(foreign_list::unknown_json_error()),
        Ok(()) => Ok(list.list.finish()),
        // The JSON parser has no line number if the reader failed.
        Err(error) if error.is_io() => Err(ImportFileError::at(lines.lines + 1, None, io_error_message(&error.into()))),
        Err(error) if list.failure.is_some() => Err(error_at_line(&error, list.failure.unwrap_or_default())),
        Err(error) if error.is_eof() => Err(error_at_line(&error, TRUNCATED_FILE.to_owned())),
        Err(error) => Err(error_at_line(&error, format!("it was not written by malsync export: {error}"))),
    }
}

fn read_values(list: &mut JsonListReader, source: impl BufRead) -> serde_json::Result<()> {
    let mut reader = Deserializer::from_reader(source);
    loop {
        ValueSeed(list).deserialize(&mut reader)?;
        match reader.end() {
            Ok(()) => return Ok(()),
            Err(error) if error.is_io() => return Err(error),
            // Another value follows.
            Err(_) => {}
        }
    }
}

fn error_at_line(error: &serde_json::Error, message: String) -> ImportFileError {
    ImportFileError::at(error.line() as u64, None, message)
}

#[derive(Default)]
struct JsonListReader {
    list: ImportedListBuilder,
    names: ColumnNames,
    size: EntrySize,
    /// True after an object that is an entry, valid or not.
    has_list_entry: bool,
    /// True after anything else.
    has_other_values: bool,
    /// The error that ended the reading, if the JSON itself is valid.
    failure: Option<String>,
}

impl JsonListReader {
    fn add_object(&mut self, object: &RawObject) -> Result<(), String> {
        self.size.reset();
        let is_list_entry = read_entry::is_list_entry(object, &mut self.names);
        self.has_list_entry |= is_list_entry;
        self.has_other_values |= !is_list_entry;
        let entry = read_entry::read_entry(object, &mut self.names, self.list.left_out_mut());
        self.add(entry)
    }

    fn add_other_value(&mut self, value: impl fmt::Display) -> Result<(), String> {
        self.size.reset();
        self.has_other_values = true;
        let message = format!("not an object: {}", text::excerpt(&value.to_string()));
        self.add(Err(invalid_entry(None, None, &message)))
    }

    fn add(&mut self, entry: Result<ImportedEntry, EntryError>) -> Result<(), String> {
        self.list.add_entry(entry).inspect_err(|message| self.failure = Some(message.clone()))
    }
}

/// Reads a value: the elements of an array, the entries of a page, or one entry.
struct ValueSeed<'a>(&'a mut JsonListReader);

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while elements.next_element_seed(ValueSeed(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut object = RawObject::default();
        let mut is_page = false;
        while let Some(name) = map.next_key::<String>()? {
            if name == PAGE_ENTRIES {
                map.next_value_seed(ValueSeed(self.0))?;
                is_page = true;
            } else {
                object.read_member(name, &mut map)?;
            }
        }
        if is_page { Ok(()) } else { self.0.add_object(&object).map_err(A::Error::custom) }
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        self.0.add_other_value(value).map_err(E::custom)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        self.0.add_other_value(value).map_err(E::custom)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        self.0.add_other_value(value).map_err(E::custom)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        self.0.add_other_value(value).map_err(E::custom)
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        self.0.add_other_value(value).map_err(E::custom)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.0.add_other_value("null").map_err(E::custom)
    }
}
