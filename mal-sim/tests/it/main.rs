//! What the simulator promises, asked over the network as a client would.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod broken;
mod command;
mod control;
mod login;
mod pages;
mod recorded;
mod support;
mod writes;
