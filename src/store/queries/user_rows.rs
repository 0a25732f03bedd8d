//! Counts the entries of all users, renames a user, and deletes one.

use std::collections::HashMap;

use crate::{
    domain::user::UserId,
    store::{
        database::Database,
        error::Error,
        sql::{DbRow, SqlValue},
        transaction::with_transaction,
    },
};

/// Result of [`Database::rename_user`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenameOutcome {
    /// The user has the new name.
    Renamed,
    /// Another user has that name. Nothing was changed.
    NameTaken,
}

impl Database {
    /// Returns the number of entries of each user that has some, without those marked as removed.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn count_entries_by_user(&self) -> Result<HashMap<UserId, i64>, Error> {
        let sql = "SELECT user_id, count(*) AS n FROM user_anime_lists WHERE removed_at IS NULL GROUP BY user_id";
        let rows = self.query_with_retry(sql, Vec::new()).await?;
        let count = |row: &DbRow| Ok((UserId(row.required_i32("user_id")?), row.required_i64("n")?));
        rows.iter().map(count).collect()
    }

    /// Renames a user.
    ///
    /// # Errors
    ///
    /// Fails if the user is gone, or if the database refuses the write.
    pub async fn rename_user(&self, user: UserId, name: &str) -> Result<RenameOutcome, Error> {
        with_transaction!(self, |tx| {
            let others = "SELECT id FROM users WHERE CAST(username AS TEXT) = $1 AND id <> $2";
            if !tx.query_all(others, vec![SqlValue::text(name), user.0.into()]).await?.is_empty() {
                return Ok(RenameOutcome::NameTaken);
            }
            let sql = "UPDATE users SET username = $1, updated_at = $2 WHERE id = $3";
            let params = vec![SqlValue::text(name), SqlValue::Time(Some(tx.now)), user.0.into()];
            match tx.execute(sql, params).await? {
                0 => Err(Error::user_gone(user)),
                _ => Ok(RenameOutcome::Renamed),
            }
        })
    }

    /// Deletes a user with the list, the runs, the changes and the local edits. Anime stay, because they belong to all
    /// users.
    ///
    /// # Errors
    ///
    /// Fails if the user is gone, or if the database refuses: another application's rows may refer to the user.
    pub async fn delete_user(&self, user: UserId) -> Result<(), Error> {
        with_transaction!(self, |tx| {
            // An application may have made this table without ON DELETE CASCADE.
            tx.execute("DELETE FROM user_anime_lists WHERE user_id = $1", vec![user.0.into()]).await?;
            match tx.execute("DELETE FROM users WHERE id = $1", vec![user.0.into()]).await? {
                0 => Err(Error::user_gone(user)),
                _ => Ok(()),
            }
        })
    }
}
