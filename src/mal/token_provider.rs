//! Where the API client gets its access token from, and what it says when MAL does not take one.

use std::future::Future;

use crate::{failure::Failure, secret::Secret};

/// A token that was valid when it was handed out.
#[derive(Clone, Debug)]
pub struct BearerToken {
    /// The access token.
    pub token: Secret,
    /// Which pair it is of: what [`Bearer::renew`] is told.
    pub generation: i64,
}

/// Hands out access tokens. A failure is final for this run: exit code 4 where the user has to log in, 5 where the token
/// endpoint is out of reach, 6, 8 as the store has it.
pub trait TokenProvider: Send + Sync {
    /// The current access token, refreshed early where little of its life is left.
    fn access_token(&self) -> impl Future<Output = Result<BearerToken, Failure>> + Send;

    /// MAL answered 401 to this generation (or 403 with JSON): a newer pair, refreshed at most once over all processes.
    fn refresh_after_rejection(&self, rejected: i64) -> impl Future<Output = Result<BearerToken, Failure>> + Send;

    /// Whether dropping a call under way costs nothing. Between the moment a refresh token is spent and the new pair is stored
    /// it would cost the login.
    fn is_cancel_safe(&self) -> bool {
        true
    }
}
