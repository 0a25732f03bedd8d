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

use super::{error::Error, sql::Dialect, text};

/// What PostgreSQL counts its days and microseconds from.
const EPOCH: NaiveDate = NaiveDate::from_ymd_opt(2000, 1, 1).expect("the calendar has it");

/// A column of a SELECT.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    sql: &'static str,
    name: &'static str,
    kind: Kind,
}

/// What SQLite is to make of a value, whatever another program wrote there.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Text,
    Whole,
    Real,
    Flag,
}

impl Column {
    pub(super) const fn text(sql: &'static str, name: &'static str) -> Self {
        Self { sql, name, kind: Kind::Text }
    }

    pub(super) const fn whole(sql: &'static str, name: &'static str) -> Self {
        Self { sql, name, kind: Kind::Whole }
    }

    pub(super) const fn real(sql: &'static str, name: &'static str) -> Self {
        Self { sql, name, kind: Kind::Real }
    }

    pub(super) const fn flag(sql: &'static str, name: &'static str) -> Self {
        Self { sql, name, kind: Kind::Flag }
    }

    fn packed(&self) -> String {
        let sql = self.sql;
        match self.kind {
            Kind::Text => format!("CAST({sql} AS TEXT)"),
            Kind::Whole => format!("CAST({sql} AS INTEGER)"),
            // JSON has no infinity.
            Kind::Real => format!("CAST(CAST({sql} AS REAL) AS TEXT)"),
            Kind::Flag => {
                format!("CASE WHEN CAST({sql} AS TEXT) IN ('true', 'TRUE', 't') THEN 1 ELSE CAST({sql} AS INTEGER) END")
            }
        }
    }
}

/// The columns of a SELECT. Its text stands between SELECT and FROM; the rows are read by [`Select::row`].
pub(super) struct Select {
    columns: Vec<Column>,
    /// SQLite: their names, in order.
    packed: Option<Arc<[&'static str]>>,
}

impl Select {
    pub(super) fn of(dialect: Dialect, columns: &[&[Column]]) -> Self {
        let columns = columns.concat();
        let names = || columns.iter().map(|column| column.name).collect();
        Self { packed: (dialect == Dialect::Sqlite).then(names), columns }
    }

    /// The columns as they stand in either database.
    pub(super) fn plain(columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), packed: None }
    }

    /// A row that was asked for with this text.
    pub(super) fn row(&self, row: Row) -> Result<Row, Error> {
        match (row, &self.packed) {
            (Row::Sqlite(row), Some(names)) => {
                let unfit = |fault: serde_json::Error| Error::fatal(format!("a row cannot be read: {fault}"));
                let bytes: &[u8] = row.try_get_unchecked(PACKED)?;
                // Texts that are none are mended, as everywhere.
                let values: Vec<Value> = match std::str::from_utf8(bytes) {
                    Ok(text) => serde_json::from_str(text).map_err(unfit)?,
                    Err(_) => serde_json::from_str(&String::from_utf8_lossy(bytes)).map_err(unfit)?,
                };
                Ok(Row::Packed(Packed { names: Arc::clone(names), values, next: Next::default() }))
            }
            (row, _) => Ok(row),
        }
    }
}

impl fmt::Display for Select {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let comma = |at: usize| if at == 0 { "" } else { ", " };
        if self.packed.is_none() {
            let mut columns = self.columns.iter().enumerate();
            return columns.try_for_each(|(at, Column { sql, name, .. })| write!(f, "{}{sql} AS {name}", comma(at)));
        }
        f.write_str("json_array(")?;
        let mut columns = self.columns.iter().enumerate();
        columns.try_for_each(|(at, column)| write!(f, "{}{}", comma(at), column.packed()))?;
        write!(f, ") AS {PACKED}")
    }
}

const PACKED: &str = "packed";

/// The place after the one that was read last: columns are mostly read in their order.
#[derive(Default)]
struct Next(Cell<usize>);

impl Next {
    /// The place of a column among so many of which these are the names.
    fn place<'n>(&self, column: &str, count: usize, name: impl Fn(usize) -> &'n str) -> Result<usize, Error> {
        let next = self.0.get();
        let at = (next..count).chain(0..next).find(|at| name(*at) == column);
        let at = at.ok_or_else(|| Error::fatal(format!("a row has no {column}")))?;
        self.0.set(at + 1);
        Ok(at)
    }
}

/// A row that came as one list of JSON.
pub(super) struct Packed {
    names: Arc<[&'static str]>,
    values: Vec<Value>,
    next: Next,
}

impl Packed {
    fn value(&self, column: &str) -> Result<&Value, Error> {
        let at = self.next.place(column, self.names.len(), |at| self.names[at])?;
        self.values.get(at).ok_or_else(|| Error::fatal(format!("a row is too short for {column}")))
    }
}

/// A row of PostgreSQL's.
pub(super) struct Wide {
    row: PgRow,
    next: Next,
}

impl Wide {
    fn place(&self, column: &str) -> Result<usize, Error> {
        self.next.place(column, self.row.len(), |at| self.row.column(at).name())
    }

    fn raw(&self, column: &str) -> Result<PgValueRef<'_>, Error> {
        Ok(self.row.try_get_raw(self.place(column)?)?)
    }

    fn get<'r, T: Decode<'r, Postgres>>(&'r self, column: &str) -> Result<Option<T>, Error> {
        Ok(self.row.try_get_unchecked(self.place(column)?)?)
    }
}

/// A row of either database. A column that the statement does not have is a fault of this program and an error.
pub(super) enum Row {
    Postgres(Wide),
    Sqlite(SqliteRow),
    Packed(Packed),
}

impl From<PgRow> for Row {
    fn from(row: PgRow) -> Self {
        Self::Postgres(Wide { row, next: Next::default() })
    }
}

impl Row {
    pub(super) fn int(&self, column: &str) -> Result<Option<i64>, Error> {
        Ok(match self {
            Self::Postgres(row) => row.get(column)?,
            Self::Sqlite(row) => row.try_get_unchecked(column)?,
            Self::Packed(row) => row.value(column)?.as_i64(),
        })
    }

    /// A number that a column of 32 bits holds; one beyond it, which only SQLite can have, is absent.
    pub(super) fn small(&self, column: &str) -> Result<Option<i32>, Error> {
        Ok(self.int(column)?.and_then(|value| value.try_into().ok()))
    }

    pub(super) fn key(&self, column: &str) -> Result<i64, Error> {
        self.int(column)?.ok_or_else(|| Error::fatal(format!("a row has no {column}")))
    }

    pub(super) fn id(&self, column: &str) -> Result<i32, Error> {
        self.small(column)?.ok_or_else(|| Error::fatal(format!("a row has no {column}")))
    }

    pub(super) fn text(&self, column: &str) -> Result<Option<String>, Error> {
        Ok(match self {
            Self::Postgres(row) => row.get(column)?,
            Self::Sqlite(row) => {
                if row.try_get_raw(column)?.is_null() {
                    return Ok(None);
                }
                let bytes: Vec<u8> = row.try_get_unchecked(column)?;
                Some(String::from_utf8_lossy(&bytes).into_owned())
            }
            Self::Packed(row) => row.value(column)?.as_str().map(str::to_owned),
        })
    }

    pub(super) fn flag(&self, column: &str) -> Result<bool, Error> {
        Ok(match self {
            Self::Postgres(row) => row.get::<bool>(column)?.unwrap_or_default(),
            Self::Sqlite(_) => match self.text(column)?.as_deref() {
                Some("true" | "TRUE" | "t") => true,
                _ => self.int(column)?.is_some_and(|value| value != 0),
            },
            Self::Packed(_) => self.int(column)?.is_some_and(|value| value != 0),
        })
    }

    pub(super) fn time(&self, column: &str) -> Result<Option<DateTime<Utc>>, Error> {
        Ok(match self {
            // Microseconds since 2000. The library's own reader panics at `infinity`.
            Self::Postgres(row) => {
                let since = row.get::<i64>(column)?.map(TimeDelta::microseconds);
                since.and_then(|since| NaiveDateTime::from(EPOCH).checked_add_signed(since)).map(|time| time.and_utc())
            }
            Self::Sqlite(_) | Self::Packed(_) => self.text(column)?.as_deref().and_then(text::to_time),
        })
    }

    pub(super) fn date(&self, column: &str) -> Result<Option<NaiveDate>, Error> {
        Ok(match self {
            Self::Postgres(row) => {
                let since = row.get::<i32>(column)?.map(|days| TimeDelta::days(days.into()));
                since.and_then(|since| EPOCH.checked_add_signed(since))
            }
            Self::Sqlite(_) | Self::Packed(_) => self.text(column)?.as_deref().and_then(text::to_date),
        })
    }

    pub(super) fn real(&self, column: &str) -> Result<Option<f64>, Error> {
        Ok(match self {
            Self::Postgres(row) => row.get(column)?,
            Self::Sqlite(row) => row.try_get_unchecked(column)?,
            Self::Packed(_) => self.text(column)?.and_then(|text| text.parse().ok()),
        })
    }

    /// A number with two decimals, equal to another of the same value whatever zeros it was written with.
    pub(super) fn decimal(&self, column: &str) -> Result<Option<Decimal>, Error> {
        let value = match self {
            Self::Postgres(row) => match row.row.try_get_unchecked::<Option<Decimal>, _>(row.place(column)?) {
                // NaN, or more digits than there are anywhere.
                Err(sqlx::Error::ColumnDecode { .. }) => None,
                value => value?,
            },
            Self::Sqlite(_) | Self::Packed(_) => self.text(column)?.and_then(|text| text.parse().ok()),
        };
        Ok(value.map(|value| value.round_dp(2)))
    }

    /// JSON; absent where it is null, no JSON, or of another shape.
    pub(super) fn json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, Error> {
        Ok(self.parsed(column)?.and_then(Result::ok))
    }

    /// JSON that this program's own statement made.
    pub(super) fn read_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, Error> {
        let unfit = |fault: serde_json::Error| Error::fatal(format!("{column} cannot be read: {fault}"));
        self.parsed(column)?.transpose().map_err(unfit)
    }

    fn parsed<T: DeserializeOwned>(&self, column: &str) -> Result<Option<serde_json::Result<T>>, Error> {
        Ok(match self {
            Self::Postgres(row) => {
                let raw = row.raw(column)?;
                let bytes = (!raw.is_null()).then(|| raw.as_bytes()).transpose().map_err(sqlx::Error::Decode)?;
                // `jsonb` is text behind its version, 1, with which no JSON begins.
                bytes.map(|bytes| serde_json::from_slice(bytes.strip_prefix(&[1]).unwrap_or(bytes)))
            }
            Self::Sqlite(_) => self.text(column)?.map(|text| serde_json::from_str(&text)),
            Self::Packed(row) => row.value(column)?.as_str().map(serde_json::from_str),
        })
    }
}
