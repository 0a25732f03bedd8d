//! A row of a result, of either database.
//!
//! Rows of other applications are read leniently: a value that does not have the column's type is absent.

use std::{borrow::Cow, cell::Cell};

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;

use crate::store::error::Error;

/// The values of a row. Reading a column that the statement does not select is a programming error and returns an
/// error.
pub(in crate::store) trait RowSource: Send {
    fn optional_i64(&self, column: &str) -> Result<Option<i64>, Error>;

    fn optional_f64(&self, column: &str) -> Result<Option<f64>, Error>;

    fn optional_decimal(&self, column: &str) -> Result<Option<Decimal>, Error>;

    fn optional_text(&self, column: &str) -> Result<Option<String>, Error>;

    fn bool_or_false(&self, column: &str) -> Result<bool, Error>;

    fn optional_time(&self, column: &str) -> Result<Option<DateTime<Utc>>, Error>;

    fn optional_date(&self, column: &str) -> Result<Option<NaiveDate>, Error>;

    /// Returns the text of a JSON value.
    fn json_text(&self, column: &str) -> Result<Option<Cow<'_, str>>, Error>;
}

/// A row of a result.
pub(in crate::store) struct DbRow(Box<dyn RowSource>);

impl DbRow {
    pub(in crate::store) fn new(source: impl RowSource + 'static) -> Self {
        Self(Box::new(source))
    }

    pub(in crate::store) fn optional_i64(&self, column: &str) -> Result<Option<i64>, Error> {
        self.0.optional_i64(column)
    }

    /// Returns an integer that fits 32 bits. A larger one, possible only in SQLite, is absent.
    pub(in crate::store) fn optional_i32(&self, column: &str) -> Result<Option<i32>, Error> {
        Ok(self.optional_i64(column)?.and_then(|value| value.try_into().ok()))
    }

    pub(in crate::store) fn required_i64(&self, column: &str) -> Result<i64, Error> {
        self.optional_i64(column)?.ok_or_else(|| Error::fatal(format!("a row has no {column}")))
    }

    pub(in crate::store) fn required_i32(&self, column: &str) -> Result<i32, Error> {
        self.optional_i32(column)?.ok_or_else(|| Error::fatal(format!("a row has no {column}")))
    }

    pub(in crate::store) fn optional_f64(&self, column: &str) -> Result<Option<f64>, Error> {
        self.0.optional_f64(column)
    }

    /// Returns a number rounded to two decimals. Equal values compare equal regardless of trailing zeros.
    pub(in crate::store) fn optional_decimal(&self, column: &str) -> Result<Option<Decimal>, Error> {
        Ok(self.0.optional_decimal(column)?.map(|value| value.round_dp(2)))
    }

    pub(in crate::store) fn optional_text(&self, column: &str) -> Result<Option<String>, Error> {
        self.0.optional_text(column)
    }

    pub(in crate::store) fn bool_or_false(&self, column: &str) -> Result<bool, Error> {
        self.0.bool_or_false(column)
    }

    pub(in crate::store) fn optional_time(&self, column: &str) -> Result<Option<DateTime<Utc>>, Error> {
        self.0.optional_time(column)
    }

    pub(in crate::store) fn optional_date(&self, column: &str) -> Result<Option<NaiveDate>, Error> {
        self.0.optional_date(column)
    }

    /// Parses JSON written by any program. Returns `None` if it is null, invalid, or not of type `T`.
    pub(in crate::store) fn lenient_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, Error> {
        Ok(self.0.json_text(column)?.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Parses JSON that malsync's own statement built. Fails if it is invalid.
    pub(in crate::store) fn strict_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, Error> {
        let parsed = self.0.json_text(column)?.map(|text| serde_json::from_str(&text)).transpose();
        parsed.map_err(|fault| Error::fatal(format!("{column} cannot be read: {fault}")))
    }
}

/// Returns a text, with invalid UTF-8 replaced. `String::from_utf8_lossy` checks each character by itself, `from_utf8`
/// eight bytes at a time.
pub(in crate::store) fn lossy_utf8(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// Index after the column that was read last: columns are mostly read in order.
#[derive(Default)]
pub(in crate::store) struct ColumnCursor(Cell<usize>);

impl ColumnCursor {
    /// Returns the index of a column. `name` returns the name at an index below `count`.
    pub(in crate::store) fn column_index<'n>(
        &self,
        column: &str,
        count: usize,
        name: impl Fn(usize) -> &'n str,
    ) -> Result<usize, Error> {
        let next = self.0.get();
        let index = (next..count).chain(0..next).find(|index| name(*index) == column);
        let index = index.ok_or_else(|| Error::fatal(format!("a row has no {column}")))?;
        self.0.set(index + 1);
        Ok(index)
    }
}
