//! PostgreSQL only: connections, session settings, advisory locks, migrations.

mod advisory_locks;
mod connection_pool;
mod migrate;

use std::{sync::Arc, time::Duration};

use sqlx::{ConnectOptions as _, Connection as _, PgConnection, postgres::PgConnectOptions};

pub(super) use advisory_locks::{AdvisoryLockGuard, AdvisoryLocks, IS_LOCKED_SQL, lock_class};
pub(super) use connection_pool::{ConnectionPool, PooledConnection};

use super::{
    database_url::PostgresServer,
    error::{Error, StoreErrorKind},
    migration::SchemaVersions,
};
use crate::loopback_host::is_loopback_host;

/// Timeout for opening a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A PostgreSQL server with its connections and locks.
pub(super) struct PostgresBackend {
    pub(super) pool: Arc<ConnectionPool>,
    pub(super) locks: Arc<AdvisoryLocks>,
}

impl PostgresBackend {
    pub(super) async fn open(server: &PostgresServer) -> Result<Self, Error> {
        let (mut first, options) = connect_server(server).await?;
        match migrate::run(&mut first, options.get_username()).await {
            Ok(()) => Ok(Self::with_first_connection(first, options)),
            Err(error) => Err(close_with_error(first, error).await),
        }
    }

    /// Connects without changing anything, and returns the schema versions.
    pub(super) async fn open_read_only(server: &PostgresServer) -> Result<(Self, SchemaVersions), Error> {
        let (mut first, options) = connect_server(server).await?;
        match migrate::load_schema_versions(&mut first).await {
            Ok(schema) => Ok((Self::with_first_connection(first, options), schema)),
            Err(error) => Err(close_with_error(first, error).await),
        }
    }

    fn with_first_connection(first: PgConnection, options: PgConnectOptions) -> Self {
        let pool = ConnectionPool::new(options, first);
        Self { locks: AdvisoryLocks::new(Arc::clone(&pool)), pool }
    }

    pub(super) async fn close(&self) {
        self.locks.close().await;
        self.pool.close().await;
    }
}

/// Closes the connection and returns `error`.
async fn close_with_error(connection: PgConnection, error: Error) -> Error {
    let _ = connection.close().await;
    error
}

async fn connect_server(server: &PostgresServer) -> Result<(PgConnection, PgConnectOptions), Error> {
    let options = with_settings(server.connect_options()?);
    let mut first = connect(&options).await?;
    warn_if_unencrypted(&mut first, &options).await;
    Ok((first, options))
}

/// Warns about an unencrypted connection: tokens are stored encrypted, but the role's password and the list are sent
/// in clear text.
async fn warn_if_unencrypted(connection: &mut PgConnection, options: &PgConnectOptions) {
    if options.get_socket().is_some() || is_local_host(options.get_host()) {
        return;
    }
    let query = sqlx::query_scalar("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
    if matches!(query.fetch_optional(connection).await, Ok(Some(false))) {
        tracing::warn!(
            "the connection to {} is not encrypted: add ?sslmode=verify-full to DATABASE_URL where the server can",
            options.get_host()
        );
    }
}

fn is_local_host(host: &str) -> bool {
    host.starts_with('/') || is_loopback_host(host)
}

/// Adds session settings, so that no session waits or keeps a lock for ever. sqlx sets the time zone to UTC.
fn with_settings(options: PgConnectOptions) -> PgConnectOptions {
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

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, Error> {
    match tokio::time::timeout(CONNECT_TIMEOUT, PgConnection::connect_with(options)).await {
        Ok(connected) => Ok(connected?),
        Err(_) => Err(Error::new(StoreErrorKind::ConnectionLost, "out of reach: no connection within 10 s")
            .with_hint("check that the server runs, and host and port in DATABASE_URL")),
    }
}

#[cfg(test)]
mod tests {
    use super::is_local_host;

    #[test]
    fn f_p25_only_remote_hosts_cause_an_encryption_warning() {
        for (host, is_local) in [
            ("localhost", true),
            ("127.0.0.1", true),
            ("::1", true),
            ("/run/postgresql", true),
            ("db", false),
            ("192.0.2.7", false),
            ("localhost.example.org", false),
        ] {
            assert_eq!(is_local_host(host), is_local, "{host}");
        }
    }
}
