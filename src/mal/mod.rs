//! The adapter to the MyAnimeList API: requests, wire format, pages, pace, retry.
//!
//! - [`wire`] sends one request: paced, counted, bounded in time and size; [`http`] sets the connections up, [`pace`] keeps
//!   the rate. Token calls go through it too.
//! - [`retry`] says what an answer means and how long to wait, purely.
//! - [`error`] is what can go wrong, and the one place that gives it an exit code and a hint.
//!
//! Nothing here follows an address that MAL sends: every URL is made from the configured one.

pub mod bearer;
pub mod error;
mod http;
mod pace;
pub mod retry;
pub mod wire;

pub use error::Error;
