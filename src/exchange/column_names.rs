//! The names by which files may call a column.

use std::collections::HashMap;

use super::columns::OutputColumn;

/// Other names of columns: those of MAL's API, of `--sort` and of flags.
const OTHER_NAMES: [(&str, &str); 30] = [
    ("id", "mal_id"),
    ("english", "title_english"),
    ("japanese", "title_japanese"),
    ("watched", "episodes_watched"),
    ("watched_episodes", "episodes_watched"),
    ("num_episodes_watched", "episodes_watched"),
    ("num_watched_episodes", "episodes_watched"),
    ("num_episodes", "episodes"),
    ("start", "start_date"),
    ("started", "start_date"),
    ("finish", "finish_date"),
    ("finished", "finish_date"),
    ("comments", "notes"),
    ("rewatching", "is_rewatching"),
    ("rewatching_ep", "rewatch_episodes"),
    ("rewatched", "times_rewatched"),
    ("num_times_rewatched", "times_rewatched"),
    ("airing", "airing_status"),
    ("type", "media_type"),
    ("updated", "updated_at"),
    ("aired", "aired_from"),
    ("aired_end", "aired_to"),
    ("genre", "genres"),
    ("studio", "studios"),
    ("year", "season_year"),
    ("length", "average_episode_duration"),
    ("users", "num_list_users"),
    ("mal_updated", "mal_updated_at"),
    ("tag", "tags"),
    ("note", "notes"),
];

/// Names in malsync's JSON that are no columns: the ids of genres and studios.
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

/// Returns the name of the column that a file calls by this name. Case does not count, and blanks and `-` stand for `_`.
pub(super) fn column_name(name: &str) -> Option<&'static str> {
    let name = name.trim().to_lowercase().replace([' ', '-'], "_");
    let other_name = OTHER_NAMES.iter().find(|(other, _)| *other == name).map(|(_, column)| *column);
    let id_name = || ID_NAMES.into_iter().find(|id_name| *id_name == name);
    other_name.or_else(|| OutputColumn::from_name(&name).map(|column| column.name())).or_else(id_name)
}

#[cfg(test)]
mod tests {
    use super::*;

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
