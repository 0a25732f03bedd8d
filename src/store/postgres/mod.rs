//! What only PostgreSQL has: connections, encoding, advisory locks, migrations.

mod advisory_locks;
mod arguments;
mod backend;
mod connect;
mod connection_pool;
mod error_codes;
mod keepalive;
mod migrate;
mod open;
mod pooler;
mod pooler_error;
mod request_slots;
mod row;
mod run_statements;
mod search_path;
mod statement_limit;

pub(super) use advisory_locks::{AdvisoryLockGuard, IS_LOCKED_SQL};
pub(super) use backend::PostgresBackend;
pub(super) use connection_pool::PooledConnection;
pub(super) use error_codes::{classify_postgres_error, lagging_sequence_hint};
pub(super) use open::{open, open_existing, open_read_only};
