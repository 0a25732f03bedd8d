//! Reads rows of `users`. The writes of a login are in `logins`.

use super::{Database, Error, row_reader::DbRow, sql::SqlValue, transaction::DbTransaction};
use crate::{
    domain::user::{StoredLogin, User, UserId},
    secret::Secret,
};

/// Columns of a [`User`].
pub(super) const USER_COLUMNS: &str = "id, username, email, mal_user_id, mal_access_token, mal_refresh_token, \
    mal_token_expires_at, mal_token_issued_at, mal_token_generation, mal_client_id, mal_needs_login, mal_login_at, \
    last_mal_sync, mal_list_watermark, mal_list_drift, mal_list_gap, last_full_sync";

impl Database {
    /// Returns all users, ordered by name.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn load_users(&self) -> Result<Vec<User>, Error> {
        let rows = self
            .query_with_retry(&format!("SELECT {USER_COLUMNS} FROM users ORDER BY username, id"), Vec::new())
            .await?;
        rows.iter().map(user_from_row).collect()
    }

    /// Returns id and name of all users with a login (see [`StoredLogin::is_present`]), ordered by name. No other
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
        let rows = self
            .query_with_retry(&format!("SELECT {USER_COLUMNS} FROM users WHERE id = $1"), vec![id.0.into()])
            .await?;
        rows.first().map(user_from_row).transpose()
    }

    /// Returns the user with exactly this name. Returns `None` if there is none.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn find_user_by_name(&self, name: &str) -> Result<Option<User>, Error> {
        let sql = format!("SELECT {USER_COLUMNS} FROM users WHERE username = $1");
        let rows = self.query_with_retry(&sql, vec![SqlValue::text(name)]).await?;
        rows.first().map(user_from_row).transpose()
    }
}

/// Returns the user with this name and creates the row if missing, without a MAL account: a later login may set it.
pub(super) async fn find_or_create_local_user(tx: &mut DbTransaction, name: &str) -> Result<UserId, Error> {
    let select_sql = "SELECT id FROM users WHERE username = $1";
    let found = tx.query_all(select_sql, vec![SqlValue::text(name)]).await?;
    let rows = if found.is_empty() {
        let sql = "INSERT INTO users (username, created_at, updated_at) VALUES ($1, $2, $2)";
        tx.execute(sql, vec![SqlValue::text(name), SqlValue::Time(Some(tx.now))]).await?;
        tx.query_all(select_sql, vec![SqlValue::text(name)]).await?
    } else {
        found
    };
    let row = rows.first().ok_or_else(|| Error::fatal(format!("the users table did not take {name}")))?;
    row.required_i32("id").map(UserId)
}

/// Fails if the user's row belongs to another MAL account than `account_id`. A row without an account matches.
pub(super) async fn check_account(tx: &mut DbTransaction, id: UserId, account_id: Option<i64>) -> Result<(), Error> {
    let Some(account_id) = account_id else { return Ok(()) };
    let sql = "SELECT username, mal_user_id FROM users WHERE id = $1";
    let rows = tx.query_all(sql, vec![id.0.into()]).await?;
    let row = rows.first().ok_or_else(|| Error::fatal(format!("user {id} is gone from the users table")))?;
    match row.optional_i64("mal_user_id")? {
        Some(stored_id) if stored_id != account_id => {
            Err(Error::account_mismatch(id, &row.optional_text("username")?.unwrap_or_default(), stored_id))
        }
        _ => Ok(()),
    }
}

pub(super) fn user_from_row(row: &DbRow) -> Result<User, Error> {
    Ok(User {
        id: UserId(row.required_i32("id")?),
        username: row.optional_text("username")?.unwrap_or_default(),
        email: row.optional_text("email")?,
        mal_user_id: row.optional_i64("mal_user_id")?,
        login: login_from_row(row)?,
        last_mal_sync: row.optional_time("last_mal_sync")?,
        watermark: row.optional_time("mal_list_watermark")?,
        drift: row.optional_i64("mal_list_drift")?,
        listing_gap: row.optional_i64("mal_list_gap")?,
        last_full_sync: row.optional_time("last_full_sync")?,
    })
}

/// Reads the token columns. An empty text, which some applications write for a missing token, is absent.
fn login_from_row(row: &DbRow) -> Result<StoredLogin, Error> {
    let token = |column| Ok::<_, Error>(row.optional_text(column)?.filter(|text| !text.is_empty()).map(Secret::new));
    Ok(StoredLogin {
        access_token: token("mal_access_token")?,
        refresh_token: token("mal_refresh_token")?,
        expires_at: row.optional_time("mal_token_expires_at")?,
        issued_at: row.optional_time("mal_token_issued_at")?,
        generation: row.optional_i64("mal_token_generation")?.unwrap_or_default(),
        client_id: row.optional_text("mal_client_id")?,
        needs_login: row.bool_or_false("mal_needs_login")?,
        login_at: row.optional_time("mal_login_at")?,
    })
}
