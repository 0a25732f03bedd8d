//! Tests of the structure of the code: which module may use which, no dependency cycles, unique names of types, short
//! files.
//!
//! A failure prints what to change. `docs/architecture.md` shows the same arrows as [`module_arrows`].

mod circles;
mod file_circles;
mod file_graph;
mod module_arrows;
mod module_tree;
mod names_and_sizes;
mod rust_tokens;
mod source_files;
mod sql_sources;
mod store_layers;

pub(crate) use rust_tokens::{StringLiteral, string_literals};
pub(crate) use source_files::{repository, rust_sources};
