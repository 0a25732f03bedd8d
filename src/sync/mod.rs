//! The core: what a sync is, apart from how MAL is asked and where rows rest.
//!
//! `port` has the traits that the outside implements, with their laws; `resolve` the conflict rules, pure; `edit` and `restore`
//! what commands here do to an entry; `plan` turns a batch and the rows it meets into the writes that are needed, pure;
//! `engine` runs one sync, with `fetch`, `settle`, `removal` and `finish` for its parts; `report` counts it, and `told` has the
//! run's row say how far it is.
//! No SQL, no HTTP, no terminal here.

mod counters_flush;
pub mod edit;
pub mod engine;
pub mod fetch;
mod finish;
pub mod import;
#[cfg(test)]
mod in_memory;
pub mod mode;
#[cfg(test)]
mod model_tests;
pub mod plan;
pub mod port;
mod reconcile;
mod removal;
pub mod resolve;
pub mod restore;
pub mod run_tally;
