//! Decodes MAL's `node`, the anime of an entry, into a row of `anime`.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::bounded::BoundedList;
use crate::{
    domain::{
        anime::{Anime, Broadcast, IdName, Season},
        limits::{MAL_IDS, NON_NEGATIVE},
        loose_json::UnreadableValues,
        vocabulary::{AIRING_STATUSES, MEDIA_TYPES, SEASONS},
    },
    mal::anime_field_parsers::{self, RawField},
};

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

/// Builds the row of an anime from its id, title and other fields. A field that cannot be read is taken as absent
/// and affects no other field.
pub(super) fn build_anime(
    mal_id: i32,
    title: String,
    node: &AnimeNode<'_>,
    warn: &mut dyn FnMut(&str),
    unreadable: &mut UnreadableValues,
) -> Anime {
    let titles: RawTitles<'_> =
        unreadable.or_default(anime_field_parsers::parse_object(node.alternative_titles, "alternative_titles"));
    let picture: RawPicture<'_> =
        unreadable.or_default(anime_field_parsers::parse_object(node.main_picture, "main_picture"));
    let large = unreadable.or_default(anime_field_parsers::parse_text(picture.large, "main_picture.large", warn));
    let medium = unreadable.or_default(anime_field_parsers::parse_text(picture.medium, "main_picture.medium", warn));
    let synonyms = parse_synonyms(titles.synonyms, warn, unreadable);
    let genres = parse_id_names(node.genres, &GENRE_NAMES, warn, unreadable);
    let studios = parse_id_names(node.studios, &STUDIO_NAMES, warn, unreadable);
    let start_season = parse_season(node.start_season, warn, unreadable);
    let broadcast = parse_broadcast(node.broadcast, warn, unreadable);
    let average_episode_duration = count(node.average_episode_duration, "average_episode_duration", unreadable);
    let episodes = count(node.num_episodes, "num_episodes", unreadable);
    let num_list_users = count(node.num_list_users, "num_list_users", unreadable);
    let num_scoring_users = count(node.num_scoring_users, "num_scoring_users", unreadable);
    let any = i32::MIN..=i32::MAX;
    let mut text = |raw, name| unreadable.or_default(anime_field_parsers::parse_text(raw, name, warn));
    let (title_english, title_japanese) =
        (text(titles.en, "alternative_titles.en"), text(titles.ja, "alternative_titles.ja"));
    let (synopsis, source) = (text(node.synopsis, "synopsis"), text(node.source, "source"));
    let mut keyword =
        |raw, name, known: &[&str]| unreadable.or_default(anime_field_parsers::parse_keyword(raw, name, known, warn));
    let status = keyword(node.status, "status", &AIRING_STATUSES);
    let media_type = keyword(node.media_type, "media_type", &MEDIA_TYPES);
    let nsfw = keyword(node.nsfw, "nsfw", &NSFW_LEVELS);
    let rating = keyword(node.rating, "rating", &AGE_RATINGS);
    Anime {
        mal_id,
        title,
        title_english,
        title_japanese,
        synopsis,
        episodes: episodes.filter(|count| *count > 0),
        status,
        mean: unreadable.or_default(anime_field_parsers::parse_mean_score(node.mean, "mean", warn)),
        rank: unreadable.or_default(anime_field_parsers::parse_integer(node.rank, "rank", any.clone())),
        popularity: unreadable.or_default(anime_field_parsers::parse_integer(node.popularity, "popularity", any)),
        aired_from: unreadable.or_default(anime_field_parsers::parse_date(node.start_date, "start_date", warn)),
        aired_to: unreadable.or_default(anime_field_parsers::parse_date(node.end_date, "end_date", warn)),
        image_url: large.or(medium),
        media_type,
        nsfw,
        synonyms,
        genres,
        studios,
        start_season,
        source,
        rating,
        average_episode_duration: average_episode_duration.filter(|seconds| *seconds > 0),
        broadcast,
        num_list_users,
        num_scoring_users,
        created_at: unreadable.or_default(anime_field_parsers::parse_time(node.created_at, "created_at", warn)),
        updated_at: unreadable.or_default(anime_field_parsers::parse_time(node.updated_at, "updated_at", warn)),
    }
}

/// Parses a number of episodes, users or seconds.
fn count(raw: RawField<'_>, name: &str, unreadable: &mut UnreadableValues) -> Option<i32> {
    unreadable.or_default(anime_field_parsers::parse_integer(raw, name, NON_NEGATIVE))
}

fn parse_synonyms(raw: RawField<'_>, warn: &mut dyn FnMut(&str), unreadable: &mut UnreadableValues) -> Vec<String> {
    let name = "alternative_titles.synonyms";
    let items = unreadable.or_default(parse_list(raw, name, warn));
    let synonym = |raw| unreadable.or_default(anime_field_parsers::parse_text(Some(raw), name, warn));
    items.into_iter().filter_map(synonym).collect()
}

/// Names of a list of ids and names in messages.
struct IdNameListNames {
    list: &'static str,
    id: &'static str,
    name: &'static str,
}

const GENRE_NAMES: IdNameListNames = IdNameListNames { list: "genres", id: "genres.id", name: "genres.name" };
const STUDIO_NAMES: IdNameListNames = IdNameListNames { list: "studios", id: "studios.id", name: "studios.name" };

fn parse_id_names(
    raw: RawField<'_>,
    names: &IdNameListNames,
    warn: &mut dyn FnMut(&str),
    unreadable: &mut UnreadableValues,
) -> Vec<IdName> {
    let mut id_names = Vec::new();
    for raw in unreadable.or_default(parse_list(raw, names.list, warn)) {
        match parse_id_name(raw, names, warn) {
            Ok((Some(id), Some(name))) => id_names.push(IdName { id, name }),
            Ok(_) => warn(&format!("an item of {} has no id or no name and is ignored", names.list)),
            Err(message) => unreadable.or_default(Err(message)),
        }
    }
    id_names.sort();
    id_names.dedup_by_key(|id_name| id_name.id);
    id_names
}

fn parse_id_name(
    raw: &RawValue,
    names: &IdNameListNames,
    warn: &mut dyn FnMut(&str),
) -> Result<(Option<i32>, Option<String>), String> {
    let raw_item: RawIdName<'_> = anime_field_parsers::parse_object(Some(raw), names.list)?;
    let id = anime_field_parsers::parse_integer(raw_item.id, names.id, MAL_IDS)?;
    Ok((id, anime_field_parsers::parse_text(raw_item.name, names.name, warn)?))
}

fn parse_season(raw: RawField<'_>, warn: &mut dyn FnMut(&str), unreadable: &mut UnreadableValues) -> Option<Season> {
    let raw_season: RawSeason<'_> = unreadable.or_default(anime_field_parsers::parse_object(raw, "start_season"));
    let year =
        unreadable.or_default(anime_field_parsers::parse_integer(raw_season.year, "start_season.year", 1..=9999));
    let season = anime_field_parsers::parse_keyword(raw_season.season, "start_season.season", &SEASONS, warn);
    year.zip(unreadable.or_default(season)).map(|(year, season)| Season { year, season })
}

fn parse_broadcast(
    raw: RawField<'_>,
    warn: &mut dyn FnMut(&str),
    unreadable: &mut UnreadableValues,
) -> Option<Broadcast> {
    let raw_broadcast: RawBroadcast<'_> = unreadable.or_default(anime_field_parsers::parse_object(raw, "broadcast"));
    let mut text = |raw, name| unreadable.or_default(anime_field_parsers::parse_text(raw, name, warn));
    let time = text(raw_broadcast.start_time, "broadcast.start_time");
    text(raw_broadcast.day_of_the_week, "broadcast.day_of_the_week").map(|day| Broadcast { day, time })
}

/// Returns the first [`MAX_LIST_ITEMS`] items of an array.
fn parse_list<'a>(raw: RawField<'a>, name: &str, warn: &mut dyn FnMut(&str)) -> Result<Vec<&'a RawValue>, String> {
    let Some(raw) = raw else { return Ok(Vec::new()) };
    let list: BoundedList<'_, MAX_LIST_ITEMS> = serde_json::from_str(raw.get())
        .map_err(|_| format!("{name} is not a list: {}", anime_field_parsers::excerpt(raw)))?;
    if list.total_count > MAX_LIST_ITEMS {
        warn(&format!("{} {name}, of which the first {MAX_LIST_ITEMS} are kept", list.total_count));
    }
    Ok(list.items)
}
