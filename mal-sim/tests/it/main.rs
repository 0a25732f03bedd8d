//! What the simulator promises, asked over the network as a client would.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod command;
mod control_interface;
mod faults;
mod list_pages;
mod oauth_flow;
mod recordings;
mod support;
mod writes;
