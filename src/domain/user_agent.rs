//! The name of the client in requests.

/// The `User-Agent` of every request, unless `MAL_USER_AGENT` is set.
pub const DEFAULT_USER_AGENT: &str = concat!("malsync/", env!("CARGO_PKG_VERSION"));
