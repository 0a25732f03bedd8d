//! Opens connections to PostgreSQL, with malsync's session settings.
//!
//! The settings are SET after connecting and checked: a pooler such as pgbouncer refuses or drops settings that are sent
//! as start-up parameters.

use std::net::SocketAddr;

use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, Row as _,
    postgres::{PgConnectOptions, PgRow},
};

use super::{
    keepalive::enable_keepalives,
    pooler_error::name_pooler_as_cause,
    search_path::{SET_SEARCH_PATH_SQL, set_search_path_sql},
    statement_limit::{SESSION_LIMITS, connect_timeout, with_statement_limit},
};
use crate::store::{
    error::{Error, StoreErrorKind},
    retry::TransactionAttempts,
};

/// The first session of a backend, and what it found out.
pub(super) struct NewSession {
    pub(super) connection: PgConnection,
    /// The search path of all sessions of the backend, as quoted identifiers.
    pub(super) search_path: String,
    /// Id of the schema that has the table `users`, or would get it.
    pub(super) schema_id: u32,
    /// Encoding of the database.
    pub(super) encoding: String,
    /// True if no pooler can be in between: the server sees the address from which this process connected.
    pub(super) is_direct: bool,
}

/// Sets the application name and leaves out start-up parameters that a pooler refuses. sqlx sets the time zone to UTC.
pub(super) fn with_settings(options: PgConnectOptions) -> PgConnectOptions {
    let options = match options.get_application_name() {
        Some(_) => options,
        None => options.application_name("malsync"),
    };
    options.log_slow_statements(tracing::log::LevelFilter::Off, std::time::Duration::default()).extra_float_digits(None)
}

/// Opens the first connection, sets its search path and limits, and checks that the limits hold.
async fn connect_first(options: &PgConnectOptions) -> Result<NewSession, Error> {
    let (mut connection, local_addresses) = open_connection(options).await?;
    // One message: the server parses a statement after it has run those before it, so the search path is safe already.
    let sql = format!("{SET_SEARCH_PATH_SQL}; {SET_LIMITS_SQL} {SHOW_LIMITS_SQL}, {SESSION_COLUMNS}");
    let rows = set_up_session(&mut connection, sql).await?;
    let search_path = rows.first().ok_or(sqlx::Error::RowNotFound)?.try_get(0)?;
    let row = rows.last().ok_or(sqlx::Error::RowNotFound)?;
    let text = |column| row.try_get::<Option<String>, _>(column);
    let client = text("client_address")?.unwrap_or_default();
    let schema_id = text("schema_id")?.and_then(|id| id.parse().ok()).unwrap_or_default();
    let is_direct = local_addresses.iter().any(|address| client == format!("{}/{}", address.ip(), address.port()));
    let encoding = text("server_encoding")?.unwrap_or_default();
    Ok(NewSession { connection, search_path, schema_id, encoding, is_direct })
}

/// Opens a further connection with the search path of the first, sets its limits, and checks that they hold.
pub(super) async fn connect_further(options: &PgConnectOptions, search_path: &str) -> Result<PgConnection, Error> {
    let (mut connection, _) = open_connection(options).await?;
    let sql = format!("{}; {SET_LIMITS_SQL} {SHOW_LIMITS_SQL}", set_search_path_sql(search_path));
    set_up_session(&mut connection, sql).await?;
    Ok(connection)
}

/// Opens a connection. Also returns the local addresses of this process's TCP connections to the server's port.
async fn open_connection(options: &PgConnectOptions) -> Result<(PgConnection, Vec<SocketAddr>), Error> {
    let connected = tokio::time::timeout(connect_timeout(), PgConnection::connect_with(options)).await;
    let connection = match connected {
        Ok(connected) => connected.map_err(|error| name_pooler_as_cause(error.into()))?,
        Err(_) => {
            let message = format!("cannot connect: no connection within {} s", connect_timeout().as_secs_f32());
            return Err(Error::new(StoreErrorKind::ConnectionLost, message)
                .with_hint("check that the server is running, and the host and port in DATABASE_URL"));
        }
    };
    let local_addresses = match options.get_socket() {
        Some(_) => Vec::new(),
        None => enable_keepalives(options.get_port()),
    };
    Ok((connection, local_addresses))
}

/// Runs the statements of a new session, and checks the limits that their last row shows. Returns all rows.
async fn set_up_session(connection: &mut PgConnection, sql: String) -> Result<Vec<PgRow>, Error> {
    let statements = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(connection);
    let rows = with_statement_limit(statements).await.map_err(name_pooler_as_cause)?;
    let row = rows.last().ok_or(sqlx::Error::RowNotFound)?;
    for (name, expected) in SESSION_LIMITS {
        let value: String = row.try_get(name)?;
        if value != expected {
            return Err(Error::fatal(format!("the session's {name} is {value}, although it was set to {expected}"))
                .with_hint("connect directly to the server, or use a pooler in session mode"));
        }
    }
    Ok(rows)
}

/// Opens the first connection. If the server has no connection left, waits and retries, as for a server that restarts.
pub(super) async fn connect_when_not_full(options: &PgConnectOptions) -> Result<NewSession, Error> {
    let mut attempts = TransactionAttempts::default();
    loop {
        match connect_first(options).await {
            Err(error) if error.kind == StoreErrorKind::ServerFull && attempts.wait_for_retry(&error).await => {}
            result => return result,
        }
    }
}

/// Closes a connection without waiting for a server that does not answer.
pub(super) async fn close(connection: PgConnection) {
    let _ = tokio::time::timeout(connect_timeout(), connection.close()).await;
}

/// Sets the limits.
const SET_LIMITS_SQL: &str = "SET lock_timeout = '30s'; SET statement_timeout = '110s'; \
    SET idle_in_transaction_session_timeout = '60s'; SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; \
    SET tcp_keepalives_count = 3;";

/// Reads the limits back, as text. The beginning of a statement.
const SHOW_LIMITS_SQL: &str = "SELECT current_setting('lock_timeout') AS lock_timeout, \
    current_setting('statement_timeout') AS statement_timeout, \
    current_setting('idle_in_transaction_session_timeout') AS idle_in_transaction_session_timeout";

/// What else is to be known of the first session, as text. The rest of the statement that [`SHOW_LIMITS_SQL`] begins.
const SESSION_COLUMNS: &str = "current_setting('server_encoding') AS server_encoding, \
    host(inet_client_addr()) || '/' || inet_client_port() AS client_address, \
    coalesce((SELECT relnamespace FROM pg_class WHERE oid = to_regclass('users')), \
        (SELECT oid FROM pg_namespace WHERE nspname = current_schema()))::text AS schema_id";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_is_set() {
        for (name, value) in SESSION_LIMITS {
            let value = if value == "1min" { "60s" } else { value };
            assert!(SET_LIMITS_SQL.contains(&format!("SET {name} = '{value}'")), "{name}");
        }
    }
}
