//! What only PostgreSQL has: a server to reach, session settings, advisory locks, an owner of the tables.

mod lock;
mod migrate;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use sqlx::{
    ConnectOptions as _, Connection as _, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

pub(super) use lock::{IS_LOCKED, SessionLock, class};

use super::{
    error::{Error, Kind},
    place::Server,
};
use crate::domain::user::UserId;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);

/// A server, with a small pool of connections.
pub(super) struct Postgres {
    pub(super) pool: PgPool,
    options: PgConnectOptions,
    /// The connections whose sessions hold run locks, by user.
    held: Arc<Mutex<HashMap<UserId, Arc<tokio::sync::Mutex<PgConnection>>>>>,
}

impl Postgres {
    pub(super) async fn open(server: &Server) -> Result<Self, Error> {
        let options = with_settings(server.options()?);
        // The first connection is made by hand: a pool would go on trying, and say only that it timed out.
        let mut first = connect(&options).await?;
        let migrated = migrate::run(&mut first, options.get_username()).await;
        let _ = first.close().await;
        migrated?;
        let pool = PgPoolOptions::new().max_connections(4).acquire_timeout(CONNECT).connect_lazy_with(options.clone());
        Ok(Self { pool, options, held: Arc::default() })
    }
}

/// No session of ours waits for ever or keeps a lock for ever. sqlx itself asks for UTC.
fn with_settings(options: PgConnectOptions) -> PgConnectOptions {
    let named = match options.get_application_name() {
        Some(_) => options,
        None => options.application_name("malsync"),
    };
    named.log_slow_statements(tracing::log::LevelFilter::Off, Duration::default()).options([
        ("lock_timeout", "30s"),
        ("statement_timeout", "120s"),
        ("idle_in_transaction_session_timeout", "60s"),
        ("tcp_keepalives_idle", "30"),
        ("tcp_keepalives_interval", "10"),
        ("tcp_keepalives_count", "3"),
    ])
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, Error> {
    match tokio::time::timeout(CONNECT, PgConnection::connect_with(options)).await {
        Ok(connected) => Ok(connected?),
        Err(_) => Err(Error::new(Kind::Lost, "out of reach: no connection within 10 s")
            .hint("check that the server runs, and host and port in DATABASE_URL")),
    }
}
