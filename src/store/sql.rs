//! One way to say a statement to either database: [`Link`] sends it, [`Bind`] is what goes in, `row` has what comes back.
//!
//! The two dialects share nearly every statement (`$1`, `RETURNING`, `ON CONFLICT`, `UPDATE … FROM` are the same in both);
//! where they differ, [`Dialect`] has the words. A value is turned into the database's own type here and nowhere else.

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

/// The words in which the two databases differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Postgres,
    Sqlite,
}

impl Dialect {
    /// Locks the rows that a SELECT reads until the transaction ends. SQLite's write transaction has the whole file already.
    pub(super) const fn for_update_sql(self, table: &'static str) -> &'static str {
        match (self, table.as_bytes()) {
            (Self::Sqlite, _) => "",
            (Self::Postgres, b"l") => " FOR NO KEY UPDATE OF l",
            (Self::Postgres, b"a") => " FOR NO KEY UPDATE OF a",
            (Self::Postgres, _) => " FOR NO KEY UPDATE",
        }
    }

    /// The values of a column of many rows as one list of JSON; none of no rows is null or an empty list.
    pub(super) fn json_list_sql(self, column: &str) -> String {
        match self {
            Self::Postgres => format!("json_agg({column})"),
            Self::Sqlite => format!("json_group_array({column})"),
        }
    }

    /// A table `pair (id, name)` of the pairs in parameter 1 ([`Bind::json`]).
    pub(super) const fn id_name_pairs_sql(self) -> &'static str {
        match self {
            Self::Postgres => "(SELECT (p->>0)::int AS id, p->>1 AS name FROM jsonb_array_elements($1) AS p) AS pair",
            Self::Sqlite => "(SELECT value->>0 AS id, value->>1 AS name FROM json_each($1)) AS pair",
        }
    }

    /// An entry is of one of the anime with MAL's ids in parameter `n` ([`Bind::Ids`]): found by the entries' unique key. Where a join
    /// alone said so, SQLite would go through the user's whole list.
    pub(super) fn anime_id_in_list(self, n: usize) -> String {
        format!("anime_id IN (SELECT id FROM anime WHERE {})", self.in_list("mal_id", n))
    }

    /// `column` is one of the numbers in parameter `n` ([`Bind::Ids`]).
    pub(super) fn in_list(self, column: &str, n: usize) -> String {
        match self {
            Self::Postgres => format!("{column} = ANY(${n})"),
            Self::Sqlite => format!("{column} IN (SELECT value FROM json_each(${n}))"),
        }
    }
}

/// A value on its way into a statement.
#[derive(Clone, Debug)]
pub(super) enum SqlValue<'a> {
    Int(Option<i64>),
    Text(Option<Cow<'a, str>>),
    Bool(bool),
    /// To the second in SQLite, where other programs read it as text.
    Time(Option<DateTime<Utc>>),
    Float(f64),
    Date(Option<NaiveDate>),
    Decimal(Option<Decimal>),
    /// Its text, made once; none is null. Made by [`Bind::json`] or [`Bind::base`].
    Json(Option<Cow<'a, RawValue>>),
    Ids(Vec<i32>),
    /// PostgreSQL: values of one kind, as an array.
    Array(Vec<Self>),
}

/// An array of the values that are of this kind, which all of a column's are.
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

fn add_array(cells: Vec<SqlValue<'_>>, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    match cells.first() {
        None | Some(SqlValue::Int(_)) => add_array_of!(arguments, cells, Int, i64, value => value),
        Some(SqlValue::Text(_)) => add_array_of!(arguments, cells, Text, Cow<'_, str>, value => value),
        Some(SqlValue::Bool(_)) => add_array_of!(arguments, cells, Bool, bool, value => Some(value)),
        Some(SqlValue::Time(_)) => {
            add_array_of!(arguments, cells, Time, NaiveDateTime, value => value.map(|time| time.naive_utc()))
        }
        Some(SqlValue::Float(_)) => add_array_of!(arguments, cells, Float, f64, value => Some(value)),
        Some(SqlValue::Date(_)) => add_array_of!(arguments, cells, Date, NaiveDate, value => value),
        Some(SqlValue::Decimal(_)) => add_array_of!(arguments, cells, Decimal, Decimal, value => value),
        Some(SqlValue::Json(_)) => {
            add_array_of!(arguments, cells, Json, Json<Cow<'_, RawValue>>, value => value.map(Json))
        }
        // There are no columns of lists.
        Some(SqlValue::Ids(_) | SqlValue::Array(_)) => arguments.add(None::<String>),
    }
}

/// In one piece: grown as they come, a thousand wide rows would be moved several times.
fn postgres_arguments(binds: Vec<SqlValue<'_>>) -> Result<PgArguments, Error> {
    let mut arguments = PgArguments::default();
    arguments.reserve(binds.len(), binds.iter().map(SqlValue::estimated_bytes).sum());
    let added = binds.into_iter().try_for_each(|bind| bind.add_to_postgres(&mut arguments));
    added.map_err(|fault| Error::from(sqlx::Error::Encode(fault)))?;
    Ok(arguments)
}

impl<'a> SqlValue<'a> {
    /// About how many bytes it takes on its way to PostgreSQL.
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

    /// A value as JSON; JSON's null becomes SQL's.
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

    /// Sends a statement and reads the rows that it answers.
    pub(super) async fn query_all(&mut self, sql: &str, binds: Vec<SqlValue<'_>>) -> Result<Vec<DbRow>, Error> {
        let mut rows = Vec::new();
        self.for_each_row(sql, binds, |row| {
            rows.push(row);
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    /// Sends a statement and takes the rows that it answers one by one: a row takes several times the room of what is in it.
    pub(super) async fn for_each_row(
        &mut self,
        sql: &str,
        binds: Vec<SqlValue<'_>>,
        mut take: impl FnMut(DbRow) -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        let (sql, kept) = (AssertSqlSafe(sql.to_owned()), binds.len() < 64);
        match self {
            Self::Postgres(link) => {
                let query = sqlx::query_with(sql, postgres_arguments(binds)?).persistent(kept);
                let mut rows = query.fetch(link.start_statement());
                let taken = async {
                    while let Some(row) = rows.try_next().await? {
                        take(row.into())?;
                    }
                    Ok(())
                };
                let taken = taken.await;
                drop(rows);
                link.record_statement_result(taken)
            }
            Self::Sqlite(link) => {
                let query =
                    binds.into_iter().fold(sqlx::query(sql).persistent(kept), |query, bind| bind.bind_to_sqlite(query));
                let mut rows = query.fetch(&mut **link);
                while let Some(row) = rows.try_next().await? {
                    take(DbRow::Sqlite(row))?;
                }
                Ok(())
            }
        }
    }

    /// Sends a statement and counts the rows that it touched.
    pub(super) async fn execute(&mut self, sql: &str, binds: Vec<SqlValue<'_>>) -> Result<u64, Error> {
        let (sql, kept) = (AssertSqlSafe(sql.to_owned()), binds.len() < 64);
        match self {
            Self::Postgres(link) => {
                let query = sqlx::query_with(sql, postgres_arguments(binds)?).persistent(kept);
                let done = query.execute(link.start_statement()).await;
                link.record_statement_result(done.map(|done| done.rows_affected()).map_err(Error::from))
            }
            Self::Sqlite(link) => {
                let query =
                    binds.into_iter().fold(sqlx::query(sql).persistent(kept), |query, bind| bind.bind_to_sqlite(query));
                Ok(query.execute(&mut **link).await?.rows_affected())
            }
        }
    }

    /// Sends a statement that is no query: BEGIN, COMMIT, SAVEPOINT.
    pub(super) async fn execute_raw(&mut self, sql: &'static str) -> Result<(), Error> {
        self.query_raw(sql).await.map(drop)
    }

    /// Sends several statements without parameters in one go, and reads the rows that they answer: PostgreSQL sends their values as text.
    pub(super) async fn query_raw(&mut self, sql: &'static str) -> Result<Vec<DbRow>, Error> {
        match self {
            Self::Postgres(link) => {
                let rows = sqlx::raw_sql(sql).fetch_all(link.start_statement()).await;
                let rows = rows.map(|rows| rows.into_iter().map(DbRow::from).collect());
                link.record_statement_result(rows.map_err(Error::from))
            }
            Self::Sqlite(link) => {
                let rows = sqlx::raw_sql(sql).fetch_all(&mut **link).await?;
                Ok(rows.into_iter().map(DbRow::Sqlite).collect())
            }
        }
    }

    /// Closes the connection, with whatever it had begun.
    pub(super) fn discard(self) {
        match self {
            Self::Postgres(link) => link.discard(),
            Self::Sqlite(link) => drop(link.detach()),
        }
    }
}
