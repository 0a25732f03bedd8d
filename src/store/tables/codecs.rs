//! Codecs that several tables use.
//!
//! Reading is lenient, since other programs may have written the row: a value of another type is absent.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::{
    domain::{partial_date::PartialDate, user::UserId},
    store::{
        error::Error,
        sql::{ColumnCodec, ColumnType, DbRow, SqlValue},
    },
};

pub(super) const TEXT: ColumnCodec<Option<String>, 1> =
    ColumnCodec { types: [ColumnType::Text], bind: |text| [text.into()], read: |row, [name]| row.optional_text(name) };

/// Null is read as an empty text.
pub(super) const TEXT_OR_EMPTY: ColumnCodec<String, 1> = ColumnCodec {
    types: [ColumnType::Text],
    bind: |text| [SqlValue::text(text)],
    read: |row, [name]| Ok(row.optional_text(name)?.unwrap_or_default()),
};

pub(super) const INTEGER: ColumnCodec<Option<i32>, 1> = ColumnCodec {
    types: [ColumnType::Integer],
    bind: |number| [(*number).into()],
    read: |row, [name]| row.optional_i32(name),
};

/// Null is read as 0.
pub(super) const INTEGER_OR_ZERO: ColumnCodec<i32, 1> = ColumnCodec {
    types: [ColumnType::Integer],
    bind: |number| [(*number).into()],
    read: |row, [name]| Ok(row.optional_i32(name)?.unwrap_or_default()),
};

/// Null is an error.
pub(super) const REQUIRED_INTEGER: ColumnCodec<i32, 1> = ColumnCodec {
    types: [ColumnType::Integer],
    bind: |number| [(*number).into()],
    read: |row, [name]| row.required_i32(name),
};

/// Null is read as 0.
pub(super) const COUNT: ColumnCodec<i64, 1> = ColumnCodec {
    types: [ColumnType::Integer],
    bind: |count| [(*count).into()],
    read: |row, [name]| Ok(row.optional_i64(name)?.unwrap_or_default()),
};

pub(super) const USER_ID: ColumnCodec<UserId, 1> = ColumnCodec {
    types: [ColumnType::Integer],
    bind: |user| [user.0.into()],
    read: |row, [name]| row.required_i32(name).map(UserId),
};

pub(super) const BOOLEAN: ColumnCodec<bool, 1> = ColumnCodec {
    types: [ColumnType::Boolean],
    bind: |flag| [SqlValue::Bool(*flag)],
    read: |row, [name]| row.bool_or_false(name),
};

pub(super) const DECIMAL: ColumnCodec<Option<Decimal>, 1> = ColumnCodec {
    types: [ColumnType::Decimal],
    bind: |number| [SqlValue::Decimal(*number)],
    read: |row, [name]| row.optional_decimal(name),
};

pub(super) const TIME: ColumnCodec<Option<DateTime<Utc>>, 1> = ColumnCodec {
    types: [ColumnType::Time],
    bind: |time| [SqlValue::Time(*time)],
    read: |row, [name]| row.optional_time(name),
};

/// The first day of the date, and its precision. A date outside MAL's years is absent.
pub(super) const PARTIAL_DATE: ColumnCodec<Option<PartialDate>, 2> = ColumnCodec {
    types: [ColumnType::Date, ColumnType::Text],
    bind: |date| [SqlValue::Date(date.map(PartialDate::first_day)), date.map(|date| date.precision().as_str()).into()],
    read: |row, [date, precision]| {
        let Some(date) = row.optional_date(date)?.and_then(PartialDate::from_date) else { return Ok(None) };
        let date: NaiveDate = date.first_day();
        Ok(Some(PartialDate::from_columns(date, row.optional_text(precision)?.as_deref())))
    },
};

/// A JSON array of texts.
pub(super) const TEXT_LIST: ColumnCodec<Vec<String>, 1> = ColumnCodec {
    types: [ColumnType::Json],
    bind: |texts| [SqlValue::json(texts)],
    read: |row, [name]| read_json_list(row, name),
};

/// Reads a JSON array. Items of another type are left out.
pub(super) fn read_json_list<T: DeserializeOwned>(row: &DbRow, column: &str) -> Result<Vec<T>, Error> {
    if let Some(items) = row.lenient_json(column)? {
        return Ok(items);
    }
    let items: Option<Vec<Box<RawValue>>> = row.lenient_json(column)?;
    Ok(items.into_iter().flatten().filter_map(|item| serde_json::from_str(item.get()).ok()).collect())
}
