//! The name of the client in requests.

/// The `User-Agent` of requests to MAL, unless `MAL_USER_AGENT` is set, and of pings and webhooks.
pub const DEFAULT_USER_AGENT: &str = concat!("malsync/", env!("CARGO_PKG_VERSION"));
