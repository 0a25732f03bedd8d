//! Reads a row of PostgreSQL, whose values are in the binary format.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use sqlx::{Column as _, Decode, Postgres, Row as _, ValueRef as _, postgres::PgRow};

use crate::store::{
    error::Error,
    sql::{ColumnCursor, RowSource, lossy_utf8},
};

/// Epoch of PostgreSQL's binary dates and timestamps.
const POSTGRES_EPOCH: NaiveDate = NaiveDate::from_ymd_opt(2000, 1, 1).expect("the calendar has it");

/// Version of binary `jsonb`: the byte before its text. No JSON text begins with it.
const JSONB_VERSION: u8 = 1;

/// A row of PostgreSQL.
pub(super) struct PostgresRow {
    row: PgRow,
    cursor: ColumnCursor,
}

impl From<PgRow> for PostgresRow {
    fn from(row: PgRow) -> Self {
        Self { row, cursor: ColumnCursor::default() }
    }
}

impl PostgresRow {
    fn column_index(&self, column: &str) -> Result<usize, Error> {
        self.cursor.column_index(column, self.row.len(), |index| self.row.column(index).name())
    }

    fn get<'r, T: Decode<'r, Postgres>>(&'r self, column: &str) -> Result<Option<T>, Error> {
        Ok(self.row.try_get_unchecked(self.column_index(column)?)?)
    }
}

impl RowSource for PostgresRow {
    fn optional_i64(&self, column: &str) -> Result<Option<i64>, Error> {
        self.get(column)
    }

    fn optional_f64(&self, column: &str) -> Result<Option<f64>, Error> {
        self.get(column)
    }

    fn optional_decimal(&self, column: &str) -> Result<Option<Decimal>, Error> {
        match self.row.try_get_unchecked(self.column_index(column)?) {
            // NaN, or more digits than a `Decimal` can hold.
            Err(sqlx::Error::ColumnDecode { .. }) => Ok(None),
            value => Ok(value?),
        }
    }

    fn optional_text(&self, column: &str) -> Result<Option<String>, Error> {
        self.get(column)
    }

    fn bool_or_false(&self, column: &str) -> Result<bool, Error> {
        Ok(self.get(column)?.unwrap_or_default())
    }

    fn optional_time(&self, column: &str) -> Result<Option<DateTime<Utc>>, Error> {
        // Microseconds since 2000. sqlx's own decoder panics at `infinity`.
        let offset = self.get::<i64>(column)?.map(TimeDelta::microseconds);
        let time = offset.and_then(|offset| NaiveDateTime::from(POSTGRES_EPOCH).checked_add_signed(offset));
        Ok(time.map(|time| time.and_utc()))
    }

    fn optional_date(&self, column: &str) -> Result<Option<NaiveDate>, Error> {
        let offset = self.get::<i32>(column)?.map(|days| TimeDelta::days(days.into()));
        Ok(offset.and_then(|offset| POSTGRES_EPOCH.checked_add_signed(offset)))
    }

    fn json_text(&self, column: &str) -> Result<Option<Cow<'_, str>>, Error> {
        let raw = self.row.try_get_raw(self.column_index(column)?)?;
        if raw.is_null() {
            return Ok(None);
        }
        let bytes = raw.as_bytes().map_err(sqlx::Error::Decode)?;
        Ok(Some(lossy_utf8(bytes.strip_prefix(&[JSONB_VERSION]).unwrap_or(bytes))))
    }
}
