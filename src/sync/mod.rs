//! The core of a sync, independent of HTTP, SQL and the terminal.
//!
//! - [`port`]: the traits that MAL, the database and the progress display implement, with their laws
//! - [`engine`]: runs one sync; its phases are in [`fetch`], `store_batch`, `reconcile`, `removal` and `finish`; they
//!   share the `run_state`, and `cancellation` waits for the moment to stop
//! - [`run_outcome`]: how a run ends, or why it stops
//! - [`mode`]: decides how much of the list a run asks for; [`listing`] whether a full listing is complete
//! - [`plan`]: turns a batch and the existing rows into the needed writes (pure)
//! - [`resolve`]: the merge rules (pure)
//! - [`edit`], [`import`], [`restore`], [`revert`]: what local commands do to an entry (pure)
//! - [`push`]: sends own values to MAL
//! - [`run_tally`]: counts what a run did; `counters_flush` writes the counters to the run's row while it runs, and
//!   `last_flush` decides when they are due

mod cancellation;
mod counters_flush;
pub mod edit;
pub mod engine;
pub mod fetch;
mod finish;
pub mod import;
#[cfg(test)]
mod in_memory;
mod last_flush;
pub mod listing;
pub mod mode;
#[cfg(test)]
mod model_oracle;
#[cfg(test)]
mod model_tests;
pub mod plan;
pub mod port;
pub mod push;
mod reconcile;
mod removal;
pub mod resolve;
pub mod restore;
pub mod revert;
pub mod run_outcome;
mod run_state;
pub mod run_tally;
mod store_batch;
#[cfg(test)]
mod sync_fixture;
