//! Columns of `anime`. Genres and studios are ids only: `genres_studios` adds their names.

use super::codecs::{
    DECIMAL, INTEGER, PARTIAL_DATE, REQUIRED_INTEGER, TEXT, TEXT_LIST, TEXT_OR_EMPTY, TIME, read_json_list,
};
use crate::{
    domain::anime::{Anime, Broadcast, IdName, Season},
    store::{
        error::Error,
        sql::{ColumnCodec, ColumnType, DbRow, SelectColumn, SqlValue, columns},
    },
};

columns!(Anime as "a" {
    columns {
        mal_id: REQUIRED_INTEGER("mal_id"),
        title: TEXT_OR_EMPTY("title"),
        title_english: TEXT("title_english"),
        title_japanese: TEXT("title_japanese"),
        synopsis: TEXT("synopsis"),
        episodes: INTEGER("episodes"),
        status: TEXT("status"),
        mean: DECIMAL("score"),
        rank: INTEGER("rank"),
        popularity: INTEGER("popularity"),
        aired_from: PARTIAL_DATE("aired_from", "aired_from_precision"),
        aired_to: PARTIAL_DATE("aired_to", "aired_to_precision"),
        image_url: TEXT("image_url"),
        media_type: TEXT("media_type"),
        nsfw: TEXT("nsfw"),
        synonyms: TEXT_LIST("synonyms"),
        genres: ID_LIST("mal_genre_ids"),
        studios: ID_LIST("mal_studio_ids"),
        start_season: SEASON("start_season_year", "start_season"),
        source: TEXT("source"),
        rating: TEXT("rating"),
        average_episode_duration: INTEGER("average_episode_duration"),
        broadcast: BROADCAST("broadcast_day", "broadcast_time"),
        num_list_users: INTEGER("num_list_users"),
        num_scoring_users: INTEGER("num_scoring_users"),
        created_at: TIME("metadata_created_at"),
        updated_at: TIME("metadata_updated_at"),
    }
});

/// A JSON array of the ids, read in ascending order and with empty names.
const ID_LIST: ColumnCodec<Vec<IdName>, 1> = ColumnCodec {
    types: [ColumnType::Json],
    bind: |items| [SqlValue::json(&items.iter().map(|item| item.id).collect::<Vec<_>>())],
    read: |row, [name]| {
        let mut ids: Vec<i32> = read_json_list(row, name)?;
        ids.sort_unstable();
        ids.dedup();
        Ok(ids.into_iter().map(|id| IdName { id, name: String::new() }).collect())
    },
};

/// Year and name. With only one of them the season is absent.
const SEASON: ColumnCodec<Option<Season>, 2> = ColumnCodec {
    types: [ColumnType::Integer, ColumnType::Text],
    bind: |season| {
        let season = season.as_ref();
        [season.map(|season| season.year).into(), season.map(|season| season.season.as_str()).into()]
    },
    read: |row, [year, season]| {
        let (year, season) = (row.optional_i32(year)?, row.optional_text(season)?);
        Ok(year.zip(season).map(|(year, season)| Season { year, season }))
    },
};

/// Day and time. Without a day the value is `None`.
const BROADCAST: ColumnCodec<Option<Broadcast>, 2> = ColumnCodec {
    types: [ColumnType::Text, ColumnType::Text],
    bind: |broadcast| {
        let broadcast = broadcast.as_ref();
        let time = broadcast.and_then(|broadcast| broadcast.time.as_deref());
        [broadcast.map(|broadcast| broadcast.day.as_str()).into(), time.into()]
    },
    read: |row, [day, time]| {
        let (day, time) = (row.optional_text(day)?, row.optional_text(time)?);
        Ok(day.map(|day| Broadcast { day, time }))
    },
};
