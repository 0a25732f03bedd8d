//! The writes of a batch: many rows in one statement, in ascending order of MAL's id.
//!
//! The rule: a row counts as written only if the database says so. Where it took fewer than it was given, somebody else
//! made or dropped a row since it was read, and the batch is planned again on what is there now.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::{Error, named, sql::Bind, transaction::Tx};
use crate::{
    domain::{
        anime::{Anime, Named},
        entry::Values,
        partial_date::PartialDate,
        user::UserId,
    },
    sync::port::{EntryWrite, Plan, Rows},
};

const ANIME: [&str; 31] = [
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
pub(super) const VALUES: [&str; 13] = [
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

const SEEN: [&str; 2] = ["mal_entry", "mal_updated_at"];

/// Carries a plan out.
pub(super) async fn apply(tx: &mut Tx, user: UserId, rows: &Rows, plan: &Plan<'_>) -> Result<(), Error> {
    let mut ids: HashMap<i32, i64> = rows.anime.iter().map(|(mal_id, (id, _))| (*mal_id, *id)).collect();
    let entries = async { plan.entries_new.iter().map(entry_binds).collect::<Vec<_>>() };
    let (made, entries) = tokio::join!(insert_anime(tx, &plan.anime_new, &mut ids), entries);
    made?;
    let changed = plan.anime_changed.iter().map(|(id, anime)| keyed(*id, anime_binds(anime))).collect();
    update(tx, "anime", &ANIME, "", changed).await?;
    named::write(tx, &fresh(rows, plan)).await?;
    let anime = plan.entries_new.iter().map(|entry| {
        let anime = ids.get(&entry.mal_id);
        anime.copied().ok_or_else(|| Error::fatal(format!("entry {} has no anime", entry.mal_id)))
    });
    insert_entries(tx, user, anime.collect::<Result<_, _>>()?, entries).await?;
    let columns: Vec<&str> = VALUES.into_iter().chain(SEEN).collect();
    let mut changed = Vec::with_capacity(plan.entries_changed.len());
    for entry in &plan.entries_changed {
        let id = entry.id.ok_or_else(|| Error::fatal(format!("entry {} has no row to change", entry.mal_id)))?;
        let differs =
            rows.locals.get(&entry.mal_id).map_or([true; VALUES.len()], |row| differing(&row.values, &entry.values));
        let differs = differs.into_iter().chain([true; SEEN.len()]).collect();
        changed.push(EntryRow { id, differs, binds: entry_binds(entry) });
    }
    update_entries(tx, &columns, "removed_at = NULL, ", changed).await
}

/// The anime that come with genres or studios other than before.
fn fresh<'a>(rows: &Rows, plan: &Plan<'a>) -> Vec<&'a Anime> {
    let known = |anime: &Anime| {
        let (_, known) = rows.anime.get(&anime.mal_id)?;
        Some(known.genres == anime.genres && known.studios == anime.studios)
    };
    let changed = plan.anime_changed.iter().map(|(_, anime)| *anime).filter(|anime| known(anime) != Some(true));
    plan.anime_new.iter().copied().chain(changed).collect()
}

pub(super) async fn insert_anime(tx: &mut Tx, new: &[&Anime], ids: &mut HashMap<i32, i64>) -> Result<(), Error> {
    let rows = new.iter().map(|anime| anime_binds(anime).into()).collect();
    for table in tx.dialect().tables(born(tx.now).into(), rows) {
        let sql = format!(
            "INSERT INTO anime (created_at, updated_at, {}) SELECT * FROM {} WHERE true \
            ON CONFLICT (mal_id) DO NOTHING RETURNING id, mal_id",
            ANIME.join(", "),
            table.sql
        );
        let made = tx.rows(&sql, table.binds).await?;
        complete(made.len(), table.rows)?;
        for row in made {
            ids.insert(row.id("mal_id")?, row.key("id")?);
        }
    }
    Ok(())
}

async fn insert_entries(tx: &mut Tx, user: UserId, anime: Vec<i64>, entries: Vec<Vec<Bind<'_>>>) -> Result<(), Error> {
    let rows = anime.into_iter().zip(entries).map(|(anime, entry)| keyed(anime, entry)).collect();
    let same = keyed(user.0.into(), born(tx.now));
    for table in tx.dialect().tables(same, rows) {
        let sql = format!(
            "INSERT INTO user_anime_lists (user_id, created_at, updated_at, anime_id, {}, {}) SELECT * FROM {} \
            WHERE true ON CONFLICT (user_id, anime_id) DO NOTHING",
            VALUES.join(", "),
            SEEN.join(", "),
            table.sql
        );
        let made = tx.run(&sql, table.binds).await?;
        complete(usize::try_from(made).unwrap_or(usize::MAX), table.rows)?;
    }
    Ok(())
}

/// An entry's row to change.
pub(super) struct EntryRow<'a> {
    pub(super) id: i64,
    /// Which of the columns say something else than before.
    pub(super) differs: Vec<bool>,
    /// A value for each column.
    pub(super) binds: Vec<Bind<'a>>,
}

/// Changes rows of entries, and of each the columns that differ alone: what another program wrote into the others, and this
/// one cannot read, stays.
pub(super) async fn update_entries(
    tx: &mut Tx,
    columns: &[&str],
    also: &str,
    rows: Vec<EntryRow<'_>>,
) -> Result<(), Error> {
    let mut alike: BTreeMap<Vec<bool>, Vec<Vec<Bind<'_>>>> = BTreeMap::new();
    for EntryRow { id, differs, binds } in rows {
        let row = keyed(id, binds.into_iter().zip(&differs).filter(|(_, differs)| **differs).map(|(bind, _)| bind));
        alike.entry(differs).or_default().push(row);
    }
    for (differs, rows) in alike {
        let columns: Vec<&str> =
            columns.iter().zip(differs).filter(|(_, differs)| *differs).map(|(column, _)| *column).collect();
        if !columns.is_empty() {
            update(tx, "user_anime_lists", &columns, also, rows).await?;
        }
    }
    Ok(())
}

/// Which of [`VALUES`] differ.
pub(super) fn differing(a: &Values, b: &Values) -> [bool; VALUES.len()] {
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
async fn update(tx: &mut Tx, table: &str, columns: &[&str], also: &str, rows: Vec<Vec<Bind<'_>>>) -> Result<(), Error> {
    let set: Vec<String> =
        columns.iter().enumerate().map(|(at, column)| format!("{column} = given.column{}", at + 2)).collect();
    for part in tx.dialect().tables(vec![Bind::Time(Some(tx.now))], rows) {
        let sql = format!(
            "UPDATE {table} SET {also}{}, updated_at = given.same1 FROM {} WHERE {table}.id = given.column1",
            set.join(", "),
            part.sql
        );
        let changed = tx.run(&sql, part.binds).await?;
        complete(usize::try_from(changed).unwrap_or(usize::MAX), part.rows)?;
    }
    Ok(())
}

fn complete(taken: usize, given: usize) -> Result<(), Error> {
    if taken == given {
        return Ok(());
    }
    Err(Error::dropped(format!("the database took {taken} of {given} rows and said nothing of the others")))
}

pub(super) fn keyed<'a>(id: i64, values: impl IntoIterator<Item = Bind<'a>>) -> Vec<Bind<'a>> {
    std::iter::once(id.into()).chain(values).collect()
}

/// `created_at` and `updated_at` of a new row.
pub(super) fn born(now: DateTime<Utc>) -> [Bind<'static>; 2] {
    [Bind::Time(Some(now)), Bind::Time(Some(now))]
}

fn anime_binds(anime: &Anime) -> [Bind<'_>; ANIME.len()] {
    let [aired_from, aired_from_precision] = date_binds(anime.aired_from);
    let [aired_to, aired_to_precision] = date_binds(anime.aired_to);
    [
        anime.mal_id.into(),
        Bind::text(&anime.title),
        (&anime.title_english).into(),
        (&anime.title_japanese).into(),
        (&anime.synopsis).into(),
        anime.episodes.into(),
        (&anime.status).into(),
        Bind::Decimal(anime.mean),
        anime.rank.into(),
        anime.popularity.into(),
        aired_from,
        aired_from_precision,
        aired_to,
        aired_to_precision,
        (&anime.image_url).into(),
        (&anime.media_type).into(),
        (&anime.nsfw).into(),
        Bind::json(&anime.synonyms),
        anime.start_season.as_ref().map(|start| start.year).into(),
        anime.start_season.as_ref().map(|start| start.season.as_str()).into(),
        (&anime.source).into(),
        (&anime.rating).into(),
        anime.average_episode_duration.into(),
        anime.broadcast.as_ref().map(|broadcast| broadcast.day.as_str()).into(),
        anime.broadcast.as_ref().and_then(|broadcast| broadcast.time.as_deref()).into(),
        anime.num_list_users.into(),
        anime.num_scoring_users.into(),
        Bind::Time(anime.created_at),
        Bind::Time(anime.updated_at),
        ids_bind(&anime.genres),
        ids_bind(&anime.studios),
    ]
}

fn ids_bind(named: &[Named]) -> Bind<'static> {
    Bind::json(&named.iter().map(|named| named.id).collect::<Vec<_>>())
}

fn entry_binds<'a>(entry: &'a EntryWrite<'_>) -> Vec<Bind<'a>> {
    let mut binds = values_binds(&entry.values);
    binds.extend([Bind::base(entry.base), Bind::Time(entry.mal_updated_at)]);
    binds
}

/// In the order of [`VALUES`].
pub(super) fn values_binds(values: &Values) -> Vec<Bind<'_>> {
    let [start, start_precision] = date_binds(values.start_date);
    let [finish, finish_precision] = date_binds(values.finish_date);
    vec![
        Bind::text(&values.status),
        values.score.into(),
        values.episodes_watched.into(),
        start,
        start_precision,
        finish,
        finish_precision,
        (&values.notes).into(),
        Bind::Flag(values.is_rewatching),
        values.times_rewatched.into(),
        values.rewatch_value.into(),
        values.priority.into(),
        Bind::json(&values.tags),
    ]
}

pub(super) fn date_binds(date: Option<PartialDate>) -> [Bind<'static>; 2] {
    [Bind::Date(date.map(PartialDate::first_day)), date.map(|date| date.precision().as_str()).into()]
}
