//! A user: a row of `users`, whom malsync or another application made.

use std::borrow::Cow;

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

impl UserRef {
    /// Names a row as it can be typed: by the id where the name cannot be typed, or would be read as an id.
    #[must_use]
    pub fn for_row(id: UserId, name: &str) -> Self {
        let steers = |c: char| {
            c.is_control()
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}')
        };
        if name.is_empty() || name.starts_with("id:") || name.contains(steers) {
            Self::Id(id)
        } else {
            Self::Name(name.to_owned())
        }
    }

    /// The option that names this user, as it is typed in a shell.
    #[must_use]
    pub fn as_cli_arg(&self) -> String {
        let asked = self.to_string();
        let quoted = shlex::try_quote(&asked).unwrap_or(Cow::Borrowed(&asked));
        // An option of its own otherwise.
        let between = if asked.starts_with('-') { "=" } else { " " };
        format!("--user{between}{quoted}")
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
    pub login: StoredLogin,
    /// The end of the last complete sync.
    pub last_mal_sync: Option<DateTime<Utc>>,
    /// MAL's newest `updated_at` in that sync: where an incremental sync begins.
    pub watermark: Option<DateTime<Utc>>,
    /// MAL's count less ours, as the last full sync left it.
    pub drift: Option<i64>,
    /// The end of the last complete full sync.
    pub last_full_sync: Option<DateTime<Utc>>,
}

impl User {
    /// The option that names this user, as it is typed in a shell.
    #[must_use]
    pub fn as_cli_arg(&self) -> String {
        UserRef::for_row(self.id, &self.username).as_cli_arg()
    }
}

/// What `users` holds of a login. The tokens are as stored: sealed, unless an application wrote them or sealing is off.
#[derive(Clone, Debug, Default)]
pub struct StoredLogin {
    /// `mal_access_token`.
    pub access_token: Option<Secret>,
    /// `mal_refresh_token`.
    pub refresh_token: Option<Secret>,
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

impl StoredLogin {
    /// Whether somebody logged in and did not log out: tokens in the row, or, where only the keyring has them, their expiry.
    #[must_use]
    pub const fn is_present(&self) -> bool {
        self.access_token.is_some()
            || self.refresh_token.is_some()
            || (self.expires_at.is_some() && self.generation > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_cli_arg_quotes_name_for_shell() {
        let typed = |name: &str| {
            User {
                id: UserId(7),
                username: name.into(),
                email: None,
                mal_user_id: None,
                login: StoredLogin::default(),
                last_mal_sync: None,
                watermark: None,
                drift: None,
                last_full_sync: None,
            }
            .as_cli_arg()
        };
        assert_eq!(typed("alice"), "--user alice");
        assert_eq!(typed("-x"), "--user=-x");
        for by_id in ["", "id:3", "a\nb", "a\u{1b}[2J", "a\u{202e}b"] {
            assert_eq!(typed(by_id), "--user id:7", "{by_id:?}");
        }
        for name in [
            "a b",
            "a;rm -rf ~",
            "$(reboot)",
            "`reboot`",
            "it's",
            "\"",
            "a&b",
            "~",
            "*",
            "#",
            "é",
            "a\\b",
            "-x y",
            "!!",
        ] {
            let words = shlex::split(&typed(name)).unwrap();
            let named = words.last().unwrap();
            let named = named.strip_prefix("--user=").unwrap_or(named);
            assert_eq!(named, name, "{}", typed(name));
            if name != "é" {
                assert!(typed(name).contains(['\'', '"']), "{}", typed(name));
            }
        }
    }
}
