//! The built binary and the adapters, tested from outside.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod carried;
mod config;
mod crash;
mod crowd;
mod doctor;
mod doubtful;
mod edits;
mod faults;
mod files;
mod generated;
mod layers;
mod list;
mod login;
mod many;
mod monitor;
mod reliability;
mod schedule;
mod schema;
mod show;
mod stats;
mod store;
mod support;
mod sync;
mod welcome;
