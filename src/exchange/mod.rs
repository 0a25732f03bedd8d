//! Lists in files: reads and writes MAL's XML export, and malsync's JSON and CSV, and reads JSON of MAL's API. Pure code;
//! `command` does the file I/O.
//!
//! - [`read_list`] detects the format and reads the file as a stream into an [`ImportedList`]. `unsupported_file` and
//!   `json::foreign_list` have the errors for files that malsync does not read.
//! - `xml` reads and writes MAL's XML export; its `vocabulary` maps statuses, types and priorities to MAL's names.
//! - `columns` defines the columns of an entry: the fields of its JSON object, and the columns of CSV and of tables.
//! - `json` and `csv` write and read these columns. `malsync_entry` reads an entry of either.
//! - `lenient_values` reads the single values of all formats, and counts those that are left out.
//! - [`gunzip_bounded`] decompresses, with a size limit.
//!
//! Invariant: writing a list and reading it back returns the same list, as far as the format can represent it.

mod cell;
mod column_names;
mod columns;
mod csv;
mod entry_size;
mod gzip;
mod imported_list;
mod json;
mod lenient_date;
mod lenient_values;
mod line_counter;
mod list_file;
mod malsync_anime;
mod malsync_entry;
mod text_encoding;
mod unsupported_file;
mod xml;

pub use cell::OutputCell;
pub use columns::{ColumnKind, ListRow, OutputColumn};
pub use csv::{
    formula_guard::remove_formula_guards,
    write::{encode_csv, encode_csv_cells},
};
pub use gzip::gunzip_bounded;
pub use imported_list::{FilePosition, ImportFileError, ImportedList};
pub use json::write::{AllColumns, SelectedColumns, encode_json_array, encode_json_lines};
pub use list_file::read_list;
pub use xml::write::{ListOwner, encode_mal_xml};

#[cfg(test)]
mod tests;
