//! The rows that a batch meets: anime, entries, and the conflicts last recorded.
//!
//! The rule: read in ascending order of MAL's id and locked, so that two programs never wait for each other in a circle.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::Value;

use super::{
    Error, named,
    sql::{Bind, Row},
    transaction::Tx,
};
use crate::{
    domain::{
        anime::{Anime, Broadcast, Named, Season},
        change::Field,
        entry::{Local, Values},
        partial_date::PartialDate,
        user::UserId,
    },
    sync::port::{LastConflict, Rows},
};

/// The columns of an [`Anime`], and the row's id, from `anime a`. None has the name of a column of [`LOCAL`]. Genres and
/// studios have their ids alone: [`named`] gives them their names.
pub(super) const ANIME: &str = "a.id AS anime_id, a.mal_id, a.title, a.title_english, a.title_japanese, a.synopsis, \
    a.episodes, a.status AS airing_status, a.score AS mean, a.rank, a.popularity, a.aired_from, a.aired_from_precision, \
    a.aired_to, a.aired_to_precision, a.image_url, a.media_type, a.nsfw, a.synonyms, a.start_season_year, \
    a.start_season, a.source, a.rating, a.average_episode_duration, a.broadcast_day, a.broadcast_time, \
    a.num_list_users, a.num_scoring_users, a.metadata_created_at AS anime_created_at, \
    a.metadata_updated_at AS anime_updated_at, a.mal_genre_ids, a.mal_studio_ids";

/// The columns of a [`Local`], from `user_anime_lists l JOIN anime a`.
pub(super) const LOCAL: &str = "l.id, a.mal_id, l.status, l.score, l.episodes_watched, l.start_date, \
    l.start_date_precision, l.finish_date, l.finish_date_precision, l.notes, l.is_rewatching, l.times_rewatched, \
    l.rewatch_value, l.priority, l.tags, l.mal_entry, l.mal_updated_at, l.removed_at, l.pinned";

/// Reads the rows of these ids, locked where they are to be written. Conflicts are read later, for those that need them.
pub(super) async fn read(tx: &mut Tx, user: UserId, ids: &[i32], locked: bool) -> Result<Rows, Error> {
    let dialect = tx.dialect();
    let lock = |table| if locked { dialect.for_update(table) } else { "" };
    let sql =
        format!("SELECT {ANIME} FROM anime a WHERE {} ORDER BY a.mal_id{}", dialect.among("a.mal_id", 1), lock("a"));
    let mut rows = Rows::default();
    tx.each(&sql, vec![Bind::Ids(ids.to_vec())], |row| {
        rows.anime.insert(row.id("mal_id")?, (row.key("anime_id")?, anime(&row)?));
        Ok(())
    })
    .await?;
    named::name(tx, &mut rows.anime.values_mut().map(|(_, anime)| anime).collect::<Vec<_>>()).await?;
    if rows.anime.is_empty() {
        return Ok(rows);
    }
    // By the ids of the rows just read: the unique key leads to each entry, whatever the server knows of the table by now.
    let sql = format!(
        "SELECT {LOCAL} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
        WHERE l.user_id = $1 AND {} ORDER BY a.mal_id{}",
        dialect.among("l.anime_id", 2),
        lock("l")
    );
    let anime = rows.anime.values().filter_map(|(id, _)| i32::try_from(*id).ok()).collect();
    tx.each(&sql, vec![user.0.into(), Bind::Ids(anime)], |row| {
        let local = local(&row)?;
        rows.locals.insert(local.mal_id, local);
        Ok(())
    })
    .await?;
    Ok(rows)
}

/// The last recorded conflict of each field of these entries.
pub(super) async fn history(
    tx: &mut Tx,
    user: UserId,
    ids: Vec<i32>,
) -> Result<HashMap<(i32, Field), LastConflict>, Error> {
    let mut last = HashMap::new();
    if ids.is_empty() {
        return Ok(last);
    }
    let sql = format!(
        "SELECT mal_id, field, local, mal, kept FROM sync_changes WHERE id IN (SELECT max(id) FROM sync_changes \
        WHERE user_id = $1 AND conflict AND {} GROUP BY mal_id, field)",
        tx.dialect().among("mal_id", 2)
    );
    for row in tx.rows(&sql, vec![user.0.into(), Bind::Ids(ids)]).await? {
        let word = row.text("field")?.unwrap_or_default();
        let Some(field) = Field::RULED.into_iter().find(|field| field.as_str() == word) else { continue };
        let conflict = LastConflict {
            local: row.json("local")?.unwrap_or_default(),
            mal: row.json("mal")?.unwrap_or_default(),
            kept: row.json("kept")?.unwrap_or_default(),
        };
        last.insert((row.id("mal_id")?, field), conflict);
    }
    Ok(last)
}

pub(super) fn anime(row: &Row) -> Result<Anime, Error> {
    Ok(Anime {
        mal_id: row.id("mal_id")?,
        title: row.text("title")?.unwrap_or_default(),
        title_english: row.text("title_english")?,
        title_japanese: row.text("title_japanese")?,
        synopsis: row.text("synopsis")?,
        episodes: row.small("episodes")?,
        status: row.text("airing_status")?,
        mean: row.decimal("mean")?,
        rank: row.small("rank")?,
        popularity: row.small("popularity")?,
        aired_from: partial(row, "aired_from", "aired_from_precision")?,
        aired_to: partial(row, "aired_to", "aired_to_precision")?,
        image_url: row.text("image_url")?,
        media_type: row.text("media_type")?,
        nsfw: row.text("nsfw")?,
        synonyms: texts(row.json("synonyms")?),
        genres: nameless(row.json("mal_genre_ids")?),
        studios: nameless(row.json("mal_studio_ids")?),
        start_season: row
            .small("start_season_year")?
            .zip(row.text("start_season")?)
            .map(|(year, season)| Season { year, season }),
        source: row.text("source")?,
        rating: row.text("rating")?,
        average_episode_duration: row.small("average_episode_duration")?,
        broadcast: broadcast(row)?,
        num_list_users: row.small("num_list_users")?,
        num_scoring_users: row.small("num_scoring_users")?,
        created_at: row.time("anime_created_at")?,
        updated_at: row.time("anime_updated_at")?,
    })
}

pub(super) fn local(row: &Row) -> Result<Local, Error> {
    Ok(Local {
        id: row.key("id")?,
        mal_id: row.id("mal_id")?,
        values: values(row)?,
        base: row.json("mal_entry")?.filter(|base| !base.is_null()),
        mal_updated_at: row.time("mal_updated_at")?,
        removed_at: row.time("removed_at")?,
        pinned: pinned(row.json("pinned")?),
    })
}

/// The values as they stand, impossible ones included: the rules decide about them.
pub(super) fn values(row: &Row) -> Result<Values, Error> {
    Ok(Values {
        status: row.text("status")?.unwrap_or_default(),
        score: row.small("score")?,
        episodes_watched: row.small("episodes_watched")?,
        start_date: partial(row, "start_date", "start_date_precision")?,
        finish_date: partial(row, "finish_date", "finish_date_precision")?,
        notes: row.text("notes")?,
        is_rewatching: row.flag("is_rewatching")?,
        times_rewatched: row.small("times_rewatched")?.unwrap_or_default(),
        rewatch_value: row.small("rewatch_value")?.unwrap_or_default(),
        priority: row.small("priority")?.unwrap_or_default(),
        tags: texts(row.json("tags")?),
    })
}

/// A date outside MAL's years, which another program may have written, is absent.
pub(super) fn partial(row: &Row, column: &str, precision: &str) -> Result<Option<PartialDate>, Error> {
    let Some(date) = row.date(column)?.and_then(PartialDate::day) else { return Ok(None) };
    let date: NaiveDate = date.first_day();
    Ok(Some(PartialDate::from_columns(date, row.text(precision)?.as_deref())))
}

fn texts(json: Option<Value>) -> Vec<String> {
    let Some(Value::Array(texts)) = json else { return Vec::new() };
    texts
        .into_iter()
        .filter_map(|text| match text {
            Value::String(text) => Some(text),
            _ => None,
        })
        .collect()
}

/// Words that name no field, which a newer malsync may have written, are left out.
fn pinned(json: Option<Value>) -> Vec<Field> {
    let words = texts(json);
    Field::RULED.into_iter().filter(|field| words.iter().any(|word| word == field.as_str())).collect()
}

fn broadcast(row: &Row) -> Result<Option<Broadcast>, Error> {
    let time = row.text("broadcast_time")?;
    Ok(row.text("broadcast_day")?.map(|day| Broadcast { day, time }))
}

/// Genres or studios of which the ids are known, in ascending order.
fn nameless(json: Option<Value>) -> Vec<Named> {
    let Some(Value::Array(ids)) = json else { return Vec::new() };
    let mut ids: Vec<i32> = ids.iter().filter_map(|id| id.as_i64()?.try_into().ok()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().map(|id| Named { id, name: String::new() }).collect()
}
