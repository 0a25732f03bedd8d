//! A write transaction: begun, committed or undone, tried again where that may help.
//!
//! The rule: whoever is told that a transaction was committed can rely on it, and on nothing having happened otherwise.
//! A connection that breaks during COMMIT leaves that open; PostgreSQL is then asked what became of the transaction.
//! A transaction that is dropped half-way takes its connection with it.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};

use super::{
    Backend, Database, Dialect,
    error::{Error, StoreErrorKind},
    row_reader::DbRow,
    sql::{DbConnection, SqlValue},
};

/// Begins one in PostgreSQL, and asks when, how it is called, and who serves it. The time as its microseconds since 2000, which
/// [`Row::time`] reads.
const BEGIN_SQL: &str = "BEGIN READ WRITE; \
    SELECT (extract(epoch FROM clock_timestamp() - timestamptz '2000-01-01 00:00:00+00') * 1000000)::bigint AS now, \
    pg_current_xact_id()::text AS xid, pg_backend_pid() AS process";

/// A write transaction.
pub(super) struct DbTransaction {
    connection: Option<DbConnection>,
    /// By the database's clock, when the transaction began; to the second in SQLite.
    pub(super) now: DateTime<Utc>,
    /// PostgreSQL's name of the transaction.
    xid: Option<String>,
    /// SQLite: the other writers of this process stand in line, where the file's own lock would have them race for it.
    _writer_guard: Option<tokio::sync::OwnedMutexGuard<()>>,
}

impl DbTransaction {
    /// The connection, to read by.
    pub(super) fn connection(&mut self) -> &mut DbConnection {
        self.connection.as_mut().expect("a transaction has its connection until it ends, which consumes it")
    }

    pub(super) fn dialect(&mut self) -> Dialect {
        self.connection().dialect()
    }

    pub(super) async fn query_all(&mut self, sql: &str, binds: Vec<SqlValue<'_>>) -> Result<Vec<DbRow>, Error> {
        self.connection().query_all(sql, binds).await
    }

    pub(super) async fn execute(&mut self, sql: &str, binds: Vec<SqlValue<'_>>) -> Result<u64, Error> {
        self.connection().execute(sql, binds).await
    }

    pub(super) async fn execute_raw(&mut self, sql: &'static str) -> Result<(), Error> {
        self.connection().execute_raw(sql).await
    }

    /// Undoes everything; what that says is nobody's business: the error before it is the one to tell.
    pub(super) async fn rollback(mut self) {
        if let Some(mut link) = self.connection.take() {
            match link.execute_raw("ROLLBACK").await {
                Ok(()) => drop(link),
                Err(_) => link.discard(),
            }
        }
    }
}

impl Drop for DbTransaction {
    fn drop(&mut self) {
        if let Some(link) = self.connection.take() {
            link.discard();
        }
    }
}

impl Database {
    /// The database's clock.
    pub(super) async fn database_now(&self) -> Result<DateTime<Utc>, Error> {
        if self.dialect() == Dialect::Sqlite {
            return Ok(self.clock.now());
        }
        let rows = self.query_with_retry("SELECT clock_timestamp() AT TIME ZONE 'UTC' AS now", Vec::new()).await?;
        let now = rows.first().map(|row| row.optional_time("now")).transpose()?.flatten();
        now.ok_or_else(|| Error::fatal("the server does not tell the time"))
    }

    /// Begins a write transaction; [`write!`] does, and ends it.
    pub(super) async fn begin_transaction(&self) -> Result<DbTransaction, Error> {
        let turn = match &self.backend {
            Backend::Sqlite(file) => Some(std::sync::Arc::clone(&file.writer_mutex).lock_owned().await),
            Backend::Postgres(_) => None,
        };
        let link = self.acquire_connection().await?;
        let mut process = None;
        let mut tx =
            DbTransaction { connection: None, now: self.clock.now().trunc_subsecs(0), xid: None, _writer_guard: turn };
        match link.dialect() {
            Dialect::Sqlite => {
                tx.connection = Some(link);
                // A deferred transaction that turns into a writing one cannot wait for another writer.
                tx.execute_raw("BEGIN IMMEDIATE").await?;
            }
            Dialect::Postgres => {
                tx.connection = Some(link);
                if let Some(row) = tx.connection().query_raw(BEGIN_SQL).await?.first() {
                    tx.now = row.optional_time("now")?.unwrap_or(tx.now);
                    tx.xid = row.optional_text("xid")?;
                    process = row.optional_i32("process")?;
                }
            }
        }
        // A pooler that gives a session's process to whoever comes next would give its locks too.
        if let (Backend::Postgres(server), Some(process)) = (&self.backend, process)
            && let Err(refusal) = server.locks.ensure_not_lock_session(process)
        {
            tx.rollback().await;
            return Err(refusal);
        }
        Ok(tx)
    }

    async fn commit_transaction(&self, mut tx: DbTransaction) -> Result<(), Error> {
        let mut link = tx.connection.take().expect("a transaction has its connection until it ends, which consumes it");
        match link.execute_raw("COMMIT").await {
            Ok(()) => Ok(()),
            Err(error) => {
                link.discard();
                match (&tx.xid, error.kind) {
                    (Some(xid), StoreErrorKind::ConnectionLost) if self.was_committed(xid).await => Ok(()),
                    _ => Err(error),
                }
            }
        }
    }

    /// Asks over a new connection what became of a transaction; one that is still going on is waited for.
    async fn was_committed(&self, xid: &str) -> bool {
        for _ in 0..40 {
            let asked = self
                .query_with_retry("SELECT pg_xact_status($1::text::xid8) AS status", vec![SqlValue::text(xid)])
                .await;
            let status =
                asked.ok().and_then(|rows| rows.first().and_then(|row| row.optional_text("status").ok().flatten()));
            match status.as_deref() {
                Some("in progress") => tokio::time::sleep(Duration::from_millis(250)).await,
                status => return status == Some("committed"),
            }
        }
        false
    }

    /// Ends a write transaction as its work ended.
    pub(super) async fn finish_transaction<T>(&self, tx: DbTransaction, done: Result<T, Error>) -> Result<T, Error> {
        match done {
            Ok(done) => self.commit_transaction(tx).await.map(|()| done),
            Err(error) => {
                tx.rollback().await;
                Err(error)
            }
        }
    }

    /// Begins to look at one unchanging picture of the database; [`Tx`] is then to be undone.
    pub(super) async fn begin_read_only(&self) -> Result<DbTransaction, Error> {
        let now = self.database_now().await?;
        let mut tx =
            DbTransaction { connection: Some(self.acquire_connection().await?), now, xid: None, _writer_guard: None };
        tx.execute_raw(match self.dialect() {
            Dialect::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
            Dialect::Sqlite => "BEGIN DEFERRED",
        })
        .await?;
        Ok(tx)
    }
}

/// Runs a block, whose value is a `Result`, in a write transaction, from the start again where another try may help:
/// `write!(database, |tx| { … })`.
macro_rules! with_transaction {
    ($database:expr, |$tx:ident| $work:block) => {{
        let database: &$crate::store::Database = $database;
        let done = $crate::store::retry::with_retry!(match database.begin_transaction().await {
            Ok(mut begun) => {
                let done = {
                    let $tx = &mut begun;
                    async { $work }.await
                };
                database.finish_transaction(begun, done).await
            }
            Err(error) => Err(error),
        });
        done.map_err(|error: $crate::store::Error| error.with_database(database.url()))
    }};
}
pub(super) use with_transaction;
