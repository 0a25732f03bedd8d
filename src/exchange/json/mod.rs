//! malsync's JSON export: the objects of `list --json`, and the fields that a faithful copy needs.

pub(super) mod read;
mod read_anime;
#[cfg(test)]
mod tests;
pub(super) mod write;
