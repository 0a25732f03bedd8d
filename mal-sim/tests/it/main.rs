//! Tests of the simulator over the network, as a client uses it.

#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

mod anime;
mod command;
mod control_interface;
mod faults;
mod list_pages;
mod oauth_flow;
mod recordings;
mod support;
mod write_faults;
mod writes;
