//! Reads result rows: [`DbRow`] is one row, [`SelectList`] the columns of a query that returns many rows.
//!
//! Rows of other applications are read leniently: a value that does not have the column's type is absent.
//!
//! SQLite passes a row from its own thread value by value, with an allocation each, which dominates the cost of a
//! wide row. Therefore a [`SelectList`] returns a row of SQLite as one JSON array.

use std::{cell::Cell, fmt, sync::Arc};

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::{
    Column as _, Decode, Postgres, Row as _, ValueRef as _,
    postgres::{PgRow, PgValueRef},
    sqlite::SqliteRow,
};

use super::{error::Error, sql::Dialect, sqlite_time};

/// Epoch of PostgreSQL's binary dates and timestamps.
const POSTGRES_EPOCH: NaiveDate = NaiveDate::from_ymd_opt(2000, 1, 1).expect("the calendar has it");

/// A column of a [`SelectList`].
#[derive(Clone, Copy, Debug)]
pub(super) struct SelectColumn {
    sql: &'static str,
    name: &'static str,
    column_type: ColumnType,
}

/// The type of a column. SQLite's values are cast to it, whatever another program stored.
#[derive(Clone, Copy, Debug)]
pub(super) enum ColumnType {
    Text,
    Integer,
    Decimal,
    Float,
    Boolean,
    Date,
    Time,
    Json,
}

impl SelectColumn {
    /// Creates a column of the SQL expression `sql`, which the row calls `name`.
    pub(super) const fn new(sql: &'static str, name: &'static str, column_type: ColumnType) -> Self {
        Self { sql, name, column_type }
    }

    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the column's value as SQL that fits into JSON, in the form that [`JsonRow`] reads.
    pub(super) fn json_value_sql(&self, dialect: Dialect) -> String {
        let sql = self.sql;
        match (dialect, self.column_type) {
            (Dialect::Postgres, ColumnType::Decimal | ColumnType::Float | ColumnType::Json) => format!("{sql}::text"),
            (Dialect::Postgres, _) => sql.to_owned(),
            (Dialect::Sqlite, ColumnType::Text | ColumnType::Date | ColumnType::Time | ColumnType::Json) => {
                format!("CAST({sql} AS TEXT)")
            }
            (Dialect::Sqlite, ColumnType::Integer) => format!("CAST({sql} AS INTEGER)"),
            // JSON cannot represent infinity.
            (Dialect::Sqlite, ColumnType::Decimal | ColumnType::Float) => format!("CAST(CAST({sql} AS REAL) AS TEXT)"),
            (Dialect::Sqlite, ColumnType::Boolean) => {
                format!("CASE WHEN CAST({sql} AS TEXT) IN ('true', 'TRUE', 't') THEN 1 ELSE CAST({sql} AS INTEGER) END")
            }
        }
    }
}

/// The columns of a query. Displays as the text between SELECT and FROM; [`SelectList::unpack_row`] converts the
/// rows.
pub(super) struct SelectList {
    columns: Vec<SelectColumn>,
    /// SQLite only: the column names, in order.
    json_names: Option<Arc<[&'static str]>>,
}

impl SelectList {
    pub(super) fn new(dialect: Dialect, columns: Vec<SelectColumn>) -> Self {
        let names = || columns.iter().map(|column| column.name).collect();
        Self { json_names: (dialect == Dialect::Sqlite).then(names), columns }
    }

    /// Creates a list that selects plain columns in both databases.
    pub(super) const fn unpacked(columns: Vec<SelectColumn>) -> Self {
        Self { columns, json_names: None }
    }

    /// Converts a row that was selected with this list.
    pub(super) fn unpack_row(&self, row: DbRow) -> Result<DbRow, Error> {
        match (row, &self.json_names) {
            (DbRow::Sqlite(row), Some(names)) => {
                let unreadable = |fault: serde_json::Error| Error::fatal(format!("a row cannot be read: {fault}"));
                let bytes: &[u8] = row.try_get_unchecked(ROW_JSON)?;
                // Invalid UTF-8 is replaced, as in all other text columns.
                let values: Vec<Value> = match std::str::from_utf8(bytes) {
                    Ok(text) => serde_json::from_str(text).map_err(unreadable)?,
                    Err(_) => serde_json::from_str(&String::from_utf8_lossy(bytes)).map_err(unreadable)?,
                };
                Ok(DbRow::Json(JsonRow::new(Arc::clone(names), values)))
            }
            (row, _) => Ok(row),
        }
    }
}

impl fmt::Display for SelectList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = |i: usize| if i == 0 { "" } else { ", " };
        if self.json_names.is_none() {
            let mut columns = self.columns.iter().enumerate();
            return columns
                .try_for_each(|(i, SelectColumn { sql, name, .. })| write!(f, "{}{sql} AS {name}", separator(i)));
        }
        f.write_str("json_array(")?;
        let mut columns = self.columns.iter().enumerate();
        columns.try_for_each(|(i, column)| write!(f, "{}{}", separator(i), column.json_value_sql(Dialect::Sqlite)))?;
        write!(f, ") AS {ROW_JSON}")
    }
}

const ROW_JSON: &str = "packed";

/// Index after the column that was read last: columns are mostly read in order.
#[derive(Default)]
struct ColumnCursor(Cell<usize>);

impl ColumnCursor {
    /// Returns the index of a column. `name` returns the name at an index below `count`.
    fn column_index<'n>(&self, column: &str, count: usize, name: impl Fn(usize) -> &'n str) -> Result<usize, Error> {
        let next = self.0.get();
        let index = (next..count).chain(0..next).find(|index| name(*index) == column);
        let index = index.ok_or_else(|| Error::fatal(format!("a row has no {column}")))?;
        self.0.set(index + 1);
        Ok(index)
    }
}

/// A row selected as one JSON array.
pub(super) struct JsonRow {
    names: Arc<[&'static str]>,
    values: Vec<Value>,
    cursor: ColumnCursor,
}

impl JsonRow {
    /// Creates a row of values in the form of [`SelectColumn::json_value_sql`], one for each name.
    pub(super) fn new(names: Arc<[&'static str]>, values: Vec<Value>) -> Self {
        Self { names, values, cursor: ColumnCursor::default() }
    }

    fn value(&self, column: &str) -> Result<&Value, Error> {
        let index = self.cursor.column_index(column, self.names.len(), |index| self.names[index])?;
        self.values.get(index).ok_or_else(|| Error::fatal(format!("a row is too short for {column}")))
    }
}

/// A row of PostgreSQL.
pub(super) struct PostgresRow {
    row: PgRow,
    cursor: ColumnCursor,
}

impl PostgresRow {
    fn column_index(&self, column: &str) -> Result<usize, Error> {
        self.cursor.column_index(column, self.row.len(), |index| self.row.column(index).name())
    }

    fn raw_value(&self, column: &str) -> Result<PgValueRef<'_>, Error> {
        Ok(self.row.try_get_raw(self.column_index(column)?)?)
    }

    fn get<'r, T: Decode<'r, Postgres>>(&'r self, column: &str) -> Result<Option<T>, Error> {
        Ok(self.row.try_get_unchecked(self.column_index(column)?)?)
    }
}

/// A row of either database. Reading a column that the statement does not select is a programming error and returns
/// an error.
pub(super) enum DbRow {
    Postgres(PostgresRow),
    Sqlite(SqliteRow),
    Json(JsonRow),
}

impl From<PgRow> for DbRow {
    fn from(row: PgRow) -> Self {
        Self::Postgres(PostgresRow { row, cursor: ColumnCursor::default() })
    }
}

impl DbRow {
    pub(super) fn optional_i64(&self, column: &str) -> Result<Option<i64>, Error> {
        Ok(match self {
            Self::Postgres(row) => row.get(column)?,
            Self::Sqlite(row) => row.try_get_unchecked(column)?,
            Self::Json(row) => row.value(column)?.as_i64(),
        })
    }

    /// Returns an integer that fits 32 bits. A larger one, possible only in SQLite, is absent.
    pub(super) fn optional_i32(&self, column: &str) -> Result<Option<i32>, Error> {
        Ok(self.optional_i64(column)?.and_then(|value| value.try_into().ok()))
    }

    pub(super) fn required_i64(&self, column: &str) -> Result<i64, Error> {
        self.optional_i64(column)?.ok_or_else(|| Error::fatal(format!("a row has no {column}")))
    }

    pub(super) fn required_i32(&self, column: &str) -> Result<i32, Error> {
        self.optional_i32(column)?.ok_or_else(|| Error::fatal(format!("a row has no {column}")))
    }

    pub(super) fn optional_text(&self, column: &str) -> Result<Option<String>, Error> {
        Ok(match self {
            Self::Postgres(row) => row.get(column)?,
            Self::Sqlite(row) => {
                if row.try_get_raw(column)?.is_null() {
                    return Ok(None);
                }
                let bytes: Vec<u8> = row.try_get_unchecked(column)?;
                Some(String::from_utf8_lossy(&bytes).into_owned())
            }
            Self::Json(row) => row.value(column)?.as_str().map(str::to_owned),
        })
    }

    pub(super) fn bool_or_false(&self, column: &str) -> Result<bool, Error> {
        Ok(match self {
            Self::Postgres(row) => row.get::<bool>(column)?.unwrap_or_default(),
            Self::Sqlite(_) => match self.optional_text(column)?.as_deref() {
                Some("true" | "TRUE" | "t") => true,
                _ => self.optional_i64(column)?.is_some_and(|value| value != 0),
            },
            Self::Json(row) => match row.value(column)? {
                Value::Bool(value) => *value,
                value => value.as_i64().is_some_and(|value| value != 0),
            },
        })
    }

    pub(super) fn optional_time(&self, column: &str) -> Result<Option<DateTime<Utc>>, Error> {
        Ok(match self {
            // Microseconds since 2000. sqlx's own decoder panics at `infinity`.
            Self::Postgres(row) => {
                let offset = row.get::<i64>(column)?.map(TimeDelta::microseconds);
                offset
                    .and_then(|offset| NaiveDateTime::from(POSTGRES_EPOCH).checked_add_signed(offset))
                    .map(|time| time.and_utc())
            }
            Self::Sqlite(_) | Self::Json(_) => self.optional_text(column)?.as_deref().and_then(sqlite_time::parse_time),
        })
    }

    pub(super) fn optional_date(&self, column: &str) -> Result<Option<NaiveDate>, Error> {
        Ok(match self {
            Self::Postgres(row) => {
                let offset = row.get::<i32>(column)?.map(|days| TimeDelta::days(days.into()));
                offset.and_then(|offset| POSTGRES_EPOCH.checked_add_signed(offset))
            }
            Self::Sqlite(_) | Self::Json(_) => self.optional_text(column)?.as_deref().and_then(sqlite_time::parse_date),
        })
    }

    pub(super) fn optional_f64(&self, column: &str) -> Result<Option<f64>, Error> {
        Ok(match self {
            Self::Postgres(row) => row.get(column)?,
            Self::Sqlite(row) => row.try_get_unchecked(column)?,
            Self::Json(_) => self.optional_text(column)?.and_then(|text| text.parse().ok()),
        })
    }

    /// Returns a number rounded to two decimals. Equal values compare equal regardless of trailing zeros.
    pub(super) fn optional_decimal(&self, column: &str) -> Result<Option<Decimal>, Error> {
        let value = match self {
            Self::Postgres(row) => match row.row.try_get_unchecked::<Option<Decimal>, _>(row.column_index(column)?) {
                // NaN, or more digits than a `Decimal` can hold.
                Err(sqlx::Error::ColumnDecode { .. }) => None,
                value => value?,
            },
            Self::Sqlite(_) | Self::Json(_) => self.optional_text(column)?.and_then(|text| text.parse().ok()),
        };
        Ok(value.map(|value| value.round_dp(2)))
    }

    /// Parses JSON written by any program. Returns `None` if it is null, invalid, or not of type `T`.
    pub(super) fn lenient_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, Error> {
        Ok(self.parse_json(column)?.and_then(Result::ok))
    }

    /// Parses JSON that malsync's own statement built. Fails if it is invalid.
    pub(super) fn strict_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, Error> {
        let unreadable = |fault: serde_json::Error| Error::fatal(format!("{column} cannot be read: {fault}"));
        self.parse_json(column)?.transpose().map_err(unreadable)
    }

    fn parse_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<serde_json::Result<T>>, Error> {
        Ok(match self {
            Self::Postgres(row) => {
                let raw = row.raw_value(column)?;
                let bytes = (!raw.is_null()).then(|| raw.as_bytes()).transpose().map_err(sqlx::Error::Decode)?;
                // Binary `jsonb` is text after a version byte, 1, which no JSON text begins with.
                bytes.map(|bytes| serde_json::from_slice(bytes.strip_prefix(&[1]).unwrap_or(bytes)))
            }
            Self::Sqlite(_) => self.optional_text(column)?.map(|text| serde_json::from_str(&text)),
            Self::Json(row) => row.value(column)?.as_str().map(serde_json::from_str),
        })
    }
}
