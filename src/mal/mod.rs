//! Client of the MyAnimeList API: HTTP transport, rate limit, retries, paging and decoding.
//!
//! - [`transport`] sends one request: rate limited, counted, bounded in time and size. Token requests use it too.
//!   `http` builds the HTTP clients, `rate_limiter` spaces the requests.
//! - [`retry`] classifies a response and decides whether to retry; [`backoff`] computes the delay. Both are pure.
//! - [`client`] requests the account and the list pages; [`paging`] reads the next offset, [`decode`] decodes each
//!   entry by itself.
//! - [`error`] defines what can go wrong. It is the only place that assigns exit codes and hints to these errors.
//!
//! Invariants:
//! 1. No URL sent by MAL is followed. Every request URL is built from the configured one.

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
