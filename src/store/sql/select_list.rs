//! The select list of a query that returns many rows.
//!
//! SQLite passes a row from its own thread value by value, with an allocation each, which dominates the cost of a
//! wide row. Therefore a [`SelectList`] returns a row of SQLite as one JSON array.

use std::{fmt, sync::Arc};

use serde_json::Value;

use super::{dialect::Dialect, json_row::JsonRow, row::DbRow};
use crate::store::error::Error;

/// A column of a [`SelectList`].
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct SelectColumn {
    sql: &'static str,
    name: &'static str,
    column_type: ColumnType,
}

/// The type of a column. SQLite's values are cast to it, whatever another program stored.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) enum ColumnType {
    Text,
    Integer,
    Decimal,
    Float,
    Boolean,
    Date,
    Time,
    Json,
}

impl SelectColumn {
    /// Creates a column of the SQL expression `sql`, which the row calls `name`.
    pub(in crate::store) const fn new(sql: &'static str, name: &'static str, column_type: ColumnType) -> Self {
        Self { sql, name, column_type }
    }

    pub(in crate::store) const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the column's value as SQL that fits into JSON, in the form that [`JsonRow`] reads.
    pub(in crate::store) fn json_value_sql(&self, dialect: Dialect) -> String {
        let sql = self.sql;
        match (dialect, self.column_type) {
            (Dialect::Postgres, ColumnType::Decimal | ColumnType::Float | ColumnType::Json) => format!("{sql}::text"),
            (Dialect::Postgres, _) => sql.to_owned(),
            (Dialect::Sqlite, ColumnType::Text | ColumnType::Date | ColumnType::Time | ColumnType::Json) => {
                format!("CAST({sql} AS TEXT)")
            }
            (Dialect::Sqlite, ColumnType::Integer) => format!("CAST({sql} AS INTEGER)"),
            // JSON cannot represent infinity.
            (Dialect::Sqlite, ColumnType::Decimal | ColumnType::Float) => format!("CAST(CAST({sql} AS REAL) AS TEXT)"),
            (Dialect::Sqlite, ColumnType::Boolean) => {
                format!("CASE WHEN CAST({sql} AS TEXT) IN ('true', 'TRUE', 't') THEN 1 ELSE CAST({sql} AS INTEGER) END")
            }
        }
    }
}

/// The columns of a query. Displays as the text between SELECT and FROM; [`SelectList::unpack_row`] converts the
/// rows.
pub(in crate::store) struct SelectList {
    columns: Vec<SelectColumn>,
    /// SQLite only: the column names, in order.
    json_names: Option<Arc<[&'static str]>>,
}

impl SelectList {
    pub(in crate::store) fn new(dialect: Dialect, columns: Vec<SelectColumn>) -> Self {
        let names = || columns.iter().map(SelectColumn::name).collect();
        Self { json_names: dialect.packs_columns().then(names), columns }
    }

    /// Creates a list that selects plain columns in both databases.
    pub(in crate::store) const fn unpacked(columns: Vec<SelectColumn>) -> Self {
        Self { columns, json_names: None }
    }

    /// Converts a row that was selected with this list.
    pub(in crate::store) fn unpack_row(&self, row: DbRow) -> Result<DbRow, Error> {
        let Some(names) = &self.json_names else { return Ok(row) };
        let values: Option<Vec<Value>> = row.strict_json(ROW_JSON)?;
        Ok(DbRow::new(JsonRow::new(Arc::clone(names), values.unwrap_or_default())))
    }
}

impl fmt::Display for SelectList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_packed = self.json_names.is_some();
        if is_packed {
            f.write_str("json_array(")?;
        }
        for (i, column) in self.columns.iter().enumerate() {
            f.write_str(if i == 0 { "" } else { ", " })?;
            if is_packed {
                f.write_str(&column.json_value_sql(Dialect::Sqlite))?;
            } else {
                write!(f, "{} AS {}", column.sql, column.name)?;
            }
        }
        if is_packed { write!(f, ") AS {ROW_JSON}") } else { Ok(()) }
    }
}

/// The name of the column with the JSON array.
const ROW_JSON: &str = "packed";
