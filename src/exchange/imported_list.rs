//! What a list file of any format is read into: its entries, the entries that are invalid, or the error of the file.

use std::{collections::HashSet, io};

use crate::domain::{
    imported_entry::ImportedEntry,
    run::{EntryError, EntryErrorKind},
};

/// Maximum number of invalid entries. A file with more is not a list worth importing.
const MAX_ENTRY_ERRORS: usize = 10_000;

/// The content of a list file.
#[derive(Debug, Default)]
pub struct ImportedList {
    /// `user_name`: the owner of the list.
    pub user_name: Option<String>,
    /// The valid entries, in the file's order.
    pub entries: Vec<ImportedEntry>,
    /// The invalid entries.
    pub errors: Vec<EntryError>,
}

/// Error for a file that is not a readable list.
#[derive(Debug, thiserror::Error)]
#[error("line {line}{}: {message}", .byte.map(|byte| format!(", byte {byte}")).unwrap_or_default())]
pub struct ImportFileError {
    /// Line number of the error, from 1.
    pub line: u64,
    /// Number of bytes read. `None` if unknown.
    pub byte: Option<u64>,
    /// The error message.
    pub message: String,
}

/// Message for a file that ends in the middle of a list.
pub(super) const TRUNCATED_FILE: &str = "it ends before its time";

/// Returns the message for a file that cannot be read.
pub(super) fn io_error_message(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => TRUNCATED_FILE.to_owned(),
        _ => error.to_string(),
    }
}

/// Collects the entries of a list file while it is read.
#[derive(Debug, Default)]
pub(super) struct ImportedListBuilder {
    list: ImportedList,
    seen_ids: HashSet<i32>,
}

impl ImportedListBuilder {
    /// Adds an entry, or its error. A second entry with the same id is an error.
    ///
    /// # Errors
    /// Fails if more than [`MAX_ENTRY_ERRORS`] entries are invalid.
    pub(super) fn add_entry(&mut self, entry: Result<ImportedEntry, EntryError>) -> Result<(), String> {
        match entry {
            Ok(entry) if self.seen_ids.insert(entry.anime.mal_id) => self.list.entries.push(entry),
            Ok(ImportedEntry { anime, .. }) => {
                let message = "it stands in the file a second time";
                self.list.errors.push(invalid_entry(Some(anime.mal_id.into()), Some(&anime.title), message));
            }
            Err(error) => self.list.errors.push(error),
        }
        if self.list.errors.len() > MAX_ENTRY_ERRORS {
            return Err(format!("more than {MAX_ENTRY_ERRORS} of its entries cannot be taken"));
        }
        Ok(())
    }

    /// Sets the owner of the list. An empty name is ignored.
    pub(super) fn set_user_name(&mut self, name: Option<&str>) {
        self.list.user_name = name.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
    }

    /// Returns the list.
    pub(super) fn finish(self) -> ImportedList {
        self.list
    }
}

/// Returns the error of an entry that no row can hold.
pub(super) fn invalid_entry(mal_id: Option<i64>, title: Option<&str>, message: &str) -> EntryError {
    EntryError::new(mal_id, title, EntryErrorKind::Invalid, message)
}
