//! Remembers which proxy the last request went through, for the hint of an error that does not name it itself.

use std::sync::{Mutex, PoisonError};

static LAST_PROXY: Mutex<Option<String>> = Mutex::new(None);

/// Remembers the proxy of a request. `None` stands for a direct connection.
pub(super) fn remember_proxy(description: Option<String>) {
    *LAST_PROXY.lock().unwrap_or_else(PoisonError::into_inner) = description;
}

/// Returns the description of the proxy that the last request went through.
pub(super) fn last_proxy() -> Option<String> {
    LAST_PROXY.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
