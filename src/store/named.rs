//! Genres and studios: their names, by MAL's ids. Which anime has which stands in the anime's row.
//!
//! The rule: a name is written after the anime that it came with, in ascending order of id, and only where it differs. One
//! that is there already is read, not locked: every list has the same few genres, and batches of several users go on side
//! by side.

use std::collections::{BTreeMap, HashMap};

use super::{
    Database, Dialect, Error,
    row::Row,
    sql::{Bind, Link},
    transaction::Tx,
};
use crate::domain::anime::{Anime, Named};

/// The names of one kind, by id.
type Names = HashMap<i32, String>;

/// Names by id, of genres and of studios.
type Kinds<T> = [T; 2];

const KINDS: Kinds<&str> = ["genre", "studio"];

const fn of(anime: &Anime) -> Kinds<&Vec<Named>> {
    [&anime.genres, &anime.studios]
}

/// Gives genres and studios, of which a row has the ids alone, their names.
pub(super) async fn name(link: &mut Link, anime: &mut [&mut Anime]) -> Result<(), Error> {
    let Some((sql, binds)) = asked(link.dialect(), anime.iter().map(|anime| &**anime)) else { return Ok(()) };
    give(&read(link.rows(&sql, binds).await?)?, anime);
    Ok(())
}

impl Database {
    /// The same, outside a transaction.
    pub(super) async fn name(&self, anime: &mut [&mut Anime]) -> Result<(), Error> {
        let Some((sql, binds)) = asked(self.dialect(), anime.iter().map(|anime| &**anime)) else { return Ok(()) };
        give(&read(self.read(&sql, binds).await?)?, anime);
        Ok(())
    }
}

/// Makes the names of these anime's genres and studios that are not there, and changes those that MAL changed.
pub(super) async fn write(tx: &mut Tx, anime: &[&Anime]) -> Result<(), Error> {
    names(tx, anime, true).await
}

/// Makes those that are not there. The anime are not from MAL: a name that is there already stays as it is.
pub(super) async fn add(tx: &mut Tx, anime: &[&Anime]) -> Result<(), Error> {
    names(tx, anime, false).await
}

async fn names(tx: &mut Tx, anime: &[&Anime], changes: bool) -> Result<(), Error> {
    let dialect = tx.dialect();
    let Some((sql, binds)) = asked(dialect, anime.iter().copied()) else { return Ok(()) };
    let there = read(tx.rows(&sql, binds).await?)?;
    for (at, kind) in KINDS.into_iter().enumerate() {
        let wanted = anime.iter().flat_map(|anime| of(anime)[at]).map(|named| (named.id, named.name.as_str()));
        let wanted: BTreeMap<i32, &str> = wanted.collect();
        let differ = wanted.iter().filter(|(id, name)| there[at].get(id).is_none_or(|there| there != *name));
        let differ: Vec<(&i32, &&str)> = differ.collect();
        if differ.is_empty() {
            continue;
        }
        let there = if changes { "UPDATE SET name = excluded.name" } else { "NOTHING" };
        let sql = format!(
            "INSERT INTO mal_{kind}s (id, name) SELECT id, name FROM {} WHERE true ORDER BY id ON CONFLICT (id) DO {there}",
            dialect.names()
        );
        tx.run(&sql, vec![Bind::json(&differ)]).await?;
    }
    Ok(())
}

/// The statement that reads the names which these anime need; none where they need none.
fn asked<'a>(dialect: Dialect, anime: impl Iterator<Item = &'a Anime>) -> Option<(String, Vec<Bind<'static>>)> {
    let mut ids: Kinds<Vec<i32>> = [Vec::new(), Vec::new()];
    for anime in anime {
        for (ids, named) in ids.iter_mut().zip(of(anime)) {
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
        format!("SELECT {at} AS kind, id, name FROM mal_{kind}s WHERE {}", dialect.among("id", at + 1))
    };
    let sql: Vec<String> = KINDS.into_iter().enumerate().map(select).collect();
    Some((sql.join(" UNION ALL "), ids.into_iter().map(Bind::Ids).collect()))
}

fn read(rows: Vec<Row>) -> Result<Kinds<Names>, Error> {
    let mut names = Kinds::<Names>::default();
    for row in rows {
        let kind = usize::try_from(row.key("kind")?).unwrap_or_default();
        names[kind.min(1)].insert(row.id("id")?, row.text("name")?.unwrap_or_default());
    }
    Ok(names)
}

/// What has no name is left out.
fn give(names: &Kinds<Names>, anime: &mut [&mut Anime]) {
    for anime in anime {
        for (names, named) in names.iter().zip([&mut anime.genres, &mut anime.studios]) {
            named.retain_mut(|named| names.get(&named.id).map(|name| named.name.clone_from(name)).is_some());
        }
    }
}
