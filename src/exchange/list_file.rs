//! Reads a list file of any format.

use std::io::BufRead;

use super::{
    imported_list::{ImportFileError, ImportedList, io_error_message},
    json, xml,
};

/// Reads a list in XML, JSON or JSON Lines; the first character decides.
///
/// # Errors
/// Fails if the file is not a list, or is truncated.
pub fn read_list(mut source: impl BufRead) -> Result<ImportedList, ImportFileError> {
    let start = source.fill_buf().map_err(|error| ImportFileError {
        line: 1,
        byte: Some(0),
        message: io_error_message(&error),
    })?;
    match start.trim_ascii_start().first() {
        Some(b'[') => json::read::read_json(source, false),
        Some(b'{') => json::read::read_json(source, true),
        _ => xml::read::read_xml(source),
    }
}
