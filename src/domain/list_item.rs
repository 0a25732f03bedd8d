//! One line of `list`: an entry together with its anime.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::entry::Values;

/// An entry of a user's list with what is shown of its anime.
#[derive(Clone, Debug, PartialEq)]
pub struct ListItem {
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// The main title.
    pub title: String,
    /// The English title.
    pub title_english: Option<String>,
    /// How many episodes there are; none is unknown.
    pub episodes: Option<i32>,
    /// MAL's mean score, 0 to 10.
    pub mean: Option<Decimal>,
    /// Place by mean score.
    pub rank: Option<i32>,
    /// Place by number of list users.
    pub popularity: Option<i32>,
    /// Whether it is on air (`anime.status`).
    pub airing_status: Option<String>,
    /// `tv`, `movie`, …
    pub media_type: Option<String>,
    /// The user's side of it.
    pub values: Values,
    /// Marked as no longer on MAL.
    pub removed: bool,
    /// When the entry's row last changed; null only where an application left it so.
    pub updated_at: Option<DateTime<Utc>>,
}
