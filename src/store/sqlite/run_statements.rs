//! Runs statements on an SQLite connection.

use chrono::SubsecRound as _;
use futures_util::TryStreamExt as _;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection, query::Query, sqlite::SqliteArguments};

use crate::store::{
    error::Error,
    sql::{DbRow, SqlValue, format_time},
};

/// Statements with more parameters are not cached: their text depends on the number of rows.
const MAX_CACHED_PARAMS: usize = 64;

pub(in crate::store) async fn for_each_row(
    connection: &mut SqliteConnection,
    sql: &str,
    params: Vec<SqlValue<'_>>,
    mut handle_row: impl FnMut(DbRow) -> Result<(), Error> + Send,
) -> Result<(), Error> {
    let mut rows = prepare(sql, params).fetch(connection);
    while let Some(row) = rows.try_next().await? {
        handle_row(DbRow::new(row))?;
    }
    Ok(())
}

/// Executes a statement and returns the number of affected rows.
pub(in crate::store) async fn execute(
    connection: &mut SqliteConnection,
    sql: &str,
    params: Vec<SqlValue<'_>>,
) -> Result<u64, Error> {
    Ok(prepare(sql, params).execute(connection).await?.rows_affected())
}

pub(in crate::store) async fn query_raw(
    connection: &mut SqliteConnection,
    sql: &'static str,
) -> Result<Vec<DbRow>, Error> {
    let rows = sqlx::raw_sql(sql).fetch_all(connection).await?;
    Ok(rows.into_iter().map(DbRow::new).collect())
}

fn prepare<'q>(sql: &str, params: Vec<SqlValue<'_>>) -> Query<'q, Sqlite, SqliteArguments> {
    let query = sqlx::query(AssertSqlSafe(sql.to_owned())).persistent(params.len() < MAX_CACHED_PARAMS);
    params.into_iter().fold(query, bind_value)
}

fn bind_value<'q>(
    query: Query<'q, Sqlite, SqliteArguments>,
    value: SqlValue<'_>,
) -> Query<'q, Sqlite, SqliteArguments> {
    match value {
        SqlValue::Int(value) => query.bind(value),
        SqlValue::Text(value) => query.bind(value),
        SqlValue::Bool(value) => query.bind(value),
        SqlValue::Time(value) => query.bind(value.map(|time| format_time(time.trunc_subsecs(0)))),
        SqlValue::Float(value) => query.bind(value),
        SqlValue::Date(value) => query.bind(value.map(|date| date.to_string())),
        SqlValue::Decimal(value) => query.bind(value.and_then(|value| value.to_f64())),
        SqlValue::Json(value) => query.bind(value.map(|value| Box::<str>::from(value.into_owned()).into_string())),
        SqlValue::Ids(ids) => query.bind(Value::from(ids).to_string()),
        // Never used: a bulk statement for SQLite has a VALUES list, with one parameter per value.
        SqlValue::Array(_) => query.bind(None::<String>),
    }
}
