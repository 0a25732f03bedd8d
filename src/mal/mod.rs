//! The adapter to the MyAnimeList API: requests, wire format, pages, pace, retry.
//!
//! - [`wire`] sends one request: paced, counted, bounded in time and size; `http` sets the connections up, `pace` keeps
//!   the rate. Token calls go through it too.
//! - [`retry`] says what an answer means and whether to ask again, `backoff` how long to wait before; both purely.
//! - [`client`] asks for the account and for pages; `paging` reads where the next one begins, `decode` what is on one, each
//!   entry by itself.
//! - [`error`] is what can go wrong, and the one place that gives it an exit code and a hint.
//!
//! Nothing here follows an address that MAL sends: every URL is made from the configured one.

pub mod backoff;
pub mod client;
pub mod decode;
pub mod error;
#[cfg(test)]
mod fake_server;
pub(crate) mod http;
mod json_value;
pub mod paging;
mod rate_limiter;
pub mod retry;
pub mod token_provider;
pub mod transport;

pub use client::MalApiClient;
pub use error::Error;
pub use rate_limiter::{BoxFuture, SharedSlots};
