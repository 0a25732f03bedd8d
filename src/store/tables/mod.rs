//! The tables that malsync's rows are stored in, with one line a field: one file for the tables of each row type, and
//! `plain_tables` for those without one.
//!
//! To add a column: a field in `domain`, a line here, and a migration in both dialects.

mod anime;
mod codecs;
mod declared_table;
mod entries;
mod plain_tables;
mod runs;
mod users;

use crate::{
    domain::{anime::Anime, entry::StoredEntry, run::Run, run_totals::RunTotals, user::User},
    store::sql::{ColumnType, TableRow},
};
pub(in crate::store) use declared_table::{DeclaredTable, TypedColumn};
use declared_table::{ROW_ID_COLUMN as ID, USER_ID_COLUMN};
use plain_tables::PLAIN_TABLES;

/// Returns the columns of a row type with their types.
fn typed_columns<Row: TableRow>() -> Vec<TypedColumn> {
    Row::column_names().into_iter().zip(Row::column_types()).collect()
}

const CREATED_AT: TypedColumn = ("created_at", ColumnType::Time);
const UPDATED_AT: TypedColumn = ("updated_at", ColumnType::Time);

pub(in crate::store) const ANIME_TABLE: DeclaredTable = DeclaredTable {
    name: "anime",
    columns_without_field: &[ID, CREATED_AT, UPDATED_AT],
    row_type_columns: typed_columns::<Anime>,
    generated: &[],
};

pub(in crate::store) const ENTRY_TABLE: DeclaredTable = DeclaredTable {
    name: "user_anime_lists",
    columns_without_field: &[ID, USER_ID_COLUMN, ("anime_id", ColumnType::Integer), CREATED_AT, UPDATED_AT],
    row_type_columns: typed_columns::<StoredEntry>,
    generated: &[],
};

pub(in crate::store) const RUN_TABLE: DeclaredTable = DeclaredTable {
    name: "sync_runs",
    columns_without_field: &[ID, USER_ID_COLUMN, ("username", ColumnType::Text)],
    row_type_columns: typed_columns::<Run>,
    generated: &["run_id"],
};

pub(in crate::store) const USER_TABLE: DeclaredTable = DeclaredTable {
    name: "users",
    columns_without_field: &[ID, CREATED_AT, UPDATED_AT],
    row_type_columns: typed_columns::<User>,
    generated: &[],
};

pub(in crate::store) const TOTALS_TABLE: DeclaredTable = DeclaredTable {
    name: "sync_totals",
    columns_without_field: &[USER_ID_COLUMN],
    row_type_columns: typed_columns::<RunTotals>,
    generated: &[],
};

/// Returns all tables of malsync, each after those that its foreign keys refer to.
pub(in crate::store) const fn all_tables() -> [DeclaredTable; 11] {
    let [changes, edits, genres, studios, slots, upgrades] = PLAIN_TABLES;
    [USER_TABLE, ANIME_TABLE, ENTRY_TABLE, RUN_TABLE, TOTALS_TABLE, changes, edits, genres, studios, slots, upgrades]
}

/// Tables whose ids are MAL's: no sequence gives them.
const TABLES_WITH_IDS_OF_MAL: [&str; 2] = ["mal_genres", "mal_studios"];

/// Returns the tables into which malsync inserts rows with an id from a sequence.
pub(in crate::store) fn tables_with_sequence() -> impl Iterator<Item = &'static str> {
    let has_own_ids =
        |table: &DeclaredTable| table.column_names().contains(&"id") && !TABLES_WITH_IDS_OF_MAL.contains(&table.name);
    all_tables().into_iter().filter(has_own_ids).map(|table| table.name)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;
    use crate::domain::entry_fields::{EntryValues, Field};

    /// Returns the names between backticks in the first cell of each row of a table in docs/schema.md.
    fn documented_columns(table: &str) -> BTreeSet<String> {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema.md")).unwrap();
        let (_, section) = text.split_once(&format!("\n## {table}: ")).unwrap();
        let section = section.split("\n## ").next().unwrap();
        let first_cells = section.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
        first_cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
    }

    #[test]
    fn declared_columns_are_those_of_the_documentation() {
        for table in [USER_TABLE, ANIME_TABLE, ENTRY_TABLE, RUN_TABLE] {
            let declared = table.column_names();
            let unique: BTreeSet<String> = declared.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(unique.len(), declared.len(), "{}: a column is declared twice", table.name);
            assert_eq!(unique, documented_columns(table.name), "{}", table.name);
        }
    }

    #[test]
    fn columns_of_synced_fields_are_named_like_the_fields_in_their_order() {
        let columns = EntryValues::column_names();
        let without_precision: Vec<_> = columns.into_iter().filter(|name| !name.ends_with("_precision")).collect();
        assert_eq!(without_precision, Field::SYNCED_FIELDS.map(Field::as_str));
    }
}
