//! Write transactions: begin, commit or roll back, with retries. Also read-only snapshots.
//!
//! Entry points: [`with_transaction!`], [`Database::begin_read_only`].
//!
//! Invariants:
//! 1. Success means that the transaction is committed; an error means that nothing was written, with one
//!    exception. If the connection breaks during COMMIT, PostgreSQL is asked over a new one for the transaction's
//!    status. If the status cannot be read either, the result is an error although the transaction may be committed.
//!    Such an error is not retried, because the block would be applied twice.
//! 2. A transaction that is dropped without an end closes its connection.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};

use super::{
    connection::DbConnection,
    database::{Backend, Database},
    error::{Error, StoreErrorKind},
    sql::{DbRow, Dialect, SqlValue},
};

/// Begins a PostgreSQL transaction and returns time and transaction id. The time is in microseconds since 2000, which
/// [`DbRow::optional_time`] reads.
const BEGIN_SQL: &str = "BEGIN READ WRITE; \
    SELECT (extract(epoch FROM clock_timestamp() - timestamptz '2000-01-01 00:00:00+00') * 1000000)::bigint AS now, \
    pg_current_xact_id()::text AS xid";

/// How often the question for a transaction's outcome may fail. Each time it is retried over 8 s.
const MAX_STATUS_FAILURES: u32 = 2;

/// What became of a transaction whose COMMIT got no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CommitOutcome {
    Committed,
    Aborted,
    Unknown,
}

/// A transaction: a write transaction, or a read-only snapshot.
pub(super) struct DbTransaction {
    connection: Option<DbConnection>,
    /// Start of the transaction by the database's clock. Second precision in SQLite.
    pub(super) now: DateTime<Utc>,
    /// PostgreSQL only: id of the transaction.
    xid: Option<String>,
    /// SQLite only: guard of the in-process writer mutex. Writers queue here instead of polling SQLite's busy lock.
    _writer_guard: Option<tokio::sync::OwnedMutexGuard<()>>,
}

impl DbTransaction {
    /// Returns the connection, for reads within the transaction.
    pub(super) fn connection(&mut self) -> &mut DbConnection {
        self.connection.as_mut().expect("the connection is taken only when the transaction ends")
    }

    pub(super) fn dialect(&mut self) -> Dialect {
        self.connection().dialect()
    }

    pub(super) async fn query_all(&mut self, sql: &str, params: Vec<SqlValue<'_>>) -> Result<Vec<DbRow>, Error> {
        self.connection().query_all(sql, params).await
    }

    pub(super) async fn execute(&mut self, sql: &str, params: Vec<SqlValue<'_>>) -> Result<u64, Error> {
        self.connection().execute(sql, params).await
    }

    pub(super) async fn execute_raw(&mut self, sql: &'static str) -> Result<(), Error> {
        self.connection().execute_raw(sql).await
    }

    /// Rolls back. An error of the rollback is ignored, because the earlier error is the one to report.
    pub(super) async fn rollback(mut self) {
        if let Some(mut connection) = self.connection.take()
            && (connection.is_broken() || connection.execute_raw("ROLLBACK").await.is_err())
        {
            connection.discard();
        }
    }
}

impl Drop for DbTransaction {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            connection.discard();
        }
    }
}

impl Database {
    /// Returns the current time of the database's clock.
    pub(super) async fn database_now(&self) -> Result<DateTime<Utc>, Error> {
        if self.dialect().uses_machine_clock() {
            return Ok(self.clock.now());
        }
        let rows = self.query_with_retry("SELECT clock_timestamp() AT TIME ZONE 'UTC' AS now", Vec::new()).await?;
        let now = rows.first().map(|row| row.optional_time("now")).transpose()?.flatten();
        now.ok_or_else(|| Error::fatal("the server does not return the time"))
    }

    /// Begins a write transaction. Called by [`with_transaction!`], which also ends it.
    pub(super) async fn begin_transaction(&self) -> Result<DbTransaction, Error> {
        let writer_guard = match &self.backend {
            Backend::Sqlite(file) => Some(std::sync::Arc::clone(&file.writer_mutex).lock_owned().await),
            Backend::Postgres(_) => None,
        };
        let mut tx = DbTransaction {
            connection: Some(self.acquire_connection().await?),
            now: self.clock.now().trunc_subsecs(0),
            xid: None,
            _writer_guard: writer_guard,
        };
        match self.dialect() {
            // A deferred transaction that becomes a write transaction cannot wait for another writer.
            Dialect::Sqlite => tx.execute_raw("BEGIN IMMEDIATE").await?,
            Dialect::Postgres => {
                let begun = tx.connection().query_raw(BEGIN_SQL).await.map_err(explain_refused_begin)?;
                if let Some(row) = begun.first() {
                    tx.now = row.optional_time("now")?.unwrap_or(tx.now);
                    tx.xid = row.optional_text("xid")?;
                }
            }
        }
        Ok(tx)
    }

    async fn commit_transaction(&self, mut tx: DbTransaction) -> Result<(), Error> {
        let mut connection = tx.connection.take().expect("the connection is taken only when the transaction ends");
        match connection.execute_raw("COMMIT").await {
            Ok(()) => Ok(()),
            Err(error) => {
                connection.discard();
                match (&tx.xid, error.kind) {
                    (Some(xid), StoreErrorKind::ConnectionLost | StoreErrorKind::Unresponsive) => {
                        match self.find_commit_outcome(xid).await {
                            CommitOutcome::Committed => Ok(()),
                            CommitOutcome::Aborted => Err(error),
                            CommitOutcome::Unknown => Err(error.with_unknown_outcome()),
                        }
                    }
                    _ => Err(error),
                }
            }
        }
    }

    /// Asks over a new connection what became of a transaction. Waits up to 10 s while it is still in progress, and some
    /// seconds longer if the server cannot be reached.
    async fn find_commit_outcome(&self, xid: &str) -> CommitOutcome {
        let mut failures = 0;
        for _ in 0..40 {
            let rows = self
                .query_with_retry("SELECT pg_xact_status($1::text::xid8) AS status", vec![SqlValue::text(xid)])
                .await;
            let Ok(rows) = rows else {
                failures += 1;
                if failures < MAX_STATUS_FAILURES {
                    continue;
                }
                return CommitOutcome::Unknown;
            };
            let status = rows.first().and_then(|row| row.optional_text("status").ok().flatten());
            match status.as_deref() {
                Some("in progress") => tokio::time::sleep(Duration::from_millis(250)).await,
                Some("committed") => return CommitOutcome::Committed,
                Some("aborted") => return CommitOutcome::Aborted,
                _ => return CommitOutcome::Unknown,
            }
        }
        CommitOutcome::Unknown
    }

    /// Commits if `result` is `Ok`, rolls back otherwise.
    pub(super) async fn finish_transaction<T>(&self, tx: DbTransaction, result: Result<T, Error>) -> Result<T, Error> {
        match result {
            Ok(result) => self.commit_transaction(tx).await.map(|()| result),
            Err(error) => {
                tx.rollback().await;
                Err(error)
            }
        }
    }

    /// Begins a read-only snapshot transaction (REPEATABLE READ). The caller rolls it back.
    pub(super) async fn begin_read_only(&self) -> Result<DbTransaction, Error> {
        let now = self.database_now().await?;
        let mut tx =
            DbTransaction { connection: Some(self.acquire_connection().await?), now, xid: None, _writer_guard: None };
        tx.execute_raw(self.dialect().begin_snapshot_sql()).await?;
        Ok(tx)
    }
}

/// Explains why the server refused to begin a write transaction: only a standby does so, with a code for anything that it
/// does not support (0A000).
fn explain_refused_begin(error: Error) -> Error {
    match error.kind {
        StoreErrorKind::Forbidden => {
            Error::fatal(format!("this server is a standby, which accepts no writes ({})", error.message()))
                .with_hint("point DATABASE_URL at the primary")
        }
        _ => error,
    }
}

/// Runs a block that returns a `Result` in a write transaction. Retries the whole block after a transient error:
/// `with_transaction!(database, |tx| { … })`.
macro_rules! with_transaction {
    ($database:expr, |$tx:ident| $work:block) => {{
        let database: &$crate::store::Database = $database;
        let result = $crate::store::retry::with_retry!(match database.begin_transaction().await {
            Ok(mut transaction) => {
                let result = {
                    let $tx = &mut transaction;
                    async { $work }.await
                };
                database.finish_transaction(transaction, result).await
            }
            Err(error) => Err(error),
        });
        result.map_err(|error: $crate::store::Error| error.with_database(database.url()))
    }};
}
pub(super) use with_transaction;
