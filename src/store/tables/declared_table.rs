//! A table with its columns.

use crate::store::sql::ColumnType;

/// A column with its type.
pub(in crate::store) type TypedColumn = (&'static str, ColumnType);

/// The key of most tables.
pub(super) const ROW_ID_COLUMN: TypedColumn = ("id", ColumnType::Integer);

/// The user that a row belongs to.
pub(super) const USER_ID_COLUMN: TypedColumn = ("user_id", ColumnType::Integer);

/// All columns of a table.
pub(in crate::store) struct DeclaredTable {
    pub(in crate::store) name: &'static str,
    /// Columns that no field of a row type has: keys and the row's times, or all columns of a table without a row type. The
    /// first one is the primary key.
    pub(super) columns_without_field: &'static [TypedColumn],
    /// The columns of the row type's fields (empty for a table without a row type).
    pub(super) row_type_columns: fn() -> Vec<TypedColumn>,
    /// Columns that the database computes from others. They cannot be written.
    pub(super) generated: &'static [&'static str],
}

impl DeclaredTable {
    /// Returns the names of all columns.
    pub(in crate::store) fn column_names(&self) -> Vec<&'static str> {
        self.stored_columns().iter().map(|(name, _)| *name).chain(self.generated.iter().copied()).collect()
    }

    /// Returns the columns that can be written, with their types. The first one is the primary key.
    pub(in crate::store) fn stored_columns(&self) -> Vec<TypedColumn> {
        self.columns_without_field.iter().copied().chain((self.row_type_columns)()).collect()
    }
}
