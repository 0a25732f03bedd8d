//! Entries as far as it takes to tell the wanted ones among many.
//!
//! The rule: what is asked for and nothing else, a column of the list as one list of JSON. A row of its own for each entry
//! would cost more than what is in it, ten thousand times over, and so would a list of JSON for each.

use rust_decimal::Decimal;
use serde::de::DeserializeOwned;

use super::{
    Database, Dialect, Error, ListQuery,
    sql::{Bind, Row},
    text,
};
use crate::domain::{anime::Anime, entry::Local, list_item::ListItem, user::UserId};

/// What a sketch may have, beside the ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sketched {
    /// The main title.
    Title,
    /// The user's status.
    Status,
    /// The user's score.
    Score,
    /// The episodes that the user has watched.
    Watched,
    /// The mark of removal.
    Removed,
    /// How many episodes the anime has.
    Episodes,
    /// MAL's mean score.
    Mean,
    /// MAL's rank by score.
    Rank,
    /// MAL's rank by members.
    Popularity,
    /// How many have it in their lists.
    Users,
}

impl Sketched {
    /// The column of `user_anime_lists l JOIN anime a`, as the list of JSON is to have it. Whatever another program wrote
    /// into a column of SQLite's, it gets the column's type.
    fn column(self, dialect: Dialect) -> &'static str {
        match (self, dialect) {
            (Self::Title, Dialect::Postgres) => "a.title",
            (Self::Title, Dialect::Sqlite) => "CAST(a.title AS TEXT)",
            (Self::Status, Dialect::Postgres) => "l.status",
            (Self::Status, Dialect::Sqlite) => "CAST(l.status AS TEXT)",
            (Self::Score, _) => "CAST(l.score AS INTEGER)",
            (Self::Watched, _) => "CAST(l.episodes_watched AS INTEGER)",
            (Self::Removed, Dialect::Postgres) => "to_char(l.removed_at, 'YYYY-MM-DD HH24:MI:SS')",
            (Self::Removed, Dialect::Sqlite) => "CAST(l.removed_at AS TEXT)",
            (Self::Episodes, _) => "CAST(a.episodes AS INTEGER)",
            (Self::Mean, Dialect::Postgres) => "a.score::text",
            (Self::Mean, Dialect::Sqlite) => "CAST(CAST(a.score AS REAL) AS TEXT)",
            (Self::Rank, _) => "CAST(a.rank AS INTEGER)",
            (Self::Popularity, _) => "CAST(a.popularity AS INTEGER)",
            (Self::Users, _) => "CAST(a.num_list_users AS INTEGER)",
        }
    }

    /// Takes the values of the column into the sketches, which are in the same order.
    fn fill(self, row: &Row, name: &str, items: &mut [ListItem]) -> Result<(), Error> {
        match self {
            Self::Title => each(row, name, items, |item, title: String| item.anime.title = title),
            Self::Status => each(row, name, items, |item, status: String| item.entry.values.status = status),
            Self::Score => each(row, name, items, |item, score| item.entry.values.score = small(score)),
            Self::Watched => each(row, name, items, |item, seen| item.entry.values.episodes_watched = small(seen)),
            Self::Removed => each(row, name, items, |item, at: String| item.entry.removed_at = text::to_time(&at)),
            Self::Episodes => each(row, name, items, |item, episodes| item.anime.episodes = small(episodes)),
            Self::Mean => each(row, name, items, |item, mean: String| {
                item.anime.mean = mean.parse().ok().map(|mean: Decimal| mean.round_dp(2));
            }),
            Self::Rank => each(row, name, items, |item, rank| item.anime.rank = small(rank)),
            Self::Popularity => each(row, name, items, |item, rank| item.anime.popularity = small(rank)),
            Self::Users => each(row, name, items, |item, users| item.anime.num_list_users = small(users)),
        }
    }
}

fn small(number: i64) -> Option<i32> {
    number.try_into().ok()
}

/// Gives each sketch its value of a column, where there is one.
fn each<T: DeserializeOwned + Send + Unpin + 'static>(
    row: &Row,
    name: &str,
    items: &mut [ListItem],
    set: impl Fn(&mut ListItem, T),
) -> Result<(), Error> {
    let values: Vec<Option<T>> = row.read_json(name)?.unwrap_or_default();
    for (item, value) in items.iter_mut().zip(values) {
        if let Some(value) = value {
            set(item, value);
        }
    }
    Ok(())
}

impl Database {
    /// The user's entries with their ids and what is asked for, in no order. All else is absent.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn sketches(&self, user: UserId, query: &ListQuery, asked: &[Sketched]) -> Result<Vec<ListItem>, Error> {
        let dialect = self.dialect();
        let columns =
            asked.iter().enumerate().map(|(n, what)| format!(", {} AS c{n}", dialect.list(what.column(dialect))));
        let sql = format!(
            "SELECT {} AS mal_ids{} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            WHERE l.user_id = $1 AND (l.removed_at IS NULL OR $2)",
            dialect.list("a.mal_id"),
            columns.collect::<String>(),
        );
        let rows = self.read(&sql, vec![user.0.into(), Bind::Flag(query.removed)]).await?;
        let Some(row) = rows.first() else { return Ok(Vec::new()) };
        let ids: Vec<i32> = row.read_json("mal_ids")?.unwrap_or_default();
        let mut sketches: Vec<ListItem> = ids.into_iter().map(bare).collect();
        for (n, what) in asked.iter().enumerate() {
            what.fill(row, &format!("c{n}"), &mut sketches)?;
        }
        Ok(sketches)
    }
}

fn bare(mal_id: i32) -> ListItem {
    let anime = Anime { mal_id, ..Anime::default() };
    ListItem { anime, entry: Local { mal_id, ..Local::default() }, updated_at: None }
}
