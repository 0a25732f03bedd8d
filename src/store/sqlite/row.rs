//! Reads a row of SQLite, in which any column may hold a value of any type.

use std::{borrow::Cow, string::FromUtf8Error};

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::{Row as _, sqlite::SqliteRow};

use crate::store::{
    error::Error,
    sql::{RowSource, lossy_utf8, parse_date, parse_time},
};

/// Returns a value as text. Invalid UTF-8 is replaced. The text is a copy, because SQLite converts a value in place, and
/// sqlx refuses to read a borrowed one as another type.
fn lossy_text(row: &SqliteRow, column: &str) -> Result<Option<String>, Error> {
    let bytes: Option<Vec<u8>> = row.try_get_unchecked(column)?;
    let replace_invalid = |error: FromUtf8Error| String::from_utf8_lossy(error.as_bytes()).into_owned();
    Ok(bytes.map(|bytes| String::from_utf8(bytes).unwrap_or_else(replace_invalid)))
}

impl RowSource for SqliteRow {
    fn optional_i64(&self, column: &str) -> Result<Option<i64>, Error> {
        Ok(self.try_get_unchecked(column)?)
    }

    fn optional_f64(&self, column: &str) -> Result<Option<f64>, Error> {
        Ok(self.try_get_unchecked(column)?)
    }

    fn optional_decimal(&self, column: &str) -> Result<Option<Decimal>, Error> {
        Ok(lossy_text(self, column)?.and_then(|text| text.parse().ok()))
    }

    fn optional_text(&self, column: &str) -> Result<Option<String>, Error> {
        lossy_text(self, column)
    }

    fn bool_or_false(&self, column: &str) -> Result<bool, Error> {
        Ok(match lossy_text(self, column)?.as_deref() {
            Some("true" | "TRUE" | "t") => true,
            _ => self.optional_i64(column)?.is_some_and(|value| value != 0),
        })
    }

    fn optional_time(&self, column: &str) -> Result<Option<DateTime<Utc>>, Error> {
        Ok(lossy_text(self, column)?.as_deref().and_then(parse_time))
    }

    fn optional_date(&self, column: &str) -> Result<Option<NaiveDate>, Error> {
        Ok(lossy_text(self, column)?.as_deref().and_then(parse_date))
    }

    fn json_text(&self, column: &str) -> Result<Option<Cow<'_, str>>, Error> {
        // Borrowed, because a packed row is one long JSON text.
        let bytes: Option<&[u8]> = self.try_get_unchecked(column)?;
        Ok(bytes.map(lossy_utf8))
    }
}
