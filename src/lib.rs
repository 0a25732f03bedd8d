//! malsync

use std::process::ExitCode;

/// Runs.
pub fn main(_: impl Iterator<Item = std::ffi::OsString>) -> ExitCode { ExitCode::SUCCESS }
