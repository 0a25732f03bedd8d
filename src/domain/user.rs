//! A user: a row of `users`, whom malsync or another application made.

use chrono::{DateTime, Utc};

use crate::secret::Secret;

/// `users.id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(pub i32);

impl std::fmt::Display for UserId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A user as a person names one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserRef {
    /// By the row's `username`.
    Name(String),
    /// By the row's `id`, typed as `id:123`.
    Id(UserId),
}

impl std::fmt::Display for UserRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Id(id) => write!(f, "id:{id}"),
        }
    }
}

/// One row of `users`.
#[derive(Clone, Debug)]
pub struct User {
    /// The row's id.
    pub id: UserId,
    /// The name by which `--user` finds it.
    pub username: String,
    /// MAL gives no address; an application may have one.
    pub email: Option<String>,
    /// The MAL account, once known.
    pub mal_user_id: Option<i64>,
    /// The login.
    pub login: Login,
    /// The end of the last complete sync.
    pub last_mal_sync: Option<DateTime<Utc>>,
    /// MAL's newest `updated_at` in that sync: where an incremental sync begins.
    pub watermark: Option<DateTime<Utc>>,
    /// MAL's count less ours, as the last full sync left it.
    pub drift: Option<i64>,
    /// The end of the last complete full sync.
    pub last_full_sync: Option<DateTime<Utc>>,
}

/// What `users` holds of a login. The tokens are as stored: sealed, unless an application wrote them or sealing is off.
#[derive(Clone, Debug, Default)]
pub struct Login {
    /// `mal_access_token`.
    pub access: Option<Secret>,
    /// `mal_refresh_token`.
    pub refresh: Option<Secret>,
    /// When the access token ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When the pair was issued, by the database's clock.
    pub issued_at: Option<DateTime<Utc>>,
    /// Grows with every change of the pair, logout included; 0 in a row that malsync never wrote a token to.
    pub generation: i64,
    /// The client id that the pair belongs to.
    pub client_id: Option<String>,
    /// MAL refused the refresh token: nothing calls MAL until the next login.
    pub needs_login: bool,
    /// When the user last logged in.
    pub login_at: Option<DateTime<Utc>>,
}

impl Login {
    /// Whether somebody logged in and did not log out: tokens in the row, or, where only the keyring has them, their expiry.
    #[must_use]
    pub const fn exists(&self) -> bool {
        self.access.is_some() || self.refresh.is_some() || (self.expires_at.is_some() && self.generation > 0)
    }
}
