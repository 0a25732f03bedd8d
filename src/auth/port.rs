//! What login and tokens ask of the database.
//!
//! The store knows nothing of sealing: it keeps the texts that it is given, and compares generations.

use std::{error::Error, future::Future};

use chrono::{DateTime, Utc};

use crate::{
    domain::user::{User, UserId},
    failure::Failure,
    secret::Secret,
};

/// A token pair as it goes into the row.
#[derive(Clone, Debug)]
pub struct TokenWrite {
    /// `mal_access_token`; none where only the keyring has it.
    pub access: Option<Secret>,
    /// `mal_refresh_token`; likewise.
    pub refresh: Option<Secret>,
    /// `mal_token_expires_at`.
    pub expires_at: DateTime<Utc>,
    /// `mal_token_issued_at`.
    pub issued_at: DateTime<Utc>,
    /// `mal_client_id`.
    pub client_id: String,
}

/// The row that a login goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginTarget {
    /// This one.
    Existing(UserId),
    /// A new one of this name (at most 50 characters).
    New(String),
}

/// A finished login, to be written in one transaction.
pub struct NewLogin<'a> {
    /// The row.
    pub target: LoginTarget,
    /// `email`; none leaves it as it is.
    pub email: Option<String>,
    /// The MAL account. Where the row had another one, its watermark, drift and last syncs become null.
    pub mal_user_id: i64,
    /// Whether the row may be another account's until now.
    pub force: bool,
    /// Makes the pair as it goes into the row, once the row's id and the pair's generation are known (sealing binds both in).
    pub build_pair: &'a (dyn Fn(UserId, i64) -> TokenWrite + Send + Sync),
}

/// The logins in the users table.
///
/// Laws: a generation only grows; [`Logins::swap`] writes only where the generation is still the expected one, and raises it
/// by one; nothing but [`Logins::clear`] removes a token; every write moves `updated_at`.
pub trait LoginRepository: Send + Sync {
    /// Why the database did not do it.
    type Error: Error + Into<Failure> + Send + Sync + 'static;
    /// Held while a pair is refreshed; goes with the process.
    type RefreshLock: Send;

    /// The database's clock.
    fn now(&self) -> impl Future<Output = Result<DateTime<Utc>, Self::Error>> + Send;

    /// The row as it stands.
    fn load_user(&self, user: UserId) -> impl Future<Output = Result<User, Self::Error>> + Send;

    /// Takes the user's refresh lock, over all processes and machines; none where another holds it for 30 s.
    fn lock_refresh(&self, user: UserId)
    -> impl Future<Output = Result<Option<Self::RefreshLock>, Self::Error>> + Send;

    /// Writes a refreshed pair with generation `expected + 1`, where the generation is still `expected`; says whether it was.
    fn compare_and_swap_tokens(
        &self,
        user: UserId,
        expected: i64,
        pair: &TokenWrite,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;

    /// Notes that MAL refused this generation's refresh token; says whether it was still that generation.
    fn mark_needs_login(&self, user: UserId, generation: i64)
    -> impl Future<Output = Result<bool, Self::Error>> + Send;

    /// Writes a login: makes or takes over the row, raises the generation by one, clears `mal_needs_login`, sets `mal_login_at`.
    /// None, and nothing written, where the row is another account's by now and `force` is not given. A new row that
    /// somebody else made meanwhile is taken over like one that was there.
    fn store_login(&self, login: &NewLogin<'_>) -> impl Future<Output = Result<Option<User>, Self::Error>> + Send;

    /// Logs out: tokens, expiry, issue time and mark go, the generation is raised by one. User and list stay.
    fn delete_tokens(&self, user: UserId) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Notes the MAL account of an adopted row that has none yet; says whether it had none.
    fn set_account_if_unset(
        &self,
        user: UserId,
        mal_user_id: i64,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;
}
