//! [`PooledConnection`]: runs a statement, with its time limit.

use futures_util::TryStreamExt as _;
use sqlx::AssertSqlSafe;

use super::{
    arguments::encode_params, connection_pool::PooledConnection, row::PostgresRow,
    statement_limit::with_statement_limit,
};
use crate::store::{
    error::Error,
    sql::{DbRow, SqlValue},
};

impl PooledConnection {
    pub(in crate::store) async fn for_each_row(
        &mut self,
        sql: &str,
        params: Vec<SqlValue<'_>>,
        mut handle_row: impl FnMut(DbRow) -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        let query = sqlx::query_with(AssertSqlSafe(sql.to_owned()), encode_params(params)?);
        let mut rows = query.fetch(self.start_statement());
        let result = async {
            while let Some(row) = rows.try_next().await? {
                handle_row(DbRow::new(PostgresRow::from(row)))?;
            }
            Ok::<(), Error>(())
        };
        let result = with_statement_limit(result).await;
        drop(rows);
        self.record_statement_result(result)
    }

    /// Executes a statement and returns the number of affected rows.
    pub(in crate::store) async fn execute(&mut self, sql: &str, params: Vec<SqlValue<'_>>) -> Result<u64, Error> {
        let query = sqlx::query_with(AssertSqlSafe(sql.to_owned()), encode_params(params)?);
        let result = with_statement_limit(query.execute(self.start_statement())).await;
        self.record_statement_result(result.map(|result| result.rows_affected()))
    }

    /// Runs several statements without parameters in one round trip. Values come as text.
    pub(in crate::store) async fn query_raw(&mut self, sql: &'static str) -> Result<Vec<DbRow>, Error> {
        let rows = with_statement_limit(sqlx::raw_sql(sql).fetch_all(self.start_statement())).await;
        let rows = rows.map(|rows| rows.into_iter().map(|row| DbRow::new(PostgresRow::from(row))).collect());
        self.record_statement_result(rows)
    }
}
