//! The rows that a batch meets: anime, entries, and the conflicts last recorded.
//!
//! The rule: read in ascending order of MAL's id and locked, so that two programs never wait for each other in a circle.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::Value;

use super::{
    Error,
    sql::{Bind, Row},
    transaction::Tx,
};
use crate::{
    domain::{
        anime::Anime,
        change::Field,
        entry::{Local, Values},
        partial_date::PartialDate,
        user::UserId,
    },
    sync::port::{LastConflict, Rows},
};

/// The columns of an [`Anime`], and the row's id.
pub(super) const ANIME: &str = "id, mal_id, title, title_english, title_japanese, synopsis, episodes, status, score, \
    rank, popularity, aired_from, aired_from_precision, aired_to, aired_to_precision, image_url, media_type, nsfw";

/// The columns of a [`Local`], from `user_anime_lists l JOIN anime a`.
pub(super) const LOCAL: &str = "l.id, a.mal_id, l.status, l.score, l.episodes_watched, l.start_date, \
    l.start_date_precision, l.finish_date, l.finish_date_precision, l.notes, l.is_rewatching, l.times_rewatched, \
    l.rewatch_value, l.priority, l.tags, l.mal_entry, l.mal_updated_at, l.removed_at";

/// Reads the rows of these ids, locked where they are to be written. Conflicts are read later, for those that need them.
pub(super) async fn read(tx: &mut Tx, user: UserId, ids: &[i32], locked: bool) -> Result<Rows, Error> {
    let dialect = tx.dialect();
    let lock = |table| if locked { dialect.for_update(table) } else { "" };
    let sql =
        format!("SELECT {ANIME} FROM anime WHERE {} ORDER BY mal_id{}", dialect.among("mal_id", 1), lock("anime"));
    let mut rows = Rows::default();
    for row in tx.rows(&sql, vec![Bind::Ids(ids.to_vec())]).await? {
        rows.anime.insert(row.id("mal_id")?, (row.key("id")?, anime(&row)?));
    }
    let sql = format!(
        "SELECT {LOCAL} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
        WHERE l.user_id = $1 AND {} ORDER BY a.mal_id{}",
        dialect.among("a.mal_id", 2),
        lock("l")
    );
    for row in tx.rows(&sql, vec![user.0.into(), Bind::Ids(ids.to_vec())]).await? {
        let local = local(&row)?;
        rows.locals.insert(local.mal_id, local);
    }
    Ok(rows)
}

/// The last recorded conflict of each field of these entries.
pub(super) async fn history(
    tx: &mut Tx,
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
        tx.dialect().among("mal_id", 2)
    );
    for row in tx.rows(&sql, vec![user.0.into(), Bind::Ids(ids)]).await? {
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

fn anime(row: &Row) -> Result<Anime, Error> {
    Ok(Anime {
        mal_id: row.id("mal_id")?,
        title: row.text("title")?.unwrap_or_default(),
        title_english: row.text("title_english")?,
        title_japanese: row.text("title_japanese")?,
        synopsis: row.text("synopsis")?,
        episodes: row.small("episodes")?,
        status: row.text("status")?,
        mean: row.decimal("score")?,
        rank: row.small("rank")?,
        popularity: row.small("popularity")?,
        aired_from: partial(row, "aired_from", "aired_from_precision")?,
        aired_to: partial(row, "aired_to", "aired_to_precision")?,
        image_url: row.text("image_url")?,
        media_type: row.text("media_type")?,
        nsfw: row.text("nsfw")?,
    })
}

pub(super) fn local(row: &Row) -> Result<Local, Error> {
    Ok(Local {
        id: row.key("id")?,
        mal_id: row.id("mal_id")?,
        values: values(row)?,
        base: row.json("mal_entry")?.filter(|base| !base.is_null()),
        mal_updated_at: row.time("mal_updated_at")?,
        removed_at: row.time("removed_at")?,
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
        tags: tags(row.json("tags")?),
    })
}

/// A date outside MAL's years, which another program may have written, is absent.
pub(super) fn partial(row: &Row, column: &str, precision: &str) -> Result<Option<PartialDate>, Error> {
    let Some(date) = row.date(column)?.and_then(PartialDate::day) else { return Ok(None) };
    let date: NaiveDate = date.first_day();
    Ok(Some(PartialDate::from_columns(date, row.text(precision)?.as_deref())))
}

pub(super) fn tags(json: Option<Value>) -> Vec<String> {
    let Some(Value::Array(tags)) = json else { return Vec::new() };
    tags.into_iter()
        .filter_map(|tag| match tag {
            Value::String(tag) => Some(tag),
            _ => None,
        })
        .collect()
}
