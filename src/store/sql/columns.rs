//! Columns of a table, declared once: [`columns!`] takes one line per field of a row type, and everything that lists
//! columns follows from it.
//!
//! - [`TableRow`] is what follows: select list, reader, insert list with its values, and the comparison of two rows.
//! - [`ColumnCodec`] says how a field is stored: in how many columns, of which type, and how it is bound and read.
//!
//! Invariant: the compiler rejects a declaration that omits a field of the row type, or whose codec has another type
//! or number of columns than the line.

use super::{
    row::DbRow,
    select_list::{ColumnType, SelectColumn},
    sql_value::SqlValue,
};
use crate::store::error::Error;

/// How a field of type `T` is stored in `N` columns.
pub(in crate::store) struct ColumnCodec<T, const N: usize> {
    pub(in crate::store) types: [ColumnType; N],
    /// Returns the values of the columns.
    pub(in crate::store) bind: for<'a> fn(&'a T) -> [SqlValue<'a>; N],
    /// Reads the columns with these names.
    pub(in crate::store) read: fn(&DbRow, [&str; N]) -> Result<T, Error>,
}

/// A row type whose columns are declared with [`columns!`].
pub(in crate::store) trait TableRow: Sized {
    /// Number of written columns.
    const COLUMN_COUNT: usize;

    /// Returns the names of the written columns, in the order of the declaration.
    fn column_names() -> Vec<&'static str>;

    /// Returns the types of the written columns, in the same order.
    fn column_types() -> Vec<ColumnType>;

    /// Returns the value of each written column.
    fn column_values(&self) -> Vec<SqlValue<'_>>;

    /// Returns for each written column whether the two rows differ in it.
    fn changed_columns(&self, other: &Self) -> Vec<bool>;

    /// Returns the columns to select for [`TableRow::from_row`], those that are only read included.
    fn select_columns() -> Vec<SelectColumn>;

    /// Reads a row that was selected with [`TableRow::select_columns`].
    fn from_row(row: &DbRow) -> Result<Self, Error>;

    /// Reads the field that is stored in a column, by the column's name in [`TableRow::select_columns`]. Does nothing if
    /// the name belongs to no written column.
    fn read_field(&mut self, selected_name: &str, row: &DbRow) -> Result<(), Error>;
}

/// Declares the columns of a row type and implements [`TableRow`].
///
/// `columns!(Row as "r" { … })` declares the columns of the table that queries call `r`. Its sections, in this order:
///
/// - `read_only { field: CODEC("SQL expression"), … }`: selected, never written;
/// - `nested { field: OtherRow, … }`: a field whose type declares further columns of the same table;
/// - `columns { field: CODEC("column", …), … }`: selected and written.
macro_rules! columns {
    ($row:ident as $alias:literal {
        $(read_only { $($key:ident: $key_codec:ident($key_sql:literal)),+ $(,)? })?
        $(nested { $($part:ident: $part_row:ident),+ $(,)? })?
        columns { $($field:ident: $codec:ident($($column:literal),+)),+ $(,)? }
    }) => {
        impl $crate::store::sql::TableRow for $row {
            const COLUMN_COUNT: usize = 0
                $($(+ <$part_row as $crate::store::sql::TableRow>::COLUMN_COUNT)+)?
                $(+ $codec.types.len())+;

            fn column_names() -> Vec<&'static str> {
                let mut names = Vec::with_capacity(Self::COLUMN_COUNT);
                $($(names.extend(<$part_row as $crate::store::sql::TableRow>::column_names());)+)?
                names.extend([$($($column),+),+]);
                names
            }

            fn column_types() -> Vec<$crate::store::sql::ColumnType> {
                let mut types = Vec::with_capacity(Self::COLUMN_COUNT);
                $($(types.extend(<$part_row as $crate::store::sql::TableRow>::column_types());)+)?
                $(types.extend($codec.types);)+
                types
            }

            fn column_values(&self) -> Vec<SqlValue<'_>> {
                let mut values = Vec::with_capacity(Self::COLUMN_COUNT);
                $($(values.extend($crate::store::sql::TableRow::column_values(&self.$part));)+)?
                $(values.extend(($codec.bind)(&self.$field));)+
                values
            }

            fn changed_columns(&self, other: &Self) -> Vec<bool> {
                let mut changed = Vec::with_capacity(Self::COLUMN_COUNT);
                $($(changed.extend($crate::store::sql::TableRow::changed_columns(&self.$part, &other.$part));)+)?
                $(changed.extend($codec.types.map(|_| self.$field != other.$field));)+
                changed
            }

            fn select_columns() -> Vec<SelectColumn> {
                let mut columns = Vec::with_capacity(Self::COLUMN_COUNT);
                $($(columns.extend($key_codec.types.map(|kind| SelectColumn::new($key_sql, stringify!($key), kind)));)+)?
                $($(columns.extend(<$part_row as $crate::store::sql::TableRow>::select_columns());)+)?
                $(
                    let named = [$((concat!($alias, ".", $column), concat!($alias, "_", $column))),+];
                    columns.extend(named.into_iter().zip($codec.types).map(|((sql, name), kind)| SelectColumn::new(sql, name, kind)));
                )+
                columns
            }

            fn from_row(row: &DbRow) -> Result<Self, Error> {
                Ok(Self {
                    $($($key: ($key_codec.read)(row, [stringify!($key)])?,)+)?
                    $($($part: $crate::store::sql::TableRow::from_row(row)?,)+)?
                    $($field: ($codec.read)(row, [$(concat!($alias, "_", $column)),+])?,)+
                })
            }

            fn read_field(&mut self, selected_name: &str, row: &DbRow) -> Result<(), Error> {
                match selected_name {
                    $(
                        $(concat!($alias, "_", $column))|+ => {
                            self.$field = ($codec.read)(row, [$(concat!($alias, "_", $column)),+])?;
                        }
                    )+
                    _ => {
                        $($($crate::store::sql::TableRow::read_field(&mut self.$part, selected_name, row)?;)+)?
                    }
                }
                Ok(())
            }
        }
    };
}
pub(in crate::store) use columns;
