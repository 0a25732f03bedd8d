//! Writes entries as JSON: the objects of `list --json`, the columns in the object of `show --json`, and the files of
//! `export`, which have the fields that a faithful copy needs.

use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::Value;

use crate::{
    domain::anime::IdName,
    exchange::{
        cell::OutputCell,
        columns::{ListRow, OutputColumn},
    },
    json_line::to_json_line,
};

/// Serializes an entry as an object of the selected columns.
#[derive(Clone, Debug)]
pub struct SelectedColumns<'a> {
    row: &'a ListRow<'a>,
    columns: &'a [OutputColumn],
}

impl<'a> SelectedColumns<'a> {
    /// Returns the object of these columns.
    #[must_use]
    pub const fn new(row: &'a ListRow<'a>, columns: &'a [OutputColumn]) -> Self {
        Self { row, columns }
    }
}

impl Serialize for SelectedColumns<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.columns.len()))?;
        for column in self.columns {
            map.serialize_entry(column.name(), &column.read_cell(self.row))?;
        }
        map.end()
    }
}

/// Serializes all columns of an anime. Columns of the entry are null if the anime is not in the list.
#[derive(Clone, Debug)]
pub struct AllColumns<'a> {
    /// The anime, with its entry if it is listed.
    pub row: &'a ListRow<'a>,
    /// True if the anime is in the list.
    pub is_listed: bool,
}

impl Serialize for AllColumns<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let columns = OutputColumn::all();
        let mut map = serializer.serialize_map(Some(columns.len()))?;
        for column in columns {
            let is_present = self.is_listed || column.is_of_anime();
            let cell = if is_present { column.read_cell(self.row) } else { OutputCell::Null };
            map.serialize_entry(column.name(), &cell)?;
        }
        map.end()
    }
}

/// Returns the entries as one JSON array, one entry per line.
#[must_use]
pub fn encode_json_array(rows: &[ListRow<'_>]) -> Vec<u8> {
    let objects: Vec<String> = rows.iter().map(|row| to_json_line(&entry_object(row)).trim_end().to_owned()).collect();
    let text = if objects.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", objects.join(",\n")) };
    text.into_bytes()
}

/// Returns the entries as JSON Lines.
#[must_use]
pub fn encode_json_lines(rows: &[ListRow<'_>]) -> Vec<u8> {
    rows.iter().map(|row| to_json_line(&entry_object(row))).collect::<String>().into_bytes()
}

/// Returns the object of `list --json`, with the additional fields at its end.
fn entry_object(row: &ListRow<'_>) -> Value {
    let anime = &row.entry.anime;
    let mut object = serde_json::to_value(SelectedColumns::new(row, OutputColumn::all())).unwrap_or_default();
    if let Some(object) = object.as_object_mut() {
        let ids = |named: &[IdName]| named.iter().map(|named| named.id).collect::<Vec<_>>().into();
        // Another database may not know these genres and studios: export their ids, in the order of their names.
        for (name, value) in [("genre_ids", ids(&anime.genres)), ("studio_ids", ids(&anime.studios))] {
            object.insert(name.to_owned(), value);
        }
    }
    object
}
