//! The port through which the API client gets access tokens and reports a rejected one.

use std::future::Future;

use crate::{failure::Failure, secret::Secret};

/// An access token that was valid when it was handed out.
#[derive(Clone, Debug)]
pub struct BearerToken {
    /// Access token.
    pub token: Secret,
    /// Generation of the token pair, as passed to [`TokenProvider::refresh_after_rejection`].
    pub generation: i64,
}

/// Provides access tokens. A failure is final for this run. Its exit code is 4 if the user has to log in, 5 if the
/// token endpoint is unreachable, and 6 or 8 for errors of the token store.
pub trait TokenProvider: Send + Sync {
    /// Returns the current access token, refreshed early if it expires soon.
    fn access_token(&self) -> impl Future<Output = Result<BearerToken, Failure>> + Send;

    /// Returns a newer token after MAL rejected generation `rejected` (401, or 403 with JSON). The pair is refreshed at
    /// most once over all processes.
    fn refresh_after_rejection(&self, rejected: i64) -> impl Future<Output = Result<BearerToken, Failure>> + Send;

    /// Returns true if the in-flight call is cancel-safe. Between spending a refresh token and storing the new pair,
    /// dropping the call would lose the login.
    fn is_cancel_safe(&self) -> bool {
        true
    }
}
