//! The words that MAL uses for a value, each list of them defined once.
//!
//! A word that MAL adds later is kept as it is; only the status of an entry must be a known one.

/// MAL's five statuses of an entry, in the order of its website.
pub const LIST_STATUSES: [&str; 5] = ["watching", "completed", "on_hold", "dropped", "plan_to_watch"];

/// Other words for a status, without blanks, `-` and `_`: those of MAL's website and their short forms.
const OTHER_STATUS_WORDS: [(&str, &str); 11] = [
    ("currentlywatching", "watching"),
    ("current", "watching"),
    ("cw", "watching"),
    ("finished", "completed"),
    ("complete", "completed"),
    ("watched", "completed"),
    ("done", "completed"),
    ("hold", "on_hold"),
    ("planned", "plan_to_watch"),
    ("planning", "plan_to_watch"),
    ("ptw", "plan_to_watch"),
];

/// MAL's genres, themes and demographics, so that one of them is known even if no entry of a list has it.
#[rustfmt::skip]
pub const GENRES: [&str; 78] = [
    "Action", "Adventure", "Avant Garde", "Award Winning", "Boys Love", "Comedy", "Drama", "Fantasy", "Girls Love",
    "Gourmet", "Horror", "Mystery", "Romance", "Sci-Fi", "Slice of Life", "Sports", "Supernatural", "Suspense",
    "Ecchi", "Erotica", "Hentai", "Adult Cast", "Anthropomorphic", "CGDCT", "Childcare", "Combat Sports",
    "Crossdressing", "Delinquents", "Detective", "Educational", "Gag Humor", "Gore", "Harem", "High Stakes Game",
    "Historical", "Idols (Female)", "Idols (Male)", "Isekai", "Iyashikei", "Love Polygon", "Love Status Quo",
    "Magical Sex Shift", "Mahou Shoujo", "Martial Arts", "Mecha", "Medical", "Military", "Music", "Mythology",
    "Organized Crime", "Otaku Culture", "Parody", "Performing Arts", "Pets", "Psychological", "Racing",
    "Reincarnation", "Reverse Harem", "Samurai", "School", "Showbiz", "Space", "Strategy Game", "Super Power",
    "Survival", "Team Sports", "Time Travel", "Urban Fantasy", "Vampire", "Video Game", "Villainess", "Visual Arts",
    "Workplace", "Josei", "Kids", "Seinen", "Shoujo", "Shounen",
];

/// Returns a word in lower case without blanks, `-` and `_`.
fn squeeze_word(word: &str) -> String {
    word.to_lowercase().replace([' ', '-', '_'], "")
}

/// Returns the known word that this one is, in whatever spelling.
fn find_word(typed: &str, known: &[&'static str]) -> Option<&'static str> {
    let typed = squeeze_word(typed);
    known.iter().find(|word| squeeze_word(word) == typed).copied()
}

/// Returns the status of an entry that a typed word means: `Plan to Watch`, `plantowatch`, `ptw`. Returns `None` if it is
/// unknown.
#[must_use]
pub fn find_list_status(typed: &str) -> Option<&'static str> {
    let squeezed = squeeze_word(typed);
    let other = OTHER_STATUS_WORDS.iter().find(|(word, _)| *word == squeezed).map(|(_, status)| *status);
    find_word(typed, &LIST_STATUSES).or(other)
}

/// Returns the media type that a typed word means: `TV Special`, `tv-special`. Returns `None` if it is unknown.
#[must_use]
pub fn find_media_type(typed: &str) -> Option<&'static str> {
    find_word(typed, &MEDIA_TYPES)
}

/// Returns the airing status that a typed word means: MAL's words, or `finished`, `airing`, `upcoming`. Returns `None` if it
/// is unknown.
#[must_use]
pub fn find_airing_status(typed: &str) -> Option<&'static str> {
    match squeeze_word(typed).as_str() {
        "finished" | "ended" => Some(FINISHED_AIRING),
        "airing" | "current" => Some(CURRENTLY_AIRING),
        "upcoming" | "announced" => Some(NOT_YET_AIRED),
        _ => find_word(typed, &AIRING_STATUSES),
    }
}

/// Airing status of an anime whose last episode was broadcast.
pub const FINISHED_AIRING: &str = "finished_airing";
/// Airing status of an anime that is being broadcast.
pub const CURRENTLY_AIRING: &str = "currently_airing";
/// Airing status of an anime that was not broadcast yet.
pub const NOT_YET_AIRED: &str = "not_yet_aired";
/// MAL's three airing statuses of an anime.
pub const AIRING_STATUSES: [&str; 3] = [FINISHED_AIRING, CURRENTLY_AIRING, NOT_YET_AIRED];

/// MAL's media types of an anime.
pub const MEDIA_TYPES: [&str; 10] =
    ["unknown", "tv", "ova", "movie", "special", "ona", "music", "tv_special", "cm", "pv"];

/// The four seasons, in the order of the calendar.
pub const SEASONS: [&str; 4] = ["winter", "spring", "summer", "fall"];

/// Returns the place of a season in its year, from 0. An unknown season comes last.
#[must_use]
pub fn season_index(season: &str) -> usize {
    SEASONS.iter().position(|name| *name == season).unwrap_or(SEASONS.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_mal_are_found_in_every_spelling() {
        for (typed, expected) in [
            ("Plan to Watch", Some("plan_to_watch")),
            ("plantowatch", Some("plan_to_watch")),
            ("PTW", Some("plan_to_watch")),
            ("On-Hold", Some("on_hold")),
            ("onhold", Some("on_hold")),
            ("Currently Watching", Some("watching")),
            ("watched", Some("completed")),
            ("rewatching", None),
            ("", None),
        ] {
            assert_eq!(find_list_status(typed), expected, "{typed}");
        }
        assert_eq!(find_media_type("TV Special"), Some("tv_special"));
        assert_eq!(find_media_type("OVA"), Some("ova"));
        assert_eq!(find_media_type("tvv"), None);
        for typed in ["airing", "Currently Airing", "currently_airing"] {
            assert_eq!(find_airing_status(typed), Some(CURRENTLY_AIRING), "{typed}");
        }
        assert_eq!(find_airing_status("Not yet aired"), Some(NOT_YET_AIRED));
    }
}
