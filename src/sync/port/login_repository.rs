//! The port through which login and token refresh read and write the rows of `users`.
//!
//! The store knows nothing of encryption: it stores the given texts and compares generations.

use std::{error::Error, future::Future};

use chrono::{DateTime, Utc};

use crate::{
    domain::user::{User, UserId},
    failure::Failure,
    secret::Secret,
};

/// A token pair as it is written to the row.
#[derive(Clone, Debug)]
pub struct TokenWrite {
    /// `mal_access_token`. `None` if only the keyring holds the token.
    pub access: Option<Secret>,
    /// `mal_refresh_token`. `None` if only the keyring holds the token, or MAL issued none.
    pub refresh: Option<Secret>,
    /// `mal_token_expires_at`.
    pub expires_at: DateTime<Utc>,
    /// `mal_token_issued_at`.
    pub issued_at: DateTime<Utc>,
    /// `mal_client_id`.
    pub client_id: String,
}

/// The row that a login is stored in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginTarget {
    /// An existing row.
    Existing(UserId),
    /// A new row with this username (at most 50 characters).
    New(String),
}

/// A login to be written in one transaction.
pub struct NewLogin<'a> {
    /// The row.
    pub target: LoginTarget,
    /// `email`. `None` leaves the column unchanged.
    pub email: Option<String>,
    /// The MAL account. If the row had another one, its watermark, drift and last syncs become null.
    pub mal_user_id: i64,
    /// True if the row may belong to another account.
    pub force: bool,
    /// Builds the pair for the row, once the row id and the generation are known. Encryption binds the pair to both.
    pub build_pair: &'a (dyn Fn(UserId, i64) -> TokenWrite + Send + Sync),
}

/// The logins in the users table. Test double: `FakeUsersTable`.
///
/// Laws:
/// 1. A generation only grows.
/// 2. [`LoginRepository::compare_and_swap_tokens`] writes only if the generation is the expected one, and raises it by
///    one.
/// 3. Only [`LoginRepository::delete_tokens`] removes a token.
/// 4. Every write that changes a row updates `updated_at`.
pub trait LoginRepository: Send + Sync {
    /// Error of the database.
    type Error: Error + Into<Failure> + Send + Sync + 'static;
    /// Guard held while a pair is refreshed. Released when its process ends.
    type RefreshLock: Send;

    /// Returns the time by the database's clock.
    fn now(&self) -> impl Future<Output = Result<DateTime<Utc>, Self::Error>> + Send;

    /// Loads all rows.
    fn load_users(&self) -> impl Future<Output = Result<Vec<User>, Self::Error>> + Send;

    /// Loads the row.
    fn load_user(&self, user: UserId) -> impl Future<Output = Result<User, Self::Error>> + Send;

    /// Takes the user's refresh lock, across all processes and machines. Returns `None` if another process holds it for
    /// 30 s.
    fn lock_refresh(&self, user: UserId)
    -> impl Future<Output = Result<Option<Self::RefreshLock>, Self::Error>> + Send;

    /// Commits a write in the user's row that leaves the row as it is. Called before a refresh token is spent: fails where
    /// the database would not take the new pair, such as a standby server or a full disk.
    fn confirm_writable(&self, user: UserId) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Writes a refreshed pair with generation `expected + 1` if the generation is still `expected`. Returns whether it
    /// was.
    fn compare_and_swap_tokens(
        &self,
        user: UserId,
        expected: i64,
        pair: &TokenWrite,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;

    /// Sets `mal_needs_login` if the generation is still `generation`: MAL refused its refresh token. Returns whether
    /// it was.
    fn mark_needs_login(&self, user: UserId, generation: i64)
    -> impl Future<Output = Result<bool, Self::Error>> + Send;

    /// Writes a login: creates or takes over the row, raises the generation by one, clears `mal_needs_login`, sets
    /// `mal_login_at`. A new row that another process created meanwhile is treated like an existing one.
    ///
    /// Returns `None` and writes nothing if `force` is false and the row now belongs to another account, or the account
    /// now has another row.
    fn store_login(&self, login: &NewLogin<'_>) -> impl Future<Output = Result<Option<User>, Self::Error>> + Send;

    /// Deletes tokens, expiry, issue time and `mal_needs_login`, and raises the generation by one. User and list stay.
    fn delete_tokens(&self, user: UserId) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Sets the MAL account of an adopted row that has none yet. Returns whether it had none.
    fn set_account_if_unset(
        &self,
        user: UserId,
        mal_user_id: i64,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;
}
