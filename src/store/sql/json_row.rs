//! A row that was selected as JSON values: by a `SelectList` for SQLite, which packs a row into one array, or by
//! `partial_entries`, which packs each column into one.

use std::{borrow::Cow, sync::Arc};

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::Value;

use super::{
    row::{ColumnCursor, RowSource},
    time_text::{parse_date, parse_time},
};
use crate::store::error::Error;

/// A row of JSON values, in the form of [`SelectColumn::json_value_sql`](super::SelectColumn::json_value_sql).
pub(in crate::store) struct JsonRow {
    names: Arc<[&'static str]>,
    values: Vec<Value>,
    cursor: ColumnCursor,
}

impl JsonRow {
    /// Creates a row with a value for each name.
    pub(in crate::store) fn new(names: Arc<[&'static str]>, values: Vec<Value>) -> Self {
        Self { names, values, cursor: ColumnCursor::default() }
    }

    fn value(&self, column: &str) -> Result<&Value, Error> {
        let index = self.cursor.column_index(column, self.names.len(), |index| self.names[index])?;
        self.values.get(index).ok_or_else(|| Error::fatal(format!("a row is too short for {column}")))
    }

    fn text(&self, column: &str) -> Result<Option<&str>, Error> {
        Ok(self.value(column)?.as_str())
    }
}

impl RowSource for JsonRow {
    fn optional_i64(&self, column: &str) -> Result<Option<i64>, Error> {
        Ok(self.value(column)?.as_i64())
    }

    fn optional_f64(&self, column: &str) -> Result<Option<f64>, Error> {
        Ok(self.text(column)?.and_then(|text| text.parse().ok()))
    }

    fn optional_decimal(&self, column: &str) -> Result<Option<Decimal>, Error> {
        Ok(self.text(column)?.and_then(|text| text.parse().ok()))
    }

    fn optional_text(&self, column: &str) -> Result<Option<String>, Error> {
        Ok(self.text(column)?.map(str::to_owned))
    }

    fn bool_or_false(&self, column: &str) -> Result<bool, Error> {
        Ok(match self.value(column)? {
            Value::Bool(value) => *value,
            value => value.as_i64().is_some_and(|value| value != 0),
        })
    }

    fn optional_time(&self, column: &str) -> Result<Option<DateTime<Utc>>, Error> {
        Ok(self.text(column)?.and_then(parse_time))
    }

    fn optional_date(&self, column: &str) -> Result<Option<NaiveDate>, Error> {
        Ok(self.text(column)?.and_then(parse_date))
    }

    fn json_text(&self, column: &str) -> Result<Option<Cow<'_, str>>, Error> {
        Ok(self.text(column)?.map(Cow::Borrowed))
    }
}
