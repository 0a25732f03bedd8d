//! The words that MAL uses for a value, each list of them defined once.
//!
//! A word that MAL adds later is kept as it is; only the status of an entry must be a known one.

/// MAL's five statuses of an entry, in the order of its website.
pub const LIST_STATUSES: [&str; 5] = ["watching", "completed", "on_hold", "dropped", "plan_to_watch"];

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
