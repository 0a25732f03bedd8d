//! Reads rows of `users`, and inserts a user without a login. The writes of a login are in `logins`.

use crate::{
    domain::user::{User, UserId},
    store::{
        database::Database,
        error::Error,
        sql::{DbRow, SelectList, SqlValue, TableRow as _},
        transaction::DbTransaction,
    },
};

/// Returns the query for users without its WHERE clause, whose rows [`User::from_row`] reads.
pub(in crate::store) fn user_query() -> String {
    format!("SELECT {} FROM users u", SelectList::unpacked(User::select_columns()))
}

impl Database {
    /// Returns all users, ordered by name.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn load_users(&self) -> Result<Vec<User>, Error> {
        let sql = format!("{} ORDER BY u.username, u.id", user_query());
        self.query_with_retry(&sql, Vec::new()).await?.iter().map(User::from_row).collect()
    }

    /// Returns id and name of all users with a login (see [`StoredLogin::is_present`](crate::domain::user::StoredLogin::is_present)), ordered by name. No other
    /// columns are loaded, since there may be thousands.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn load_users_with_login(&self) -> Result<Vec<(UserId, String)>, Error> {
        let sql = "SELECT id, username FROM users WHERE COALESCE(mal_access_token, '') <> '' \
            OR COALESCE(mal_refresh_token, '') <> '' \
            OR (mal_token_expires_at IS NOT NULL AND mal_token_generation > 0)";
        let rows = self.query_with_retry(sql, Vec::new()).await?;
        let id_and_name =
            |row: &DbRow| Ok((UserId(row.required_i32("id")?), row.optional_text("username")?.unwrap_or_default()));
        let mut users = rows.iter().map(id_and_name).collect::<Result<Vec<_>, Error>>()?;
        // Not `ORDER BY`, whose order depends on the database's locale.
        users.sort_by(|(id, name), (other_id, other_name)| name.cmp(other_name).then(id.cmp(other_id)));
        Ok(users)
    }

    /// Returns the user with this id. Returns `None` if there is none.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn find_user(&self, id: UserId) -> Result<Option<User>, Error> {
        let rows = self.query_with_retry(&format!("{} WHERE u.id = $1", user_query()), vec![id.0.into()]).await?;
        rows.first().map(User::from_row).transpose()
    }

    /// Returns the user with exactly this name. Returns `None` if there is none.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn find_user_by_name(&self, name: &str) -> Result<Option<User>, Error> {
        let sql = format!("{} WHERE CAST(u.username AS TEXT) = $1", user_query());
        let rows = self.query_with_retry(&sql, vec![SqlValue::text(name)]).await?;
        rows.first().map(User::from_row).transpose()
    }
}

/// Returns the user with this name and inserts the row if missing, without a MAL account.
pub(in crate::store) async fn find_or_insert_user(tx: &mut DbTransaction, name: &str) -> Result<UserId, Error> {
    let select_sql = "SELECT id FROM users WHERE CAST(username AS TEXT) = $1";
    let mut rows = tx.query_all(select_sql, vec![SqlValue::text(name)]).await?;
    if rows.is_empty() {
        let sql = "INSERT INTO users (username, created_at, updated_at) VALUES ($1, $2, $2) ON CONFLICT DO NOTHING";
        tx.execute(sql, vec![SqlValue::text(name), SqlValue::Time(Some(tx.now))]).await?;
        rows = tx.query_all(select_sql, vec![SqlValue::text(name)]).await?;
    }
    let row = rows.first().ok_or_else(|| Error::fatal(format!("the users table did not accept the row of {name}")))?;
    row.required_i32("id").map(UserId)
}

/// Fails if the user's row belongs to another MAL account than `account_id`. A row without an account matches.
pub(in crate::store) async fn check_account(
    tx: &mut DbTransaction,
    id: UserId,
    account_id: Option<i64>,
) -> Result<(), Error> {
    let Some(account_id) = account_id else { return Ok(()) };
    let sql = "SELECT username, mal_user_id FROM users WHERE id = $1";
    let rows = tx.query_all(sql, vec![id.0.into()]).await?;
    let row = rows.first().ok_or_else(|| Error::user_gone(id))?;
    match row.optional_i64("mal_user_id")? {
        Some(stored_id) if stored_id != account_id => {
            Err(Error::account_mismatch(id, &row.optional_text("username")?.unwrap_or_default(), stored_id))
        }
        _ => Ok(()),
    }
}
