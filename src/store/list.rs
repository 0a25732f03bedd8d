//! The list as a person reads it: entries with what is worth knowing of their anime.

use super::{
    Database, Error, rows,
    sql::{Bind, Row},
};
use crate::domain::{list_item::ListItem, user::UserId};

/// Which entries are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Of this status alone.
    pub status: Option<String>,
    /// Those marked as removed too.
    pub removed: bool,
}

impl Database {
    /// The user's entries, in ascending order of MAL's id. Searching and sorting is the caller's.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn list(&self, user: UserId, query: &ListQuery) -> Result<Vec<ListItem>, Error> {
        let sql = format!(
            "SELECT {}, a.title, a.title_english, a.title_japanese, a.episodes, a.score AS mean, a.rank, a.popularity, \
            a.status AS airing_status, a.media_type, l.removed_at IS NOT NULL AS removed, l.updated_at \
            FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            WHERE l.user_id = $1 AND ($2 IS NULL OR l.status = $2) AND (l.removed_at IS NULL OR $3) ORDER BY a.mal_id",
            rows::LOCAL
        );
        let binds = vec![user.0.into(), Bind::Text(query.status.clone()), Bind::Flag(query.removed)];
        self.read(&sql, binds).await?.iter().map(list_item).collect()
    }
}

fn list_item(row: &Row) -> Result<ListItem, Error> {
    Ok(ListItem {
        mal_id: row.id("mal_id")?,
        title: row.text("title")?.unwrap_or_default(),
        title_english: row.text("title_english")?,
        title_japanese: row.text("title_japanese")?,
        values: rows::values(row)?,
        episodes: row.small("episodes")?,
        mean: row.decimal("mean")?,
        rank: row.small("rank")?,
        popularity: row.small("popularity")?,
        airing_status: row.text("airing_status")?,
        media_type: row.text("media_type")?,
        removed: row.flag("removed")?,
        updated_at: row.time("updated_at")?,
    })
}
