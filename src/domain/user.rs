//! A user: a row of `users`, created by malsync or by another application.

use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::missing_entry::MissingEntry;
use crate::{control_chars::is_terminal_control, secret::Secret, shell_quote::shell_quote};

/// `users.id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(pub i32);

impl std::fmt::Display for UserId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A reference to a user, as typed on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserRef {
    /// By the row's `username`.
    Name(String),
    /// By the row's `id`, typed as `id:123`.
    Id(UserId),
}

impl FromStr for UserRef {
    type Err = String;

    /// Parses a name, or `id:123`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix("id:") {
            Some(id) => match id.parse() {
                Ok(id) if id > 0 => Ok(Self::Id(UserId(id))),
                _ => Err("an ID is a whole number from 1 to 2147483647, like id:123".to_owned()),
            },
            None if text.is_empty() => Err("a name must not be empty".to_owned()),
            None => Ok(Self::Name(text.to_owned())),
        }
    }
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
    /// Returns a reference that can be typed: the id if the name cannot be typed or would be parsed as an id.
    #[must_use]
    pub fn for_row(id: UserId, name: &str) -> Self {
        if name.is_empty() || name.starts_with("id:") || name.contains(is_terminal_control) {
            Self::Id(id)
        } else {
            Self::Name(name.to_owned())
        }
    }

    /// Returns the `--user` option for this user, quoted for a shell.
    #[must_use]
    pub fn as_cli_arg(&self) -> String {
        let name = self.to_string();
        // After a space, a name with a leading `-` would be parsed as an option.
        let separator = if name.starts_with('-') { "=" } else { " " };
        format!("--user{separator}{}", shell_quote(&name))
    }
}

/// One row of `users`.
#[derive(Clone, Debug)]
pub struct User {
    /// The row's id.
    pub id: UserId,
    /// The name that `--user` accepts.
    pub username: String,
    /// E-mail address. MAL provides none; another application may have set it.
    pub email: Option<String>,
    /// Id of the MAL account. `None` until the first login or sync determines it.
    pub mal_user_id: Option<i64>,
    /// The stored login.
    pub login: StoredLogin,
    /// End of the last complete sync.
    pub last_mal_sync: Option<DateTime<Utc>>,
    /// Newest `updated_at` that MAL sent in that sync. The next incremental sync fetches the changes
    /// that are newer than this time minus ten minutes.
    pub watermark: Option<DateTime<Utc>>,
    /// MAL's item count minus the number of stored entries, as confirmed by a full sync.
    pub drift: Option<i64>,
    /// The same difference, found by a full sync that did not confirm it. The next full sync that finds it again makes it
    /// the drift.
    pub listing_gap: Option<i64>,
    /// Entries that the database refused and that are still missing.
    pub missing_entries: Vec<MissingEntry>,
    /// End of the last complete full sync.
    pub last_full_sync: Option<DateTime<Utc>>,
}

impl User {
    /// Returns the `--user` option for this user, quoted for a shell.
    #[must_use]
    pub fn as_cli_arg(&self) -> String {
        UserRef::for_row(self.id, &self.username).as_cli_arg()
    }
}

/// The token columns of `users`. Tokens are in stored form: encrypted, unless another application wrote them or
/// encryption is off.
#[derive(Clone, Debug, Default)]
pub struct StoredLogin {
    /// `mal_access_token`.
    pub access_token: Option<Secret>,
    /// `mal_refresh_token`.
    pub refresh_token: Option<Secret>,
    /// Expiry of the access token.
    pub expires_at: Option<DateTime<Utc>>,
    /// Time when the token pair was issued, by the database's clock.
    pub issued_at: Option<DateTime<Utc>>,
    /// Version of the token pair. Increases with every change, including logout; 0 if malsync never wrote a token to
    /// the row.
    pub generation: i64,
    /// The client id that the token pair belongs to.
    pub client_id: Option<String>,
    /// True if MAL refused the refresh token. MAL is not called until the next login.
    pub needs_login: bool,
    /// Time of the user's last login.
    pub login_at: Option<DateTime<Utc>>,
}

impl StoredLogin {
    /// Returns true if the user is logged in: the row has tokens, or only an expiry if the tokens are in the keyring.
    #[must_use]
    pub const fn is_present(&self) -> bool {
        self.has_tokens_in_row() || (self.expires_at.is_some() && self.generation > 0)
    }

    /// Returns true if the row has the tokens, or one of them.
    #[must_use]
    pub const fn has_tokens_in_row(&self) -> bool {
        self.access_token.is_some() || self.refresh_token.is_some()
    }
}

/// The MAL account that a token belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalAccount {
    /// MAL's id of the user.
    pub id: i64,
    /// The user's name on MAL.
    pub name: String,
    /// When the account was created, as MAL writes it.
    pub joined_at: Option<String>,
    /// `anime_statistics.num_items`: how many entries MAL counts.
    pub num_items: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_ref_is_a_name_or_an_id() {
        for (text, expected) in [
            ("alice", Some(UserRef::Name("alice".into()))),
            ("id", Some(UserRef::Name("id".into()))),
            ("123", Some(UserRef::Name("123".into()))),
            ("id:123", Some(UserRef::Id(UserId(123)))),
            ("id:0", None),
            ("id:-1", None),
            ("id:", None),
            ("id:abc", None),
            ("id:2147483648", None),
            ("", None),
        ] {
            assert_eq!(text.parse::<UserRef>().ok(), expected, "{text:?}");
        }
    }

    #[test]
    fn as_cli_arg_quotes_name_for_shell() {
        let as_arg = |name: &str| {
            User {
                id: UserId(7),
                username: name.into(),
                email: None,
                mal_user_id: None,
                login: StoredLogin::default(),
                last_mal_sync: None,
                watermark: None,
                drift: None,
                listing_gap: None,
                missing_entries: Vec::new(),
                last_full_sync: None,
            }
            .as_cli_arg()
        };
        assert_eq!(as_arg("alice"), "--user alice");
        assert_eq!(as_arg("-x"), "--user=-x");
        for by_id in ["", "id:3", "a\nb", "a\u{1b}[2J", "a\u{202e}b"] {
            assert_eq!(as_arg(by_id), "--user id:7", "{by_id:?}");
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
            let words = shlex::split(&as_arg(name)).unwrap();
            let parsed = words.last().unwrap();
            let parsed = parsed.strip_prefix("--user=").unwrap_or(parsed);
            assert_eq!(parsed, name, "{}", as_arg(name));
            if name != "é" {
                assert!(as_arg(name).contains(['\'', '"']), "{}", as_arg(name));
            }
        }
    }
}
