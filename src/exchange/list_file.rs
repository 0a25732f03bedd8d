//! Reads a list file of any format.

use std::io::{BufRead, Read};

use super::{
    csv::read::{detect_csv, read_csv},
    imported_list::{ImportFileError, ImportedList, io_error_message},
    json::{foreign_list::foreign_list_error, read::read_json},
    text_encoding::Utf8Reader,
    unsupported_file, xml,
};

/// Reads a list in XML, JSON, JSON Lines or CSV; the content decides. UTF-8, UTF-16, ISO-8859-1 and
/// windows-1252 are decoded.
///
/// # Errors
/// Fails if the file is not a list, or is truncated. The error says what the file is instead.
pub fn read_list(source: impl Read) -> Result<ImportedList, ImportFileError> {
    let mut text = Utf8Reader::open(source).map_err(|message| ImportFileError::of_file(message, None))?;
    if let Some(error) = unsupported_file::binary_file_error(text.head_bytes()) {
        return Err(error);
    }
    let mut list = read_text(&mut text)?;
    list.left_out.invalid_bytes = text.replacement_count();
    Ok(list)
}

fn read_text(mut text: impl BufRead) -> Result<ImportedList, ImportFileError> {
    let head = text.fill_buf().map_err(|error| ImportFileError::at(1, Some(0), io_error_message(&error)))?;
    // The decoded text is UTF-8 throughout.
    let head = std::str::from_utf8(head).unwrap_or_default();
    let start = head.trim_ascii_start();
    match start.chars().next() {
        Some('[' | '{') => match foreign_list_error(start) {
            Some(error) => Err(error),
            None => read_json(text),
        },
        Some('<') => match unsupported_file::web_page_error(start) {
            Some(error) => Err(error),
            None => xml::read::read_xml(text),
        },
        None => xml::read::read_xml(text),
        Some(_) => match detect_csv(head) {
            Some(layout) => read_csv(text, &layout),
            None => Err(unsupported_file::other_text_error(head)),
        },
    }
}
