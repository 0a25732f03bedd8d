//! The writes of a batch: many rows in one statement, in ascending order of MAL's id.
//!
//! The rule: a row counts as written only if the database says so. Where it took fewer than it was given, somebody else
//! made or dropped a row since it was read, and the batch is planned again on what is there now.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::{Error, genres_studios, sql::SqlValue, transaction::DbTransaction};
use crate::{
    domain::{
        anime::{Anime, IdName},
        entry::EntryValues,
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

/// The columns under the rules.
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

/// Carries a plan out.
pub(super) async fn write_plan(
    tx: &mut DbTransaction,
    user: UserId,
    rows: &ExistingRows,
    plan: &WritePlan<'_>,
) -> Result<(), Error> {
    let mut ids: HashMap<i32, i64> = rows.anime.iter().map(|(mal_id, (id, _))| (*mal_id, *id)).collect();
    let entries = async { plan.new_entries.iter().map(entry_values).collect::<Vec<_>>() };
    let (made, entries) = tokio::join!(insert_anime(tx, &plan.new_anime, &mut ids), entries);
    made?;
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
        let differs = rows
            .entries
            .get(&entry.mal_id)
            .map_or([true; FIELD_COLUMNS.len()], |row| changed_field_columns(&row.values, &entry.values));
        let differs = differs.into_iter().chain([true; LAST_SEEN_COLUMNS.len()]).collect();
        changed.push(EntryUpdate { id, changed: differs, values: entry_values(entry) });
    }
    update_entries(tx, &columns, "removed_at = NULL, ", changed).await
}

/// The anime that come with genres or studios other than before.
fn anime_with_changed_names<'a>(rows: &ExistingRows, plan: &WritePlan<'a>) -> Vec<&'a Anime> {
    let known = |anime: &Anime| {
        let (_, known) = rows.anime.get(&anime.mal_id)?;
        Some(known.genres == anime.genres && known.studios == anime.studios)
    };
    let changed = plan.changed_anime.iter().map(|(_, anime)| *anime).filter(|anime| known(anime) != Some(true));
    plan.new_anime.iter().copied().chain(changed).collect()
}

pub(super) async fn insert_anime(
    tx: &mut DbTransaction,
    new: &[&Anime],
    ids: &mut HashMap<i32, i64>,
) -> Result<(), Error> {
    let rows = new.iter().map(|anime| anime_values(anime).into()).collect();
    for table in tx.dialect().bulk_chunks(created_and_updated_at(tx.now).into(), rows) {
        let sql = format!(
            "INSERT INTO anime (created_at, updated_at, {}) SELECT * FROM {} WHERE true \
            ON CONFLICT (mal_id) DO NOTHING RETURNING id, mal_id",
            ANIME_INSERT_COLUMNS.join(", "),
            table.sql
        );
        let made = tx.query_all(&sql, table.params).await?;
        ensure_affected_rows(made.len(), table.row_count)?;
        for row in made {
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
    let same = with_id(user.0.into(), created_and_updated_at(tx.now));
    for table in tx.dialect().bulk_chunks(same, rows) {
        let sql = format!(
            "INSERT INTO user_anime_lists (user_id, created_at, updated_at, anime_id, {}, {}) SELECT * FROM {} \
            WHERE true ON CONFLICT (user_id, anime_id) DO NOTHING",
            FIELD_COLUMNS.join(", "),
            LAST_SEEN_COLUMNS.join(", "),
            table.sql
        );
        let made = tx.execute(&sql, table.params).await?;
        ensure_affected_rows(usize::try_from(made).unwrap_or(usize::MAX), table.row_count)?;
    }
    Ok(())
}

/// An entry's row to change.
pub(super) struct EntryUpdate<'a> {
    pub(super) id: i64,
    /// Which of the columns say something else than before.
    pub(super) changed: Vec<bool>,
    /// A value for each column.
    pub(super) values: Vec<SqlValue<'a>>,
}

/// Changes rows of entries, and of each the columns that differ alone: what another program wrote into the others, and this
/// one cannot read, stays.
pub(super) async fn update_entries(
    tx: &mut DbTransaction,
    columns: &[&str],
    also: &str,
    rows: Vec<EntryUpdate<'_>>,
) -> Result<(), Error> {
    let mut alike: BTreeMap<Vec<bool>, Vec<Vec<SqlValue<'_>>>> = BTreeMap::new();
    for EntryUpdate { id, changed: differs, values: binds } in rows {
        let row = with_id(id, binds.into_iter().zip(&differs).filter(|(_, differs)| **differs).map(|(bind, _)| bind));
        alike.entry(differs).or_default().push(row);
    }
    for (differs, rows) in alike {
        let columns: Vec<&str> =
            columns.iter().zip(differs).filter(|(_, differs)| *differs).map(|(column, _)| *column).collect();
        if !columns.is_empty() {
            update_rows(tx, "user_anime_lists", &columns, also, rows).await?;
        }
    }
    Ok(())
}

/// Which of [`VALUES`] differ.
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

/// Changes rows by id: each of `rows` is the id and then a value for each column.
async fn update_rows(
    tx: &mut DbTransaction,
    table: &str,
    columns: &[&str],
    also: &str,
    rows: Vec<Vec<SqlValue<'_>>>,
) -> Result<(), Error> {
    let set: Vec<String> =
        columns.iter().enumerate().map(|(at, column)| format!("{column} = given.column{}", at + 2)).collect();
    for part in tx.dialect().bulk_chunks(vec![SqlValue::Time(Some(tx.now))], rows) {
        let sql = format!(
            "UPDATE {table} SET {also}{}, updated_at = given.same1 FROM {} WHERE {table}.id = given.column1",
            set.join(", "),
            part.sql
        );
        let changed = tx.execute(&sql, part.params).await?;
        ensure_affected_rows(usize::try_from(changed).unwrap_or(usize::MAX), part.row_count)?;
    }
    Ok(())
}

fn ensure_affected_rows(taken: usize, given: usize) -> Result<(), Error> {
    if taken == given {
        return Ok(());
    }
    Err(Error::unwritten_rows(format!("the database took {taken} of {given} rows and said nothing of the others")))
}

pub(super) fn with_id<'a>(id: i64, values: impl IntoIterator<Item = SqlValue<'a>>) -> Vec<SqlValue<'a>> {
    std::iter::once(id.into()).chain(values).collect()
}

/// `created_at` and `updated_at` of a new row.
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

fn id_list_value(named: &[IdName]) -> SqlValue<'static> {
    SqlValue::json(&named.iter().map(|named| named.id).collect::<Vec<_>>())
}

fn entry_values<'a>(entry: &'a EntryWrite<'_>) -> Vec<SqlValue<'a>> {
    let mut binds = field_values(&entry.values);
    binds.extend([SqlValue::merge_base(entry.base), SqlValue::Time(entry.mal_updated_at)]);
    binds
}

/// In the order of [`VALUES`].
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
