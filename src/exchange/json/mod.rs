//! JSON: malsync's own, read and written, and that of MAL's API, read. Lists of other services are named.

#[cfg(test)]
mod api_tests;
pub(super) mod foreign_list;
mod key_scanner;
mod raw_object;
pub(super) mod read;
mod read_entry;
#[cfg(test)]
mod tests;
pub(super) mod write;
