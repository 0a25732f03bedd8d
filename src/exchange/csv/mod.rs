//! CSV: written for spreadsheets and scripts, and read back.

pub(super) mod formula_guard;
pub(super) mod read;
#[cfg(test)]
mod tests;
pub(super) mod write;
