//! Reads the CSV that malsync writes, also after a spreadsheet wrote it again: with other separators or other columns.
//!
//! The columns are found by their names in the header, in any order. The CSV does not name the list's owner.

use std::io::BufRead;

use csv::{ErrorKind, Reader, ReaderBuilder, StringRecord};
use serde_json::{Map, Value};

use super::formula_guard::remove_formula_guards;
use crate::exchange::{
    column_names::column_name,
    entry_size::{EntrySize, EntrySizeLimiter},
    imported_list::{
        ImportFileError, ImportedList, ImportedListBuilder, TRUNCATED_FILE, invalid_entry, io_error_message,
    },
    malsync_entry,
};

/// Separators of cells that spreadsheets write.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// Columns that every list has.
const REQUIRED_COLUMNS: [&str; 2] = ["mal_id", "status"];

/// How the rows of a file are read.
#[derive(Debug, PartialEq)]
pub(in crate::exchange) struct CsvLayout {
    separator: u8,
}

/// Returns the layout if the text begins with the header of a list. Returns `None` otherwise.
pub(in crate::exchange) fn detect_csv(head: &str) -> Option<CsvLayout> {
    SEPARATORS.into_iter().map(|separator| CsvLayout { separator }).find(|layout| {
        let mut header = StringRecord::new();
        let is_read = layout.reader(head.as_bytes()).read_record(&mut header).unwrap_or(false);
        let columns: Vec<_> = header.iter().filter_map(column_name).collect();
        is_read && REQUIRED_COLUMNS.iter().all(|column| columns.contains(column))
    })
}

impl CsvLayout {
    fn reader<R: std::io::Read>(&self, source: R) -> Reader<R> {
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(self.separator).from_reader(source)
    }
}

/// Reads the entries of a list with this layout.
pub(in crate::exchange) fn read_csv(source: impl BufRead, layout: &CsvLayout) -> Result<ImportedList, ImportFileError> {
    let size = EntrySize::default();
    let mut reader = layout.reader(EntrySizeLimiter { inner: source, size: size.clone() });
    let mut row = StringRecord::new();
    read_row(&mut reader, &mut row)?;
    let header: Vec<Option<&'static str>> = row.iter().map(column_name).collect();
    let mut list = ImportedListBuilder::default();
    // Error of a row with too few cells, held back: if it is the last row, the file was truncated.
    let mut short_row = None;
    loop {
        size.reset();
        let is_read = read_row(&mut reader, &mut row)?;
        let line = row.position().map_or(1, csv::Position::line);
        let at_line = |message: String| ImportFileError::at(line, None, message);
        match short_row.take() {
            Some(_) if !is_read => return Err(at_line(TRUNCATED_FILE.to_owned())),
            Some(error) => list.add_entry(Err(error)).map_err(at_line)?,
            None => {}
        }
        if !is_read {
            return Ok(list.finish());
        }
        let cells = to_object(&header, &row);
        let entry = malsync_entry::parse_entry(&cells, list.left_out_mut());
        if row.len() == header.len() {
            list.add_entry(entry).map_err(at_line)?;
        } else {
            let message = format!("a row of {} cells, and the header has {}", row.len(), header.len());
            let (mal_id, title) = entry.map_or_else(
                |error| (error.mal_id, error.title),
                |entry| (Some(entry.anime.mal_id.into()), Some(entry.anime.title)),
            );
            let error = invalid_entry(mal_id, title.as_deref(), &message);
            if row.len() < header.len() {
                short_row = Some(error);
            } else {
                list.add_entry(Err(error)).map_err(at_line)?;
            }
        }
    }
}

/// Reads the next row that has a text. Returns false at the end of the file.
fn read_row<R: std::io::Read>(reader: &mut Reader<R>, row: &mut StringRecord) -> Result<bool, ImportFileError> {
    loop {
        let is_read = reader.read_record(row).map_err(|error| {
            let message = match error.kind() {
                ErrorKind::Io(error) => io_error_message(error),
                _ => error.to_string(),
            };
            ImportFileError::at(reader.position().line(), None, message)
        })?;
        // A spreadsheet leaves rows without any text.
        if !is_read || row.iter().any(|cell| !cell.is_empty()) {
            return Ok(is_read);
        }
    }
}

/// Returns the cells by the names of their columns. Of two columns of a name, the first counts.
fn to_object(header: &[Option<&'static str>], row: &StringRecord) -> Map<String, Value> {
    let mut object = Map::new();
    for (name, cell) in header.iter().zip(row) {
        if let Some(name) = name.filter(|name| !object.contains_key(*name)) {
            object.insert(name.to_owned(), remove_formula_guards(cell).into());
        }
    }
    object
}
