//! Reads one entry: an object of malsync's JSON, or an entry of MAL's API, which the API client's decoder reads.

use serde_json::value::RawValue;

use super::raw_object::RawObject;
use crate::{
    domain::{
        entry::RemoteEntry, entry_fields::Field, imported_entry::ImportedEntry, left_out::LeftOut, run::EntryError,
    },
    exchange::{column_names::ColumnNames, imported_list::invalid_entry, malsync_entry},
    mal::decode,
};

/// The member of an entry of MAL's API that has the anime.
const API_ANIME: &str = "node";

/// Returns true if the object is an entry, valid or not.
pub(super) fn is_list_entry(object: &RawObject, names: &mut ColumnNames) -> bool {
    object.check_size().is_err()
        || object.has(API_ANIME)
        || object.names().any(|name| matches!(names.find(name), Some("mal_id" | "status")))
}

/// Parses an entry. Counts the values that are left out.
pub(super) fn read_entry(
    object: &RawObject,
    names: &mut ColumnNames,
    left_out: &mut LeftOut,
) -> Result<ImportedEntry, EntryError> {
    let rejected = |message: String| invalid_entry(None, None, &message);
    object.check_size().map_err(rejected)?;
    if object.has(API_ANIME) {
        return read_api_entry(object.to_json(), left_out);
    }
    let columns = object.parse_columns(names).map_err(|error| rejected(format!("it cannot be read: {error}")))?;
    malsync_entry::parse_entry(&columns, left_out)
}

fn read_api_entry(json: String, left_out: &mut LeftOut) -> Result<ImportedEntry, EntryError> {
    let raw = RawValue::from_string(json).map_err(|error| invalid_entry(None, None, &error.to_string()))?;
    let (entries, errors) = decode::decode_entries(&[&raw]);
    if let Some(error) = errors.into_iter().next() {
        return Err(error);
    }
    let entry = entries.into_iter().next().ok_or_else(|| invalid_entry(None, None, "it cannot be read"))?;
    Ok(to_imported_entry(entry, left_out))
}

/// Returns the entry with the fields that its `list_status` has. MAL leaves out the dates that an entry lacks.
fn to_imported_entry(entry: RemoteEntry, left_out: &mut LeftOut) -> ImportedEntry {
    let RemoteEntry { mut anime, list_status, unreadable_values } = entry;
    // The longest text, which the next sync brings.
    anime.synopsis = None;
    left_out.values_unread += unreadable_values;
    let sent = list_status.base.parse_json().unwrap_or_default();
    let values = list_status.values;
    let sent_value = |field: Field| field.mal_name().and_then(|name| sent.get(name)).filter(|value| !value.is_null());
    let mut fields = Vec::new();
    for field in Field::SYNCED_FIELDS {
        let Some(value) = sent_value(field) else { continue };
        let is_date = matches!(field, Field::StartDate | Field::FinishDate);
        if is_date && values.field_json(field).is_null() {
            if let Some(word) = value.as_str().filter(|word| !word.is_empty()) {
                left_out.add_date(anime.mal_id, field.as_str(), word);
            }
        } else if field == Field::EpisodesWatched && values.is_rewatching {
            // MAL's count is that of the rewatch.
            fields.push(Field::RewatchEpisodes);
        } else {
            fields.push(field);
        }
    }
    ImportedEntry { anime, values, fields }
}
