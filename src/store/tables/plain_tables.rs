//! The columns of the tables that have no row type. Their statements name the columns themselves; `copy`, the check for
//! views and the permissions in the owner's script use these declarations.

use super::declared_table::{DeclaredTable, ROW_ID_COLUMN, TypedColumn, USER_ID_COLUMN};
use crate::store::sql::ColumnType;

const fn plain_table(name: &'static str, columns_without_field: &'static [TypedColumn]) -> DeclaredTable {
    DeclaredTable { name, columns_without_field, row_type_columns: Vec::new, generated: &[] }
}

/// The tables, each after those that its foreign keys refer to.
pub(super) const PLAIN_TABLES: [DeclaredTable; 6] = [
    plain_table(
        "sync_changes",
        &[
            ROW_ID_COLUMN,
            ("run_id", ColumnType::Integer),
            USER_ID_COLUMN,
            ("mal_id", ColumnType::Integer),
            ("at", ColumnType::Time),
            ("field", ColumnType::Text),
            ("local", ColumnType::Json),
            ("mal", ColumnType::Json),
            ("kept", ColumnType::Json),
            ("conflict", ColumnType::Boolean),
            ("rule", ColumnType::Text),
        ],
    ),
    plain_table(
        "list_edits",
        &[
            ROW_ID_COLUMN,
            ("edit_id", ColumnType::Integer),
            USER_ID_COLUMN,
            ("mal_id", ColumnType::Integer),
            ("at", ColumnType::Time),
            ("command", ColumnType::Text),
            ("field", ColumnType::Text),
            ("local", ColumnType::Json),
            ("base", ColumnType::Json),
            ("kept", ColumnType::Json),
        ],
    ),
    plain_table("mal_genres", &[ROW_ID_COLUMN, ("name", ColumnType::Text)]),
    plain_table("mal_studios", &[ROW_ID_COLUMN, ("name", ColumnType::Text)]),
    plain_table("mal_pace", &[("client_id", ColumnType::Text), ("next_at", ColumnType::Time)]),
    plain_table("mal_upgrades", &[("name", ColumnType::Text)]),
];
