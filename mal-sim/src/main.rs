//! The `mal-sim` command.

fn main() {}
