//! What login, refresh and logout write into `users`.
//!
//! The rules: a generation only grows; a pair is replaced only where its generation is the one that was read; nothing but
//! a logout removes a token; every write moves `updated_at`. Texts are kept as given: sealing is not known here.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Database, Error,
    sql::SqlValue,
    transaction::{DbTransaction, with_transaction},
    users::{self, USER_COLUMNS},
};
use crate::{
    auth::port::{LoginTarget, NewLogin, TokenWrite},
    domain::user::{User, UserId},
    secret::Secret,
};

impl Database {
    pub(super) async fn compare_and_swap_tokens(
        &self,
        user: UserId,
        expected: i64,
        pair: &TokenWrite,
    ) -> Result<bool, Error> {
        with_transaction!(self, |tx| {
            let mut binds = token_values(pair);
            binds.extend([SqlValue::Time(Some(tx.now)), user.0.into(), expected.into()]);
            let sql = "UPDATE users SET mal_access_token = $1, mal_refresh_token = $2, mal_token_expires_at = $3, \
                mal_token_issued_at = $4, mal_client_id = $5, mal_token_generation = mal_token_generation + 1, \
                mal_needs_login = FALSE, updated_at = $6 WHERE id = $7 AND mal_token_generation = $8";
            Ok(tx.execute(sql, binds).await? > 0)
        })
    }

    pub(super) async fn mark_needs_login(&self, user: UserId, generation: i64) -> Result<bool, Error> {
        with_transaction!(self, |tx| {
            let sql = "UPDATE users SET mal_needs_login = TRUE, updated_at = $1 \
                WHERE id = $2 AND mal_token_generation = $3";
            Ok(tx.execute(sql, vec![SqlValue::Time(Some(tx.now)), user.0.into(), generation.into()]).await? > 0)
        })
    }

    pub(super) async fn write_login(&self, login: &NewLogin<'_>) -> Result<Option<User>, Error> {
        with_transaction!(self, |tx| { write_login_row(tx, login).await })
    }

    pub(super) async fn delete_tokens(&self, user: UserId) -> Result<(), Error> {
        with_transaction!(self, |tx| {
            let sql = "UPDATE users SET mal_access_token = NULL, mal_refresh_token = NULL, mal_token_expires_at = NULL, \
                mal_token_issued_at = NULL, mal_needs_login = FALSE, mal_token_generation = mal_token_generation + 1, \
                updated_at = $1 WHERE id = $2";
            tx.execute(sql, vec![SqlValue::Time(Some(tx.now)), user.0.into()]).await.map(drop)
        })
    }

    pub(super) async fn set_account_if_unset(&self, user: UserId, mal_user_id: i64) -> Result<bool, Error> {
        with_transaction!(self, |tx| {
            let sql = "UPDATE users SET mal_user_id = $1, updated_at = $2 WHERE id = $3 AND mal_user_id IS NULL";
            Ok(tx.execute(sql, vec![mal_user_id.into(), SqlValue::Time(Some(tx.now)), user.0.into()]).await? > 0)
        })
    }
}

async fn write_login_row(tx: &mut DbTransaction, login: &NewLogin<'_>) -> Result<Option<User>, Error> {
    let id = match &login.target {
        LoginTarget::Existing(id) => *id,
        LoginTarget::New(name) => find_or_insert_login_row(tx, name).await?.ok_or_else(|| user_gone(&login.target))?,
    };
    let lock = tx.dialect().for_update_sql("users");
    let rows =
        tx.query_all(&format!("SELECT {USER_COLUMNS} FROM users WHERE id = $1{lock}"), vec![id.0.into()]).await?;
    let before = rows.first().map(users::user_from_row).transpose()?.ok_or_else(|| user_gone(&login.target))?;
    // Whoever chose the row looked at it before: another login may have had it since.
    if before.mal_user_id.is_some_and(|account| account != login.mal_user_id) && !login.force {
        return Ok(None);
    }

    let login_at = next_login_timestamp(tx, id).await?;
    let generation = before.login.generation + 1;
    let pair = (login.build_pair)(id, generation);
    let mut binds = token_values(&pair);
    binds.extend([
        SqlValue::Time(Some(tx.now)),
        id.0.into(),
        generation.into(),
        login.mal_user_id.into(),
        (&login.email).into(),
        SqlValue::Time(Some(login_at)),
    ]);
    // The marks of a sync speak of one MAL account's list.
    let forget = match before.mal_user_id {
        Some(account) if account != login.mal_user_id => {
            ", last_mal_sync = NULL, last_full_sync = NULL, mal_list_watermark = NULL, mal_list_drift = NULL"
        }
        _ => "",
    };
    let sql = format!(
        "UPDATE users SET mal_access_token = $1, mal_refresh_token = $2, mal_token_expires_at = $3, \
        mal_token_issued_at = $4, mal_client_id = $5, updated_at = $6, mal_login_at = $11, mal_token_generation = $8, \
        mal_user_id = $9, email = COALESCE($10, email), mal_needs_login = FALSE{forget} WHERE id = $7 \
        RETURNING {USER_COLUMNS}"
    );
    let rows = tx.query_all(&sql, binds).await?;
    rows.first().map(users::user_from_row).transpose()?.ok_or_else(|| user_gone(&login.target)).map(Some)
}

/// The row of this name, made where it is not there.
async fn find_or_insert_login_row(tx: &mut DbTransaction, name: &str) -> Result<Option<UserId>, Error> {
    let sql = "INSERT INTO users (username, created_at, updated_at) VALUES ($1, $2, $2) ON CONFLICT DO NOTHING";
    tx.execute(sql, vec![SqlValue::text(name), SqlValue::Time(Some(tx.now))]).await?;
    let rows = tx.query_all("SELECT id FROM users WHERE username = $1", vec![SqlValue::text(name)]).await?;
    rows.first().map(|row| row.required_i32("id").map(UserId)).transpose()
}

/// Now, or a second after the newest login of another user: where a column has whole seconds, two logins may fall into one, and
/// the later one is still the last.
async fn next_login_timestamp(tx: &mut DbTransaction, user: UserId) -> Result<DateTime<Utc>, Error> {
    let newest = "SELECT max(mal_login_at) AS newest FROM users WHERE id <> $1";
    let rows = tx.query_all(newest, vec![user.0.into()]).await?;
    let newest = rows.first().map(|row| row.optional_time("newest")).transpose()?.flatten();
    Ok(newest.map_or(tx.now, |newest| tx.now.max(newest + TimeDelta::seconds(1))))
}

/// `$1` to `$5`.
fn token_values(pair: &TokenWrite) -> Vec<SqlValue<'_>> {
    vec![
        pair.access.as_ref().map(Secret::expose).into(),
        pair.refresh.as_ref().map(Secret::expose).into(),
        SqlValue::Time(Some(pair.expires_at)),
        SqlValue::Time(Some(pair.issued_at)),
        SqlValue::text(&pair.client_id),
    ]
}

fn user_gone(target: &LoginTarget) -> Error {
    match target {
        LoginTarget::Existing(id) => Error::fatal(format!("user {id} is gone from the users table")),
        LoginTarget::New(name) => Error::fatal(format!("the users table did not take the row of {name}")),
    }
}
