//! MAL's XML export: read in its current form ("Version 1.1.0") and the older one, written in the current one.

pub(super) mod read;
mod read_entry;
mod replay_reader;
#[cfg(test)]
mod tests;
pub(super) mod vocabulary;
pub(super) mod write;
