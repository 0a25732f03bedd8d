//! Loads only selected columns of a user's list: enough to filter and sort many entries.
//!
//! Each column is loaded as one JSON array of its values. For a list of 10 000 entries, one row or one JSON array per
//! entry costs more than the values in it.

use std::sync::Arc;

use serde_json::Value;

use super::list::ListQuery;
use crate::{
    domain::{anime::Anime, entry::StoredEntry, list_entry::ListEntry, user::UserId},
    store::{
        database::Database,
        error::Error,
        sql::{DbRow, JsonRow, SelectColumn, SqlValue, TableRow as _},
    },
};

/// Columns that can be selected in addition to the MAL id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListColumn {
    /// Main title.
    Title,
    /// English title.
    TitleEnglish,
    /// The user's status.
    Status,
    /// The user's score.
    Score,
    /// Episodes that the user has watched.
    EpisodesWatched,
    /// Whether the user is rewatching the anime.
    IsRewatching,
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
    /// Returns the name of the column in the select list of an anime (`a_`) or of an entry (`l_`).
    const fn selected_name(self) -> &'static str {
        match self {
            Self::Title => "a_title",
            Self::TitleEnglish => "a_title_english",
            Self::Status => "l_status",
            Self::Score => "l_score",
            Self::EpisodesWatched => "l_episodes_watched",
            Self::IsRewatching => "l_is_rewatching",
            Self::RemovedAt => "l_removed_at",
            Self::Episodes => "a_episodes",
            Self::Mean => "a_score",
            Self::Rank => "a_rank",
            Self::Popularity => "a_popularity",
            Self::ListUsers => "a_num_list_users",
        }
    }

    /// Returns the column as declared in `tables`.
    fn select_column(self) -> Result<SelectColumn, Error> {
        let name = self.selected_name();
        let mut declared = Anime::select_columns().into_iter().chain(StoredEntry::select_columns());
        declared
            .find(|column| column.name() == name)
            .ok_or_else(|| Error::fatal(format!("no table declares the column {name}")))
    }

    /// Reads the column's value from `row` into a list item.
    fn read_into(self, item: &mut ListEntry, row: &DbRow) -> Result<(), Error> {
        item.anime.read_field(self.selected_name(), row)?;
        item.stored.read_field(self.selected_name(), row)
    }
}

/// Iterator over entries with only the selected columns. Items are built one at a time, so memory stays small.
#[derive(Debug)]
pub struct PartialEntries {
    ids: std::vec::IntoIter<i32>,
    columns: Vec<ListColumn>,
    names: Arc<[&'static str]>,
    /// For each column, a value per entry.
    values: Vec<std::vec::IntoIter<Value>>,
}

impl Iterator for PartialEntries {
    type Item = ListEntry;

    fn next(&mut self) -> Option<ListEntry> {
        let mut item = id_only_item(self.ids.next()?);
        let values = self.values.iter_mut().map(|values| values.next().unwrap_or_default()).collect();
        let row = DbRow::new(JsonRow::new(Arc::clone(&self.names), values));
        for column in &self.columns {
            column.read_into(&mut item, &row).expect("the row has all columns, and a value of another type is absent");
        }
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
        let selected = columns.iter().map(|column| column.select_column()).collect::<Result<Vec<_>, _>>()?;
        let select_sql = |column: &SelectColumn| {
            format!(", {} AS {}", dialect.json_list_sql(&column.json_value_sql(dialect)), column.name())
        };
        let sql = format!(
            "SELECT {} AS mal_ids{} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            WHERE l.user_id = $1 AND (l.removed_at IS NULL OR $2)",
            dialect.json_list_sql("a.mal_id"),
            selected.iter().map(select_sql).collect::<String>(),
        );
        let rows = self.query_with_retry(&sql, vec![user.0.into(), SqlValue::Bool(query.include_removed)]).await?;
        let row = rows.first().ok_or_else(|| Error::fatal("the database returns no list"))?;
        let ids: Vec<i32> = row.strict_json("mal_ids")?.unwrap_or_default();
        let read_values = |column: &SelectColumn| {
            let values: Option<Vec<Value>> = row.strict_json(column.name())?;
            Ok(values.unwrap_or_default().into_iter())
        };
        Ok(PartialEntries {
            ids: ids.into_iter(),
            columns: columns.to_vec(),
            names: selected.iter().map(SelectColumn::name).collect(),
            values: selected.iter().map(read_values).collect::<Result<_, Error>>()?,
        })
    }
}
