//! The rows that a batch meets: anime, entries, and the conflicts last recorded.
//!
//! The rule: read in ascending order of MAL's id and locked, so that two programs never wait for each other in a circle.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{
    Error, named,
    row::{Column, Row, Select},
    sql::{Bind, Link},
};
use crate::{
    domain::{
        anime::{Anime, Broadcast, Named, Season},
        base::Base,
        change::Field,
        entry::{Local, Values},
        partial_date::PartialDate,
        user::UserId,
    },
    sync::port::{LastConflict, Rows},
};

/// The columns of an [`Anime`], and the row's id, from `anime a`. None has the name of a column of [`LOCAL`] but for MAL's id.
/// Genres and studios have their ids alone: [`named`] gives them their names.
pub(super) const ANIME: [Column; 32] = [
    Column::whole("a.id", "anime_id"),
    Column::whole("a.mal_id", "mal_id"),
    Column::text("a.title", "title"),
    Column::text("a.title_english", "title_english"),
    Column::text("a.title_japanese", "title_japanese"),
    Column::text("a.synopsis", "synopsis"),
    Column::whole("a.episodes", "episodes"),
    Column::text("a.status", "airing_status"),
    Column::real("a.score", "mean"),
    Column::whole("a.rank", "rank"),
    Column::whole("a.popularity", "popularity"),
    Column::text("a.aired_from", "aired_from"),
    Column::text("a.aired_from_precision", "aired_from_precision"),
    Column::text("a.aired_to", "aired_to"),
    Column::text("a.aired_to_precision", "aired_to_precision"),
    Column::text("a.image_url", "image_url"),
    Column::text("a.media_type", "media_type"),
    Column::text("a.nsfw", "nsfw"),
    Column::text("a.synonyms", "synonyms"),
    Column::whole("a.start_season_year", "start_season_year"),
    Column::text("a.start_season", "start_season"),
    Column::text("a.source", "source"),
    Column::text("a.rating", "rating"),
    Column::whole("a.average_episode_duration", "average_episode_duration"),
    Column::text("a.broadcast_day", "broadcast_day"),
    Column::text("a.broadcast_time", "broadcast_time"),
    Column::whole("a.num_list_users", "num_list_users"),
    Column::whole("a.num_scoring_users", "num_scoring_users"),
    Column::text("a.metadata_created_at", "anime_created_at"),
    Column::text("a.metadata_updated_at", "anime_updated_at"),
    Column::text("a.mal_genre_ids", "mal_genre_ids"),
    Column::text("a.mal_studio_ids", "mal_studio_ids"),
];

/// The columns of a [`Local`], from `user_anime_lists l JOIN anime a`.
pub(super) const LOCAL: [Column; 19] = [
    Column::whole("l.id", "id"),
    Column::whole("a.mal_id", "mal_id"),
    Column::text("l.status", "status"),
    Column::whole("l.score", "score"),
    Column::whole("l.episodes_watched", "episodes_watched"),
    Column::text("l.start_date", "start_date"),
    Column::text("l.start_date_precision", "start_date_precision"),
    Column::text("l.finish_date", "finish_date"),
    Column::text("l.finish_date_precision", "finish_date_precision"),
    Column::text("l.notes", "notes"),
    Column::flag("l.is_rewatching", "is_rewatching"),
    Column::whole("l.times_rewatched", "times_rewatched"),
    Column::whole("l.rewatch_value", "rewatch_value"),
    Column::whole("l.priority", "priority"),
    Column::text("l.tags", "tags"),
    Column::text("l.mal_entry", "mal_entry"),
    Column::text("l.mal_updated_at", "mal_updated_at"),
    Column::text("l.removed_at", "removed_at"),
    Column::text("l.pinned", "pinned"),
];

/// Reads the rows of these ids, locked where they are to be written. Conflicts are read later, for those that need them.
pub(super) async fn read(link: &mut Link, user: UserId, ids: &[i32], locked: bool) -> Result<Rows, Error> {
    let dialect = link.dialect();
    let lock = |table| if locked { dialect.for_update(table) } else { "" };
    let select = Select::of(dialect, &[&ANIME]);
    let sql =
        format!("SELECT {select} FROM anime a WHERE {} ORDER BY a.mal_id{}", dialect.among("a.mal_id", 1), lock("a"));
    let mut rows = Rows::default();
    link.each(&sql, vec![Bind::Ids(ids.to_vec())], |row| {
        let row = select.row(row)?;
        rows.anime.insert(row.id("mal_id")?, (row.key("anime_id")?, anime(&row)?));
        Ok(())
    })
    .await?;
    named::name(link, &mut rows.anime.values_mut().map(|(_, anime)| anime).collect::<Vec<_>>()).await?;
    if rows.anime.is_empty() {
        return Ok(rows);
    }
    // By the ids of the rows just read: the unique key leads to each entry, whatever the server knows of the table by now.
    let select = Select::of(dialect, &[&LOCAL]);
    let sql = format!(
        "SELECT {select} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
        WHERE l.user_id = $1 AND {} ORDER BY a.mal_id{}",
        dialect.among("l.anime_id", 2),
        lock("l")
    );
    let anime = rows.anime.values().filter_map(|(id, _)| i32::try_from(*id).ok()).collect();
    link.each(&sql, vec![user.0.into(), Bind::Ids(anime)], |row| {
        let local = local(&select.row(row)?)?;
        rows.locals.insert(local.mal_id, local);
        Ok(())
    })
    .await?;
    Ok(rows)
}

/// The last recorded conflict of each field of these entries.
pub(super) async fn history(
    link: &mut Link,
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
        link.dialect().among("mal_id", 2)
    );
    for row in link.rows(&sql, vec![user.0.into(), Bind::Ids(ids)]).await? {
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
        synonyms: list(row, "synonyms")?,
        genres: nameless(row, "mal_genre_ids")?,
        studios: nameless(row, "mal_studio_ids")?,
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
        base: row.json("mal_entry")?.and_then(Base::stored),
        mal_updated_at: row.time("mal_updated_at")?,
        removed_at: row.time("removed_at")?,
        pinned: pinned(&list::<String>(row, "pinned")?),
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
        tags: list(row, "tags")?,
    })
}

/// A date outside MAL's years, which another program may have written, is absent.
pub(super) fn partial(row: &Row, column: &str, precision: &str) -> Result<Option<PartialDate>, Error> {
    let Some(date) = row.date(column)?.and_then(PartialDate::day) else { return Ok(None) };
    let date: NaiveDate = date.first_day();
    Ok(Some(PartialDate::from_columns(date, row.text(precision)?.as_deref())))
}

/// A list; what another program wrote into it of another type is left out.
fn list<T: DeserializeOwned>(row: &Row, column: &str) -> Result<Vec<T>, Error> {
    if let Some(items) = row.json(column)? {
        return Ok(items);
    }
    let items: Option<Vec<Box<RawValue>>> = row.json(column)?;
    Ok(items.into_iter().flatten().filter_map(|item| serde_json::from_str(item.get()).ok()).collect())
}

/// Words that name no field, which a newer malsync may have written, are left out.
fn pinned(words: &[String]) -> Vec<Field> {
    Field::RULED.into_iter().filter(|field| words.iter().any(|word| word == field.as_str())).collect()
}

fn broadcast(row: &Row) -> Result<Option<Broadcast>, Error> {
    let time = row.text("broadcast_time")?;
    Ok(row.text("broadcast_day")?.map(|day| Broadcast { day, time }))
}

/// Genres or studios of which the ids are known, in ascending order.
fn nameless(row: &Row, column: &str) -> Result<Vec<Named>, Error> {
    let mut ids: Vec<i32> = list(row, column)?;
    ids.sort_unstable();
    ids.dedup();
    Ok(ids.into_iter().map(|id| Named { id, name: String::new() }).collect())
}
