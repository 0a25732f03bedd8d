//! End-to-end tests of the built binary, and tests of the adapters. support/README.md explains how to write one.
//!
//! Codes in names of tests, such as `f_p26`, are ids of the catalogue in docs/reliability.md.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod all_users;
mod command_lines;
mod config;
mod copy;
mod crash;
mod doctor;
mod documents;
mod edits;
mod entry_upgrade;
mod export;
mod faults;
mod first_steps;
mod generated;
mod help_examples;
mod import;
mod import_formats;
mod layers;
mod list;
mod login;
mod login_transfer;
mod logs;
mod many_processes;
mod metrics;
mod missing_entries;
mod monitor;
mod own_values;
mod pictures;
mod pins;
mod plain_words;
mod push;
mod reliability;
mod removal_doubts;
mod rewatching;
mod schedule;
mod schema;
mod screens;
mod show;
mod soak;
mod stats;
mod store;
mod support;
mod sync;
mod undo;
mod users;
