//! Client of the MyAnimeList API: which requests are sent, which are retried, and what is read from the answers.
//!
//! - [`client`] requests the account and the list pages, and reads and writes one entry.
//! - [`paging`] reads the next offset. [`decode`] decodes each entry by itself, with `anime_field_parsers` for the
//!   fields of an anime.
//! - [`retry`] decides whether to retry. Pure.
//! - [`error`] defines what can go wrong. It is the only place that assigns exit codes and hints to these errors.
//!
//! `crate::http` sends the requests and classifies the answers.
//!
//! Invariants:
//! 1. No URL sent by MAL is followed. Every request URL is built from the configured one.

mod anime_field_parsers;
pub mod client;
pub mod decode;
pub mod error;
pub mod paging;
pub mod retry;

pub use client::MalApiClient;
pub use error::Error;
