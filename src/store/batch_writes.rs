//! Writes a batch: many rows per statement, in ascending order of MAL id.
//!
//! Invariant: a row counts as written only if the database reports it. If fewer rows were written than given, a
//! concurrent writer inserted or deleted a row since the read, and the batch is planned again on the current rows.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::{Error, genres_studios, sql::SqlValue, transaction::DbTransaction};
use crate::{
    domain::{
        anime::{Anime, IdName},
        entry_fields::EntryValues,
        partial_date::PartialDate,
        user::UserId,
    },
    sync::port::{EntryWrite, ExistingRows, WritePlan},
};

const ANIME_INSERT_COLUMNS: [&str; 31] = [
    "mal_id",
    "title",
    "title_english",
    "title_japanese",
    "synopsis",
    "episodes",
    "status",
    "score",
    "rank",
    "popularity",
    "aired_from",
    "aired_from_precision",
    "aired_to",
    "aired_to_precision",
    "image_url",
    "media_type",
    "nsfw",
    "synonyms",
    "start_season_year",
    "start_season",
    "source",
    "rating",
    "average_episode_duration",
    "broadcast_day",
    "broadcast_time",
    "num_list_users",
    "num_scoring_users",
    "metadata_created_at",
    "metadata_updated_at",
    "mal_genre_ids",
    "mal_studio_ids",
];

/// Columns of the fields that the merge rules cover.
pub(super) const FIELD_COLUMNS: [&str; 13] = [
    "status",
    "score",
    "episodes_watched",
    "start_date",
    "start_date_precision",
    "finish_date",
    "finish_date_precision",
    "notes",
    "is_rewatching",
    "times_rewatched",
    "rewatch_value",
    "priority",
    "tags",
];

const LAST_SEEN_COLUMNS: [&str; 2] = ["mal_entry", "mal_updated_at"];

/// Executes a plan.
pub(super) async fn write_plan(
    tx: &mut DbTransaction,
    user: UserId,
    rows: &ExistingRows,
    plan: &WritePlan<'_>,
) -> Result<(), Error> {
    let mut ids: HashMap<i32, i64> = rows.anime.iter().map(|(mal_id, (id, _))| (*mal_id, *id)).collect();
    let entries = async { plan.new_entries.iter().map(entry_values).collect::<Vec<_>>() };
    let (inserted, entries) = tokio::join!(insert_anime(tx, &plan.new_anime, &mut ids), entries);
    inserted?;
    let changed = plan.changed_anime.iter().map(|(id, anime)| with_id(*id, anime_values(anime))).collect();
    update_rows(tx, "anime", &ANIME_INSERT_COLUMNS, "", changed).await?;
    genres_studios::write_names(tx, &anime_with_changed_names(rows, plan)).await?;
    let anime = plan.new_entries.iter().map(|entry| {
        let anime = ids.get(&entry.mal_id);
        anime.copied().ok_or_else(|| Error::fatal(format!("entry {} has no anime", entry.mal_id)))
    });
    insert_entries(tx, user, anime.collect::<Result<_, _>>()?, entries).await?;
    let columns: Vec<&str> = FIELD_COLUMNS.into_iter().chain(LAST_SEEN_COLUMNS).collect();
    let mut changed = Vec::with_capacity(plan.changed_entries.len());
    for entry in &plan.changed_entries {
        let id = entry.id.ok_or_else(|| Error::fatal(format!("entry {} has no row to change", entry.mal_id)))?;
        let changed_columns = rows
            .entries
            .get(&entry.mal_id)
            .map_or([true; FIELD_COLUMNS.len()], |row| changed_field_columns(&row.values, &entry.values));
        let changed_columns = changed_columns.into_iter().chain([true; LAST_SEEN_COLUMNS.len()]).collect();
        changed.push(EntryUpdate { id, changed: changed_columns, values: entry_values(entry) });
    }
    update_entries(tx, &columns, "removed_at = NULL, ", changed).await
}

/// Returns the new anime and those whose genres or studios changed.
fn anime_with_changed_names<'a>(rows: &ExistingRows, plan: &WritePlan<'a>) -> Vec<&'a Anime> {
    let has_same_names = |anime: &Anime| {
        let (_, stored) = rows.anime.get(&anime.mal_id)?;
        Some(stored.genres == anime.genres && stored.studios == anime.studios)
    };
    let changed =
        plan.changed_anime.iter().map(|(_, anime)| *anime).filter(|anime| has_same_names(anime) != Some(true));
    plan.new_anime.iter().copied().chain(changed).collect()
}

pub(super) async fn insert_anime(
    tx: &mut DbTransaction,
    new_anime: &[&Anime],
    ids: &mut HashMap<i32, i64>,
) -> Result<(), Error> {
    let rows = new_anime.iter().map(|anime| anime_values(anime).into()).collect();
    for chunk in tx.dialect().bulk_chunks(created_and_updated_at(tx.now).into(), rows) {
        let sql = format!(
            "INSERT INTO anime (created_at, updated_at, {}) SELECT * FROM {} WHERE true \
            ON CONFLICT (mal_id) DO NOTHING RETURNING id, mal_id",
            ANIME_INSERT_COLUMNS.join(", "),
            chunk.sql
        );
        let inserted = tx.query_all(&sql, chunk.params).await?;
        ensure_affected_rows(inserted.len(), chunk.row_count)?;
        for row in inserted {
            ids.insert(row.required_i32("mal_id")?, row.required_i64("id")?);
        }
    }
    Ok(())
}

async fn insert_entries(
    tx: &mut DbTransaction,
    user: UserId,
    anime: Vec<i64>,
    entries: Vec<Vec<SqlValue<'_>>>,
) -> Result<(), Error> {
    let rows = anime.into_iter().zip(entries).map(|(anime, entry)| with_id(anime, entry)).collect();
    let constants = with_id(user.0.into(), created_and_updated_at(tx.now));
    for chunk in tx.dialect().bulk_chunks(constants, rows) {
        let sql = format!(
            "INSERT INTO user_anime_lists (user_id, created_at, updated_at, anime_id, {}, {}) SELECT * FROM {} \
            WHERE true ON CONFLICT (user_id, anime_id) DO NOTHING",
            FIELD_COLUMNS.join(", "),
            LAST_SEEN_COLUMNS.join(", "),
            chunk.sql
        );
        let inserted = tx.execute(&sql, chunk.params).await?;
        ensure_affected_rows(usize::try_from(inserted).unwrap_or(usize::MAX), chunk.row_count)?;
    }
    Ok(())
}

/// New values of an entry's row.
pub(super) struct EntryUpdate<'a> {
    pub(super) id: i64,
    /// For each column, true if its value changed.
    pub(super) changed: Vec<bool>,
    /// A value for each column.
    pub(super) values: Vec<SqlValue<'a>>,
}

/// Updates rows of entries, and in each row only the changed columns. A value in another column that malsync cannot
/// read stays as it is.
pub(super) async fn update_entries(
    tx: &mut DbTransaction,
    columns: &[&str],
    extra_set_sql: &str,
    rows: Vec<EntryUpdate<'_>>,
) -> Result<(), Error> {
    let mut by_changed_columns: BTreeMap<Vec<bool>, Vec<Vec<SqlValue<'_>>>> = BTreeMap::new();
    for EntryUpdate { id, changed, values } in rows {
        let row =
            with_id(id, values.into_iter().zip(&changed).filter(|(_, changed)| **changed).map(|(value, _)| value));
        by_changed_columns.entry(changed).or_default().push(row);
    }
    for (changed, rows) in by_changed_columns {
        let columns: Vec<&str> =
            columns.iter().zip(changed).filter(|(_, changed)| *changed).map(|(column, _)| *column).collect();
        if !columns.is_empty() {
            update_rows(tx, "user_anime_lists", &columns, extra_set_sql, rows).await?;
        }
    }
    Ok(())
}

/// Returns for each of [`FIELD_COLUMNS`] whether it differs.
pub(super) fn changed_field_columns(a: &EntryValues, b: &EntryValues) -> [bool; FIELD_COLUMNS.len()] {
    let (start, finish) = (a.start_date != b.start_date, a.finish_date != b.finish_date);
    [
        a.status != b.status,
        a.score != b.score,
        a.episodes_watched != b.episodes_watched,
        start,
        start,
        finish,
        finish,
        a.notes != b.notes,
        a.is_rewatching != b.is_rewatching,
        a.times_rewatched != b.times_rewatched,
        a.rewatch_value != b.rewatch_value,
        a.priority != b.priority,
        a.tags != b.tags,
    ]
}

/// Updates rows by id: each of `rows` is the id, then a value for each column.
async fn update_rows(
    tx: &mut DbTransaction,
    table: &str,
    columns: &[&str],
    extra_set_sql: &str,
    rows: Vec<Vec<SqlValue<'_>>>,
) -> Result<(), Error> {
    let set: Vec<String> =
        columns.iter().enumerate().map(|(i, column)| format!("{column} = given.column{}", i + 2)).collect();
    for chunk in tx.dialect().bulk_chunks(vec![SqlValue::Time(Some(tx.now))], rows) {
        let sql = format!(
            "UPDATE {table} SET {extra_set_sql}{}, updated_at = given.same1 FROM {} WHERE {table}.id = given.column1",
            set.join(", "),
            chunk.sql
        );
        let updated = tx.execute(&sql, chunk.params).await?;
        ensure_affected_rows(usize::try_from(updated).unwrap_or(usize::MAX), chunk.row_count)?;
    }
    Ok(())
}

fn ensure_affected_rows(affected: usize, expected: usize) -> Result<(), Error> {
    if affected == expected {
        return Ok(());
    }
    Err(Error::unwritten_rows(format!(
        "the database took {affected} of {expected} rows and said nothing of the others"
    )))
}

pub(super) fn with_id<'a>(id: i64, values: impl IntoIterator<Item = SqlValue<'a>>) -> Vec<SqlValue<'a>> {
    std::iter::once(id.into()).chain(values).collect()
}

/// Returns `created_at` and `updated_at` of a new row.
pub(super) fn created_and_updated_at(now: DateTime<Utc>) -> [SqlValue<'static>; 2] {
    [SqlValue::Time(Some(now)), SqlValue::Time(Some(now))]
}

fn anime_values(anime: &Anime) -> [SqlValue<'_>; ANIME_INSERT_COLUMNS.len()] {
    let [aired_from, aired_from_precision] = date_values(anime.aired_from);
    let [aired_to, aired_to_precision] = date_values(anime.aired_to);
    [
        anime.mal_id.into(),
        SqlValue::text(&anime.title),
        (&anime.title_english).into(),
        (&anime.title_japanese).into(),
        (&anime.synopsis).into(),
        anime.episodes.into(),
        (&anime.status).into(),
        SqlValue::Decimal(anime.mean),
        anime.rank.into(),
        anime.popularity.into(),
        aired_from,
        aired_from_precision,
        aired_to,
        aired_to_precision,
        (&anime.image_url).into(),
        (&anime.media_type).into(),
        (&anime.nsfw).into(),
        SqlValue::json(&anime.synonyms),
        anime.start_season.as_ref().map(|start| start.year).into(),
        anime.start_season.as_ref().map(|start| start.season.as_str()).into(),
        (&anime.source).into(),
        (&anime.rating).into(),
        anime.average_episode_duration.into(),
        anime.broadcast.as_ref().map(|broadcast| broadcast.day.as_str()).into(),
        anime.broadcast.as_ref().and_then(|broadcast| broadcast.time.as_deref()).into(),
        anime.num_list_users.into(),
        anime.num_scoring_users.into(),
        SqlValue::Time(anime.created_at),
        SqlValue::Time(anime.updated_at),
        id_list_value(&anime.genres),
        id_list_value(&anime.studios),
    ]
}

fn id_list_value(items: &[IdName]) -> SqlValue<'static> {
    SqlValue::json(&items.iter().map(|item| item.id).collect::<Vec<_>>())
}

fn entry_values<'a>(entry: &'a EntryWrite<'_>) -> Vec<SqlValue<'a>> {
    let mut params = field_values(&entry.values);
    params.extend([SqlValue::merge_base(entry.base), SqlValue::Time(entry.mal_updated_at)]);
    params
}

/// Returns the column values in the order of [`FIELD_COLUMNS`].
pub(super) fn field_values(values: &EntryValues) -> Vec<SqlValue<'_>> {
    let [start, start_precision] = date_values(values.start_date);
    let [finish, finish_precision] = date_values(values.finish_date);
    vec![
        SqlValue::text(&values.status),
        values.score.into(),
        values.episodes_watched.into(),
        start,
        start_precision,
        finish,
        finish_precision,
        (&values.notes).into(),
        SqlValue::Bool(values.is_rewatching),
        values.times_rewatched.into(),
        values.rewatch_value.into(),
        values.priority.into(),
        SqlValue::json(&values.tags),
    ]
}

pub(super) fn date_values(date: Option<PartialDate>) -> [SqlValue<'static>; 2] {
    [SqlValue::Date(date.map(PartialDate::first_day)), date.map(|date| date.precision().as_str()).into()]
}
