//! Entries as far as it takes to tell the wanted ones among many.
//!
//! The rule: what is asked for and nothing else, a column of the list as one list of JSON. A row of its own for each entry
//! would cost more than what is in it, ten thousand times over, and so would a list of JSON for each.

use rust_decimal::Decimal;

use super::{Database, Dialect, Error, ListQuery, row::Row, sql::Bind, text};
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

    /// Takes the values of the column out of the row.
    fn read(self, row: &Row, name: &str) -> Result<Values, Error> {
        Ok(match self {
            Self::Title | Self::Status | Self::Removed | Self::Mean => {
                Values::Text(row.read_json(name)?.unwrap_or_default())
            }
            Self::Score | Self::Watched | Self::Episodes | Self::Rank | Self::Popularity | Self::Users => {
                Values::Number(row.read_json(name)?.unwrap_or_default())
            }
        })
    }

    /// Gives a sketch its value.
    fn give(self, item: &mut ListItem, value: Value) {
        let (anime, entry) = (&mut item.anime, &mut item.entry);
        match (self, value) {
            (Self::Title, Value::Text(title)) => anime.title = title,
            (Self::Status, Value::Text(status)) => entry.values.status = status,
            (Self::Removed, Value::Text(at)) => entry.removed_at = text::to_time(&at),
            (Self::Mean, Value::Text(mean)) => {
                anime.mean = mean.parse().ok().map(|mean: Decimal| mean.round_dp(2));
            }
            (Self::Score, Value::Number(score)) => entry.values.score = small(score),
            (Self::Watched, Value::Number(seen)) => entry.values.episodes_watched = small(seen),
            (Self::Episodes, Value::Number(episodes)) => anime.episodes = small(episodes),
            (Self::Rank, Value::Number(rank)) => anime.rank = small(rank),
            (Self::Popularity, Value::Number(rank)) => anime.popularity = small(rank),
            (Self::Users, Value::Number(users)) => anime.num_list_users = small(users),
            (Self::Title | Self::Status | Self::Removed | Self::Mean, Value::Number(_)) | (_, Value::Text(_)) => {}
        }
    }
}

fn small(number: i64) -> Option<i32> {
    number.try_into().ok()
}

/// What a column holds, entry by entry.
#[derive(Debug)]
enum Values {
    Text(Vec<Option<String>>),
    Number(Vec<Option<i64>>),
}

enum Value {
    Text(String),
    Number(i64),
}

impl Values {
    /// Takes the value of an entry, where it has one.
    fn take(&mut self, at: usize) -> Option<Value> {
        match self {
            Self::Text(values) => values.get_mut(at)?.take().map(Value::Text),
            Self::Number(values) => values.get_mut(at)?.take().map(Value::Number),
        }
    }
}

/// Sketches of many entries, which take little room as long as none is looked at.
#[derive(Debug, Default)]
pub struct Sketches {
    ids: std::vec::IntoIter<i32>,
    columns: Vec<(Sketched, Values)>,
    given: usize,
}

impl Iterator for Sketches {
    type Item = ListItem;

    fn next(&mut self) -> Option<ListItem> {
        let mal_id = self.ids.next()?;
        let mut item = bare(mal_id);
        for (what, values) in &mut self.columns {
            if let Some(value) = values.take(self.given) {
                what.give(&mut item, value);
            }
        }
        self.given += 1;
        Some(item)
    }
}

/// An entry of which nothing but the id is known.
pub(super) fn bare(mal_id: i32) -> ListItem {
    ListItem {
        anime: Anime { mal_id, ..Anime::default() },
        entry: Local { mal_id, ..Local::default() },
        updated_at: None,
    }
}

impl Database {
    /// The user's entries with their ids and what is asked for, in no order. All else is absent.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn sketches(&self, user: UserId, query: &ListQuery, asked: &[Sketched]) -> Result<Sketches, Error> {
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
        let Some(row) = rows.first() else { return Ok(Sketches::default()) };
        let ids: Vec<i32> = row.read_json("mal_ids")?.unwrap_or_default();
        let read = |(n, what): (usize, &Sketched)| Ok((*what, what.read(row, &format!("c{n}"))?));
        let columns = asked.iter().enumerate().map(read).collect::<Result<_, Error>>()?;
        Ok(Sketches { ids: ids.into_iter(), columns, given: 0 })
    }
}
