//! Opens connections to PostgreSQL, with malsync's session settings.
//!
//! The settings are SET after connecting and checked: a pooler such as pgbouncer refuses or drops settings that are sent
//! as start-up parameters.

use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, Row as _, postgres::PgConnectOptions};

use super::{
    keepalive::enable_keepalives,
    pooler_error::named_pooler_error,
    search_path::SET_SEARCH_PATH_SQL,
    statement_limit::{SESSION_LIMITS, connect_timeout, with_statement_limit},
};
use crate::store::{
    error::{Error, StoreErrorKind},
    retry::TransactionAttempts,
};

/// A new session.
pub(super) struct NewSession {
    pub(super) connection: PgConnection,
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

/// Opens a connection, sets the session's limits, and checks that they hold.
pub(super) async fn connect(options: &PgConnectOptions) -> Result<NewSession, Error> {
    let connected = tokio::time::timeout(connect_timeout(), PgConnection::connect_with(options)).await;
    let connection = match connected {
        Ok(connected) => connected.map_err(|error| named_pooler_error(error.into()))?,
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
    let mut connection = connection;
    // One message: the server parses a statement after it has run those before it, so the search path is safe already.
    let sql = AssertSqlSafe(format!("{SET_SEARCH_PATH_SQL}; {SESSION_SQL}"));
    let rows = with_statement_limit(sqlx::raw_sql(sql).fetch_all(&mut connection)).await.map_err(named_pooler_error)?;
    let row = rows.last().ok_or(sqlx::Error::RowNotFound)?;
    for (name, expected) in SESSION_LIMITS {
        let value: String = row.try_get(name)?;
        if value != expected {
            return Err(Error::fatal(format!("the session's {name} is {value}, although it was set to {expected}"))
                .with_hint("connect directly to the server, or use a pooler in session mode"));
        }
    }
    let text = |column| row.try_get::<Option<String>, _>(column);
    let client = text("client_address")?.unwrap_or_default();
    let schema_id = text("schema_id")?.and_then(|id| id.parse().ok()).unwrap_or_default();
    let is_direct = local_addresses.iter().any(|address| client == format!("{}/{}", address.ip(), address.port()));
    let encoding = text("server_encoding")?.unwrap_or_default();
    Ok(NewSession { connection, schema_id, encoding, is_direct })
}

/// Opens a connection, and waits for one if the server has none left, as for a server that restarts.
pub(super) async fn connect_when_not_full(options: &PgConnectOptions) -> Result<NewSession, Error> {
    let mut attempts = TransactionAttempts::default();
    loop {
        match connect(options).await {
            Err(error) if error.kind == StoreErrorKind::ServerFull && attempts.wait_for_retry(&error).await => {}
            result => return result,
        }
    }
}

/// Closes a connection without waiting for a server that does not answer.
pub(super) async fn close(connection: PgConnection) {
    let _ = tokio::time::timeout(connect_timeout(), connection.close()).await;
}

/// Sets the limits, reads them back, and asks what else is to be known of the session. Values come as text.
const SESSION_SQL: &str = "SET lock_timeout = '30s'; SET statement_timeout = '110s'; \
    SET idle_in_transaction_session_timeout = '60s'; SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; \
    SET tcp_keepalives_count = 3; \
    SELECT current_setting('lock_timeout') AS lock_timeout, current_setting('statement_timeout') AS statement_timeout, \
    current_setting('idle_in_transaction_session_timeout') AS idle_in_transaction_session_timeout, \
    current_setting('server_encoding') AS server_encoding, \
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
            assert!(SESSION_SQL.contains(&format!("SET {name} = '{value}'")), "{name}");
        }
    }
}
