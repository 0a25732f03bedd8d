//! A write transaction: begun, committed or undone, tried again where that may help.
//!
//! The rule: whoever is told that a transaction was committed can rely on it, and on nothing having happened otherwise.
//! A connection that breaks during COMMIT leaves that open; PostgreSQL is then asked what became of the transaction.
//! A transaction that is dropped half-way takes its connection with it.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};

use super::{
    Backend, Database, Dialect,
    error::{Error, Kind},
    row::Row,
    sql::{Bind, Link},
};

/// Begins one in PostgreSQL, and asks when, how it is called, and who serves it. The time as its microseconds since 2000, which
/// [`Row::time`] reads.
const BEGIN: &str = "BEGIN READ WRITE; \
    SELECT (extract(epoch FROM clock_timestamp() - timestamptz '2000-01-01 00:00:00+00') * 1000000)::bigint AS now, \
    pg_current_xact_id()::text AS xid, pg_backend_pid() AS process";

/// A write transaction.
pub(super) struct Tx {
    link: Option<Link>,
    /// By the database's clock, when the transaction began; to the second in SQLite.
    pub(super) now: DateTime<Utc>,
    /// PostgreSQL's name of the transaction.
    xid: Option<String>,
    /// SQLite: the other writers of this process stand in line, where the file's own lock would have them race for it.
    _turn: Option<tokio::sync::OwnedMutexGuard<()>>,
}

impl Tx {
    /// The connection, to read by.
    pub(super) fn link(&mut self) -> &mut Link {
        self.link.as_mut().expect("a transaction has its connection until it ends, which consumes it")
    }

    pub(super) fn dialect(&mut self) -> Dialect {
        self.link().dialect()
    }

    pub(super) async fn rows(&mut self, sql: &str, binds: Vec<Bind<'_>>) -> Result<Vec<Row>, Error> {
        self.link().rows(sql, binds).await
    }

    pub(super) async fn run(&mut self, sql: &str, binds: Vec<Bind<'_>>) -> Result<u64, Error> {
        self.link().run(sql, binds).await
    }

    pub(super) async fn say(&mut self, sql: &'static str) -> Result<(), Error> {
        self.link().say(sql).await
    }

    /// Undoes everything; what that says is nobody's business: the error before it is the one to tell.
    pub(super) async fn undo(mut self) {
        if let Some(mut link) = self.link.take() {
            match link.say("ROLLBACK").await {
                Ok(()) => drop(link),
                Err(_) => link.discard(),
            }
        }
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if let Some(link) = self.link.take() {
            link.discard();
        }
    }
}

impl Database {
    /// The database's clock.
    pub(super) async fn clock(&self) -> Result<DateTime<Utc>, Error> {
        if self.dialect() == Dialect::Sqlite {
            return Ok(self.clock.now());
        }
        let rows = self.read("SELECT clock_timestamp() AT TIME ZONE 'UTC' AS now", Vec::new()).await?;
        let now = rows.first().map(|row| row.time("now")).transpose()?.flatten();
        now.ok_or_else(|| Error::fatal("the server does not tell the time"))
    }

    /// Begins a write transaction; [`write!`] does, and ends it.
    pub(super) async fn begin(&self) -> Result<Tx, Error> {
        let turn = match &self.backend {
            Backend::Sqlite(file) => Some(std::sync::Arc::clone(&file.writer).lock_owned().await),
            Backend::Postgres(_) => None,
        };
        let link = self.link().await?;
        let mut process = None;
        let mut tx = Tx { link: None, now: self.clock.now().trunc_subsecs(0), xid: None, _turn: turn };
        match link.dialect() {
            Dialect::Sqlite => {
                tx.link = Some(link);
                // A deferred transaction that turns into a writing one cannot wait for another writer.
                tx.say("BEGIN IMMEDIATE").await?;
            }
            Dialect::Postgres => {
                tx.link = Some(link);
                if let Some(row) = tx.link().answers(BEGIN).await?.first() {
                    tx.now = row.time("now")?.unwrap_or(tx.now);
                    tx.xid = row.text("xid")?;
                    process = row.small("process")?;
                }
            }
        }
        // A pooler that gives a session's process to whoever comes next would give its locks too.
        if let (Backend::Postgres(server), Some(process)) = (&self.backend, process)
            && let Err(refusal) = server.locks.apart_from(process)
        {
            tx.undo().await;
            return Err(refusal);
        }
        Ok(tx)
    }

    async fn commit(&self, mut tx: Tx) -> Result<(), Error> {
        let mut link = tx.link.take().expect("a transaction has its connection until it ends, which consumes it");
        match link.say("COMMIT").await {
            Ok(()) => Ok(()),
            Err(error) => {
                link.discard();
                match (&tx.xid, error.kind) {
                    (Some(xid), Kind::Lost) if self.was_committed(xid).await => Ok(()),
                    _ => Err(error),
                }
            }
        }
    }

    /// Asks over a new connection what became of a transaction; one that is still going on is waited for.
    async fn was_committed(&self, xid: &str) -> bool {
        for _ in 0..40 {
            let asked = self.read("SELECT pg_xact_status($1::text::xid8) AS status", vec![Bind::text(xid)]).await;
            let status = asked.ok().and_then(|rows| rows.first().and_then(|row| row.text("status").ok().flatten()));
            match status.as_deref() {
                Some("in progress") => tokio::time::sleep(Duration::from_millis(250)).await,
                status => return status == Some("committed"),
            }
        }
        false
    }

    /// Ends a write transaction as its work ended.
    pub(super) async fn end<T>(&self, tx: Tx, done: Result<T, Error>) -> Result<T, Error> {
        match done {
            Ok(done) => self.commit(tx).await.map(|()| done),
            Err(error) => {
                tx.undo().await;
                Err(error)
            }
        }
    }

    /// Begins to look at one unchanging picture of the database; [`Tx`] is then to be undone.
    pub(super) async fn begin_looking(&self) -> Result<Tx, Error> {
        let now = self.clock().await?;
        let mut tx = Tx { link: Some(self.link().await?), now, xid: None, _turn: None };
        tx.say(match self.dialect() {
            Dialect::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
            Dialect::Sqlite => "BEGIN DEFERRED",
        })
        .await?;
        Ok(tx)
    }
}

/// Runs a block, whose value is a `Result`, in a write transaction, from the start again where another try may help:
/// `write!(database, |tx| { … })`.
macro_rules! write {
    ($database:expr, |$tx:ident| $work:block) => {{
        let database: &$crate::store::Database = $database;
        let done = $crate::store::retry::retried!(match database.begin().await {
            Ok(mut begun) => {
                let done = {
                    let $tx = &mut begun;
                    async { $work }.await
                };
                database.end(begun, done).await
            }
            Err(error) => Err(error),
        });
        done.map_err(|error: $crate::store::Error| error.at(database.place()))
    }};
}
pub(super) use write;
