//! Genres and studios: their names, by MAL's ids. Which anime has which stands in the anime's row.
//!
//! The rule: a name is written after the anime that it came with, in ascending order of id, and only where it differs. One
//! that is there already is read, not locked: every list has the same few genres, and batches of several users go on side
//! by side.

use std::collections::{BTreeMap, HashMap};

use super::{
    Database, Dialect, Error,
    row_reader::DbRow,
    sql::{DbConnection, SqlValue},
    transaction::DbTransaction,
};
use crate::domain::anime::{Anime, IdName};

/// The names of one kind, by id.
type NamesById = HashMap<i32, String>;

/// Names by id, of genres and of studios.
type GenresAndStudios<T> = [T; 2];

const NAME_KINDS: GenresAndStudios<&str> = ["genre", "studio"];

const fn genres_and_studios(anime: &Anime) -> GenresAndStudios<&Vec<IdName>> {
    [&anime.genres, &anime.studios]
}

/// Gives genres and studios, of which a row has the ids alone, their names.
pub(super) async fn load_names(link: &mut DbConnection, anime: &mut [&mut Anime]) -> Result<(), Error> {
    let Some((sql, binds)) = names_query(link.dialect(), anime.iter().map(|anime| &**anime)) else { return Ok(()) };
    fill_names(&names_from_rows(link.query_all(&sql, binds).await?)?, anime);
    Ok(())
}

impl Database {
    /// The same, outside a transaction.
    pub(super) async fn load_genre_and_studio_names(&self, anime: &mut [&mut Anime]) -> Result<(), Error> {
        let Some((sql, binds)) = names_query(self.dialect(), anime.iter().map(|anime| &**anime)) else { return Ok(()) };
        fill_names(&names_from_rows(self.query_with_retry(&sql, binds).await?)?, anime);
        Ok(())
    }
}

/// Makes the names of these anime's genres and studios that are not there, and changes those that MAL changed.
pub(super) async fn write_names(tx: &mut DbTransaction, anime: &[&Anime]) -> Result<(), Error> {
    upsert_names(tx, anime, true).await
}

/// Makes those that are not there. The anime are not from MAL: a name that is there already stays as it is.
pub(super) async fn add_missing_names(tx: &mut DbTransaction, anime: &[&Anime]) -> Result<(), Error> {
    upsert_names(tx, anime, false).await
}

async fn upsert_names(tx: &mut DbTransaction, anime: &[&Anime], changes: bool) -> Result<(), Error> {
    let dialect = tx.dialect();
    let Some((sql, binds)) = names_query(dialect, anime.iter().copied()) else { return Ok(()) };
    let there = names_from_rows(tx.query_all(&sql, binds).await?)?;
    for (at, kind) in NAME_KINDS.into_iter().enumerate() {
        let wanted =
            anime.iter().flat_map(|anime| genres_and_studios(anime)[at]).map(|named| (named.id, named.name.as_str()));
        let wanted: BTreeMap<i32, &str> = wanted.collect();
        let differ = wanted.iter().filter(|(id, name)| there[at].get(id).is_none_or(|there| there != *name));
        let differ: Vec<(&i32, &&str)> = differ.collect();
        if differ.is_empty() {
            continue;
        }
        let there = if changes { "UPDATE SET name = excluded.name" } else { "NOTHING" };
        let sql = format!(
            "INSERT INTO mal_{kind}s (id, name) SELECT id, name FROM {} WHERE true ORDER BY id ON CONFLICT (id) DO {there}",
            dialect.id_name_pairs_sql()
        );
        tx.execute(&sql, vec![SqlValue::json(&differ)]).await?;
    }
    Ok(())
}

/// The statement that reads the names which these anime need; none where they need none.
fn names_query<'a>(
    dialect: Dialect,
    anime: impl Iterator<Item = &'a Anime>,
) -> Option<(String, Vec<SqlValue<'static>>)> {
    let mut ids: GenresAndStudios<Vec<i32>> = [Vec::new(), Vec::new()];
    for anime in anime {
        for (ids, named) in ids.iter_mut().zip(genres_and_studios(anime)) {
            ids.extend(named.iter().map(|named| named.id));
        }
    }
    for ids in &mut ids {
        ids.sort_unstable();
        ids.dedup();
    }
    if ids.iter().all(Vec::is_empty) {
        return None;
    }
    let select = |(at, kind): (usize, &str)| {
        format!("SELECT {at} AS kind, id, name FROM mal_{kind}s WHERE {}", dialect.in_list("id", at + 1))
    };
    let sql: Vec<String> = NAME_KINDS.into_iter().enumerate().map(select).collect();
    Some((sql.join(" UNION ALL "), ids.into_iter().map(SqlValue::Ids).collect()))
}

fn names_from_rows(rows: Vec<DbRow>) -> Result<GenresAndStudios<NamesById>, Error> {
    let mut names = GenresAndStudios::<NamesById>::default();
    for row in rows {
        let kind = usize::try_from(row.required_i64("kind")?).unwrap_or_default();
        names[kind.min(1)].insert(row.required_i32("id")?, row.optional_text("name")?.unwrap_or_default());
    }
    Ok(names)
}

/// What has no name is left out.
fn fill_names(names: &GenresAndStudios<NamesById>, anime: &mut [&mut Anime]) {
    for anime in anime {
        for (names, named) in names.iter().zip([&mut anime.genres, &mut anime.studios]) {
            named.retain_mut(|named| names.get(&named.id).map(|name| named.name.clone_from(name)).is_some());
        }
    }
}
