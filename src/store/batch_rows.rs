//! Loads the rows of a batch: anime, entries, and the last recorded conflicts.
//!
//! Invariant: rows are locked in ascending order of MAL id, which prevents deadlocks between processes.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{
    Error, genres_studios,
    row_reader::{DbRow, SelectColumn, SelectList},
    sql::{DbConnection, SqlValue},
};
use crate::{
    domain::{
        anime::{Anime, Broadcast, IdName, Season},
        entry::StoredEntry,
        entry_fields::{EntryValues, Field},
        merge_base::MergeBase,
        partial_date::PartialDate,
        user::UserId,
    },
    sync::port::{ExistingRows, LastConflict},
};

/// Columns of an [`Anime`] and the row id, from `anime a`. No name occurs in [`ENTRY_COLUMNS`] too, except `mal_id`.
/// Genres and studios are ids only: [`genres_studios`] adds their names.
pub(super) const ANIME_COLUMNS: [SelectColumn; 32] = [
    SelectColumn::integer("a.id", "anime_id"),
    SelectColumn::integer("a.mal_id", "mal_id"),
    SelectColumn::text("a.title", "title"),
    SelectColumn::text("a.title_english", "title_english"),
    SelectColumn::text("a.title_japanese", "title_japanese"),
    SelectColumn::text("a.synopsis", "synopsis"),
    SelectColumn::integer("a.episodes", "episodes"),
    SelectColumn::text("a.status", "airing_status"),
    SelectColumn::float("a.score", "mean"),
    SelectColumn::integer("a.rank", "rank"),
    SelectColumn::integer("a.popularity", "popularity"),
    SelectColumn::text("a.aired_from", "aired_from"),
    SelectColumn::text("a.aired_from_precision", "aired_from_precision"),
    SelectColumn::text("a.aired_to", "aired_to"),
    SelectColumn::text("a.aired_to_precision", "aired_to_precision"),
    SelectColumn::text("a.image_url", "image_url"),
    SelectColumn::text("a.media_type", "media_type"),
    SelectColumn::text("a.nsfw", "nsfw"),
    SelectColumn::text("a.synonyms", "synonyms"),
    SelectColumn::integer("a.start_season_year", "start_season_year"),
    SelectColumn::text("a.start_season", "start_season"),
    SelectColumn::text("a.source", "source"),
    SelectColumn::text("a.rating", "rating"),
    SelectColumn::integer("a.average_episode_duration", "average_episode_duration"),
    SelectColumn::text("a.broadcast_day", "broadcast_day"),
    SelectColumn::text("a.broadcast_time", "broadcast_time"),
    SelectColumn::integer("a.num_list_users", "num_list_users"),
    SelectColumn::integer("a.num_scoring_users", "num_scoring_users"),
    SelectColumn::text("a.metadata_created_at", "anime_created_at"),
    SelectColumn::text("a.metadata_updated_at", "anime_updated_at"),
    SelectColumn::text("a.mal_genre_ids", "mal_genre_ids"),
    SelectColumn::text("a.mal_studio_ids", "mal_studio_ids"),
];

/// Columns of a [`StoredEntry`], from `user_anime_lists l JOIN anime a`.
pub(super) const ENTRY_COLUMNS: [SelectColumn; 19] = [
    SelectColumn::integer("l.id", "id"),
    SelectColumn::integer("a.mal_id", "mal_id"),
    SelectColumn::text("l.status", "status"),
    SelectColumn::integer("l.score", "score"),
    SelectColumn::integer("l.episodes_watched", "episodes_watched"),
    SelectColumn::text("l.start_date", "start_date"),
    SelectColumn::text("l.start_date_precision", "start_date_precision"),
    SelectColumn::text("l.finish_date", "finish_date"),
    SelectColumn::text("l.finish_date_precision", "finish_date_precision"),
    SelectColumn::text("l.notes", "notes"),
    SelectColumn::boolean("l.is_rewatching", "is_rewatching"),
    SelectColumn::integer("l.times_rewatched", "times_rewatched"),
    SelectColumn::integer("l.rewatch_value", "rewatch_value"),
    SelectColumn::integer("l.priority", "priority"),
    SelectColumn::text("l.tags", "tags"),
    SelectColumn::text("l.mal_entry", "mal_entry"),
    SelectColumn::text("l.mal_updated_at", "mal_updated_at"),
    SelectColumn::text("l.removed_at", "removed_at"),
    SelectColumn::text("l.pinned", "pinned"),
];

/// Loads the anime and entries with these MAL ids, locked if `locked`. Conflicts are loaded later, for the entries
/// that need them.
pub(super) async fn load_rows(
    connection: &mut DbConnection,
    user: UserId,
    ids: &[i32],
    locked: bool,
) -> Result<ExistingRows, Error> {
    let dialect = connection.dialect();
    let lock_sql = |table| if locked { dialect.for_update_sql(table) } else { "" };
    let columns = SelectList::new(dialect, &[&ANIME_COLUMNS]);
    let sql = format!(
        "SELECT {columns} FROM anime a WHERE {} ORDER BY a.mal_id{}",
        dialect.in_list("a.mal_id", 1),
        lock_sql("a")
    );
    let mut rows = ExistingRows::default();
    connection
        .for_each_row(&sql, vec![SqlValue::Ids(ids.to_vec())], |row| {
            let row = columns.unpack_row(row)?;
            rows.anime.insert(row.required_i32("mal_id")?, (row.required_i64("anime_id")?, anime_from_row(&row)?));
            Ok(())
        })
        .await?;
    genres_studios::load_names(connection, &mut rows.anime.values_mut().map(|(_, anime)| anime).collect::<Vec<_>>())
        .await?;
    if rows.anime.is_empty() {
        return Ok(rows);
    }
    // Select by the row ids just read: each entry is found by the unique key, whatever the server's table statistics
    // say.
    let columns = SelectList::new(dialect, &[&ENTRY_COLUMNS]);
    let sql = format!(
        "SELECT {columns} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
        WHERE l.user_id = $1 AND {} ORDER BY a.mal_id{}",
        dialect.in_list("l.anime_id", 2),
        lock_sql("l")
    );
    let anime = rows.anime.values().filter_map(|(id, _)| i32::try_from(*id).ok()).collect();
    connection
        .for_each_row(&sql, vec![user.0.into(), SqlValue::Ids(anime)], |row| {
            let local = entry_from_row(&columns.unpack_row(row)?)?;
            rows.entries.insert(local.mal_id, local);
            Ok(())
        })
        .await?;
    Ok(rows)
}

/// Returns the last recorded conflict of each field of these entries.
pub(super) async fn load_last_conflicts(
    connection: &mut DbConnection,
    user: UserId,
    ids: Vec<i32>,
) -> Result<HashMap<(i32, Field), LastConflict>, Error> {
    let mut conflicts = HashMap::new();
    if ids.is_empty() {
        return Ok(conflicts);
    }
    let sql = format!(
        "SELECT mal_id, field, local, mal, kept FROM sync_changes WHERE id IN (SELECT max(id) FROM sync_changes \
        WHERE user_id = $1 AND conflict AND {} GROUP BY mal_id, field)",
        connection.dialect().in_list("mal_id", 2)
    );
    for row in connection.query_all(&sql, vec![user.0.into(), SqlValue::Ids(ids)]).await? {
        let name = row.optional_text("field")?.unwrap_or_default();
        let Some(field) = Field::SYNCED_FIELDS.into_iter().find(|field| field.as_str() == name) else { continue };
        let conflict = LastConflict {
            local: row.lenient_json("local")?.unwrap_or_default(),
            mal: row.lenient_json("mal")?.unwrap_or_default(),
            kept: row.lenient_json("kept")?.unwrap_or_default(),
        };
        conflicts.insert((row.required_i32("mal_id")?, field), conflict);
    }
    Ok(conflicts)
}

pub(super) fn anime_from_row(row: &DbRow) -> Result<Anime, Error> {
    Ok(Anime {
        mal_id: row.required_i32("mal_id")?,
        title: row.optional_text("title")?.unwrap_or_default(),
        title_english: row.optional_text("title_english")?,
        title_japanese: row.optional_text("title_japanese")?,
        synopsis: row.optional_text("synopsis")?,
        episodes: row.optional_i32("episodes")?,
        status: row.optional_text("airing_status")?,
        mean: row.optional_decimal("mean")?,
        rank: row.optional_i32("rank")?,
        popularity: row.optional_i32("popularity")?,
        aired_from: partial_date(row, "aired_from", "aired_from_precision")?,
        aired_to: partial_date(row, "aired_to", "aired_to_precision")?,
        image_url: row.optional_text("image_url")?,
        media_type: row.optional_text("media_type")?,
        nsfw: row.optional_text("nsfw")?,
        synonyms: lenient_list(row, "synonyms")?,
        genres: ids_without_names(row, "mal_genre_ids")?,
        studios: ids_without_names(row, "mal_studio_ids")?,
        start_season: row
            .optional_i32("start_season_year")?
            .zip(row.optional_text("start_season")?)
            .map(|(year, season)| Season { year, season }),
        source: row.optional_text("source")?,
        rating: row.optional_text("rating")?,
        average_episode_duration: row.optional_i32("average_episode_duration")?,
        broadcast: broadcast_from_row(row)?,
        num_list_users: row.optional_i32("num_list_users")?,
        num_scoring_users: row.optional_i32("num_scoring_users")?,
        created_at: row.optional_time("anime_created_at")?,
        updated_at: row.optional_time("anime_updated_at")?,
    })
}

pub(super) fn entry_from_row(row: &DbRow) -> Result<StoredEntry, Error> {
    Ok(StoredEntry {
        id: row.required_i64("id")?,
        mal_id: row.required_i32("mal_id")?,
        values: fields_from_row(row)?,
        base: row.lenient_json("mal_entry")?.and_then(MergeBase::from_stored_json),
        mal_updated_at: row.optional_time("mal_updated_at")?,
        removed_at: row.optional_time("removed_at")?,
        pinned: parse_pinned_fields(&lenient_list::<String>(row, "pinned")?),
    })
}

/// Returns the values as stored, including impossible ones: the merge rules handle those.
pub(super) fn fields_from_row(row: &DbRow) -> Result<EntryValues, Error> {
    Ok(EntryValues {
        status: row.optional_text("status")?.unwrap_or_default(),
        score: row.optional_i32("score")?,
        episodes_watched: row.optional_i32("episodes_watched")?,
        start_date: partial_date(row, "start_date", "start_date_precision")?,
        finish_date: partial_date(row, "finish_date", "finish_date_precision")?,
        notes: row.optional_text("notes")?,
        is_rewatching: row.bool_or_false("is_rewatching")?,
        times_rewatched: row.optional_i32("times_rewatched")?.unwrap_or_default(),
        rewatch_value: row.optional_i32("rewatch_value")?.unwrap_or_default(),
        priority: row.optional_i32("priority")?.unwrap_or_default(),
        tags: lenient_list(row, "tags")?,
    })
}

/// Reads a partial date. A date outside MAL's years, which another program may have written, is absent.
pub(super) fn partial_date(row: &DbRow, column: &str, precision: &str) -> Result<Option<PartialDate>, Error> {
    let Some(date) = row.optional_date(column)?.and_then(PartialDate::from_date) else { return Ok(None) };
    let date: NaiveDate = date.first_day();
    Ok(Some(PartialDate::from_columns(date, row.optional_text(precision)?.as_deref())))
}

/// Reads a JSON list. Items of another type, which another program may have written, are left out.
fn lenient_list<T: DeserializeOwned>(row: &DbRow, column: &str) -> Result<Vec<T>, Error> {
    if let Some(items) = row.lenient_json(column)? {
        return Ok(items);
    }
    let items: Option<Vec<Box<RawValue>>> = row.lenient_json(column)?;
    Ok(items.into_iter().flatten().filter_map(|item| serde_json::from_str(item.get()).ok()).collect())
}

/// Parses field names. Unknown names, which a newer malsync may have written, are left out.
fn parse_pinned_fields(names: &[String]) -> Vec<Field> {
    Field::SYNCED_FIELDS.into_iter().filter(|field| names.iter().any(|name| name == field.as_str())).collect()
}

fn broadcast_from_row(row: &DbRow) -> Result<Option<Broadcast>, Error> {
    let time = row.optional_text("broadcast_time")?;
    Ok(row.optional_text("broadcast_day")?.map(|day| Broadcast { day, time }))
}

/// Reads the ids of genres or studios in ascending order, with empty names.
fn ids_without_names(row: &DbRow, column: &str) -> Result<Vec<IdName>, Error> {
    let mut ids: Vec<i32> = lenient_list(row, column)?;
    ids.sort_unstable();
    ids.dedup();
    Ok(ids.into_iter().map(|id| IdName { id, name: String::new() }).collect())
}
