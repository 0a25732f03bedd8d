//! Anime metadata as MAL returns it today.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::partial_date::PartialDate;

/// One row of `anime`. Every column takes MAL's value; an absent value clears the column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anime {
    /// MAL's id, 1 to 2^31-1.
    pub mal_id: i32,
    /// The main title, never empty.
    pub title: String,
    /// `alternative_titles.en`.
    pub title_english: Option<String>,
    /// `alternative_titles.ja`.
    pub title_japanese: Option<String>,
    /// The synopsis.
    pub synopsis: Option<String>,
    /// `num_episodes`; `None` for MAL's 0 (unknown).
    pub episodes: Option<i32>,
    /// Airing status. A value that MAL adds later is stored unchanged.
    pub status: Option<String>,
    /// `mean`, 0 to 10 with two decimals; the column is called `score`.
    pub mean: Option<Decimal>,
    /// Rank by mean score.
    pub rank: Option<i32>,
    /// Rank by number of list users.
    pub popularity: Option<i32>,
    /// `start_date`.
    pub aired_from: Option<PartialDate>,
    /// `end_date`.
    pub aired_to: Option<PartialDate>,
    /// URL of the large picture, otherwise of the medium one.
    pub image_url: Option<String>,
    /// `tv`, `movie`, …. A value that MAL adds later is stored unchanged.
    pub media_type: Option<String>,
    /// `white`, `gray` or `black`.
    pub nsfw: Option<String>,
    /// `alternative_titles.synonyms`, in MAL's order.
    pub synonyms: Vec<String>,
    /// `genres`, sorted by id.
    pub genres: Vec<IdName>,
    /// `studios`, sorted by id.
    pub studios: Vec<IdName>,
    /// `start_season`: the season of the first broadcast.
    pub start_season: Option<Season>,
    /// Source material: `manga`, `original`, …. A value that MAL adds later is stored unchanged.
    pub source: Option<String>,
    /// Age rating: `g`, `pg`, `pg_13`, `r`, `r+`, `rx`. A value that MAL adds later is stored unchanged.
    pub rating: Option<String>,
    /// Length of one episode in seconds; `None` for MAL's 0 (unknown).
    pub average_episode_duration: Option<i32>,
    /// `broadcast`: weekly broadcast slot in Japan's time zone.
    pub broadcast: Option<Broadcast>,
    /// Number of users who have the anime in their list.
    pub num_list_users: Option<i32>,
    /// Number of users who scored the anime.
    pub num_scoring_users: Option<i32>,
    /// Time when MAL created the anime's page.
    pub created_at: Option<DateTime<Utc>>,
    /// Time when MAL last changed the anime's page.
    pub updated_at: Option<DateTime<Utc>>,
}

/// A genre or a studio.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IdName {
    /// MAL's id, 1 to 2^31-1.
    pub id: i32,
    /// The name of the genre or studio.
    pub name: String,
}

/// A season of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Season {
    /// The year.
    pub year: i32,
    /// `winter`, `spring`, `summer` or `fall`. A value that MAL adds later is stored unchanged.
    pub season: String,
}

/// Weekly broadcast slot of an anime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broadcast {
    /// `monday` to `sunday`, or `other`. A value that MAL adds later is stored unchanged.
    pub day: String,
    /// Time of day, `HH:MM`.
    pub time: Option<String>,
}
