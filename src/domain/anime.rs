//! The metadata of an anime, as MAL gives it today.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::partial_date::PartialDate;

/// One row of `anime`. Every column takes MAL's value, absence included.
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
    /// `num_episodes`; MAL's 0 (unknown) is none.
    pub episodes: Option<i32>,
    /// The airing status; a word that MAL newly made is kept as it is.
    pub status: Option<String>,
    /// `mean`, 0 to 10 with two decimals; the column is called `score`.
    pub mean: Option<Decimal>,
    /// Place by mean score.
    pub rank: Option<i32>,
    /// Place by number of list users.
    pub popularity: Option<i32>,
    /// `start_date`.
    pub aired_from: Option<PartialDate>,
    /// `end_date`.
    pub aired_to: Option<PartialDate>,
    /// The large picture, else the medium one.
    pub image_url: Option<String>,
    /// `tv`, `movie`, …; a word that MAL newly made is kept as it is.
    pub media_type: Option<String>,
    /// `white`, `gray` or `black`.
    pub nsfw: Option<String>,
    /// `alternative_titles.synonyms`, in MAL's order.
    pub synonyms: Vec<String>,
    /// `genres`, by id.
    pub genres: Vec<IdName>,
    /// `studios`, by id.
    pub studios: Vec<IdName>,
    /// `start_season`: the season in which it began.
    pub start_season: Option<Season>,
    /// What it was made from: `manga`, `original`, …; a word that MAL newly made is kept as it is.
    pub source: Option<String>,
    /// The age rating: `g`, `pg`, `pg_13`, `r`, `r+`, `rx`; a word that MAL newly made is kept as it is.
    pub rating: Option<String>,
    /// The length of one episode, in seconds; MAL's 0 (unknown) is none.
    pub average_episode_duration: Option<i32>,
    /// `broadcast`: when it is on air, in Japan's time.
    pub broadcast: Option<Broadcast>,
    /// How many users have it in their list.
    pub num_list_users: Option<i32>,
    /// How many users scored it.
    pub num_scoring_users: Option<i32>,
    /// When MAL made the anime's page.
    pub created_at: Option<DateTime<Utc>>,
    /// When MAL last changed the anime's page.
    pub updated_at: Option<DateTime<Utc>>,
}

/// A genre or a studio, by MAL's id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IdName {
    /// MAL's id, 1 to 2^31-1.
    pub id: i32,
    /// Its name.
    pub name: String,
}

/// A season of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Season {
    /// The year.
    pub year: i32,
    /// `winter`, `spring`, `summer` or `fall`; a word that MAL newly made is kept as it is.
    pub season: String,
}

/// When an anime is on air every week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broadcast {
    /// `monday` to `sunday`, or `other`; a word that MAL newly made is kept as it is.
    pub day: String,
    /// The time of day, `HH:MM`.
    pub time: Option<String>,
}
