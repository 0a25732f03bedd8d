//! An entry as another list has it: read from a file, not seen on MAL.

use super::{anime::Anime, change::Field, entry::EntryValues};

/// An entry of a list that is imported, checked by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedEntry {
    /// What the file tells of the anime: enough for a row where there is none yet.
    pub anime: Anime,
    /// The user's side of it. Only what [`Imported::fields`] names is from the file.
    pub values: EntryValues,
    /// The fields that the file has; what it lacks is not reset.
    pub fields: Vec<Field>,
}
