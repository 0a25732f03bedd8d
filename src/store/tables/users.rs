//! Columns of `users`. Writes name the columns themselves: each kind of login and sync has its own.

use crate::{
    domain::user::{StoredLogin, User, UserId},
    secret::Secret,
    store::{error::Error, sql::DbRow},
};

/// Columns of a [`User`].
pub(in crate::store) const USER_COLUMNS: &str = "id, username, email, mal_user_id, mal_access_token, mal_refresh_token, \
    mal_token_expires_at, mal_token_issued_at, mal_token_generation, mal_client_id, mal_needs_login, mal_login_at, \
    last_mal_sync, mal_list_watermark, mal_list_drift, mal_list_gap, mal_missing_entries, last_full_sync";

pub(in crate::store) fn user_from_row(row: &DbRow) -> Result<User, Error> {
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
        missing_entries: row.lenient_json("mal_missing_entries")?.unwrap_or_default(),
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
