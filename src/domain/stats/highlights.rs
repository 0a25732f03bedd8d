//! Entries that the report shows one by one: those being watched, and those with the highest scores.

use std::cmp::Reverse;

use rust_decimal::Decimal;

use super::{ListEntry, scores::valid_score, watched::non_negative};

/// An entry being watched, for the first time or again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchingEntry {
    /// MAL's id.
    pub mal_id: i32,
    /// The title.
    pub title: String,
    /// The user's score.
    pub score: Option<u64>,
    /// Episodes watched; of the current rewatch if `is_rewatching`.
    pub episodes_watched: u64,
    /// Number of episodes of the anime. `None` if it is unknown.
    pub episodes: Option<u64>,
    /// True if the entry is being rewatched.
    pub is_rewatching: bool,
}

impl WatchingEntry {
    /// Returns the watched share in millionths, 0 if the number of episodes is unknown.
    fn progress_millionths(&self) -> u64 {
        let watched = self.episodes_watched.saturating_mul(1_000_000);
        self.episodes.and_then(|episodes| watched.checked_div(episodes)).unwrap_or(0)
    }
}

/// Returns the entries being watched, those nearest to the end first, then by title and id.
pub(super) fn collect_watching(entries: &[&ListEntry]) -> Vec<WatchingEntry> {
    let mut watching: Vec<WatchingEntry> = entries.iter().filter_map(|entry| watching_entry(entry)).collect();
    watching.sort_by(|a, b| {
        let key = |entry: &WatchingEntry| (Reverse(entry.progress_millionths()), entry.episodes.is_none());
        key(a).cmp(&key(b)).then_with(|| (&a.title, a.mal_id).cmp(&(&b.title, b.mal_id)))
    });
    watching
}

fn watching_entry(entry: &ListEntry) -> Option<WatchingEntry> {
    let (anime, values) = (&entry.anime, &entry.stored.values);
    let is_rewatching = values.is_rewatching;
    let episodes_watched = if is_rewatching { values.rewatch_episodes } else { values.episodes_watched };
    (is_rewatching || values.status == "watching").then(|| WatchingEntry {
        mal_id: anime.mal_id,
        title: anime.title.clone(),
        score: valid_score(entry),
        episodes_watched: non_negative(episodes_watched),
        episodes: Some(non_negative(anime.episodes)).filter(|episodes| *episodes > 0),
        is_rewatching,
    })
}

/// An entry with the user's score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FavoriteEntry {
    /// MAL's id.
    pub mal_id: i32,
    /// The title.
    pub title: String,
    /// The user's score.
    pub score: u64,
    /// MAL's mean score.
    pub mean: Option<Decimal>,
    /// The status.
    pub status: String,
}

/// Returns the entries with a score of at least [`MIN_FAVORITE_SCORE`], by descending score, then by descending mean score
/// on MAL, then by title and id.
pub(super) fn collect_favorites(entries: &[&ListEntry]) -> Vec<FavoriteEntry> {
    let favorite = |entry: &&ListEntry| {
        let score = valid_score(entry).filter(|score| *score >= MIN_FAVORITE_SCORE)?;
        let (anime, status) = (&entry.anime, entry.stored.values.status.clone());
        Some(FavoriteEntry { mal_id: anime.mal_id, title: anime.title.clone(), score, mean: anime.mean, status })
    };
    let mut favorites: Vec<FavoriteEntry> = entries.iter().filter_map(favorite).collect();
    favorites.sort_by(|a, b| {
        (b.score, b.mean).cmp(&(a.score, a.mean)).then_with(|| (&a.title, a.mal_id).cmp(&(&b.title, b.mal_id)))
    });
    favorites
}

/// Lowest score of a favorite: "Good" on MAL's scale.
pub const MIN_FAVORITE_SCORE: u64 = 7;
