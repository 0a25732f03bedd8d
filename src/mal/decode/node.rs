//! The anime's side of an entry: MAL's `node`, read into the row of `anime`.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::bounded::First;
use crate::{
    domain::anime::{Anime, Broadcast, Named, Season},
    mal::field::{self, Raw},
};

const AIRING: [&str; 3] = ["finished_airing", "currently_airing", "not_yet_aired"];
const MEDIA: [&str; 10] = ["unknown", "tv", "ova", "movie", "special", "ona", "music", "tv_special", "cm", "pv"];
const NSFW: [&str; 3] = ["white", "gray", "black"];
const SEASONS: [&str; 4] = ["winter", "spring", "summer", "fall"];
const RATINGS: [&str; 6] = ["g", "pg", "pg_13", "r", "r+", "rx"];
/// More genres, studios or synonyms than any anime has.
const MOST: usize = 100;

/// `node`, its fields still raw.
#[derive(Default, Deserialize)]
pub(super) struct Node<'a> {
    #[serde(borrow)]
    pub(super) id: Raw<'a>,
    #[serde(borrow)]
    pub(super) title: Raw<'a>,
    #[serde(borrow)]
    alternative_titles: Raw<'a>,
    #[serde(borrow)]
    synopsis: Raw<'a>,
    #[serde(borrow)]
    num_episodes: Raw<'a>,
    #[serde(borrow)]
    status: Raw<'a>,
    #[serde(borrow)]
    mean: Raw<'a>,
    #[serde(borrow)]
    rank: Raw<'a>,
    #[serde(borrow)]
    popularity: Raw<'a>,
    #[serde(borrow)]
    start_date: Raw<'a>,
    #[serde(borrow)]
    end_date: Raw<'a>,
    #[serde(borrow)]
    main_picture: Raw<'a>,
    #[serde(borrow)]
    media_type: Raw<'a>,
    #[serde(borrow)]
    nsfw: Raw<'a>,
    #[serde(borrow)]
    genres: Raw<'a>,
    #[serde(borrow)]
    studios: Raw<'a>,
    #[serde(borrow)]
    start_season: Raw<'a>,
    #[serde(borrow)]
    source: Raw<'a>,
    #[serde(borrow)]
    rating: Raw<'a>,
    #[serde(borrow)]
    average_episode_duration: Raw<'a>,
    #[serde(borrow)]
    broadcast: Raw<'a>,
    #[serde(borrow)]
    num_list_users: Raw<'a>,
    #[serde(borrow)]
    num_scoring_users: Raw<'a>,
    #[serde(borrow)]
    created_at: Raw<'a>,
    #[serde(borrow)]
    updated_at: Raw<'a>,
}

#[derive(Default, Deserialize)]
struct Titles<'a> {
    #[serde(borrow)]
    en: Raw<'a>,
    #[serde(borrow)]
    ja: Raw<'a>,
    #[serde(borrow)]
    synonyms: Raw<'a>,
}

#[derive(Default, Deserialize)]
struct Picture<'a> {
    #[serde(borrow)]
    large: Raw<'a>,
    #[serde(borrow)]
    medium: Raw<'a>,
}

#[derive(Default, Deserialize)]
struct SentName<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
}

#[derive(Default, Deserialize)]
struct SentSeason<'a> {
    #[serde(borrow)]
    year: Raw<'a>,
    #[serde(borrow)]
    season: Raw<'a>,
}

#[derive(Default, Deserialize)]
struct SentBroadcast<'a> {
    #[serde(borrow)]
    day_of_the_week: Raw<'a>,
    #[serde(borrow)]
    start_time: Raw<'a>,
}

/// The row of an anime whose id and title are known.
pub(super) fn anime(mal_id: i32, title: String, node: &Node<'_>, warn: &mut dyn FnMut(&str)) -> Result<Anime, String> {
    let titles: Titles<'_> = field::object(node.alternative_titles, "alternative_titles")?;
    let picture: Picture<'_> = field::object(node.main_picture, "main_picture")?;
    let large = field::text(picture.large, "main_picture.large", warn)?;
    let medium = field::text(picture.medium, "main_picture.medium", warn)?;
    let any = i32::MIN..=i32::MAX;
    let count = 0..=i32::MAX;
    Ok(Anime {
        mal_id,
        title,
        title_english: field::text(titles.en, "alternative_titles.en", warn)?,
        title_japanese: field::text(titles.ja, "alternative_titles.ja", warn)?,
        synopsis: field::text(node.synopsis, "synopsis", warn)?,
        episodes: field::whole(node.num_episodes, "num_episodes", count.clone())?.filter(|count| *count > 0),
        status: field::word(node.status, "status", &AIRING, warn)?,
        mean: field::mean(node.mean, "mean", warn)?,
        rank: field::whole(node.rank, "rank", any.clone())?,
        popularity: field::whole(node.popularity, "popularity", any)?,
        aired_from: field::date(node.start_date, "start_date", warn)?,
        aired_to: field::date(node.end_date, "end_date", warn)?,
        image_url: large.or(medium),
        media_type: field::word(node.media_type, "media_type", &MEDIA, warn)?,
        nsfw: field::word(node.nsfw, "nsfw", &NSFW, warn)?,
        synonyms: synonyms(titles.synonyms, warn)?,
        genres: named(node.genres, "genres", warn)?,
        studios: named(node.studios, "studios", warn)?,
        start_season: season(node.start_season, warn)?,
        source: field::text(node.source, "source", warn)?,
        rating: field::word(node.rating, "rating", &RATINGS, warn)?,
        average_episode_duration: field::whole(
            node.average_episode_duration,
            "average_episode_duration",
            count.clone(),
        )?
        .filter(|seconds| *seconds > 0),
        broadcast: broadcast(node.broadcast, warn)?,
        num_list_users: field::whole(node.num_list_users, "num_list_users", count.clone())?,
        num_scoring_users: field::whole(node.num_scoring_users, "num_scoring_users", count)?,
        created_at: field::time(node.created_at, "created_at", warn)?,
        updated_at: field::time(node.updated_at, "updated_at", warn)?,
    })
}

fn synonyms(raw: Raw<'_>, warn: &mut dyn FnMut(&str)) -> Result<Vec<String>, String> {
    let mut synonyms = Vec::new();
    for raw in list(raw, "alternative_titles.synonyms", warn)? {
        synonyms.extend(field::text(Some(raw), "alternative_titles.synonyms", warn)?);
    }
    Ok(synonyms)
}

/// Genres or studios: by id, each once.
fn named(raw: Raw<'_>, name: &str, warn: &mut dyn FnMut(&str)) -> Result<Vec<Named>, String> {
    let mut named = Vec::new();
    for raw in list(raw, name, warn)? {
        let sent: SentName<'_> = field::object(Some(raw), name)?;
        let id = field::whole(sent.id, &format!("{name}.id"), 1..=i32::MAX)?;
        let called = field::text(sent.name, &format!("{name}.name"), warn)?;
        match (id, called) {
            (Some(id), Some(name)) => named.push(Named { id, name }),
            _ => warn(&format!("one of {name} has no id or no name, and is left out")),
        }
    }
    named.sort();
    named.dedup_by_key(|named| named.id);
    Ok(named)
}

fn season(raw: Raw<'_>, warn: &mut dyn FnMut(&str)) -> Result<Option<Season>, String> {
    let sent: SentSeason<'_> = field::object(raw, "start_season")?;
    let year = field::whole(sent.year, "start_season.year", 1..=9999)?;
    let season = field::word(sent.season, "start_season.season", &SEASONS, warn)?;
    Ok(year.zip(season).map(|(year, season)| Season { year, season }))
}

fn broadcast(raw: Raw<'_>, warn: &mut dyn FnMut(&str)) -> Result<Option<Broadcast>, String> {
    let sent: SentBroadcast<'_> = field::object(raw, "broadcast")?;
    let time = field::text(sent.start_time, "broadcast.start_time", warn)?;
    let day = field::text(sent.day_of_the_week, "broadcast.day_of_the_week", warn)?;
    Ok(day.map(|day| Broadcast { day, time }))
}

/// The items of a list, the first [`MOST`] of them.
fn list<'a>(raw: Raw<'a>, name: &str, warn: &mut dyn FnMut(&str)) -> Result<Vec<&'a RawValue>, String> {
    let Some(raw) = raw else { return Ok(Vec::new()) };
    let first: First<'_, MOST> =
        serde_json::from_str(raw.get()).map_err(|_| format!("{name} is no list: {}", field::shown(raw)))?;
    if first.count > MOST {
        warn(&format!("{} {name}, of which the first {MOST} are kept", first.count));
    }
    Ok(first.items)
}
