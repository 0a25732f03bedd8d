//! An entry read from an import file.

use super::{
    anime::Anime,
    entry_fields::{EntryValues, Field},
};

/// One validated entry of an import file.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedEntry {
    /// The anime metadata in the file: enough to insert a row if the anime is not stored yet.
    pub anime: Anime,
    /// The user's values. Only those named in [`ImportedEntry::fields`] are from the file.
    pub values: EntryValues,
    /// The fields present in the file. An import does not reset the other fields.
    pub fields: Vec<Field>,
}
