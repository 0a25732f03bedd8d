//! Why a refresh is requested, and why it gave no new pair.

use crate::{exit::Exit, failure::Failure};

/// Why a refresh gave no new pair.
pub(super) enum RefreshFailure {
    /// The database failed or refused to write before MAL was asked. No token was spent.
    DatabaseRefused(Failure),
    /// Any other failure.
    Other(Failure),
}

/// Converts a failure that occurred before MAL was asked.
impl From<Failure> for RefreshFailure {
    fn from(failure: Failure) -> Self {
        if failure.exit == Exit::Database { Self::DatabaseRefused(failure) } else { Self::Other(failure) }
    }
}

impl From<RefreshFailure> for Failure {
    fn from(error: RefreshFailure) -> Self {
        let (RefreshFailure::DatabaseRefused(failure) | RefreshFailure::Other(failure)) = error;
        failure
    }
}

/// Why a refresh is requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefreshReason {
    /// The access token is valid, and little of its lifetime is left (see [`RefreshNeed::Early`]).
    Early,
    /// The access token has expired, or MAL rejected it.
    Expired,
    /// The user requested it. The access token may be valid.
    Requested,
}
