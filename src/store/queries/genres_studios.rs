//! Name tables of genres and studios, by MAL id. The relation (id arrays) is stored in the `anime` row.
//!
//! Invariants:
//! 1. A name is written after the anime that it came with, in ascending order of id, and only if it differs.
//! 2. An existing name is read but not locked: all lists share few genres, and batches of several users must not
//!    block each other.

use std::collections::{BTreeMap, HashMap};

use crate::{
    domain::anime::{Anime, IdName},
    store::{
        connection::DbConnection,
        database::Database,
        error::Error,
        sql::{DbRow, Dialect, SqlValue},
        transaction::DbTransaction,
    },
};

/// Names of genres or of studios, by id.
type NamesById = HashMap<i32, String>;

/// One value for genres and one for studios, in the order of [`NAME_KINDS`].
type GenresAndStudios<T> = [T; 2];

const NAME_KINDS: GenresAndStudios<&str> = ["genre", "studio"];

const fn genres_and_studios(anime: &Anime) -> GenresAndStudios<&Vec<IdName>> {
    [&anime.genres, &anime.studios]
}

/// Fills in the names of genres and studios, of which a row has only the ids.
pub(in crate::store) async fn load_names(connection: &mut DbConnection, anime: &mut [&mut Anime]) -> Result<(), Error> {
    let Some((sql, params)) = names_query(connection.dialect(), anime.iter().map(|anime| &**anime)) else {
        return Ok(());
    };
    fill_names(&names_from_rows(connection.query_all(&sql, params).await?)?, anime);
    Ok(())
}

impl Database {
    /// Fills in the names of genres and studios, outside a transaction.
    pub(in crate::store) async fn load_genre_and_studio_names(&self, anime: &mut [&mut Anime]) -> Result<(), Error> {
        let Some((sql, params)) = names_query(self.dialect(), anime.iter().map(|anime| &**anime)) else {
            return Ok(());
        };
        fill_names(&names_from_rows(self.query_with_retry(&sql, params).await?)?, anime);
        Ok(())
    }
}

/// Inserts missing names of these anime's genres and studios, and updates those that MAL changed.
pub(in crate::store) async fn write_names(tx: &mut DbTransaction, anime: &[&Anime]) -> Result<(), Error> {
    upsert_names(tx, anime, true).await
}

/// Inserts missing names only. These anime do not come from MAL, so existing names are not changed.
pub(in crate::store) async fn add_missing_names(tx: &mut DbTransaction, anime: &[&Anime]) -> Result<(), Error> {
    upsert_names(tx, anime, false).await
}

async fn upsert_names(tx: &mut DbTransaction, anime: &[&Anime], update_existing: bool) -> Result<(), Error> {
    let dialect = tx.dialect();
    let Some((sql, params)) = names_query(dialect, anime.iter().copied()) else { return Ok(()) };
    let stored = names_from_rows(tx.query_all(&sql, params).await?)?;
    for (at, kind) in NAME_KINDS.into_iter().enumerate() {
        let needed =
            anime.iter().flat_map(|anime| genres_and_studios(anime)[at]).map(|named| (named.id, named.name.as_str()));
        let needed: BTreeMap<i32, &str> = needed.collect();
        let to_write = needed.iter().filter(|(id, name)| stored[at].get(id).is_none_or(|stored| stored != *name));
        let to_write: Vec<(&i32, &&str)> = to_write.collect();
        if to_write.is_empty() {
            continue;
        }
        let on_conflict = if update_existing { "UPDATE SET name = excluded.name" } else { "NOTHING" };
        let sql = format!(
            "INSERT INTO mal_{kind}s (id, name) SELECT id, name FROM {} WHERE true ORDER BY id ON CONFLICT (id) DO {on_conflict}",
            dialect.id_name_pairs_sql()
        );
        tx.execute(&sql, vec![SqlValue::json(&to_write)]).await?;
    }
    Ok(())
}

/// Returns the query for the names that these anime need. Returns `None` if they have neither.
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
    let select_sql = |(at, kind): (usize, &str)| {
        format!("SELECT {at} AS kind, id, name FROM mal_{kind}s WHERE {}", dialect.in_list("id", at + 1))
    };
    let sql: Vec<String> = NAME_KINDS.into_iter().enumerate().map(select_sql).collect();
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

/// Fills in the names. Genres and studios without a name are removed.
fn fill_names(names: &GenresAndStudios<NamesById>, anime: &mut [&mut Anime]) {
    for anime in anime {
        for (names, named) in names.iter().zip([&mut anime.genres, &mut anime.studios]) {
            named.retain_mut(|named| names.get(&named.id).map(|name| named.name.clone_from(name)).is_some());
        }
    }
}
