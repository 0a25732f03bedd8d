//! The names by which files may call a column.

use std::collections::HashMap;

use super::columns::OutputColumn;
use crate::domain::field_names::canonical_name;

/// Keys of malsync's JSON that are read like columns but cannot be selected as such: the ids of genres and studios.
const ID_NAMES: [&str; 2] = ["genre_ids", "studio_ids"];

/// Maximum number of names that are remembered. No file has as many.
const MAX_REMEMBERED_NAMES: usize = 1_000;

/// Finds columns by name, and remembers what it found: the objects of a file repeat their names.
#[derive(Debug, Default)]
pub(super) struct ColumnNames {
    found: HashMap<String, Option<&'static str>>,
}

impl ColumnNames {
    /// Returns the name of the column, as [`column_name`] does.
    pub(super) fn find(&mut self, name: &str) -> Option<&'static str> {
        if let Some(column) = self.found.get(name) {
            return *column;
        }
        let column = column_name(name);
        if self.found.len() < MAX_REMEMBERED_NAMES {
            self.found.insert(name.to_owned(), column);
        }
        column
    }
}

/// Returns the name of the column, or of the key in [`ID_NAMES`], that a file calls by this name. Case does not count,
/// and blanks and `-` stand for `_`.
pub(super) fn column_name(name: &str) -> Option<&'static str> {
    let name = canonical_name(name);
    let id_name = || ID_NAMES.into_iter().find(|id_name| *id_name == name);
    OutputColumn::from_name(&name).map(|column| column.name()).or_else(id_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::field_names::OTHER_NAMES;

    #[test]
    fn every_name_of_a_column_is_known() {
        for (name, column) in OTHER_NAMES {
            assert_eq!(column_name(name), Some(column));
            assert!(OutputColumn::from_name(name).is_none(), "{name} is a column of its own");
            assert!(OutputColumn::from_name(column).is_some(), "{column}");
        }
        for column in OutputColumn::all() {
            assert_eq!(column_name(column.name()), Some(column.name()));
        }
        for (name, column) in [
            ("Finish Date", Some("finish_date")),
            ("finish-date", Some("finish_date")),
            (" MAL ID ", Some("mal_id")),
            ("episodes", Some("episodes")),
            ("genre_ids", Some("genre_ids")),
            ("synopsis", None),
            ("", None),
        ] {
            assert_eq!(column_name(name), column, "{name}");
        }
    }
}
