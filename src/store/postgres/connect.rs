//! Opens connections to PostgreSQL, with malsync's session settings.

use std::time::Duration;

use sqlx::{ConnectOptions as _, Connection as _, PgConnection, postgres::PgConnectOptions};

use super::search_path::set_search_path;
use crate::store::error::{Error, StoreErrorKind};

/// Timeout for opening a connection.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Adds session settings, so that no session waits or keeps a lock for ever. sqlx sets the time zone to UTC.
pub(super) fn with_settings(options: PgConnectOptions) -> PgConnectOptions {
    let options = match options.get_application_name() {
        Some(_) => options,
        None => options.application_name("malsync"),
    };
    options.log_slow_statements(tracing::log::LevelFilter::Off, Duration::default()).options([
        ("lock_timeout", "30s"),
        ("statement_timeout", "120s"),
        ("idle_in_transaction_session_timeout", "60s"),
        ("tcp_keepalives_idle", "30"),
        ("tcp_keepalives_interval", "10"),
        ("tcp_keepalives_count", "3"),
    ])
}

/// Opens a connection.
pub(super) async fn connect(options: &PgConnectOptions) -> Result<PgConnection, Error> {
    match tokio::time::timeout(CONNECT_TIMEOUT, PgConnection::connect_with(options)).await {
        Ok(connected) => {
            let mut connection = connected?;
            set_search_path(&mut connection).await?;
            Ok(connection)
        }
        Err(_) => Err(Error::new(StoreErrorKind::ConnectionLost, "out of reach: no connection within 10 s")
            .with_hint("check that the server runs, and host and port in DATABASE_URL")),
    }
}
