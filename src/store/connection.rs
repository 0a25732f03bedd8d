//! A connection to either database: runs a statement and returns its rows.

use sqlx::{Sqlite, pool::PoolConnection};

use super::{
    error::Error,
    postgres::PooledConnection,
    sql::{DbRow, Dialect, SqlValue},
    sqlite,
};

/// A connection to either database.
#[derive(Debug)]
pub(super) enum DbConnection {
    Postgres(PooledConnection),
    Sqlite(PoolConnection<Sqlite>),
}

impl DbConnection {
    pub(super) const fn dialect(&self) -> Dialect {
        match self {
            Self::Postgres(_) => Dialect::Postgres,
            Self::Sqlite(_) => Dialect::Sqlite,
        }
    }

    /// Runs a query and returns all rows.
    pub(super) async fn query_all(&mut self, sql: &str, params: Vec<SqlValue<'_>>) -> Result<Vec<DbRow>, Error> {
        let mut rows = Vec::new();
        self.for_each_row(sql, params, |row| {
            rows.push(row);
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    /// Runs a query and passes its rows to `handle_row` one at a time: a row takes several times the memory of its
    /// content.
    pub(super) async fn for_each_row(
        &mut self,
        sql: &str,
        params: Vec<SqlValue<'_>>,
        handle_row: impl FnMut(DbRow) -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        match self {
            Self::Postgres(connection) => connection.for_each_row(sql, params, handle_row).await,
            Self::Sqlite(connection) => sqlite::for_each_row(connection, sql, params, handle_row).await,
        }
    }

    /// Executes a statement and returns the number of affected rows.
    pub(super) async fn execute(&mut self, sql: &str, params: Vec<SqlValue<'_>>) -> Result<u64, Error> {
        match self {
            Self::Postgres(connection) => connection.execute(sql, params).await,
            Self::Sqlite(connection) => sqlite::execute(connection, sql, params).await,
        }
    }

    /// Executes a statement without parameters or result: BEGIN, COMMIT, SAVEPOINT.
    pub(super) async fn execute_raw(&mut self, sql: &'static str) -> Result<(), Error> {
        self.query_raw(sql).await.map(drop)
    }

    /// Runs several statements without parameters in one round trip and returns their rows. PostgreSQL sends the
    /// values as text.
    pub(super) async fn query_raw(&mut self, sql: &'static str) -> Result<Vec<DbRow>, Error> {
        match self {
            Self::Postgres(connection) => connection.query_raw(sql).await,
            Self::Sqlite(connection) => sqlite::query_raw(connection, sql).await,
        }
    }

    /// Returns true if no further statement can be run on the connection.
    pub(super) const fn is_broken(&self) -> bool {
        match self {
            Self::Postgres(connection) => connection.is_broken(),
            Self::Sqlite(_) => false,
        }
    }

    /// Closes the connection and with it any open transaction.
    pub(super) fn discard(self) {
        match self {
            Self::Postgres(connection) => connection.discard(),
            Self::Sqlite(connection) => drop(connection.detach()),
        }
    }
}
