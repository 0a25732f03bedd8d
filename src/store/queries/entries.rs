//! Rows of `user_anime_lists`: counting and lookup, also of the titles of their anime.

use crate::{
    domain::{entry::StoredEntry, user::UserId},
    store::{
        database::Database,
        error::Error,
        sql::{ColumnType, SelectColumn, SelectList, SqlValue, TableRow as _},
    },
};

impl Database {
    /// Returns the MAL ids of the entries that MAL has or had, and whether each was removed there. Ascending.
    pub(in crate::store) async fn entry_ids_from_mal(&self, user: UserId) -> Result<Vec<(i32, bool)>, Error> {
        // Aggregate to one row. A row per entry costs more than its content and is buffered twice.
        let (list, of) = (self.dialect().json_list_sql("a.mal_id"), "FILTER (WHERE l.removed_at IS");
        let sql = format!(
            "SELECT {list} {of} NULL) AS there, {list} {of} NOT NULL) AS removed \
            FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id WHERE l.user_id = $1 AND l.mal_entry IS NOT NULL"
        );
        let rows = self.query_with_retry(&sql, vec![user.0.into()]).await?;
        let mut entries = Vec::new();
        for row in &rows {
            for (column, removed) in [("there", false), ("removed", true)] {
                let ids: Vec<i64> = row.strict_json(column)?.unwrap_or_default();
                // Skip ids beyond MAL's range (i32): another program wrote them, and MAL has no such entry.
                let ids = ids.into_iter().filter_map(|mal_id| i32::try_from(mal_id).ok());
                entries.extend(ids.map(|mal_id| (mal_id, removed)));
            }
        }
        entries.sort_unstable();
        Ok(entries)
    }

    pub(in crate::store) async fn load_titles(&self, ids: &[i32]) -> Result<Vec<(i32, String)>, Error> {
        let sql =
            format!("SELECT mal_id, title FROM anime WHERE {} ORDER BY mal_id", self.dialect().in_list("mal_id", 1));
        let rows = self.query_with_retry(&sql, vec![SqlValue::Ids(ids.to_vec())]).await?;
        rows.iter()
            .map(|row| Ok((row.required_i32("mal_id")?, row.optional_text("title")?.unwrap_or_default())))
            .collect()
    }

    pub(in crate::store) async fn count_entries_from_mal(&self, user: UserId) -> Result<i64, Error> {
        let sql = "SELECT count(*) AS n FROM user_anime_lists \
            WHERE user_id = $1 AND mal_entry IS NOT NULL AND removed_at IS NULL";
        self.query_count(sql, user).await
    }

    /// Returns the number of the user's entries that are not marked as removed.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn count_entries(&self, user: UserId) -> Result<i64, Error> {
        self.query_count("SELECT count(*) AS n FROM user_anime_lists WHERE user_id = $1 AND removed_at IS NULL", user)
            .await
    }

    async fn query_count(&self, sql: &str, user: UserId) -> Result<i64, Error> {
        let rows = self.query_with_retry(sql, vec![user.0.into()]).await?;
        rows.first().map_or(Ok(0), |row| row.required_i64("n"))
    }

    pub(in crate::store) async fn load_entries(&self, user: UserId, ids: &[i32]) -> Result<Vec<StoredEntry>, Error> {
        let columns = SelectList::new(self.dialect(), StoredEntry::select_columns());
        let sql = format!(
            "SELECT {columns} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id WHERE l.user_id = $1 AND l.{} ORDER BY a.mal_id",
            self.dialect().anime_id_in_list(2)
        );
        let rows = self.query_with_retry(&sql, vec![user.0.into(), SqlValue::Ids(ids.to_vec())]).await?;
        rows.into_iter().map(|row| StoredEntry::from_row(&columns.unpack_row(row)?)).collect()
    }

    /// Returns one entry of the user with the anime's title. Returns `None` if there is no such entry.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn find_entry(&self, user: UserId, mal_id: i32) -> Result<Option<(StoredEntry, String)>, Error> {
        let mut columns = StoredEntry::select_columns();
        columns.push(SelectColumn::new("a.title", "title", ColumnType::Text));
        let columns = SelectList::new(self.dialect(), columns);
        let sql = format!(
            "SELECT {columns} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id WHERE l.user_id = $1 AND a.mal_id = $2"
        );
        let row = self.query_with_retry(&sql, vec![user.0.into(), mal_id.into()]).await?.into_iter().next();
        let to_entry = |row| {
            let row = columns.unpack_row(row)?;
            Ok((StoredEntry::from_row(&row)?, row.optional_text("title")?.unwrap_or_default()))
        };
        row.map(to_entry).transpose()
    }
}
