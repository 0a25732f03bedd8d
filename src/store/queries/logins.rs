//! Writes of login, token refresh and logout to `users`.
//!
//! Invariants:
//! 1. `mal_token_generation` only grows.
//! 2. A token pair is replaced only if its generation is still the one that was read (compare-and-swap).
//! 3. Only a logout removes a token.
//! 4. Every write that changes a row updates `updated_at`.
//! 5. A MAL account that has a row gets a second one only with `--force`, also from logins at the same time.
//!
//! Token texts are stored as given: this module knows nothing about their encryption.

use chrono::{DateTime, TimeDelta, Utc};

use super::users;
use crate::{
    domain::user::{User, UserId},
    secret::Secret,
    store::{
        database::{Backend, Database},
        error::Error,
        lock_request::LockKind,
        sql::{SqlValue, TableRow as _},
        transaction::{DbTransaction, with_transaction},
    },
    sync::port::{LoginTarget, NewLogin, TokenWrite},
};

/// Columns of `users` that describe the list of one MAL account. A login with another account sets them to NULL.
const COLUMNS_OF_ONE_ACCOUNT: [&str; 6] =
    ["last_mal_sync", "last_full_sync", "mal_list_watermark", "mal_list_drift", "mal_list_gap", "mal_missing_entries"];

impl Database {
    /// Commits a write that leaves the row as it is. Two statements, because SQLite writes nothing to the disk for an
    /// update to the same value.
    pub(in crate::store) async fn confirm_writable(&self, user: UserId) -> Result<(), Error> {
        with_transaction!(self, |tx| {
            for sql in [
                "UPDATE users SET mal_token_generation = mal_token_generation + 1 WHERE id = $1",
                "UPDATE users SET mal_token_generation = mal_token_generation - 1 WHERE id = $1",
            ] {
                if tx.execute(sql, vec![user.0.into()]).await? == 0 {
                    return Err(Error::user_gone(user));
                }
            }
            Ok(())
        })
    }

    pub(in crate::store) async fn compare_and_swap_tokens(
        &self,
        user: UserId,
        expected_generation: i64,
        tokens: &TokenWrite,
    ) -> Result<bool, Error> {
        with_transaction!(self, |tx| {
            let mut params = token_values(tokens);
            params.extend([SqlValue::Time(Some(tx.now)), user.0.into(), expected_generation.into()]);
            let sql = "UPDATE users SET mal_access_token = $1, mal_refresh_token = $2, mal_token_expires_at = $3, \
                mal_token_issued_at = $4, mal_client_id = $5, mal_token_generation = mal_token_generation + 1, \
                mal_needs_login = FALSE, updated_at = $6 WHERE id = $7 AND mal_token_generation = $8";
            Ok(tx.execute(sql, params).await? > 0)
        })
    }

    pub(in crate::store) async fn mark_needs_login(&self, user: UserId, generation: i64) -> Result<bool, Error> {
        with_transaction!(self, |tx| {
            let sql = "UPDATE users SET mal_needs_login = TRUE, updated_at = $1 \
                WHERE id = $2 AND mal_token_generation = $3";
            Ok(tx.execute(sql, vec![SqlValue::Time(Some(tx.now)), user.0.into(), generation.into()]).await? > 0)
        })
    }

    pub(in crate::store) async fn store_login(&self, login: &NewLogin<'_>) -> Result<Option<User>, Error> {
        with_transaction!(self, |tx| {
            self.lock_logins(tx).await?;
            if !login.force && has_other_row(tx, login).await? {
                return Ok(None);
            }
            write_login_row(tx, login).await
        })
    }

    /// Lets one login at a time choose and write its row, until the transaction ends. SQLite has one writer anyway.
    async fn lock_logins(&self, tx: &mut DbTransaction) -> Result<(), Error> {
        match &self.backend {
            Backend::Postgres(server) => {
                let class = server.locks.class(LockKind::Login);
                tx.execute("SELECT pg_advisory_xact_lock(CAST($1 AS INT), 0)", vec![class.into()]).await.map(drop)
            }
            Backend::Sqlite(_) => Ok(()),
        }
    }

    pub(in crate::store) async fn delete_tokens(&self, user: UserId) -> Result<(), Error> {
        with_transaction!(self, |tx| {
            let sql = "UPDATE users SET mal_access_token = NULL, mal_refresh_token = NULL, mal_token_expires_at = NULL, \
                mal_token_issued_at = NULL, mal_needs_login = FALSE, mal_token_generation = mal_token_generation + 1, \
                updated_at = $1 WHERE id = $2";
            tx.execute(sql, vec![SqlValue::Time(Some(tx.now)), user.0.into()]).await.map(drop)
        })
    }

    pub(in crate::store) async fn set_account_if_unset(&self, user: UserId, mal_user_id: i64) -> Result<bool, Error> {
        with_transaction!(self, |tx| {
            let sql = "UPDATE users SET mal_user_id = $1, updated_at = $2 WHERE id = $3 AND mal_user_id IS NULL";
            Ok(tx.execute(sql, vec![mal_user_id.into(), SqlValue::Time(Some(tx.now)), user.0.into()]).await? > 0)
        })
    }
}

/// Returns true if the login's MAL account has rows, and the login is for none of them.
async fn has_other_row(tx: &mut DbTransaction, login: &NewLogin<'_>) -> Result<bool, Error> {
    let sql = "SELECT id, CAST(username AS TEXT) AS username FROM users WHERE mal_user_id = $1";
    let rows = tx.query_all(sql, vec![login.mal_user_id.into()]).await?;
    for row in &rows {
        let is_target = match &login.target {
            LoginTarget::Existing(id) => row.required_i32("id")? == id.0,
            LoginTarget::New(name) => row.optional_text("username")?.as_ref() == Some(name),
        };
        if is_target {
            return Ok(false);
        }
    }
    Ok(!rows.is_empty())
}

async fn write_login_row(tx: &mut DbTransaction, login: &NewLogin<'_>) -> Result<Option<User>, Error> {
    let id = match &login.target {
        LoginTarget::Existing(id) => *id,
        LoginTarget::New(name) => users::find_or_insert_user(tx, name).await?,
    };
    let lock_sql = tx.dialect().for_update_sql("u");
    let select_sql = format!("{} WHERE u.id = $1{lock_sql}", users::user_query());
    let rows = tx.query_all(&select_sql, vec![id.0.into()]).await?;
    let previous = rows.first().map(User::from_row).transpose()?.ok_or_else(|| Error::user_gone(id))?;
    // The row was chosen before this transaction: another login may have taken it since.
    if previous.mal_user_id.is_some_and(|account| account != login.mal_user_id) && !login.force {
        return Ok(None);
    }

    let login_at = next_login_timestamp(tx, id).await?;
    let generation = previous.login.generation + 1;
    let tokens = (login.build_pair)(id, generation);
    let mut params = token_values(&tokens);
    params.extend([
        SqlValue::Time(Some(tx.now)),
        id.0.into(),
        generation.into(),
        login.mal_user_id.into(),
        (&login.email).into(),
        SqlValue::Time(Some(login_at)),
    ]);
    let reset_sql: String = match previous.mal_user_id {
        Some(account) if account != login.mal_user_id => {
            COLUMNS_OF_ONE_ACCOUNT.map(|column| format!(", {column} = NULL")).concat()
        }
        _ => String::new(),
    };
    let sql = format!(
        "UPDATE users SET mal_access_token = $1, mal_refresh_token = $2, mal_token_expires_at = $3, \
        mal_token_issued_at = $4, mal_client_id = $5, updated_at = $6, mal_login_at = $11, mal_token_generation = $8, \
        mal_user_id = $9, email = COALESCE($10, email), mal_needs_login = FALSE{reset_sql} WHERE id = $7"
    );
    tx.execute(&sql, params).await?;
    let rows = tx.query_all(&select_sql, vec![id.0.into()]).await?;
    rows.first().map(User::from_row).transpose()?.ok_or_else(|| Error::user_gone(id)).map(Some)
}

/// Returns now, but at least one second after the newest login of any other user. `mal_login_at` may have second
/// precision, and the latest login must stay unique.
async fn next_login_timestamp(tx: &mut DbTransaction, user: UserId) -> Result<DateTime<Utc>, Error> {
    let newest = "SELECT max(mal_login_at) AS newest FROM users WHERE id <> $1";
    let rows = tx.query_all(newest, vec![user.0.into()]).await?;
    let newest = rows.first().map(|row| row.optional_time("newest")).transpose()?.flatten();
    Ok(newest.map_or(tx.now, |newest| tx.now.max(newest + TimeDelta::seconds(1))))
}

/// Returns the parameters `$1` to `$5`.
fn token_values(tokens: &TokenWrite) -> Vec<SqlValue<'_>> {
    vec![
        tokens.access.as_ref().map(Secret::expose).into(),
        tokens.refresh.as_ref().map(Secret::expose).into(),
        SqlValue::Time(Some(tokens.expires_at)),
        SqlValue::Time(Some(tokens.issued_at)),
        SqlValue::text(&tokens.client_id),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::user::StoredLogin;

    #[test]
    fn each_column_of_a_user_outlives_the_account_or_is_reset() {
        let login = StoredLogin::column_names();
        let mut declared = User::column_names();
        declared.retain(|name| !login.contains(name));
        let mut known = ["username", "email", "mal_user_id"].to_vec();
        known.extend(COLUMNS_OF_ONE_ACCOUNT);
        declared.sort_unstable();
        known.sort_unstable();
        assert_eq!(known, declared, "does a login with another account reset it?");
    }
}
