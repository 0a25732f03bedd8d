//! Lists in files: MAL's own XML export, written and read, and our own JSON, read. Pure; where the bytes come from and go to is in `command`.
//!
//! - `words` has MAL's words for statuses, types and priorities, in both directions.
//! - `write` makes the export of today ("Version 1.1.0"); `read` takes that one and the older one, streamed.
//! - `json` reads what `export` writes as JSON, and `anime` what that says of an anime; the making of it is in `ui`, with
//!   `list --json`.
//! - `entry` turns one entry's texts into values, checked by itself; `unpack` undoes gzip, and bounds what comes out.
//!
//! The rule: what is written here and read again is the same list, as far as the format can carry it.

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
