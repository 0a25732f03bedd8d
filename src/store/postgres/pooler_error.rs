//! Errors that name a connection pooler as the cause.

use crate::store::error::Error;

const HINT: &str = "connect directly to the server, or use a pooler in session mode";

/// Returns the error for a pooler in transaction mode.
pub(super) fn transaction_pooler_error() -> Error {
    Error::fatal("the session with the locks changes its server process: a pooler in transaction mode is in between")
        .with_hint(HINT)
}

/// Replaces the error of a pooler that refuses a session by one that names the pooler as the cause. Returns any other
/// error as it is.
pub(super) fn name_pooler_as_cause(error: Error) -> Error {
    let message = error.message();
    if message.contains("statement pooling mode") {
        return Error::fatal("a pooler in statement mode is in between, which allows no transactions").with_hint(HINT);
    }
    if message.contains("unsupported startup parameter") {
        let cause = format!("a pooler in between refuses a setting of DATABASE_URL or PGOPTIONS ({message})");
        return Error::fatal(cause)
            .with_hint("remove the setting, or add it to the pooler's ignore_startup_parameters");
    }
    error
}
