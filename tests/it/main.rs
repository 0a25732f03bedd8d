//! The built binary and the adapters, tested from outside.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod crash;
mod crowd;
mod doubtful;
mod faults;
mod files;
mod generated;
mod layers;
mod login;
mod reliability;
mod store;
mod support;
mod sync;
