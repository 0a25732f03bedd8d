//! The metadata of an anime, as MAL gives it today.

use rust_decimal::Decimal;

use super::partial_date::PartialDate;

/// One row of `anime`. Every column takes MAL's value, absence included.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}
