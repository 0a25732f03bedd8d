//! Writes anime and entries: many rows per statement, in ascending order of MAL id. Entry points: [`write_plan`] for a
//! batch of a sync, [`insert_anime`], [`insert_entries`] and [`update_entries`] for the local edits, [`upgrade_entries`]
//! for an upgrade of the schema.
//!
//! Invariant: a row counts as written only if the database reports it. If fewer rows were written than given, a
//! concurrent writer inserted or deleted a row since the read, and the transaction is tried again on the current rows.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::genres_studios;
use crate::{
    domain::{anime::Anime, entry::StoredEntry, user::UserId},
    store::{
        error::Error,
        sql::{SqlValue, TableRow as _},
        tables::ENTRY_TABLE,
        transaction::DbTransaction,
    },
    sync::port::{ExistingRows, WritePlan},
};

/// Executes a plan.
pub(in crate::store) async fn write_plan(
    tx: &mut DbTransaction,
    user: UserId,
    rows: &ExistingRows,
    plan: &WritePlan<'_>,
) -> Result<(), Error> {
    let mut anime_ids: HashMap<i32, i64> = rows.anime.iter().map(|(mal_id, (id, _))| (*mal_id, *id)).collect();
    // Build the values of the new entries while the database inserts the anime.
    let new_entries = async { plan.new_entries.iter().map(StoredEntry::column_values).collect::<Vec<_>>() };
    let (inserted, new_entries) = tokio::join!(insert_anime(tx, &plan.new_anime, &mut anime_ids), new_entries);
    inserted?;
    let changed_anime = plan.changed_anime.iter().map(|(id, anime)| with_id(*id, anime.column_values())).collect();
    let now = tx.now;
    update_rows(tx, "anime", &Anime::column_names(), changed_anime, Some(now)).await?;
    genres_studios::write_names(tx, &anime_with_changed_names(rows, plan)).await?;
    let mut entry_rows = Vec::with_capacity(new_entries.len());
    for (entry, values) in plan.new_entries.iter().zip(new_entries) {
        entry_rows.push(with_id(anime_id_of(entry, &anime_ids)?, values));
    }
    insert_entries(tx, user, entry_rows).await?;
    update_entries(tx, rows, &plan.changed_entries.iter().collect::<Vec<_>>()).await
}

/// Returns the row id of the entry's anime.
pub(in crate::store) fn anime_id_of(entry: &StoredEntry, anime_ids: &HashMap<i32, i64>) -> Result<i64, Error> {
    let id = anime_ids.get(&entry.mal_id).copied();
    id.ok_or_else(|| Error::fatal(format!("the anime {} of an entry is not stored", entry.mal_id)))
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

/// Inserts anime and adds their row ids to `ids`, by MAL id.
pub(in crate::store) async fn insert_anime(
    tx: &mut DbTransaction,
    new_anime: &[&Anime],
    ids: &mut HashMap<i32, i64>,
) -> Result<(), Error> {
    let rows = new_anime.iter().map(|anime| anime.column_values()).collect();
    for chunk in tx.dialect().bulk_chunks(created_and_updated_at(tx.now).into(), rows) {
        let sql = format!(
            "INSERT INTO anime (created_at, updated_at, {}) SELECT * FROM {} WHERE true \
            ON CONFLICT (mal_id) DO NOTHING RETURNING id, mal_id",
            Anime::column_names().join(", "),
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

/// Inserts entries of a user. Each of `rows` is the row id of the anime, then the values of the entry.
pub(in crate::store) async fn insert_entries(
    tx: &mut DbTransaction,
    user: UserId,
    rows: Vec<Vec<SqlValue<'_>>>,
) -> Result<(), Error> {
    let constants = with_id(user.0.into(), created_and_updated_at(tx.now));
    for chunk in tx.dialect().bulk_chunks(constants, rows) {
        let sql = format!(
            "INSERT INTO user_anime_lists (user_id, created_at, updated_at, anime_id, {}) SELECT * FROM {} \
            WHERE true ON CONFLICT (user_id, anime_id) DO NOTHING",
            StoredEntry::column_names().join(", "),
            chunk.sql
        );
        let inserted = tx.execute(&sql, chunk.params).await?;
        ensure_affected_rows(usize::try_from(inserted).unwrap_or(usize::MAX), chunk.row_count)?;
    }
    Ok(())
}

/// Updates entries, and in each row only the columns that differ from the existing row. A value in another column that
/// malsync cannot read stays as it is.
pub(in crate::store) async fn update_entries(
    tx: &mut DbTransaction,
    existing: &ExistingRows,
    entries: &[&StoredEntry],
) -> Result<(), Error> {
    let now = tx.now;
    let pairs = entries.iter().map(|entry| (existing.entries.get(&entry.mal_id), *entry));
    update_changed_columns(tx, pairs, Some(now)).await
}

/// Updates entries as an upgrade does: `updated_at` stays. Each pair is an entry before and after the upgrade.
pub(in crate::store) async fn upgrade_entries<'a>(
    tx: &mut DbTransaction,
    pairs: impl Iterator<Item = (&'a StoredEntry, &'a StoredEntry)>,
) -> Result<(), Error> {
    update_changed_columns(tx, pairs.map(|(before, after)| (Some(before), after)), None).await
}

/// Updates entries, grouped by the columns that change. Each pair is the existing row, if known, and the new one.
async fn update_changed_columns<'a>(
    tx: &mut DbTransaction,
    pairs: impl Iterator<Item = (Option<&'a StoredEntry>, &'a StoredEntry)>,
    updated_at: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    let mut by_changed_columns: BTreeMap<Vec<bool>, Vec<Vec<SqlValue<'_>>>> = BTreeMap::new();
    for (before, entry) in pairs {
        let changed = match before {
            Some(previous) => previous.changed_columns(entry),
            None => vec![true; StoredEntry::COLUMN_COUNT],
        };
        let values = entry.column_values().into_iter().zip(&changed);
        let row = with_id(entry.id, values.filter(|(_, changed)| **changed).map(|(value, _)| value));
        by_changed_columns.entry(changed).or_default().push(row);
    }
    for (changed, rows) in by_changed_columns {
        let columns: Vec<&str> = StoredEntry::column_names()
            .into_iter()
            .zip(changed)
            .filter(|(_, changed)| *changed)
            .map(|(column, _)| column)
            .collect();
        if !columns.is_empty() {
            update_rows(tx, ENTRY_TABLE.name, &columns, rows, updated_at).await?;
        }
    }
    Ok(())
}

/// Updates rows by id: each of `rows` is the id, then a value for each column. Leaves `updated_at` as it is if there is no
/// time for it.
async fn update_rows(
    tx: &mut DbTransaction,
    table: &str,
    columns: &[&str],
    rows: Vec<Vec<SqlValue<'_>>>,
    updated_at: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    let mut set: Vec<String> =
        columns.iter().enumerate().map(|(i, column)| format!("{column} = given.column{}", i + 2)).collect();
    set.extend(updated_at.map(|_| "updated_at = given.constant1".to_owned()));
    let constants = updated_at.map(|at| SqlValue::Time(Some(at))).into_iter().collect();
    for chunk in tx.dialect().bulk_chunks(constants, rows) {
        let sql = format!("UPDATE {table} SET {} FROM {} WHERE {table}.id = given.column1", set.join(", "), chunk.sql);
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
        "the database accepted {affected} of {expected} rows without an error for the others"
    )))
}

pub(in crate::store) fn with_id<'a>(id: i64, values: impl IntoIterator<Item = SqlValue<'a>>) -> Vec<SqlValue<'a>> {
    std::iter::once(id.into()).chain(values).collect()
}

/// Returns `created_at` and `updated_at` of a new row.
fn created_and_updated_at(now: DateTime<Utc>) -> [SqlValue<'static>; 2] {
    [SqlValue::Time(Some(now)), SqlValue::Time(Some(now))]
}
