//! malsync syncs a MyAnimeList anime list to a local SQLite or PostgreSQL database.
//!
//! Modules:
//!
//! - `cli` defines the command line, `command` runs it (a file or folder for each command), `config` reads the settings and where
//!   each came from, `ui` is the only module that writes to the terminal.
//! - `domain` has the plain value types. `sync` is the core: merge rules, batch planning and the run itself; its ports
//!   define what it needs from the outside.
//! - `exchange` reads and writes list files: MAL's XML export, malsync's JSON and CSV. It also reads JSON of MAL's API.
//! - `mal` is the API client, `auth` login and tokens, `store` all SQL for PostgreSQL and SQLite. `http` sends the
//!   requests and classifies the answers.
//! - `schedule` generates the files of scheduled syncs, `monitor` reports sync outcomes to others.
//! - `failure` and `exit` define errors and exit codes. `clock` provides the time, `secret` values that cannot be
//!   printed, `private_file` creates files that only their owner can read, `file_permissions` checks who else may read a
//!   file, `child_process` starts programs, and `loopback_host` tells which hosts are this machine.
//!   `untrusted_text` sanitizes text from others for messages, `control_chars` makes control characters visible,
//!   `json_line` writes one line of JSON, and
//!   `shell_quote` quotes words for a shell. `panic_handler` converts panics into failures, and `failpoint` lets tests
//!   abort the process.
//!
//! Which module uses which: docs/architecture.md, held by `tests/it/layers/`.

pub mod auth;
pub mod child_process;
pub mod cli;
pub mod clock;
pub mod command;
pub mod config;
pub mod control_chars;
pub mod domain;
pub mod exchange;
pub mod exit;
mod failpoint;
pub mod failure;
pub mod file_permissions;
pub mod http;
pub mod json_line;
pub mod loopback_host;
pub mod mal;
pub mod monitor;
mod panic_handler;
pub mod private_file;
pub mod schedule;
pub mod secret;
pub mod shell_quote;
pub mod store;
pub mod sync;
pub mod ui;
pub mod untrusted_text;

use std::{ffi::OsString, process::ExitCode};

/// Runs the program with these arguments, the program name first. Reads the environment, writes to the terminal and
/// returns the exit code.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    #[cfg(feature = "failpoints")]
    let _scenario = failpoint::init_scenario();
    panic_handler::install_hook();
    command::main(arguments, config::Environment::from_process()).into()
}
