//! HTTP as login, API client and notifications share it: connections, rate limit, and what an answer means.
//!
//! - [`transport`] sends one request to MAL: rate limited, counted, bounded in time and size.
//! - `client` builds the HTTP clients, `proxy` names the proxy of a request, [`rate_limiter`] spaces the requests, [`backoff`] computes the delay before a
//!   retry.
//! - [`attempt_outcome`] classifies an answer, or the lack of one. Pure. Who may repeat what is decided by the caller:
//!   `mal::retry` for API requests, `auth::oauth` for token requests.
//! - [`error`] defines what can go wrong with a request, and assigns exit codes and hints.
//!
//! Invariants:
//! 1. Every request to MAL passes through [`HttpTransport`], token requests included.
//! 2. No redirect is followed.
//! 3. The meaning of a status is decided in [`attempt_outcome`] alone.

pub mod attempt_outcome;
pub mod backoff;
pub(crate) mod client;
pub mod error;
#[cfg(test)]
pub(crate) mod fake_server;
mod last_proxy;
pub(crate) mod proxy;
pub mod rate_limiter;
pub mod response;
pub mod transport;

pub use attempt_outcome::{AttemptOutcome, classify_attempt};
pub use error::HttpError;
pub use rate_limiter::SharedSlots;
pub use response::HttpResponse;
pub use transport::{HttpTransport, TransportSettings};
