//! Encodes the parameters of a statement for PostgreSQL.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;
use serde_json::value::RawValue;
use sqlx::{
    Arguments as _,
    error::BoxDynError,
    postgres::{PgArguments, PgBindIterExt as _},
    types::Json,
};

use crate::store::{error::Error, sql::SqlValue};

/// Encodes the parameters into a buffer reserved up front. Growing it would move 1000 wide rows several times.
pub(super) fn encode_params(params: Vec<SqlValue<'_>>) -> Result<PgArguments, Error> {
    let mut arguments = PgArguments::default();
    arguments.reserve(params.len(), params.iter().map(estimated_bytes).sum());
    let result = params.into_iter().try_for_each(|param| add_value(param, &mut arguments));
    result.map_err(|error| Error::from(sqlx::Error::Encode(error)))?;
    Ok(arguments)
}

/// Returns the approximate size of the encoded value in bytes.
fn estimated_bytes(value: &SqlValue<'_>) -> usize {
    4 + match value {
        SqlValue::Text(text) => text.as_ref().map_or(0, |text| text.len()),
        SqlValue::Json(json) => json.as_ref().map_or(0, |json| 1 + json.get().len()),
        SqlValue::Array(cells) => 20 + cells.iter().map(estimated_bytes).sum::<usize>(),
        SqlValue::Ids(ids) => 20 + 8 * ids.len(),
        _ => 8,
    }
}

fn add_value(value: SqlValue<'_>, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    match value {
        SqlValue::Int(value) => arguments.add(value),
        SqlValue::Text(value) => arguments.add(value),
        SqlValue::Bool(value) => arguments.add(value),
        SqlValue::Float(value) => arguments.add(value),
        SqlValue::Time(value) => arguments.add(value.map(|time| time.naive_utc())),
        SqlValue::Date(value) => arguments.add(value),
        SqlValue::Decimal(value) => arguments.add(value),
        SqlValue::Json(value) => arguments.add(value.map(Json)),
        SqlValue::Ids(ids) => arguments.add(ids),
        SqlValue::Array(cells) => add_array(cells, arguments),
    }
}

/// Adds the cells as an array. A cell of another variant than `$variant` becomes NULL; a column has only one variant.
macro_rules! add_array_of {
    ($arguments:ident, $cells:ident, $variant:ident, $element_type:ty, $value:ident => $converted:expr) => {{
        let values = $cells.into_iter().map(|cell| -> Option<$element_type> {
            match cell {
                SqlValue::$variant($value) => $converted,
                _ => None,
            }
        });
        $arguments.add(values.bind_iter())
    }};
}

/// Adds the cells of one column as an array. The first cell decides the element type.
fn add_array(cells: Vec<SqlValue<'_>>, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    match cells.first() {
        None | Some(SqlValue::Int(_)) => add_array_of!(arguments, cells, Int, i64, value => value),
        Some(SqlValue::Text(_)) => add_array_of!(arguments, cells, Text, Cow<'_, str>, value => value),
        Some(SqlValue::Bool(_)) => add_array_of!(arguments, cells, Bool, bool, value => Some(value)),
        Some(SqlValue::Time(_)) => {
            add_array_of!(arguments, cells, Time, NaiveDateTime, value => value.map(|time| time.naive_utc()))
        }
        Some(SqlValue::Float(_)) => add_array_of!(arguments, cells, Float, f64, value => value),
        Some(SqlValue::Date(_)) => add_array_of!(arguments, cells, Date, NaiveDate, value => value),
        Some(SqlValue::Decimal(_)) => add_array_of!(arguments, cells, Decimal, Decimal, value => value),
        Some(SqlValue::Json(_)) => {
            add_array_of!(arguments, cells, Json, Json<Cow<'_, RawValue>>, value => value.map(Json))
        }
        Some(SqlValue::Ids(_) | SqlValue::Array(_)) => Err("a column of arrays is not supported".into()),
    }
}
