//! SQL for both databases: values, rows, and the fragments that differ.
//!
//! The dialects share nearly every statement (`$1`, `RETURNING`, `ON CONFLICT` and `UPDATE … FROM` work in both).
//!
//! - [`Dialect`] returns the fragments that differ.
//! - [`SqlValue`] is a parameter; [`BulkValues`](bulk_values::BulkValues) passes many rows to one statement.
//! - [`DbRow`] is a row of a result; [`SelectList`] the columns of a query that returns many rows.
//! - [`TableRow`] is a row type whose columns are declared once, with [`columns!`].

mod bulk_values;
mod columns;
mod dialect;
mod json_row;
mod row;
mod select_list;
mod sql_value;
mod time_text;
mod where_builder;

pub(in crate::store) use columns::{ColumnCodec, TableRow, columns};
pub(in crate::store) use dialect::Dialect;
pub(in crate::store) use json_row::JsonRow;
pub(in crate::store) use row::{ColumnCursor, DbRow, RowSource, lossy_utf8};
pub(in crate::store) use select_list::{ColumnType, SelectColumn, SelectList};
pub(in crate::store) use sql_value::SqlValue;
pub(in crate::store) use time_text::{format_time, parse_date, parse_time};
pub(in crate::store) use where_builder::WhereBuilder;
