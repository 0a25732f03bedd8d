//! Lists in files: reads and writes MAL's XML export, and reads malsync's JSON export. Pure code; `command` does the
//! file I/O.
//!
//! - [`read_list`] detects the format and reads the file as a stream into an [`ImportedList`].
//! - `xml` reads and writes MAL's XML export; its `vocabulary` maps statuses, types and priorities to MAL's names.
//! - `json` reads what `export` writes as JSON. `ui` writes that JSON.
//! - [`gunzip_bounded`] decompresses, with a size limit.
//!
//! Invariant: writing a list and reading it back returns the same list, as far as the format can represent it.

mod gzip;
mod imported_list;
mod json;
mod line_counter;
mod list_file;
mod xml;

pub use gzip::gunzip_bounded;
pub use imported_list::{ImportFileError, ImportedList};
pub use list_file::read_list;
pub use xml::write::{ListOwner, encode_mal_xml};

#[cfg(test)]
mod tests;
