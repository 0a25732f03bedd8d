//! Detects name conflicts between pending migrations and tables of another application.
//!
//! Entry points: [`added_names`] reads the names from the migrations' own statements, [`check_free`] fails if one
//! exists already.
//!
//! Invariants:
//! 1. A column or table that no malsync migration created is never adopted. `IF NOT EXISTS` alone would adopt it, and
//!    every sync would overwrite the application's values.
//! 2. The tables of the baseline migration are meant to be adopted and are not checked.

use sqlx::migrate::Migration;

use super::error::Error;

/// Version of the migration that creates the baseline tables.
const BASELINE_MIGRATION: i64 = 1;

/// Returns the names that these migrations add, in order: `table` or `table.column`.
pub(super) fn added_names(migrations: &[&Migration]) -> Vec<String> {
    let checked = migrations.iter().filter(|migration| migration.version != BASELINE_MIGRATION);
    checked.flat_map(|migration| parse_added_names(migration.sql.as_str())).collect()
}

fn parse_added_names(sql: &str) -> Vec<String> {
    let without_comments = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
    let words: Vec<&str> =
        without_comments.flat_map(str::split_whitespace).filter(|word| *word != "UNLOGGED").collect();
    let (mut names, mut table) = (Vec::new(), "");
    for i in 0..words.len() {
        match words[i..] {
            ["ALTER", "TABLE", name, ..] => table = name,
            ["ADD", "COLUMN", "IF", "NOT", "EXISTS", name, ..] | ["ADD", "COLUMN", name, ..] => {
                names.push(format!("{table}.{name}"));
            }
            ["CREATE", "TABLE", "IF", "NOT", "EXISTS", name, ..] | ["CREATE", "TABLE", name, ..] => {
                names.push(name.to_owned());
            }
            _ => {}
        }
    }
    names
}

/// Fails if one of the names in `added` is among the `existing` ones.
pub(super) fn check_free(added: &[String], existing: &[String]) -> Result<(), Error> {
    let taken: Vec<&String> = added.iter().filter(|name| existing.contains(name)).collect();
    let Some(first) = taken.first() else { return Ok(()) };
    let describe = |name: &&String| match name.split_once('.') {
        Some((table, column)) => format!("column {column} of table {table}"),
        None => format!("table {name}"),
    };
    let rename_sql = match first.split_once('.') {
        Some((table, column)) => format!("ALTER TABLE {table} RENAME COLUMN {column} TO app_{column}"),
        None => format!("ALTER TABLE {first} RENAME TO app_{first}"),
    };
    let taken = taken.iter().map(describe).collect::<Vec<_>>().join(", ");
    Err(Error::fatal(format!("names that malsync adds to the schema are already taken: {taken}; nothing was changed"))
        .with_hint(format!("rename those of the application ({rename_sql}), or use a separate database for malsync"))
        .with_hint("if it is a copy of malsync's tables, copy the table _sqlx_migrations too"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::migration::{POSTGRES_MIGRATIONS, SQLITE_MIGRATIONS};

    fn all_added_names(migrator: &sqlx::migrate::Migrator) -> Vec<String> {
        added_names(&migrator.iter().collect::<Vec<_>>())
    }

    #[test]
    fn both_dialects_add_the_same_names() {
        let added = all_added_names(&POSTGRES_MIGRATIONS);
        assert_eq!(added, all_added_names(&SQLITE_MIGRATIONS));
        for name in ["users.mal_user_id", "anime.synonyms", "user_anime_lists.pinned", "sync_runs", "list_edits"] {
            assert!(added.iter().any(|added| added == name), "{name}");
        }
        assert!(!added.iter().any(|name| matches!(name.as_str(), "users" | "anime" | "user_anime_lists")));
    }

    #[test]
    fn added_names_ignore_comments_and_other_statements() {
        let sql = "-- ALTER TABLE a ADD COLUMN said TEXT;\nALTER TABLE b\n    ADD COLUMN IF NOT EXISTS c INTEGER, -- ADD COLUMN d\n    \
            ADD COLUMN e TEXT;\nCREATE TABLE IF NOT EXISTS f (\n    g TEXT\n);\nCREATE INDEX IF NOT EXISTS h ON f (g);";
        assert_eq!(parse_added_names(sql), ["b.c", "b.e", "f"]);
    }

    #[test]
    fn taken_names_are_listed_with_a_rename_hint_for_the_first() {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let added = owned(&["anime.source", "sync_runs", "users.mal_user_id"]);
        assert!(check_free(&added, &owned(&["anime.title", "users"])).is_ok());
        let failure =
            crate::failure::Failure::from(check_free(&added, &owned(&["sync_runs", "anime.source"])).unwrap_err());
        assert_eq!(failure.exit, crate::exit::Exit::Database);
        let message = failure.message();
        assert!(message.contains("column source of table anime, table sync_runs;"), "{message}");
        assert!(
            failure.hints[0].contains("ALTER TABLE anime RENAME COLUMN source TO app_source"),
            "{:?}",
            failure.hints
        );
        let failure = crate::failure::Failure::from(check_free(&added, &owned(&["sync_runs"])).unwrap_err());
        assert!(failure.hints[0].contains("ALTER TABLE sync_runs RENAME TO app_sync_runs"), "{:?}", failure.hints);
    }
}
