//! What a statement answers: [`Row`], and [`Select`], the columns that are asked for where there are many rows.
//!
//! A row that another application wrote is read with patience: what cannot be read as its type is absent. SQLite hands a row
//! over from its own thread, value by value, and each of them is made and dropped by itself: of a wide row that is most of the
//! work. There a row is one list of JSON.

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

/// What PostgreSQL counts its days and microseconds from.
const POSTGRES_EPOCH: NaiveDate = NaiveDate::from_ymd_opt(2000, 1, 1).expect("the calendar has it");

/// A column of a SELECT.
#[derive(Clone, Copy, Debug)]
pub(super) struct SelectColumn {
    sql: &'static str,
    name: &'static str,
    column_type: ColumnType,
}

/// What SQLite is to make of a value, whatever another program wrote there.
#[derive(Clone, Copy, Debug)]
enum ColumnType {
    Text,
    Integer,
    Float,
    Boolean,
}

impl SelectColumn {
    pub(super) const fn text(sql: &'static str, name: &'static str) -> Self {
        Self { sql, name, column_type: ColumnType::Text }
    }

    pub(super) const fn integer(sql: &'static str, name: &'static str) -> Self {
        Self { sql, name, column_type: ColumnType::Integer }
    }

    pub(super) const fn float(sql: &'static str, name: &'static str) -> Self {
        Self { sql, name, column_type: ColumnType::Float }
    }

    pub(super) const fn boolean(sql: &'static str, name: &'static str) -> Self {
        Self { sql, name, column_type: ColumnType::Boolean }
    }

    fn json_cast_sql(&self) -> String {
        let sql = self.sql;
        match self.column_type {
            ColumnType::Text => format!("CAST({sql} AS TEXT)"),
            ColumnType::Integer => format!("CAST({sql} AS INTEGER)"),
            // JSON has no infinity.
            ColumnType::Float => format!("CAST(CAST({sql} AS REAL) AS TEXT)"),
            ColumnType::Boolean => {
                format!("CASE WHEN CAST({sql} AS TEXT) IN ('true', 'TRUE', 't') THEN 1 ELSE CAST({sql} AS INTEGER) END")
            }
        }
    }
}

/// The columns of a SELECT. Its text stands between SELECT and FROM; the rows are read by [`Select::row`].
pub(super) struct SelectList {
    columns: Vec<SelectColumn>,
    /// SQLite: their names, in order.
    json_names: Option<Arc<[&'static str]>>,
}

impl SelectList {
    pub(super) fn new(dialect: Dialect, columns: &[&[SelectColumn]]) -> Self {
        let columns = columns.concat();
        let names = || columns.iter().map(|column| column.name).collect();
        Self { json_names: (dialect == Dialect::Sqlite).then(names), columns }
    }

    /// The columns as they stand in either database.
    pub(super) fn unpacked(columns: &[SelectColumn]) -> Self {
        Self { columns: columns.to_vec(), json_names: None }
    }

    /// A row that was asked for with this text.
    pub(super) fn unpack_row(&self, row: DbRow) -> Result<DbRow, Error> {
        match (row, &self.json_names) {
            (DbRow::Sqlite(row), Some(names)) => {
                let unfit = |fault: serde_json::Error| Error::fatal(format!("a row cannot be read: {fault}"));
                let bytes: &[u8] = row.try_get_unchecked(ROW_JSON)?;
                // Texts that are none are mended, as everywhere.
                let values: Vec<Value> = match std::str::from_utf8(bytes) {
                    Ok(text) => serde_json::from_str(text).map_err(unfit)?,
                    Err(_) => serde_json::from_str(&String::from_utf8_lossy(bytes)).map_err(unfit)?,
                };
                Ok(DbRow::Json(JsonRow { names: Arc::clone(names), values, cursor: ColumnCursor::default() }))
            }
            (row, _) => Ok(row),
        }
    }
}

impl fmt::Display for SelectList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let comma = |at: usize| if at == 0 { "" } else { ", " };
        if self.json_names.is_none() {
            let mut columns = self.columns.iter().enumerate();
            return columns
                .try_for_each(|(at, SelectColumn { sql, name, .. })| write!(f, "{}{sql} AS {name}", comma(at)));
        }
        f.write_str("json_array(")?;
        let mut columns = self.columns.iter().enumerate();
        columns.try_for_each(|(at, column)| write!(f, "{}{}", comma(at), column.json_cast_sql()))?;
        write!(f, ") AS {ROW_JSON}")
    }
}

const ROW_JSON: &str = "packed";

/// The place after the one that was read last: columns are mostly read in their order.
#[derive(Default)]
struct ColumnCursor(Cell<usize>);

impl ColumnCursor {
    /// The place of a column among so many of which these are the names.
    fn column_index<'n>(&self, column: &str, count: usize, name: impl Fn(usize) -> &'n str) -> Result<usize, Error> {
        let next = self.0.get();
        let at = (next..count).chain(0..next).find(|at| name(*at) == column);
        let at = at.ok_or_else(|| Error::fatal(format!("a row has no {column}")))?;
        self.0.set(at + 1);
        Ok(at)
    }
}

/// A row that came as one list of JSON.
pub(super) struct JsonRow {
    names: Arc<[&'static str]>,
    values: Vec<Value>,
    cursor: ColumnCursor,
}

impl JsonRow {
    fn value(&self, column: &str) -> Result<&Value, Error> {
        let at = self.cursor.column_index(column, self.names.len(), |at| self.names[at])?;
        self.values.get(at).ok_or_else(|| Error::fatal(format!("a row is too short for {column}")))
    }
}

/// A row of PostgreSQL's.
pub(super) struct PostgresRow {
    row: PgRow,
    cursor: ColumnCursor,
}

impl PostgresRow {
    fn column_index(&self, column: &str) -> Result<usize, Error> {
        self.cursor.column_index(column, self.row.len(), |at| self.row.column(at).name())
    }

    fn raw_value(&self, column: &str) -> Result<PgValueRef<'_>, Error> {
        Ok(self.row.try_get_raw(self.column_index(column)?)?)
    }

    fn get<'r, T: Decode<'r, Postgres>>(&'r self, column: &str) -> Result<Option<T>, Error> {
        Ok(self.row.try_get_unchecked(self.column_index(column)?)?)
    }
}

/// A row of either database. A column that the statement does not have is a fault of this program and an error.
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

    /// A number that a column of 32 bits holds; one beyond it, which only SQLite can have, is absent.
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
            Self::Json(_) => self.optional_i64(column)?.is_some_and(|value| value != 0),
        })
    }

    pub(super) fn optional_time(&self, column: &str) -> Result<Option<DateTime<Utc>>, Error> {
        Ok(match self {
            // Microseconds since 2000. The library's own reader panics at `infinity`.
            Self::Postgres(row) => {
                let since = row.get::<i64>(column)?.map(TimeDelta::microseconds);
                since
                    .and_then(|since| NaiveDateTime::from(POSTGRES_EPOCH).checked_add_signed(since))
                    .map(|time| time.and_utc())
            }
            Self::Sqlite(_) | Self::Json(_) => self.optional_text(column)?.as_deref().and_then(sqlite_time::parse_time),
        })
    }

    pub(super) fn optional_date(&self, column: &str) -> Result<Option<NaiveDate>, Error> {
        Ok(match self {
            Self::Postgres(row) => {
                let since = row.get::<i32>(column)?.map(|days| TimeDelta::days(days.into()));
                since.and_then(|since| POSTGRES_EPOCH.checked_add_signed(since))
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

    /// A number with two decimals, equal to another of the same value whatever zeros it was written with.
    pub(super) fn optional_decimal(&self, column: &str) -> Result<Option<Decimal>, Error> {
        let value = match self {
            Self::Postgres(row) => match row.row.try_get_unchecked::<Option<Decimal>, _>(row.column_index(column)?) {
                // NaN, or more digits than there are anywhere.
                Err(sqlx::Error::ColumnDecode { .. }) => None,
                value => value?,
            },
            Self::Sqlite(_) | Self::Json(_) => self.optional_text(column)?.and_then(|text| text.parse().ok()),
        };
        Ok(value.map(|value| value.round_dp(2)))
    }

    /// JSON; absent where it is null, no JSON, or of another shape.
    pub(super) fn lenient_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, Error> {
        Ok(self.parse_json(column)?.and_then(Result::ok))
    }

    /// JSON that this program's own statement made.
    pub(super) fn strict_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, Error> {
        let unfit = |fault: serde_json::Error| Error::fatal(format!("{column} cannot be read: {fault}"));
        self.parse_json(column)?.transpose().map_err(unfit)
    }

    fn parse_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<serde_json::Result<T>>, Error> {
        Ok(match self {
            Self::Postgres(row) => {
                let raw = row.raw_value(column)?;
                let bytes = (!raw.is_null()).then(|| raw.as_bytes()).transpose().map_err(sqlx::Error::Decode)?;
                // `jsonb` is text behind its version, 1, with which no JSON begins.
                bytes.map(|bytes| serde_json::from_slice(bytes.strip_prefix(&[1]).unwrap_or(bytes)))
            }
            Self::Sqlite(_) => self.optional_text(column)?.map(|text| serde_json::from_str(&text)),
            Self::Json(row) => row.value(column)?.as_str().map(serde_json::from_str),
        })
    }
}
