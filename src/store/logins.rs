//! What login, refresh and logout write into `users`.
//!
//! The rules: a generation only grows; a pair is replaced only where its generation is the one that was read; nothing but
//! a logout removes a token; every write moves `updated_at`. Texts are kept as given: sealing is not known here.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Database, Error,
    sql::Bind,
    transaction::{Tx, write},
    users::{self, COLUMNS},
};
use crate::{
    auth::port::{SignIn, Target, TokenWrite},
    domain::user::{User, UserId},
    secret::Secret,
};

impl Database {
    pub(super) async fn swap_pair(&self, user: UserId, expected: i64, pair: &TokenWrite) -> Result<bool, Error> {
        write!(self, |tx| {
            let mut binds = pair_binds(pair);
            binds.extend([Bind::Time(Some(tx.now)), user.0.into(), expected.into()]);
            let sql = "UPDATE users SET mal_access_token = $1, mal_refresh_token = $2, mal_token_expires_at = $3, \
                mal_token_issued_at = $4, mal_client_id = $5, mal_token_generation = mal_token_generation + 1, \
                mal_needs_login = FALSE, updated_at = $6 WHERE id = $7 AND mal_token_generation = $8";
            Ok(tx.run(sql, binds).await? > 0)
        })
    }

    pub(super) async fn mark_refused(&self, user: UserId, generation: i64) -> Result<bool, Error> {
        write!(self, |tx| {
            let sql = "UPDATE users SET mal_needs_login = TRUE, updated_at = $1 \
                WHERE id = $2 AND mal_token_generation = $3";
            Ok(tx.run(sql, vec![Bind::Time(Some(tx.now)), user.0.into(), generation.into()]).await? > 0)
        })
    }

    pub(super) async fn write_login(&self, login: &SignIn<'_>) -> Result<Option<User>, Error> {
        write!(self, |tx| { sign_in(tx, login).await })
    }

    pub(super) async fn clear_login(&self, user: UserId) -> Result<(), Error> {
        write!(self, |tx| {
            let sql = "UPDATE users SET mal_access_token = NULL, mal_refresh_token = NULL, mal_token_expires_at = NULL, \
                mal_token_issued_at = NULL, mal_needs_login = FALSE, mal_token_generation = mal_token_generation + 1, \
                updated_at = $1 WHERE id = $2";
            tx.run(sql, vec![Bind::Time(Some(tx.now)), user.0.into()]).await.map(drop)
        })
    }

    pub(super) async fn write_account(&self, user: UserId, mal_user_id: i64) -> Result<bool, Error> {
        write!(self, |tx| {
            let sql = "UPDATE users SET mal_user_id = $1, updated_at = $2 WHERE id = $3 AND mal_user_id IS NULL";
            Ok(tx.run(sql, vec![mal_user_id.into(), Bind::Time(Some(tx.now)), user.0.into()]).await? > 0)
        })
    }
}

async fn sign_in(tx: &mut Tx, login: &SignIn<'_>) -> Result<Option<User>, Error> {
    let id = match &login.target {
        Target::Existing(id) => *id,
        Target::New(name) => made(tx, name).await?.ok_or_else(|| nobody(&login.target))?,
    };
    let lock = tx.dialect().for_update("users");
    let rows = tx.rows(&format!("SELECT {COLUMNS} FROM users WHERE id = $1{lock}"), vec![id.0.into()]).await?;
    let before = rows.first().map(users::user).transpose()?.ok_or_else(|| nobody(&login.target))?;
    // Whoever chose the row looked at it before: another login may have had it since.
    if before.mal_user_id.is_some_and(|account| account != login.mal_user_id) && !login.force {
        return Ok(None);
    }

    let login_at = after_all_others(tx, id).await?;
    let generation = before.login.generation + 1;
    let pair = (login.pair)(id, generation);
    let mut binds = pair_binds(&pair);
    binds.extend([
        Bind::Time(Some(tx.now)),
        id.0.into(),
        generation.into(),
        login.mal_user_id.into(),
        (&login.email).into(),
        Bind::Time(Some(login_at)),
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
        RETURNING {COLUMNS}"
    );
    let rows = tx.rows(&sql, binds).await?;
    rows.first().map(users::user).transpose()?.ok_or_else(|| nobody(&login.target)).map(Some)
}

/// The row of this name, made where it is not there.
async fn made(tx: &mut Tx, name: &str) -> Result<Option<UserId>, Error> {
    let sql = "INSERT INTO users (username, created_at, updated_at) VALUES ($1, $2, $2) ON CONFLICT DO NOTHING";
    tx.run(sql, vec![Bind::text(name), Bind::Time(Some(tx.now))]).await?;
    let rows = tx.rows("SELECT id FROM users WHERE username = $1", vec![Bind::text(name)]).await?;
    rows.first().map(|row| row.id("id").map(UserId)).transpose()
}

/// Now, or a second after the newest login of another user: where a column has whole seconds, two logins may fall into one, and
/// the later one is still the last.
async fn after_all_others(tx: &mut Tx, user: UserId) -> Result<DateTime<Utc>, Error> {
    let newest = "SELECT max(mal_login_at) AS newest FROM users WHERE id <> $1";
    let rows = tx.rows(newest, vec![user.0.into()]).await?;
    let newest = rows.first().map(|row| row.time("newest")).transpose()?.flatten();
    Ok(newest.map_or(tx.now, |newest| tx.now.max(newest + TimeDelta::seconds(1))))
}

/// `$1` to `$5`.
fn pair_binds(pair: &TokenWrite) -> Vec<Bind<'_>> {
    vec![
        pair.access.as_ref().map(Secret::expose).into(),
        pair.refresh.as_ref().map(Secret::expose).into(),
        Bind::Time(Some(pair.expires_at)),
        Bind::Time(Some(pair.issued_at)),
        Bind::text(&pair.client_id),
    ]
}

fn nobody(target: &Target) -> Error {
    match target {
        Target::Existing(id) => Error::fatal(format!("user {id} is gone from the users table")),
        Target::New(name) => Error::fatal(format!("the users table did not take the row of {name}")),
    }
}
