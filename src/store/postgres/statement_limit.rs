//! Time limits of sessions and statements.
//!
//! Invariant: every statement has a limit on the client's side, a little above the server's. A server that does not answer
//! (a frozen machine, a broken network) therefore ends a statement too.

use std::time::Duration;

use crate::store::error::{Error, StoreErrorKind};

/// Settings of each session and the text in which the server shows them. No session waits or keeps a lock for ever.
pub(super) const SESSION_LIMITS: [(&str, &str); 3] =
    [("lock_timeout", "30s"), ("statement_timeout", "110s"), ("idle_in_transaction_session_timeout", "1min")];

/// Limit of a statement on the client's side: `statement_timeout` plus 10 s.
const STATEMENT_LIMIT: Duration = Duration::from_secs(120);

/// Timeout for opening a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Returns the limit of a statement. A test sets it in milliseconds: `FAILPOINTS=store.statement_limit=return(1000)`.
pub(super) fn statement_limit() -> Duration {
    #[cfg(feature = "failpoints")]
    {
        let configured = fail::eval("store.statement_limit", |value| value).flatten();
        if let Some(milliseconds) = configured.and_then(|value| value.parse().ok()) {
            return Duration::from_millis(milliseconds);
        }
    }
    STATEMENT_LIMIT
}

/// Returns the limit for opening a connection and for a statement that the server answers at once.
pub(super) fn connect_timeout() -> Duration {
    CONNECT_TIMEOUT.min(statement_limit())
}

/// Runs a statement with the limit.
pub(super) async fn with_statement_limit<T, E: Into<Error>>(
    statement: impl Future<Output = Result<T, E>>,
) -> Result<T, Error> {
    match tokio::time::timeout(statement_limit(), statement).await {
        Ok(result) => result.map_err(Into::into),
        Err(_) => Err(unresponsive_error()),
    }
}

/// Returns the error for a server that gave no answer.
pub(super) fn unresponsive_error() -> Error {
    Error::new(
        StoreErrorKind::Unresponsive,
        format!("cannot connect: the server did not respond within {} s", statement_limit().as_secs_f32()),
    )
    .with_hint("check that the server is running and reachable over the network")
}
