//! Reads a list file of any format.

use std::io::{BufRead, Read};

use super::{
    imported_list::{ImportFileError, ImportedList, io_error_message},
    json,
    text_encoding::Utf8Reader,
    xml,
};

/// Reads a list in XML, JSON or JSON Lines; the content decides. Any encoding that a list file has is decoded.
///
/// # Errors
/// Fails if the file is not a list, or is truncated.
pub fn read_list(source: impl Read) -> Result<ImportedList, ImportFileError> {
    let mut text = Utf8Reader::open(source).map_err(|message| ImportFileError::of_file(message, None))?;
    let mut list = read_text(&mut text)?;
    list.left_out.invalid_bytes = text.replacement_count();
    Ok(list)
}

fn read_text(mut text: impl BufRead) -> Result<ImportedList, ImportFileError> {
    let start = text.fill_buf().map_err(|error| ImportFileError::at(1, Some(0), io_error_message(&error)))?;
    match start.trim_ascii_start().first() {
        Some(b'[') => json::read::read_json(text, false),
        Some(b'{') => json::read::read_json(text, true),
        _ => xml::read::read_xml(text),
    }
}
