//! The list as a person reads it: entries with what is worth knowing of their anime.

use super::{
    Database, Dialect, Error,
    row::{Column, Row, Select},
    rows,
    sql::Bind,
};
use crate::domain::{list_item::ListItem, user::UserId};

/// Which entries are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Those marked as removed too.
    pub removed: bool,
}

/// The columns of a [`ListItem`], from `user_anime_lists l JOIN anime a`.
fn columns(dialect: Dialect) -> Select {
    Select::of(dialect, &[&rows::LOCAL, &rows::ANIME, &[Column::text("l.updated_at", "updated_at")]])
}

impl Database {
    /// The user's entries, in ascending order of MAL's id. Filtering and sorting is the caller's.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn list(&self, user: UserId, query: &ListQuery) -> Result<Vec<ListItem>, Error> {
        self.items("(l.removed_at IS NULL OR $2)", vec![user.0.into(), Bind::Flag(query.removed)]).await
    }

    /// The user's entries of these anime, marked as removed or not, in ascending order of MAL's id.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn list_these(&self, user: UserId, ids: &[i32]) -> Result<Vec<ListItem>, Error> {
        self.items(&format!("l.{}", self.dialect().of_anime(2)), vec![user.0.into(), Bind::Ids(ids.to_vec())]).await
    }

    async fn items(&self, condition: &str, binds: Vec<Bind<'_>>) -> Result<Vec<ListItem>, Error> {
        let select = columns(self.dialect());
        let sql = format!(
            "SELECT {select} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            WHERE l.user_id = $1 AND {condition} ORDER BY a.mal_id"
        );
        let rows = self.read(&sql, binds).await?;
        let mut items = rows.into_iter().map(|row| list_item(&select.row(row)?)).collect::<Result<Vec<_>, _>>()?;
        self.name(&mut items.iter_mut().map(|item| &mut item.anime).collect::<Vec<_>>()).await?;
        Ok(items)
    }
}

fn list_item(row: &Row) -> Result<ListItem, Error> {
    Ok(ListItem { anime: rows::anime(row)?, entry: rows::local(row)?, updated_at: row.time("updated_at")? })
}
