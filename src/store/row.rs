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
use sqlx::{Row as _, ValueRef as _, postgres::PgRow, sqlite::SqliteRow, types::Json};

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
                Ok(Row::Packed(Packed { names: Arc::clone(names), values, next: Cell::new(0) }))
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

/// A row that came as one list of JSON.
pub(super) struct Packed {
    names: Arc<[&'static str]>,
    values: Vec<Value>,
    /// The place after the one that was read last: columns are mostly read in their order.
    next: Cell<usize>,
}

impl Packed {
    fn value(&self, column: &str) -> Result<&Value, Error> {
        let (after, before) = (self.next.get()..self.names.len(), 0..self.next.get());
        let at = after.chain(before).find(|at| self.names[*at] == column);
        let at = at.ok_or_else(|| Error::fatal(format!("a row has no {column}")))?;
        self.next.set(at + 1);
        self.values.get(at).ok_or_else(|| Error::fatal(format!("a row is too short for {column}")))
    }
}

/// A row of either database. A column that the statement does not have is a fault of this program and an error.
pub(super) enum Row {
    Postgres(PgRow),
    Sqlite(SqliteRow),
    Packed(Packed),
}

impl Row {
    pub(super) fn int(&self, column: &str) -> Result<Option<i64>, Error> {
        Ok(match self {
            Self::Postgres(row) => row.try_get_unchecked(column)?,
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
            Self::Postgres(row) => row.try_get_unchecked(column)?,
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
            Self::Postgres(row) => row.try_get_unchecked::<Option<bool>, _>(column)?.unwrap_or_default(),
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
                let since = row.try_get_unchecked::<Option<i64>, _>(column)?.map(TimeDelta::microseconds);
                since.and_then(|since| NaiveDateTime::from(EPOCH).checked_add_signed(since)).map(|time| time.and_utc())
            }
            Self::Sqlite(_) | Self::Packed(_) => self.text(column)?.as_deref().and_then(text::to_time),
        })
    }

    pub(super) fn date(&self, column: &str) -> Result<Option<NaiveDate>, Error> {
        Ok(match self {
            Self::Postgres(row) => {
                let since = row.try_get_unchecked::<Option<i32>, _>(column)?.map(|days| TimeDelta::days(days.into()));
                since.and_then(|since| EPOCH.checked_add_signed(since))
            }
            Self::Sqlite(_) | Self::Packed(_) => self.text(column)?.as_deref().and_then(text::to_date),
        })
    }

    pub(super) fn real(&self, column: &str) -> Result<Option<f64>, Error> {
        Ok(match self {
            Self::Postgres(row) => row.try_get_unchecked(column)?,
            Self::Sqlite(row) => row.try_get_unchecked(column)?,
            Self::Packed(_) => self.text(column)?.and_then(|text| text.parse().ok()),
        })
    }

    /// A number with two decimals, equal to another of the same value whatever zeros it was written with.
    pub(super) fn decimal(&self, column: &str) -> Result<Option<Decimal>, Error> {
        let value = match self {
            Self::Postgres(row) => match row.try_get_unchecked::<Option<Decimal>, _>(column) {
                // NaN, or more digits than there are anywhere.
                Err(sqlx::Error::ColumnDecode { .. }) => None,
                value => value?,
            },
            Self::Sqlite(_) | Self::Packed(_) => self.text(column)?.and_then(|text| text.parse().ok()),
        };
        Ok(value.map(|value| value.round_dp(2)))
    }

    /// Absent where it is null or no JSON.
    pub(super) fn json(&self, column: &str) -> Result<Option<Value>, Error> {
        Ok(match self {
            Self::Postgres(row) => row.try_get_unchecked::<Option<Json<Value>>, _>(column)?.map(|Json(value)| value),
            Self::Sqlite(_) | Self::Packed(_) => self.text(column)?.and_then(|text| serde_json::from_str(&text).ok()),
        })
    }

    /// JSON of a known shape, however long.
    pub(super) fn read_json<T: DeserializeOwned + Send + Unpin + 'static>(
        &self,
        column: &str,
    ) -> Result<Option<T>, Error> {
        let unfit = |fault: serde_json::Error| Error::fatal(format!("{column} cannot be read: {fault}"));
        match self {
            Self::Postgres(row) => {
                let raw = row.try_get_raw(column)?;
                if raw.is_null() {
                    return Ok(None);
                }
                let text = raw.as_str().map_err(|fault| Error::fatal(format!("{column} cannot be read: {fault}")))?;
                serde_json::from_str(text).map(Some).map_err(unfit)
            }
            Self::Sqlite(_) | Self::Packed(_) => {
                self.text(column)?.map(|text| serde_json::from_str(&text)).transpose().map_err(unfit)
            }
        }
    }
}
