//! The list as a person reads it: entries with what is worth knowing of their anime.

use super::{
    Database, Error, rows,
    sql::{Bind, Row},
};
use crate::domain::{
    anime::Anime,
    entry::{Local, Values},
    list_item::ListItem,
    user::UserId,
};

/// Which entries are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Those marked as removed too.
    pub removed: bool,
}

impl Database {
    /// The user's entries, in ascending order of MAL's id. Filtering and sorting is the caller's.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn list(&self, user: UserId, query: &ListQuery) -> Result<Vec<ListItem>, Error> {
        let sql = format!(
            "SELECT {}, {}, l.updated_at FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            WHERE l.user_id = $1 AND (l.removed_at IS NULL OR $2) ORDER BY a.mal_id",
            rows::LOCAL,
            rows::anime_columns(self.dialect())
        );
        let binds = vec![user.0.into(), Bind::Flag(query.removed)];
        self.read(&sql, binds).await?.iter().map(list_item).collect()
    }

    /// The user's entries as far as it takes to tell the wanted ones among many, in ascending order of MAL's id: ids, main
    /// title, status, score, episodes, the mark of removal, MAL's mean, rank, popularity and users. All else is absent.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn sketches(&self, user: UserId, query: &ListQuery) -> Result<Vec<ListItem>, Error> {
        let sql = "SELECT l.id, a.mal_id, a.title, l.status, l.score, l.episodes_watched, l.removed_at, a.episodes, \
            a.score AS mean, a.rank, a.popularity, a.num_list_users \
            FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            WHERE l.user_id = $1 AND (l.removed_at IS NULL OR $2) ORDER BY a.mal_id";
        let binds = vec![user.0.into(), Bind::Flag(query.removed)];
        self.read(sql, binds).await?.iter().map(sketch).collect()
    }

    /// The user's entries of these anime, marked as removed or not, in ascending order of MAL's id.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn list_these(&self, user: UserId, ids: &[i32]) -> Result<Vec<ListItem>, Error> {
        let sql = format!(
            "SELECT {}, {}, l.updated_at FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            WHERE l.user_id = $1 AND {} ORDER BY a.mal_id",
            rows::LOCAL,
            rows::anime_columns(self.dialect()),
            self.dialect().among("a.mal_id", 2)
        );
        self.read(&sql, vec![user.0.into(), Bind::Ids(ids.to_vec())]).await?.iter().map(list_item).collect()
    }
}

fn sketch(row: &Row) -> Result<ListItem, Error> {
    let mal_id = row.id("mal_id")?;
    let anime = Anime {
        mal_id,
        title: row.text("title")?.unwrap_or_default(),
        episodes: row.small("episodes")?,
        mean: row.decimal("mean")?,
        rank: row.small("rank")?,
        popularity: row.small("popularity")?,
        num_list_users: row.small("num_list_users")?,
        ..Anime::default()
    };
    let values = Values {
        status: row.text("status")?.unwrap_or_default(),
        score: row.small("score")?,
        episodes_watched: row.small("episodes_watched")?,
        ..Values::default()
    };
    let entry = Local { id: row.key("id")?, mal_id, values, removed_at: row.time("removed_at")?, ..Local::default() };
    Ok(ListItem { anime, entry, updated_at: None })
}

fn list_item(row: &Row) -> Result<ListItem, Error> {
    Ok(ListItem { anime: rows::anime(row)?, entry: rows::local(row)?, updated_at: row.time("updated_at")? })
}
