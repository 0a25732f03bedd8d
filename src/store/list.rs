//! The list as a person reads it: entries with what is worth knowing of their anime.

use super::{
    Database, Error, rows,
    sql::{Bind, Row},
};
use crate::domain::{list_item::ListItem, user::UserId};

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
}

fn list_item(row: &Row) -> Result<ListItem, Error> {
    Ok(ListItem { anime: rows::anime(row)?, entry: rows::local(row)?, updated_at: row.time("updated_at")? })
}
