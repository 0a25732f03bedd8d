//! Output of `copy`: the tables and their numbers of rows.

use serde::Serialize;

use super::{format_count, pluralize};
use crate::ui::escape_controls;

/// Result of a copy.
#[derive(Clone, Debug, Serialize)]
pub struct CopyView {
    /// The copied tables.
    pub tables: Vec<CopiedTableView>,
    /// Tables, and columns as `table.column`, that malsync did not create and that were not copied.
    pub not_copied: Vec<String>,
}

/// A copied table.
#[derive(Clone, Debug, Serialize)]
pub struct CopiedTableView {
    /// Name of the table.
    pub name: &'static str,
    /// Number of rows.
    pub rows: u64,
}

impl CopyView {
    /// Returns the tables that have rows, and the target, as text.
    #[must_use]
    pub fn to_text(&self, target: &str) -> String {
        let total: u64 = self.tables.iter().map(|table| table.rows).sum();
        let mut text = format!(
            "Copied {} to {}; all tables were compared.\n",
            pluralize(i64::try_from(total).unwrap_or(i64::MAX), "row", "rows"),
            escape_controls(target)
        );
        for table in self.tables.iter().filter(|table| table.rows > 0) {
            text += &format!("  {:<17} {:>9}\n", table.name, format_count(table.rows));
        }
        text
    }

    /// Returns a note about what was not copied. Returns `None` if everything was.
    #[must_use]
    pub fn not_copied_note(&self) -> Option<String> {
        if self.not_copied.is_empty() {
            return None;
        }
        let describe = |name: &String| match name.split_once('.') {
            Some((table, column)) => format!("column {column} of {table}"),
            None => format!("table {name}"),
        };
        let names: Vec<String> = self.not_copied.iter().map(describe).collect();
        Some(format!("not copied, because malsync did not create it: {}", names.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn example() -> CopyView {
        let table = |name, rows| CopiedTableView { name, rows };
        CopyView {
            tables: vec![table("users", 1), table("user_anime_lists", 12_345), table("list_edits", 0)],
            not_copied: vec!["anime.mood".to_owned(), "comments".to_owned()],
        }
    }

    #[test]
    fn copy_shows_rows_of_each_table() {
        assert_snapshot!(example().to_text("sqlite:///x.db"), @r"
        Copied 12,346 rows to sqlite:///x.db; all tables were compared.
          users                     1
          user_anime_lists     12,345
        ");
    }

    #[test]
    fn copy_json_has_tables_with_name_and_rows() {
        let json = serde_json::to_string(&example()).unwrap();
        assert_snapshot!(json, @r#"{"tables":[{"name":"users","rows":1},{"name":"user_anime_lists","rows":12345},{"name":"list_edits","rows":0}],"not_copied":["anime.mood","comments"]}"#);
    }

    #[test]
    fn copy_names_what_was_left_out() {
        assert_eq!(
            example().not_copied_note().as_deref(),
            Some("not copied, because malsync did not create it: column mood of anime, table comments")
        );
        assert_eq!(CopyView { not_copied: Vec::new(), ..example() }.not_copied_note(), None);
    }
}
