//! Reads an entry under malsync's own names, from an object of JSON or a row of CSV. An invalid entry does not affect the
//! others.
//!
//! An entry needs an id and a status. Any other value that cannot be read is left out and counted. A field that is absent
//! is not among the fields; null and an empty cell mean an empty value, but for the episodes watched, which are then unknown.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{
    imported_list::{invalid_entry, placeholder_title},
    lenient_values::{self, LenientValueReader, whole_number},
    malsync_anime,
};
use crate::domain::{
    entry_fields::{EntryValues, Field},
    imported_entry::ImportedEntry,
    left_out::LeftOut,
    limits::{MAL_IDS, NON_NEGATIVE},
    run::EntryError,
    text,
};

/// Parses an entry. The names are those of columns. Counts the values that are left out.
pub(super) fn parse_entry(object: &Map<String, Value>, left_out: &mut LeftOut) -> Result<ImportedEntry, EntryError> {
    let title = parse_title(object);
    parse_fields(object, title.clone(), left_out)
        .map_err(|message| invalid_entry(parse_any_id(object), title.as_deref(), &message))
}

/// Returns the number of `mal_id`, which may be no valid id.
fn parse_any_id(object: &Map<String, Value>) -> Option<i64> {
    whole_number(&to_word(object.get("mal_id")?)?)
}

fn parse_title(object: &Map<String, Value>) -> Option<String> {
    let mut title = object.get("title")?.as_str()?.to_owned();
    text::sanitize(&mut title);
    (!title.trim().is_empty()).then_some(title)
}

fn parse_fields(
    object: &Map<String, Value>,
    title: Option<String>,
    left_out: &mut LeftOut,
) -> Result<ImportedEntry, String> {
    let mal_id = parse_any_id(object)
        .and_then(|id| i32::try_from(id).ok())
        .filter(|id| MAL_IDS.contains(id))
        .ok_or_else(|| format!("no mal_id from {} to {}", MAL_IDS.start(), MAL_IDS.end()))?;
    let status = object.get(Field::Status.as_str()).and_then(to_word).ok_or("no status")?;
    let mut values = EntryValues { status: lenient_values::parse_status(&status)?, ..EntryValues::default() };
    let mut reader =
        FieldReader { object, fields: vec![Field::Status], parsers: LenientValueReader { mal_id, left_out } };
    values.score = reader.read(Field::Score, LenientValueReader::parse_score).filter(|score| *score > 0);
    values.episodes_watched = reader.read_count(Field::EpisodesWatched);
    if values.episodes_watched.is_none() {
        // An empty count means unknown, not 0.
        reader.fields.retain(|field| *field != Field::EpisodesWatched);
    }
    values.start_date = reader.read(Field::StartDate, LenientValueReader::parse_date);
    values.finish_date = reader.read(Field::FinishDate, LenientValueReader::parse_date);
    values.is_rewatching = reader.read(Field::IsRewatching, LenientValueReader::parse_flag).unwrap_or_default();
    values.rewatch_episodes = reader.read_count(Field::RewatchEpisodes);
    let has_one_count = !object.contains_key(Field::RewatchEpisodes.as_str());
    if has_one_count && values.is_rewatching && values.episodes_watched.is_some() {
        // Written by a version that had one count: it is that of the rewatch, as on MAL.
        values.rewatch_episodes = values.episodes_watched.take();
        reader.fields.retain(|field| *field != Field::EpisodesWatched);
        reader.fields.push(Field::RewatchEpisodes);
    }
    values.times_rewatched = reader.read_count(Field::TimesRewatched).unwrap_or_default();
    values.rewatch_value =
        reader.read(Field::RewatchValue, LenientValueReader::parse_rewatch_value).unwrap_or_default();
    values.priority = reader.read(Field::Priority, LenientValueReader::parse_priority).unwrap_or_default();
    values.tags = reader.read_tags();
    values.notes = reader.read_notes();
    let fields = reader.fields;
    let anime = malsync_anime::parse_anime(object, mal_id, title.unwrap_or_else(|| placeholder_title(mal_id)));
    Ok(ImportedEntry { anime, values, fields })
}

/// Reads the values of the fields that the entry has, and collects these fields.
struct FieldReader<'a> {
    object: &'a Map<String, Value>,
    fields: Vec<Field>,
    parsers: LenientValueReader<'a>,
}

impl<'a> FieldReader<'a> {
    /// Returns the value that the function reads from the text. An empty value is among the fields; an absent one, and
    /// one that cannot be read, are not.
    fn read<T>(&mut self, field: Field, parse: fn(&mut LenientValueReader<'a>, &str, &str) -> Option<T>) -> Option<T> {
        let value = match to_word(self.object.get(field.as_str())?) {
            None => None,
            Some(word) => Some(parse(&mut self.parsers, field.as_str(), &word)?),
        };
        self.fields.push(field);
        value
    }

    fn read_count(&mut self, field: Field) -> Option<i32> {
        self.read(field, |parsers, name, word| parsers.parse_number(name, word, &NON_NEGATIVE))
    }

    /// Returns the tags: a list of texts, or a text with commas between them.
    fn read_tags(&mut self) -> Vec<String> {
        let name = Field::Tags.as_str();
        let Some(value) = self.object.get(name) else { return Vec::new() };
        let tags = match value {
            Value::Null => Vec::new(),
            Value::String(text) => self.parsers.split_tags(name, text),
            Value::Array(items) => {
                let texts: Vec<String> = items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect();
                if texts.len() < items.len() {
                    self.parsers.left_out.add_value(self.parsers.mal_id, name, &value.to_string());
                }
                self.parsers.limit_tags(name, texts)
            }
            other => {
                self.parsers.left_out.add_value(self.parsers.mal_id, name, &other.to_string());
                return Vec::new();
            }
        };
        self.fields.push(Field::Tags);
        tags
    }

    /// Returns the notes as they stand: HTML entities in them are text.
    fn read_notes(&mut self) -> Option<String> {
        let name = Field::Notes.as_str();
        let mut notes = match self.object.get(name)? {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => {
                self.parsers.left_out.add_value(self.parsers.mal_id, name, &other.to_string());
                return None;
            }
        };
        text::sanitize(&mut notes).report(name, &mut |message| self.parsers.warn(message));
        self.fields.push(Field::Notes);
        (!notes.is_empty()).then_some(notes)
    }
}

/// Returns the trimmed text of a value. Returns `None` if it is null or empty.
fn to_word(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(Cow::from),
        other => Some(other.to_string().into()),
    }
}
