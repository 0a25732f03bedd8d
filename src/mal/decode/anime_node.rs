//! Decodes MAL's `node`, the anime of an entry, into a row of `anime`.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::bounded::BoundedList;
use crate::{
    domain::{
        anime::{Anime, Broadcast, IdName, Season},
        limits::{MAL_IDS, NON_NEGATIVE},
        vocabulary::{AIRING_STATUSES, SEASONS},
    },
    mal::json_value::{self, RawField},
};

const MEDIA_TYPES: [&str; 10] = ["unknown", "tv", "ova", "movie", "special", "ona", "music", "tv_special", "cm", "pv"];
const NSFW_LEVELS: [&str; 3] = ["white", "gray", "black"];
const AGE_RATINGS: [&str; 6] = ["g", "pg", "pg_13", "r", "r+", "rx"];
/// Items kept of a list. No anime has more genres, studios or synonyms.
const MAX_LIST_ITEMS: usize = 100;

/// Defines the members of `node`: those that MAL always sends, and those that a request must name.
macro_rules! define_node {
    (always { $($always:ident,)* } requested { $($requested:ident,)* }) => {
        /// `node` with raw fields.
        #[derive(Default, Deserialize)]
        pub(super) struct AnimeNode<'a> {
            $(#[serde(borrow)] pub(super) $always: RawField<'a>,)*
            $(#[serde(borrow)] $requested: RawField<'a>,)*
        }

        /// The fields of `node` that a request must name.
        pub(super) const REQUESTED_NODE_FIELDS: &[&str] = &[$(stringify!($requested),)*];
    };
}

define_node! {
    always {
        id, title,
    }
    requested {
        alternative_titles, synopsis, num_episodes, status, mean, rank, popularity, start_date, end_date,
        main_picture, media_type, nsfw, genres, studios, start_season, source, rating,
        average_episode_duration, broadcast, num_list_users, num_scoring_users, created_at, updated_at,
    }
}

#[derive(Default, Deserialize)]
struct RawTitles<'a> {
    #[serde(borrow)]
    en: RawField<'a>,
    #[serde(borrow)]
    ja: RawField<'a>,
    #[serde(borrow)]
    synonyms: RawField<'a>,
}

#[derive(Default, Deserialize)]
struct RawPicture<'a> {
    #[serde(borrow)]
    large: RawField<'a>,
    #[serde(borrow)]
    medium: RawField<'a>,
}

#[derive(Default, Deserialize)]
struct RawIdName<'a> {
    #[serde(borrow)]
    id: RawField<'a>,
    #[serde(borrow)]
    name: RawField<'a>,
}

#[derive(Default, Deserialize)]
struct RawSeason<'a> {
    #[serde(borrow)]
    year: RawField<'a>,
    #[serde(borrow)]
    season: RawField<'a>,
}

#[derive(Default, Deserialize)]
struct RawBroadcast<'a> {
    #[serde(borrow)]
    day_of_the_week: RawField<'a>,
    #[serde(borrow)]
    start_time: RawField<'a>,
}

/// Builds the row of an anime from its id, title and other fields.
pub(super) fn build_anime(
    mal_id: i32,
    title: String,
    node: &AnimeNode<'_>,
    warn: &mut dyn FnMut(&str),
) -> Result<Anime, String> {
    let titles: RawTitles<'_> = json_value::parse_object(node.alternative_titles, "alternative_titles")?;
    let picture: RawPicture<'_> = json_value::parse_object(node.main_picture, "main_picture")?;
    let large = json_value::parse_text(picture.large, "main_picture.large", warn)?;
    let medium = json_value::parse_text(picture.medium, "main_picture.medium", warn)?;
    let any = i32::MIN..=i32::MAX;
    Ok(Anime {
        mal_id,
        title,
        title_english: json_value::parse_text(titles.en, "alternative_titles.en", warn)?,
        title_japanese: json_value::parse_text(titles.ja, "alternative_titles.ja", warn)?,
        synopsis: json_value::parse_text(node.synopsis, "synopsis", warn)?,
        episodes: json_value::parse_integer(node.num_episodes, "num_episodes", NON_NEGATIVE)?
            .filter(|count| *count > 0),
        status: json_value::parse_keyword(node.status, "status", &AIRING_STATUSES, warn)?,
        mean: json_value::parse_mean_score(node.mean, "mean", warn)?,
        rank: json_value::parse_integer(node.rank, "rank", any.clone())?,
        popularity: json_value::parse_integer(node.popularity, "popularity", any)?,
        aired_from: json_value::parse_date(node.start_date, "start_date", warn)?,
        aired_to: json_value::parse_date(node.end_date, "end_date", warn)?,
        image_url: large.or(medium),
        media_type: json_value::parse_keyword(node.media_type, "media_type", &MEDIA_TYPES, warn)?,
        nsfw: json_value::parse_keyword(node.nsfw, "nsfw", &NSFW_LEVELS, warn)?,
        synonyms: parse_synonyms(titles.synonyms, warn)?,
        genres: parse_id_names(node.genres, "genres", warn)?,
        studios: parse_id_names(node.studios, "studios", warn)?,
        start_season: parse_season(node.start_season, warn)?,
        source: json_value::parse_text(node.source, "source", warn)?,
        rating: json_value::parse_keyword(node.rating, "rating", &AGE_RATINGS, warn)?,
        average_episode_duration: json_value::parse_integer(
            node.average_episode_duration,
            "average_episode_duration",
            NON_NEGATIVE,
        )?
        .filter(|seconds| *seconds > 0),
        broadcast: parse_broadcast(node.broadcast, warn)?,
        num_list_users: json_value::parse_integer(node.num_list_users, "num_list_users", NON_NEGATIVE)?,
        num_scoring_users: json_value::parse_integer(node.num_scoring_users, "num_scoring_users", NON_NEGATIVE)?,
        created_at: json_value::parse_time(node.created_at, "created_at", warn)?,
        updated_at: json_value::parse_time(node.updated_at, "updated_at", warn)?,
    })
}

fn parse_synonyms(raw: RawField<'_>, warn: &mut dyn FnMut(&str)) -> Result<Vec<String>, String> {
    let mut synonyms = Vec::new();
    for raw in parse_list(raw, "alternative_titles.synonyms", warn)? {
        synonyms.extend(json_value::parse_text(Some(raw), "alternative_titles.synonyms", warn)?);
    }
    Ok(synonyms)
}

/// Parses genres or studios, sorted by id, without duplicates.
fn parse_id_names(raw: RawField<'_>, name: &str, warn: &mut dyn FnMut(&str)) -> Result<Vec<IdName>, String> {
    let mut id_names = Vec::new();
    for raw in parse_list(raw, name, warn)? {
        let raw_item: RawIdName<'_> = json_value::parse_object(Some(raw), name)?;
        let id = json_value::parse_integer(raw_item.id, &format!("{name}.id"), MAL_IDS)?;
        let item_name = json_value::parse_text(raw_item.name, &format!("{name}.name"), warn)?;
        match (id, item_name) {
            (Some(id), Some(name)) => id_names.push(IdName { id, name }),
            _ => warn(&format!("an item of {name} has no id or no name and is ignored")),
        }
    }
    id_names.sort();
    id_names.dedup_by_key(|id_name| id_name.id);
    Ok(id_names)
}

fn parse_season(raw: RawField<'_>, warn: &mut dyn FnMut(&str)) -> Result<Option<Season>, String> {
    let raw_season: RawSeason<'_> = json_value::parse_object(raw, "start_season")?;
    let year = json_value::parse_integer(raw_season.year, "start_season.year", 1..=9999)?;
    let season = json_value::parse_keyword(raw_season.season, "start_season.season", &SEASONS, warn)?;
    Ok(year.zip(season).map(|(year, season)| Season { year, season }))
}

fn parse_broadcast(raw: RawField<'_>, warn: &mut dyn FnMut(&str)) -> Result<Option<Broadcast>, String> {
    let raw_broadcast: RawBroadcast<'_> = json_value::parse_object(raw, "broadcast")?;
    let time = json_value::parse_text(raw_broadcast.start_time, "broadcast.start_time", warn)?;
    let day = json_value::parse_text(raw_broadcast.day_of_the_week, "broadcast.day_of_the_week", warn)?;
    Ok(day.map(|day| Broadcast { day, time }))
}

/// Returns the first [`MAX_LIST_ITEMS`] items of an array.
fn parse_list<'a>(raw: RawField<'a>, name: &str, warn: &mut dyn FnMut(&str)) -> Result<Vec<&'a RawValue>, String> {
    let Some(raw) = raw else { return Ok(Vec::new()) };
    let list: BoundedList<'_, MAX_LIST_ITEMS> =
        serde_json::from_str(raw.get()).map_err(|_| format!("{name} is no list: {}", json_value::excerpt(raw)))?;
    if list.total_count > MAX_LIST_ITEMS {
        warn(&format!("{} {name}, of which the first {MAX_LIST_ITEMS} are kept", list.total_count));
    }
    Ok(list.items)
}
