//! Lists in files: reads and writes MAL's XML export, and reads malsync's JSON export. Pure code; `command` does the
//! file I/O.
//!
//! - [`read_list`] in `list_reader` detects the format and parses XML ("Version 1.1.0" and the older one) as a stream.
//! - `json_reader` parses what `export` writes as JSON; `json_anime` its anime metadata. `ui` writes that JSON.
//! - `xml_entry` converts the texts of one XML entry into validated values.
//! - `xml_writer` writes the current XML export ("Version 1.1.0").
//! - `mal_vocabulary` maps statuses, types and priorities to MAL's names and back.
//! - `gzip` decompresses, with a size limit.
//!
//! Invariant: writing a list and reading it back returns the same list, as far as the format can represent it.

mod gzip;
mod json_anime;
mod json_reader;
mod list_reader;
mod mal_vocabulary;
mod xml_entry;
mod xml_writer;

pub use gzip::gunzip_bounded;
pub use list_reader::{ImportFileError, ImportedList, read_list};
pub use xml_writer::{ListOwner, encode_mal_xml};

#[cfg(test)]
mod tests;
