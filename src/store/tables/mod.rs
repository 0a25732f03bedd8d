//! The tables that malsync's rows are stored in: one file a table, with one line a field.
//!
//! To add a column: a field in `domain`, a line here, and a migration in both dialects.

mod anime;
mod codecs;
mod entries;
mod runs;
mod users;

use crate::{
    domain::{anime::Anime, entry::StoredEntry, run::Run, run_totals::RunTotals, user::User},
    store::sql::TableRow as _,
};

/// All columns of a table.
pub(in crate::store) struct DeclaredTable {
    pub(in crate::store) name: &'static str,
    /// Columns that the statements handle themselves: keys, and the times of the row.
    managed: &'static [&'static str],
    /// Columns that are declared with a field.
    declared: fn() -> Vec<&'static str>,
}

impl DeclaredTable {
    /// Returns the names of all columns.
    pub(in crate::store) fn column_names(&self) -> Vec<&'static str> {
        self.managed.iter().copied().chain((self.declared)()).collect()
    }
}

pub(in crate::store) const ANIME_TABLE: DeclaredTable =
    DeclaredTable { name: "anime", managed: &["id", "created_at", "updated_at"], declared: Anime::column_names };

pub(in crate::store) const ENTRY_TABLE: DeclaredTable = DeclaredTable {
    name: "user_anime_lists",
    managed: &["id", "user_id", "anime_id", "created_at", "updated_at"],
    declared: StoredEntry::column_names,
};

pub(in crate::store) const RUN_TABLE: DeclaredTable =
    DeclaredTable { name: "sync_runs", managed: &["id", "run_id", "user_id", "username"], declared: Run::column_names };

pub(in crate::store) const USER_TABLE: DeclaredTable =
    DeclaredTable { name: "users", managed: &["id", "created_at", "updated_at"], declared: User::column_names };

pub(in crate::store) const TOTALS_TABLE: DeclaredTable =
    DeclaredTable { name: "sync_totals", managed: &["user_id"], declared: RunTotals::column_names };

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
