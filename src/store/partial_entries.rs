//! Loads only selected columns of a user's list: enough to filter and sort many entries.
//!
//! Each column is one JSON array. A row per entry, or a JSON array per entry, costs more than its content, 10 000
//! times over.

use rust_decimal::Decimal;

use super::{Database, Dialect, Error, ListQuery, row_reader::DbRow, sql::SqlValue, sqlite_time};
use crate::domain::{anime::Anime, entry::StoredEntry, list_entry::ListEntry, user::UserId};

/// Columns that can be selected in addition to the MAL id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListColumn {
    /// Main title.
    Title,
    /// The user's status.
    Status,
    /// The user's score.
    Score,
    /// Episodes that the user has watched.
    EpisodesWatched,
    /// Time at which the entry was marked as removed.
    RemovedAt,
    /// Number of episodes of the anime.
    Episodes,
    /// MAL's mean score.
    Mean,
    /// MAL's rank by score.
    Rank,
    /// MAL's rank by number of members.
    Popularity,
    /// Number of MAL users with the anime in their list.
    ListUsers,
}

impl ListColumn {
    /// Returns the SQL of the column in `user_anime_lists l JOIN anime a`. SQLite's values are cast to the column's
    /// type, whatever another program stored.
    fn column_sql(self, dialect: Dialect) -> &'static str {
        match (self, dialect) {
            (Self::Title, Dialect::Postgres) => "a.title",
            (Self::Title, Dialect::Sqlite) => "CAST(a.title AS TEXT)",
            (Self::Status, Dialect::Postgres) => "l.status",
            (Self::Status, Dialect::Sqlite) => "CAST(l.status AS TEXT)",
            (Self::Score, _) => "CAST(l.score AS INTEGER)",
            (Self::EpisodesWatched, _) => "CAST(l.episodes_watched AS INTEGER)",
            (Self::RemovedAt, Dialect::Postgres) => "to_char(l.removed_at, 'YYYY-MM-DD HH24:MI:SS')",
            (Self::RemovedAt, Dialect::Sqlite) => "CAST(l.removed_at AS TEXT)",
            (Self::Episodes, _) => "CAST(a.episodes AS INTEGER)",
            (Self::Mean, Dialect::Postgres) => "a.score::text",
            (Self::Mean, Dialect::Sqlite) => "CAST(CAST(a.score AS REAL) AS TEXT)",
            (Self::Rank, _) => "CAST(a.rank AS INTEGER)",
            (Self::Popularity, _) => "CAST(a.popularity AS INTEGER)",
            (Self::ListUsers, _) => "CAST(a.num_list_users AS INTEGER)",
        }
    }

    /// Reads the column's values from the row.
    fn read_values(self, row: &DbRow, name: &str) -> Result<ColumnValues, Error> {
        Ok(match self {
            Self::Title | Self::Status | Self::RemovedAt | Self::Mean => {
                ColumnValues::Text(row.strict_json(name)?.unwrap_or_default())
            }
            Self::Score | Self::EpisodesWatched | Self::Episodes | Self::Rank | Self::Popularity | Self::ListUsers => {
                ColumnValues::Number(row.strict_json(name)?.unwrap_or_default())
            }
        })
    }

    /// Writes a value into a list item.
    fn assign(self, item: &mut ListEntry, value: ColumnValue) {
        let (anime, entry) = (&mut item.anime, &mut item.stored);
        match (self, value) {
            (Self::Title, ColumnValue::Text(title)) => anime.title = title,
            (Self::Status, ColumnValue::Text(status)) => entry.values.status = status,
            (Self::RemovedAt, ColumnValue::Text(time)) => entry.removed_at = sqlite_time::parse_time(&time),
            (Self::Mean, ColumnValue::Text(mean)) => {
                anime.mean = mean.parse().ok().map(|mean: Decimal| mean.round_dp(2));
            }
            (Self::Score, ColumnValue::Number(score)) => entry.values.score = as_i32(score),
            (Self::EpisodesWatched, ColumnValue::Number(episodes)) => entry.values.episodes_watched = as_i32(episodes),
            (Self::Episodes, ColumnValue::Number(episodes)) => anime.episodes = as_i32(episodes),
            (Self::Rank, ColumnValue::Number(rank)) => anime.rank = as_i32(rank),
            (Self::Popularity, ColumnValue::Number(rank)) => anime.popularity = as_i32(rank),
            (Self::ListUsers, ColumnValue::Number(users)) => anime.num_list_users = as_i32(users),
            (Self::Title | Self::Status | Self::RemovedAt | Self::Mean, ColumnValue::Number(_))
            | (_, ColumnValue::Text(_)) => {}
        }
    }
}

fn as_i32(number: i64) -> Option<i32> {
    number.try_into().ok()
}

/// Values of a column, one per entry.
#[derive(Debug)]
enum ColumnValues {
    Text(Vec<Option<String>>),
    Number(Vec<Option<i64>>),
}

enum ColumnValue {
    Text(String),
    Number(i64),
}

impl ColumnValues {
    /// Takes the value of the entry at an index. Returns `None` if it has none.
    fn take(&mut self, index: usize) -> Option<ColumnValue> {
        match self {
            Self::Text(values) => values.get_mut(index)?.take().map(ColumnValue::Text),
            Self::Number(values) => values.get_mut(index)?.take().map(ColumnValue::Number),
        }
    }
}

/// Iterator over entries with only the selected columns. Items are built one at a time, so memory stays small.
#[derive(Debug, Default)]
pub struct PartialEntries {
    ids: std::vec::IntoIter<i32>,
    columns: Vec<(ListColumn, ColumnValues)>,
    next_index: usize,
}

impl Iterator for PartialEntries {
    type Item = ListEntry;

    fn next(&mut self) -> Option<ListEntry> {
        let mal_id = self.ids.next()?;
        let mut item = id_only_item(mal_id);
        for (column, values) in &mut self.columns {
            if let Some(value) = values.take(self.next_index) {
                column.assign(&mut item, value);
            }
        }
        self.next_index += 1;
        Some(item)
    }
}

/// Returns a list item with only its MAL id set.
fn id_only_item(mal_id: i32) -> ListEntry {
    ListEntry {
        anime: Anime { mal_id, ..Anime::default() },
        stored: StoredEntry { mal_id, ..StoredEntry::default() },
        updated_at: None,
    }
}

impl Database {
    /// Loads the MAL ids and the given columns of the user's entries, in no particular order. All other fields are
    /// empty.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn load_partial_entries(
        &self,
        user: UserId,
        query: &ListQuery,
        columns: &[ListColumn],
    ) -> Result<PartialEntries, Error> {
        let dialect = self.dialect();
        let select_sql = columns
            .iter()
            .enumerate()
            .map(|(n, column)| format!(", {} AS c{n}", dialect.json_list_sql(column.column_sql(dialect))));
        let sql = format!(
            "SELECT {} AS mal_ids{} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            WHERE l.user_id = $1 AND (l.removed_at IS NULL OR $2)",
            dialect.json_list_sql("a.mal_id"),
            select_sql.collect::<String>(),
        );
        let rows = self.query_with_retry(&sql, vec![user.0.into(), SqlValue::Bool(query.include_removed)]).await?;
        let Some(row) = rows.first() else { return Ok(PartialEntries::default()) };
        let ids: Vec<i32> = row.strict_json("mal_ids")?.unwrap_or_default();
        let read = |(n, column): (usize, &ListColumn)| Ok((*column, column.read_values(row, &format!("c{n}"))?));
        let columns = columns.iter().enumerate().map(read).collect::<Result<_, Error>>()?;
        Ok(PartialEntries { ids: ids.into_iter(), columns, next_index: 0 })
    }
}
