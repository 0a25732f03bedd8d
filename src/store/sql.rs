//! Sends statements to either database: [`DbConnection`] sends, [`SqlValue`] is a parameter, `row_reader` reads
//! results.
//!
//! The dialects share nearly every statement (`$1`, `RETURNING`, `ON CONFLICT` and `UPDATE … FROM` work in both).
//! [`Dialect`] returns the SQL fragments that differ. Values are converted to the database's types only here.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveDateTime, SubsecRound, Utc};
use futures_util::TryStreamExt as _;
use rust_decimal::{Decimal, prelude::ToPrimitive as _};
use serde::Serialize;
use serde_json::{
    Value,
    value::{RawValue, to_raw_value},
};
use sqlx::{
    Arguments as _, AssertSqlSafe, Sqlite,
    error::BoxDynError,
    pool::PoolConnection,
    postgres::{PgArguments, PgBindIterExt as _},
    query::Query,
    sqlite::SqliteArguments,
    types::Json,
};

use super::{error::Error, postgres::PooledConnection, row_reader::DbRow, sqlite_time};
use crate::domain::merge_base::MergeBase;

/// SQL dialect: returns the fragments that differ between the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Postgres,
    Sqlite,
}

impl Dialect {
    /// Returns the clause that locks selected rows until the transaction ends. Empty for SQLite, whose write
    /// transaction locks the whole file.
    pub(super) const fn for_update_sql(self, table: &'static str) -> &'static str {
        match (self, table.as_bytes()) {
            (Self::Sqlite, _) => "",
            (Self::Postgres, b"l") => " FOR NO KEY UPDATE OF l",
            (Self::Postgres, b"a") => " FOR NO KEY UPDATE OF a",
            (Self::Postgres, _) => " FOR NO KEY UPDATE",
        }
    }

    /// Returns an aggregate of a column of all rows as one JSON array. Without rows it is null or an empty array.
    pub(super) fn json_list_sql(self, column: &str) -> String {
        match self {
            Self::Postgres => format!("json_agg({column})"),
            Self::Sqlite => format!("json_group_array({column})"),
        }
    }

    /// Returns a table `pair (id, name)` of the pairs in parameter 1 ([`SqlValue::json`]).
    pub(super) const fn id_name_pairs_sql(self) -> &'static str {
        match self {
            Self::Postgres => "(SELECT (p->>0)::int AS id, p->>1 AS name FROM jsonb_array_elements($1) AS p) AS pair",
            Self::Sqlite => "(SELECT value->>0 AS id, value->>1 AS name FROM json_each($1)) AS pair",
        }
    }

    /// Returns a condition `anime_id IN (…)` for the MAL ids in parameter `n` ([`SqlValue::Ids`]), which uses the
    /// entries' unique key. With a plain join SQLite would scan the user's whole list.
    pub(super) fn anime_id_in_list(self, n: usize) -> String {
        format!("anime_id IN (SELECT id FROM anime WHERE {})", self.in_list("mal_id", n))
    }

    /// Returns a condition: `column` is one of the numbers in parameter `n` ([`SqlValue::Ids`]).
    pub(super) fn in_list(self, column: &str, n: usize) -> String {
        match self {
            Self::Postgres => format!("{column} = ANY(${n})"),
            Self::Sqlite => format!("{column} IN (SELECT value FROM json_each(${n}))"),
        }
    }
}

/// A parameter of a statement.
#[derive(Clone, Debug)]
pub(super) enum SqlValue<'a> {
    Int(Option<i64>),
    Text(Option<Cow<'a, str>>),
    Bool(bool),
    /// Stored with second precision in SQLite, where other programs read it as text.
    Time(Option<DateTime<Utc>>),
    Float(Option<f64>),
    Date(Option<NaiveDate>),
    Decimal(Option<Decimal>),
    /// Serialized JSON; `None` is SQL's null. Created by [`SqlValue::json`] or [`SqlValue::merge_base`].
    Json(Option<Cow<'a, RawValue>>),
    Ids(Vec<i32>),
    /// PostgreSQL only: an array of values of the same variant.
    Array(Vec<Self>),
}

/// Adds the cells as an array. All cells of a column have the same variant.
macro_rules! add_array_of {
    ($arguments:ident, $cells:ident, $kind:ident, $of:ty, $value:ident => $as:expr) => {{
        let values = $cells.into_iter().map(|cell| -> Option<$of> {
            match cell {
                SqlValue::$kind($value) => $as,
                _ => None,
            }
        });
        $arguments.add(values.bind_iter())
    }};
}

fn add_array(values: Vec<SqlValue<'_>>, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    match values.first() {
        None | Some(SqlValue::Int(_)) => add_array_of!(arguments, values, Int, i64, value => value),
        Some(SqlValue::Text(_)) => add_array_of!(arguments, values, Text, Cow<'_, str>, value => value),
        Some(SqlValue::Bool(_)) => add_array_of!(arguments, values, Bool, bool, value => Some(value)),
        Some(SqlValue::Time(_)) => {
            add_array_of!(arguments, values, Time, NaiveDateTime, value => value.map(|time| time.naive_utc()))
        }
        Some(SqlValue::Float(_)) => add_array_of!(arguments, values, Float, f64, value => value),
        Some(SqlValue::Date(_)) => add_array_of!(arguments, values, Date, NaiveDate, value => value),
        Some(SqlValue::Decimal(_)) => add_array_of!(arguments, values, Decimal, Decimal, value => value),
        Some(SqlValue::Json(_)) => {
            add_array_of!(arguments, values, Json, Json<Cow<'_, RawValue>>, value => value.map(Json))
        }
        // Columns of arrays are not supported.
        Some(SqlValue::Ids(_) | SqlValue::Array(_)) => arguments.add(None::<String>),
    }
}

/// Encodes the parameters into a buffer reserved up front. Growing it would move 1000 wide rows several times.
fn postgres_arguments(params: Vec<SqlValue<'_>>) -> Result<PgArguments, Error> {
    let mut arguments = PgArguments::default();
    arguments.reserve(params.len(), params.iter().map(SqlValue::estimated_bytes).sum());
    let result = params.into_iter().try_for_each(|param| param.add_to_postgres(&mut arguments));
    result.map_err(|error| Error::from(sqlx::Error::Encode(error)))?;
    Ok(arguments)
}

impl<'a> SqlValue<'a> {
    /// Returns the approximate size of the encoded value in bytes for PostgreSQL.
    fn estimated_bytes(&self) -> usize {
        4 + match self {
            Self::Text(text) => text.as_ref().map_or(0, |text| text.len()),
            Self::Json(json) => json.as_ref().map_or(0, |json| 1 + json.get().len()),
            Self::Array(cells) => 20 + cells.iter().map(Self::estimated_bytes).sum::<usize>(),
            Self::Ids(ids) => 20 + 8 * ids.len(),
            _ => 8,
        }
    }

    pub(super) const fn text(text: &'a str) -> Self {
        Self::Text(Some(Cow::Borrowed(text)))
    }

    pub(super) fn merge_base(base: &'a MergeBase) -> Self {
        Self::Json(Some(Cow::Borrowed(base.raw_json())))
    }

    /// Serializes a value as JSON. JSON's null becomes SQL's null.
    pub(super) fn json(value: &impl Serialize) -> Self {
        let raw = to_raw_value(value).expect("only plain values and lists of them are bound as JSON");
        Self::Json((raw.get() != "null").then_some(Cow::Owned(raw)))
    }

    fn add_to_postgres(self, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
        match self {
            Self::Int(value) => arguments.add(value),
            Self::Text(value) => arguments.add(value),
            Self::Bool(value) => arguments.add(value),
            Self::Float(value) => arguments.add(value),
            Self::Time(value) => arguments.add(value.map(|time| time.naive_utc())),
            Self::Date(value) => arguments.add(value),
            Self::Decimal(value) => arguments.add(value),
            Self::Json(value) => arguments.add(value.map(Json)),
            Self::Ids(ids) => arguments.add(ids),
            Self::Array(cells) => add_array(cells, arguments),
        }
    }

    fn bind_to_sqlite<'q>(self, query: Query<'q, Sqlite, SqliteArguments>) -> Query<'q, Sqlite, SqliteArguments> {
        match self {
            Self::Int(value) => query.bind(value),
            Self::Text(value) => query.bind(value),
            Self::Bool(value) => query.bind(value),
            Self::Time(value) => query.bind(value.map(|time| sqlite_time::format_time(time.trunc_subsecs(0)))),
            Self::Float(value) => query.bind(value),
            Self::Date(value) => query.bind(value.map(|date| date.to_string())),
            Self::Decimal(value) => query.bind(value.and_then(|value| value.to_f64())),
            Self::Json(value) => query.bind(value.map(|value| Box::<str>::from(value.into_owned()).into_string())),
            Self::Ids(ids) => query.bind(Value::from(ids).to_string()),
            Self::Array(_) => query.bind(None::<String>),
        }
    }
}

impl From<i64> for SqlValue<'_> {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<i32> for SqlValue<'_> {
    fn from(value: i32) -> Self {
        Self::Int(Some(value.into()))
    }
}

impl From<Option<i32>> for SqlValue<'_> {
    fn from(value: Option<i32>) -> Self {
        Self::Int(value.map(i64::from))
    }
}

impl<'a> From<Option<&'a str>> for SqlValue<'a> {
    fn from(value: Option<&'a str>) -> Self {
        Self::Text(value.map(Cow::Borrowed))
    }
}

impl<'a> From<&'a Option<String>> for SqlValue<'a> {
    fn from(value: &'a Option<String>) -> Self {
        value.as_deref().into()
    }
}

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
        mut handle_row: impl FnMut(DbRow) -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        let (sql, is_cacheable) = (AssertSqlSafe(sql.to_owned()), params.len() < 64);
        match self {
            Self::Postgres(connection) => {
                let query = sqlx::query_with(sql, postgres_arguments(params)?).persistent(is_cacheable);
                let mut rows = query.fetch(connection.start_statement());
                let result = async {
                    while let Some(row) = rows.try_next().await? {
                        handle_row(row.into())?;
                    }
                    Ok(())
                };
                let result = result.await;
                drop(rows);
                connection.record_statement_result(result)
            }
            Self::Sqlite(connection) => {
                let query = params
                    .into_iter()
                    .fold(sqlx::query(sql).persistent(is_cacheable), |query, param| param.bind_to_sqlite(query));
                let mut rows = query.fetch(&mut **connection);
                while let Some(row) = rows.try_next().await? {
                    handle_row(DbRow::Sqlite(row))?;
                }
                Ok(())
            }
        }
    }

    /// Executes a statement and returns the number of affected rows.
    pub(super) async fn execute(&mut self, sql: &str, params: Vec<SqlValue<'_>>) -> Result<u64, Error> {
        let (sql, is_cacheable) = (AssertSqlSafe(sql.to_owned()), params.len() < 64);
        match self {
            Self::Postgres(connection) => {
                let query = sqlx::query_with(sql, postgres_arguments(params)?).persistent(is_cacheable);
                let result = query.execute(connection.start_statement()).await;
                connection.record_statement_result(result.map(|result| result.rows_affected()).map_err(Error::from))
            }
            Self::Sqlite(connection) => {
                let query = params
                    .into_iter()
                    .fold(sqlx::query(sql).persistent(is_cacheable), |query, param| param.bind_to_sqlite(query));
                Ok(query.execute(&mut **connection).await?.rows_affected())
            }
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
            Self::Postgres(connection) => {
                let rows = sqlx::raw_sql(sql).fetch_all(connection.start_statement()).await;
                let rows = rows.map(|rows| rows.into_iter().map(DbRow::from).collect());
                connection.record_statement_result(rows.map_err(Error::from))
            }
            Self::Sqlite(connection) => {
                let rows = sqlx::raw_sql(sql).fetch_all(&mut **connection).await?;
                Ok(rows.into_iter().map(DbRow::Sqlite).collect())
            }
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
