//! Entry point: passes the arguments to the library and returns its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    malsync::main(std::env::args_os())
}
