//! The list as a person reads it: entries with what is worth knowing of their anime.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    Database, Dialect, Error, rows,
    sql::{Bind, Row},
    text,
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
            rows::ANIME
        );
        self.items(&sql, vec![user.0.into(), Bind::Flag(query.removed)]).await
    }

    /// The user's entries as far as it takes to tell the wanted ones among many, in no order: ids, main
    /// title, status, score, episodes, the mark of removal, MAL's mean, rank, popularity and users. All else is absent.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn sketches(&self, user: UserId, query: &ListQuery) -> Result<Vec<ListItem>, Error> {
        let sql = format!(
            "SELECT {} AS sketches FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            WHERE l.user_id = $1 AND (l.removed_at IS NULL OR $2)",
            match self.dialect() {
                Dialect::Postgres => {
                    "json_agg(json_build_array(l.id, a.mal_id, a.title, l.status, l.score, l.episodes_watched, \
                    to_char(l.removed_at, 'YYYY-MM-DD HH24:MI:SS'), a.episodes, a.score::text, a.rank, a.popularity, \
                    a.num_list_users))"
                }
                // Whatever another program wrote into a column, it gets the column's type.
                Dialect::Sqlite => {
                    "json_group_array(json_array(l.id, a.mal_id, CAST(a.title AS TEXT), CAST(l.status AS TEXT), \
                    CAST(l.score AS INTEGER), CAST(l.episodes_watched AS INTEGER), CAST(l.removed_at AS TEXT), \
                    CAST(a.episodes AS INTEGER), CAST(CAST(a.score AS REAL) AS TEXT), CAST(a.rank AS INTEGER), \
                    CAST(a.popularity AS INTEGER), CAST(a.num_list_users AS INTEGER)))"
                }
            }
        );
        let rows = self.read(&sql, vec![user.0.into(), Bind::Flag(query.removed)]).await?;
        let sketches: Option<Vec<Sketch>> = rows.first().map(|row| row.read_json("sketches")).transpose()?.flatten();
        Ok(sketches.unwrap_or_default().into_iter().map(ListItem::from).collect())
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
            rows::ANIME,
            self.dialect().among("a.mal_id", 2)
        );
        self.items(&sql, vec![user.0.into(), Bind::Ids(ids.to_vec())]).await
    }

    async fn items(&self, sql: &str, binds: Vec<Bind>) -> Result<Vec<ListItem>, Error> {
        let rows = self.read(sql, binds).await?;
        let mut items = rows.iter().map(list_item).collect::<Result<Vec<_>, _>>()?;
        self.name(&mut items.iter_mut().map(|item| &mut item.anime).collect::<Vec<_>>()).await?;
        Ok(items)
    }
}

/// A sketch as the database tells it. All of a list's come as one row of JSON: reading a row costs more than what is in it, ten
/// thousand times over.
#[derive(Deserialize)]
struct Sketch(
    i64,
    i32,
    String,
    String,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<i64>,
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
);

impl From<Sketch> for ListItem {
    fn from(sketch: Sketch) -> Self {
        let Sketch(id, mal_id, title, status, score, watched, removed, episodes, mean, rank, popularity, users) =
            sketch;
        let small = |number: Option<i64>| number.and_then(|number| i32::try_from(number).ok());
        let anime = Anime {
            mal_id,
            title,
            episodes: small(episodes),
            mean: mean.and_then(|mean| mean.parse().ok()).map(|mean: Decimal| mean.round_dp(2)),
            rank: small(rank),
            popularity: small(popularity),
            num_list_users: small(users),
            ..Anime::default()
        };
        let values = Values { status, score: small(score), episodes_watched: small(watched), ..Values::default() };
        let removed_at = removed.as_deref().and_then(text::to_time);
        let entry = Local { id, mal_id, values, removed_at, ..Local::default() };
        Self { anime, entry, updated_at: None }
    }
}

fn list_item(row: &Row) -> Result<ListItem, Error> {
    Ok(ListItem { anime: rows::anime(row)?, entry: rows::local(row)?, updated_at: row.time("updated_at")? })
}
