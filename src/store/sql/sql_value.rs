//! A parameter of a statement. `postgres` and `sqlite` encode it for their database.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

/// A parameter of a statement.
#[derive(Clone, Debug)]
pub(in crate::store) enum SqlValue<'a> {
    Int(Option<i64>),
    Text(Option<Cow<'a, str>>),
    Bool(bool),
    /// Stored with second precision in SQLite, where other programs read it as text.
    Time(Option<DateTime<Utc>>),
    Float(Option<f64>),
    Date(Option<NaiveDate>),
    Decimal(Option<Decimal>),
    /// Serialized JSON; `None` is SQL's null. Created by [`SqlValue::json`] or [`SqlValue::raw_json`].
    Json(Option<Cow<'a, RawValue>>),
    /// A list of ids for `Dialect::in_list`.
    Ids(Vec<i32>),
    /// PostgreSQL only: an array of values of the same variant.
    Array(Vec<Self>),
}

impl<'a> SqlValue<'a> {
    pub(in crate::store) const fn text(text: &'a str) -> Self {
        Self::Text(Some(Cow::Borrowed(text)))
    }

    pub(in crate::store) const fn raw_json(json: &'a RawValue) -> Self {
        Self::Json(Some(Cow::Borrowed(json)))
    }

    /// Serializes a value as JSON. JSON's null becomes SQL's null.
    pub(in crate::store) fn json(value: &impl Serialize) -> Self {
        let raw = to_raw_value(value).expect("only plain values and lists of them are bound as JSON");
        Self::Json((raw.get() != "null").then_some(Cow::Owned(raw)))
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
