//! Loads a user's list for display: entries with all columns of their anime.

use crate::{
    domain::{anime::Anime, entry::StoredEntry, list_entry::ListEntry, user::UserId},
    store::{
        database::Database,
        error::Error,
        sql::{ColumnType, DbRow, Dialect, SelectColumn, SelectList, SqlValue, TableRow as _},
    },
};

/// Filter for [`Database::load_list`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Include entries marked as removed.
    pub include_removed: bool,
}

/// Returns the columns of a list item, from `user_anime_lists l JOIN anime a`.
fn list_columns(dialect: Dialect) -> SelectList {
    let mut columns = StoredEntry::select_columns();
    columns.extend(Anime::select_columns());
    columns.push(UPDATED_AT);
    SelectList::new(dialect, columns)
}

const UPDATED_AT: SelectColumn = SelectColumn::new("l.updated_at", "updated_at", ColumnType::Time);

impl Database {
    /// Returns the user's entries in ascending order of MAL id. The caller filters and sorts further.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn load_list(&self, user: UserId, query: &ListQuery) -> Result<Vec<ListEntry>, Error> {
        self.query_list("(l.removed_at IS NULL OR $2)", vec![user.0.into(), SqlValue::Bool(query.include_removed)])
            .await
    }

    /// Returns the user's entries of these anime, including removed ones, in ascending order of MAL id.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn load_list_by_ids(&self, user: UserId, ids: &[i32]) -> Result<Vec<ListEntry>, Error> {
        self.query_list(
            &format!("l.{}", self.dialect().anime_id_in_list(2)),
            vec![user.0.into(), SqlValue::Ids(ids.to_vec())],
        )
        .await
    }

    async fn query_list(&self, condition: &str, params: Vec<SqlValue<'_>>) -> Result<Vec<ListEntry>, Error> {
        let columns = list_columns(self.dialect());
        let sql = format!(
            "SELECT {columns} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            WHERE l.user_id = $1 AND {condition} ORDER BY a.mal_id"
        );
        let rows = self.query_with_retry(&sql, params).await?;
        let mut items =
            rows.into_iter().map(|row| list_item_from_row(&columns.unpack_row(row)?)).collect::<Result<Vec<_>, _>>()?;
        self.load_genre_and_studio_names(&mut items.iter_mut().map(|item| &mut item.anime).collect::<Vec<_>>()).await?;
        Ok(items)
    }
}

fn list_item_from_row(row: &DbRow) -> Result<ListEntry, Error> {
    Ok(ListEntry {
        anime: Anime::from_row(row)?,
        stored: StoredEntry::from_row(row)?,
        updated_at: row.optional_time(UPDATED_AT.name())?,
    })
}
