//! A PostgreSQL server with its connections and locks.

use std::sync::Arc;

use sqlx::postgres::PgConnectOptions;

use super::{advisory_locks::AdvisoryLocks, connect::NewSession, connection_pool::ConnectionPool};

/// A PostgreSQL server with its connections and locks.
pub(in crate::store) struct PostgresBackend {
    pub(in crate::store) pool: Arc<ConnectionPool>,
    pub(in crate::store) locks: Arc<AdvisoryLocks>,
}

impl PostgresBackend {
    /// Creates a backend with one open connection.
    pub(super) fn new(first: NewSession, options: PgConnectOptions) -> Self {
        let schema_id = first.schema_id;
        let pool = ConnectionPool::new(options, first.connection, first.search_path);
        Self { locks: AdvisoryLocks::new(Arc::clone(&pool), schema_id), pool }
    }

    pub(in crate::store) async fn close(&self) {
        self.locks.close().await;
        self.pool.close().await;
    }
}
