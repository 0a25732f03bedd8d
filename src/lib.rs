//! malsync keeps a MyAnimeList anime list in a database of your own.
//!
//! The map of the code:
//!
//! - `cli` describes the command line, `command` carries it out, one verb a file; `config` knows every setting and where
//!   it came from; `ui` is the only place that writes to the terminal.
//! - `domain` has the plain values; `sync` the core: the conflict rules, the plan of a batch, one run; its ports say what
//!   it asks of the outside.
//! - `exchange` reads and writes lists in files, in MAL's own format.
//! - `mal` is the API, `auth` login and tokens, `store` all SQL, for PostgreSQL and SQLite.
//! - `schedule` has the texts that make a sync happen by itself, `monitor` tells others how syncs go.
//! - `failure` and `exit` say what went wrong and with which code; `clock` and `secret` are time as a parameter and values
//!   that cannot be printed; `rights` is who else may read a file, `words` what others say, made fit to be told; `crash` is what becomes of a panic; `failpoint` is where tests make the process die.
//!
//! Direction: `main → lib → command → {cli, config, ui, auth, mal, store, sync, exchange, schedule, monitor}`;
//! `mal, store, ui → sync::port → domain`, `exchange → domain`.

pub mod auth;
pub mod cli;
pub mod clock;
pub mod command;
pub mod config;
pub mod domain;
pub mod exchange;
pub mod exit;
mod failpoint;
pub mod failure;
pub mod file_permissions;
pub mod mal;
pub mod monitor;
mod panic_handler;
pub mod schedule;
pub mod secret;
pub mod store;
pub mod sync;
pub mod ui;
pub mod untrusted_text;

use std::{ffi::OsString, process::ExitCode};

/// Runs the program with these arguments, its name first. Reads the environment, writes to the terminal, and answers the
/// exit code.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    #[cfg(feature = "failpoints")]
    let _scenario = failpoint::setup();
    panic_handler::install_hook();
    command::main(arguments, config::Environment::from_process()).into()
}
