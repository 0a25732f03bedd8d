//! The names by which people and files call a column, a field or a filter.

/// Other names of columns: those of MAL's API, of `--sort`, of flags, and of the headers of tables.
pub const OTHER_NAMES: [(&str, &str); 31] = [
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
    ("local", "edited"),
];

/// Returns the name in lower case, with `_` in place of blanks and `-`.
#[must_use]
pub fn normalize_name(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-'], "_")
}

/// Returns the column's name in JSON, if this is another name of it; else the normalized name.
#[must_use]
pub fn canonical_name(name: &str) -> String {
    let name = normalize_name(name);
    let other = OTHER_NAMES.iter().find(|(other, _)| *other == name);
    other.map_or(name, |(_, column)| (*column).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_name_has_one_form() {
        for (name, expected) in [
            ("Watched", "episodes_watched"),
            ("finish-date", "finish_date"),
            ("Finished", "finish_date"),
            ("FINISH DATE", "finish_date"),
            ("id", "mal_id"),
            ("mal-id", "mal_id"),
            ("score", "score"),
            ("no such", "no_such"),
        ] {
            assert_eq!(canonical_name(name), expected, "{name}");
        }
    }
}
