//! The rows of `users`: read here, for every command. What a login writes there is in `logins`.

use super::{Database, Error, row::Row, sql::Bind, transaction::Tx};
use crate::{
    domain::user::{Login, User, UserId},
    secret::Secret,
};

/// The columns of a [`User`].
pub(super) const COLUMNS: &str = "id, username, email, mal_user_id, mal_access_token, mal_refresh_token, \
    mal_token_expires_at, mal_token_issued_at, mal_token_generation, mal_client_id, mal_needs_login, mal_login_at, \
    last_mal_sync, mal_list_watermark, mal_list_drift, last_full_sync";

impl Database {
    /// All users, by name.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn users(&self) -> Result<Vec<User>, Error> {
        let rows = self.read(&format!("SELECT {COLUMNS} FROM users ORDER BY username, id"), Vec::new()).await?;
        rows.iter().map(user).collect()
    }

    /// Id and name of those who have a login (see [`Login::exists`]), by name: all that is kept of thousands.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn logged_in(&self) -> Result<Vec<(UserId, String)>, Error> {
        let sql = "SELECT id, username FROM users WHERE COALESCE(mal_access_token, '') <> '' \
            OR COALESCE(mal_refresh_token, '') <> '' \
            OR (mal_token_expires_at IS NOT NULL AND mal_token_generation > 0)";
        let rows = self.read(sql, Vec::new()).await?;
        let named = |row: &Row| Ok((UserId(row.id("id")?), row.text("username")?.unwrap_or_default()));
        let mut users = rows.iter().map(named).collect::<Result<Vec<_>, Error>>()?;
        // Not by the database's own order, which is another in every locale.
        users.sort_by(|(id, name), (other, than)| name.cmp(than).then(id.cmp(other)));
        Ok(users)
    }

    /// The user of this id.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn user(&self, id: UserId) -> Result<Option<User>, Error> {
        let rows = self.read(&format!("SELECT {COLUMNS} FROM users WHERE id = $1"), vec![id.0.into()]).await?;
        rows.first().map(user).transpose()
    }

    /// The user of this name, letter for letter.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn user_named(&self, name: &str) -> Result<Option<User>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM users WHERE username = $1");
        let rows = self.read(&sql, vec![Bind::text(name)]).await?;
        rows.first().map(user).transpose()
    }
}

/// The user of this name, made where there is none: without a MAL account, which a login may note later.
pub(super) async fn named_or_new(tx: &mut Tx, name: &str) -> Result<UserId, Error> {
    let named = "SELECT id FROM users WHERE username = $1";
    let there = tx.rows(named, vec![Bind::text(name)]).await?;
    let rows = if there.is_empty() {
        let sql = "INSERT INTO users (username, created_at, updated_at) VALUES ($1, $2, $2)";
        tx.run(sql, vec![Bind::text(name), Bind::Time(Some(tx.now))]).await?;
        tx.rows(named, vec![Bind::text(name)]).await?
    } else {
        there
    };
    let row = rows.first().ok_or_else(|| Error::fatal(format!("the users table did not take {name}")))?;
    row.id("id").map(UserId)
}

/// Whether the user's row is this MAL account's, or nobody's yet.
pub(super) async fn owned(tx: &mut Tx, id: UserId, owner: Option<i64>) -> Result<(), Error> {
    let Some(owner) = owner else { return Ok(()) };
    let sql = "SELECT username, mal_user_id FROM users WHERE id = $1";
    let rows = tx.rows(sql, vec![id.0.into()]).await?;
    let row = rows.first().ok_or_else(|| Error::fatal(format!("user {id} is gone from the users table")))?;
    match row.int("mal_user_id")? {
        Some(account) if account != owner => {
            Err(Error::foreign(id, &row.text("username")?.unwrap_or_default(), account))
        }
        _ => Ok(()),
    }
}

pub(super) fn user(row: &Row) -> Result<User, Error> {
    Ok(User {
        id: UserId(row.id("id")?),
        username: row.text("username")?.unwrap_or_default(),
        email: row.text("email")?,
        mal_user_id: row.int("mal_user_id")?,
        login: login(row)?,
        last_mal_sync: row.time("last_mal_sync")?,
        watermark: row.time("mal_list_watermark")?,
        drift: row.int("mal_list_drift")?,
        last_full_sync: row.time("last_full_sync")?,
    })
}

/// An empty text, as some applications write one where there is no token, is none.
fn login(row: &Row) -> Result<Login, Error> {
    let token = |column| Ok::<_, Error>(row.text(column)?.filter(|text| !text.is_empty()).map(Secret::new));
    Ok(Login {
        access: token("mal_access_token")?,
        refresh: token("mal_refresh_token")?,
        expires_at: row.time("mal_token_expires_at")?,
        issued_at: row.time("mal_token_issued_at")?,
        generation: row.int("mal_token_generation")?.unwrap_or_default(),
        client_id: row.text("mal_client_id")?,
        needs_login: row.flag("mal_needs_login")?,
        login_at: row.time("mal_login_at")?,
    })
}
