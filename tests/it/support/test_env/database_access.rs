//! SQL on the database of a test environment, as another program would run it.

use std::{
    any::Any,
    sync::{Arc, atomic::Ordering},
};

use malsync::{
    clock::SystemClock,
    store::{Database, DatabaseUrl},
};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection, query_scalar, raw_sql};
use tokio::runtime::{Builder, Runtime};

use super::{DatabaseKind, TestEnv};
use crate::support::secret_scanner::issued_tokens;

/// An open connection that keeps its locks until it is dropped.
pub(crate) struct HeldConnection {
    _connection: Box<dyn Any>,
    _runtime: Runtime,
}

impl TestEnv {
    /// Returns the first column of a query as text. NULL is `None`.
    pub(crate) fn query_column(&self, sql: &str) -> Vec<Option<String>> {
        let (url, sql) = (self.database_url(), AssertSqlSafe(sql.to_owned()));
        block_on(async {
            match self.kind {
                DatabaseKind::Postgres => {
                    let mut connection = PgConnection::connect(&url).await.unwrap();
                    let values = query_scalar(sql).fetch_all(&mut connection).await.unwrap();
                    connection.close().await.unwrap();
                    values
                }
                DatabaseKind::Sqlite => {
                    let mut connection = SqliteConnection::connect(&url).await.unwrap();
                    let values = query_scalar(sql).fetch_all(&mut connection).await.unwrap();
                    connection.close().await.unwrap();
                    values
                }
            }
        })
    }

    /// Returns the value of a query. Fails unless there is exactly one row.
    #[track_caller]
    pub(crate) fn query_value(&self, sql: &str) -> Option<String> {
        let mut values = self.query_column(sql);
        assert_eq!(values.len(), 1, "{sql}");
        values.remove(0)
    }

    /// Executes statements on the database.
    pub(crate) fn execute_sql(&self, sql: &str) {
        if issued_tokens(&self.sim).iter().any(|token| sql.contains(token)) {
            self.readable_tokens_stored.store(true, Ordering::Relaxed);
        }
        let (url, sql) = (self.database_url(), AssertSqlSafe(sql.to_owned()));
        block_on(async {
            match self.kind {
                DatabaseKind::Postgres => {
                    let mut connection = PgConnection::connect(&url).await.unwrap();
                    raw_sql(sql).execute(&mut connection).await.unwrap();
                    connection.close().await.unwrap();
                }
                DatabaseKind::Sqlite => {
                    let mut connection = SqliteConnection::connect(&url).await.unwrap();
                    raw_sql(sql).execute(&mut connection).await.unwrap();
                    connection.close().await.unwrap();
                }
            }
        });
    }

    /// Makes malsync's tables, as a login or an import does.
    pub(crate) fn create_tables(&self) {
        let url = match self.environment.get("DATABASE_URL") {
            Some(url) => DatabaseUrl::parse(url).unwrap(),
            None => DatabaseUrl::default_sqlite(&self.database_file()),
        };
        block_on(async { Database::open(&url, Arc::new(SystemClock)).await.unwrap().close().await });
    }

    /// Executes statements on a connection that stays open, with its locks, until the value is dropped.
    pub(crate) fn hold_connection(&self, sql: &str) -> HeldConnection {
        let (url, sql) = (self.database_url(), AssertSqlSafe(sql.to_owned()));
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let connection: Box<dyn Any> = runtime.block_on(async {
            match self.kind {
                DatabaseKind::Postgres => {
                    let mut connection = PgConnection::connect(&url).await.unwrap();
                    raw_sql(sql).execute(&mut connection).await.unwrap();
                    Box::new(connection) as Box<dyn Any>
                }
                DatabaseKind::Sqlite => {
                    let mut connection = SqliteConnection::connect(&url).await.unwrap();
                    raw_sql(sql).execute(&mut connection).await.unwrap();
                    Box::new(connection)
                }
            }
        });
        HeldConnection { _connection: connection, _runtime: runtime }
    }

    /// Searches the tables of a PostgreSQL database for secrets. Skips the search if the test has removed the server.
    pub(super) async fn scan_tables(&self) {
        let Ok(mut connection) = PgConnection::connect(&self.database_url()).await else { return };
        let _ = sqlx::query("SET statement_timeout = '2s'").execute(&mut connection).await;
        let scanner = self.secret_scanner();
        for table in ["users", "sync_runs", "sync_changes"] {
            let sql = AssertSqlSafe(format!("SELECT row_to_json(t)::text FROM {table} t"));
            let rows: Vec<String> = query_scalar(sql).fetch_all(&mut connection).await.unwrap_or_default();
            let found = rows.iter().find_map(|row| scanner.find_first(row.as_bytes()));
            assert!(found.is_none(), "{table} holds {}", found.unwrap_or_default());
        }
    }
}

/// Runs a future to its end.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}
