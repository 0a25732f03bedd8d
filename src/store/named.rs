//! Genres and studios: their names, and which anime has which.
//!
//! The rule: written after the anime they belong to, in ascending order of id, and only where they differ. A name that is
//! there already is read, not locked: every list has the same few genres, and batches of several users go on side by side.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::{Error, sql::Bind, transaction::Tx};
use crate::{
    domain::anime::{Anime, Named},
    sync::port::{Plan, Rows},
};

type Of = fn(&Anime) -> &[Named];

const KINDS: [(&str, Of); 2] = [("genre", |anime| &anime.genres), ("studio", |anime| &anime.studios)];

/// Brings genres and studios of the anime that a plan makes or changes into line; `ids` are the rows of all of them.
pub(super) async fn write(tx: &mut Tx, rows: &Rows, plan: &Plan<'_>, ids: &HashMap<i32, i64>) -> Result<(), Error> {
    for (kind, of) in KINDS {
        let new = plan.anime_new.iter().filter(|anime| !of(anime).is_empty());
        let known = |anime: &Anime| rows.anime.get(&anime.mal_id).map_or(&[][..], |(_, known)| of(known));
        let changed: Vec<_> =
            plan.anime_changed.iter().filter(|(_, anime)| known(anime) != of(anime)).map(|(_, anime)| *anime).collect();
        let stale = changed.iter().filter(|anime| !known(anime).is_empty()).filter_map(|anime| ids.get(&anime.mal_id));
        unlink(tx, kind, stale.copied().collect()).await?;
        let fresh: Vec<&Anime> = new.copied().chain(changed).collect();
        names(tx, kind, fresh.iter().flat_map(|anime| of(anime)), true).await?;
        link(tx, kind, &fresh, of, ids).await?;
    }
    Ok(())
}

/// Adds those of anime that were just made. They are not from MAL: a name that is there already stays as it is.
pub(super) async fn add(tx: &mut Tx, new: &[&Anime], ids: &HashMap<i32, i64>) -> Result<(), Error> {
    for (kind, of) in KINDS {
        names(tx, kind, new.iter().flat_map(|anime| of(anime)), false).await?;
        link(tx, kind, new, of, ids).await?;
    }
    Ok(())
}

async fn unlink(tx: &mut Tx, kind: &str, anime: Vec<i64>) -> Result<(), Error> {
    if anime.is_empty() {
        return Ok(());
    }
    let ids = anime.into_iter().filter_map(|id| i32::try_from(id).ok()).collect();
    let sql = format!("DELETE FROM mal_anime_{kind}s WHERE {}", tx.dialect().among("anime_id", 1));
    tx.run(&sql, vec![Bind::Ids(ids)]).await.map(drop)
}

/// Makes the names that are not there, and, for `changes`, changes those that are called otherwise by now.
async fn names<'a>(
    tx: &mut Tx,
    kind: &str,
    named: impl Iterator<Item = &'a Named>,
    changes: bool,
) -> Result<(), Error> {
    let wanted: BTreeMap<i32, &str> = named.map(|named| (named.id, named.name.as_str())).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let dialect = tx.dialect();
    let sql = format!("SELECT id, name FROM mal_{kind}s WHERE {}", dialect.among("id", 1));
    let mut there = HashMap::new();
    for row in tx.rows(&sql, vec![Bind::Ids(wanted.keys().copied().collect())]).await? {
        there.insert(row.id("id")?, row.text("name")?.unwrap_or_default());
    }
    let differ = wanted.iter().filter(|(id, name)| there.get(id).is_none_or(|there| there != *name));
    let differ: Vec<Value> = differ.map(|(id, name)| json!([id, name])).collect();
    if differ.is_empty() {
        return Ok(());
    }
    let there = if changes { "UPDATE SET name = excluded.name" } else { "NOTHING" };
    let sql = format!(
        "INSERT INTO mal_{kind}s (id, name) SELECT a, b FROM {} WHERE true ORDER BY a ON CONFLICT (id) DO {there}",
        dialect.pairs("text")
    );
    tx.run(&sql, vec![Bind::Json(differ.into())]).await.map(drop)
}

async fn link(tx: &mut Tx, kind: &str, anime: &[&Anime], of: Of, ids: &HashMap<i32, i64>) -> Result<(), Error> {
    let mut pairs = Vec::new();
    for anime in anime {
        let id = ids.get(&anime.mal_id).ok_or_else(|| Error::fatal(format!("anime {} has no row", anime.mal_id)))?;
        pairs.extend(of(anime).iter().map(|named| json!([id, named.id])));
    }
    if pairs.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO mal_anime_{kind}s (anime_id, {kind}_id) SELECT a, b FROM {} WHERE true ON CONFLICT DO NOTHING",
        tx.dialect().pairs("number")
    );
    tx.run(&sql, vec![Bind::Json(pairs.into())]).await.map(drop)
}
