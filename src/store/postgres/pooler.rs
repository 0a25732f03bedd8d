//! Refuses a connection pooler that gives a session no server process of its own: settings and locks of the session would
//! go to other clients.

use std::sync::Arc;

use sqlx::{PgConnection, Row as _};

use super::{
    connection_pool::ConnectionPool,
    pooler_error::{name_pooler_as_cause, transaction_pooler_error},
    statement_limit::with_statement_limit,
};
use crate::store::error::Error;

/// Fails if a pooler in transaction or statement mode is in between: the same server process then serves two sessions, or two
/// processes serve one session. A lock taken there would stay with a process that serves other clients.
pub(super) async fn refuse_transaction_pooler(
    session: &mut PgConnection,
    pool: &Arc<ConnectionPool>,
) -> Result<(), Error> {
    let session_pid = backend_pid(session).await?;
    let mut other_session = pool.connect_new().await?;
    let other_pid = backend_pid(&mut other_session).await?;
    pool.add_idle(other_session);
    if other_pid == session_pid || backend_pid(session).await? != session_pid {
        // A pooler in statement mode allows no transaction.
        let begun = with_statement_limit(sqlx::raw_sql("BEGIN").execute(session)).await;
        return Err(begun.err().map_or_else(transaction_pooler_error, name_pooler_as_cause));
    }
    Ok(())
}

/// Returns the id of the server process that serves the session now. Not a prepared statement, because a pooler may
/// not support those.
async fn backend_pid(session: &mut PgConnection) -> Result<i32, Error> {
    let row = with_statement_limit(sqlx::raw_sql("SELECT pg_backend_pid()::text").fetch_one(session)).await?;
    let pid = row.try_get::<String, _>(0)?;
    pid.parse().map_err(|_| Error::fatal(format!("{pid} is not a process ID")))
}
