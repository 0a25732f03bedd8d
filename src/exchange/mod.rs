//! Lists in files: reads and writes MAL's XML export and malsync's JSON export, and writes CSV. Pure code; `command`
//! does the file I/O.
//!
//! - [`read_list`] detects the format and reads the file as a stream into an [`ImportedList`].
//! - `xml` reads and writes MAL's XML export; its `vocabulary` maps statuses, types and priorities to MAL's names.
//! - `columns` defines the columns of an entry: the fields of its JSON object, and the columns of CSV and of tables.
//! - `json` writes the objects of `list --json` and the files of `export`, and reads the latter. `csv` writes CSV.
//! - [`gunzip_bounded`] decompresses, with a size limit.
//!
//! Invariant: writing a list and reading it back returns the same list, as far as the format can represent it.

mod cell;
mod columns;
mod csv;
mod gzip;
mod imported_list;
mod json;
mod lenient_date;
mod line_counter;
mod list_file;
mod text_encoding;
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
