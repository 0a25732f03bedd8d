//! Output about logins and tokens: `login`, `token`, `whoami`.
//!
//! Invariant: no output contains a token.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{format_count, format_time, format_time_span, format_utc, key_value_lines, pluralize_entries};
use crate::{
    domain::{
        token_location::TokenLocation,
        user::{MalAccount, User, UserId},
    },
    ui::escape_controls,
};

/// A completed login.
#[derive(Clone, Debug)]
pub struct LoginView {
    /// Id of the user.
    pub user_id: UserId,
    /// Username.
    pub username: String,
    /// Id of the MAL account.
    pub mal_user_id: i64,
    /// Expiry of the access token.
    pub expires_at: DateTime<Utc>,
}

/// Returns how to get a client id from MyAnimeList, with the redirect URL to register.
#[must_use]
pub fn client_id_steps(redirect_url: &str) -> String {
    format!(
        "malsync needs a client ID of your own. It is free, and MyAnimeList shows it at once:\n\
         \n  1. Open this page, log in, and choose \"Create ID\":\n     https://myanimelist.net/apiconfig\n\
         \n  2. Choose the app type \"other\", and enter this App Redirect URL:\n     {redirect_url}\n\
         \n  3. Submit the form, and paste the client ID here.\n"
    )
}

/// JSON object of `login --json`.
#[derive(Clone, Debug, Serialize)]
pub struct LoginJson<'a> {
    user_id: i32,
    username: &'a str,
    mal_user_id: i64,
    expires_at: String,
}

impl LoginView {
    /// Returns the view as JSON.
    #[must_use]
    pub fn to_json(&self) -> LoginJson<'_> {
        let (user_id, username) = (self.user_id.0, self.username.as_str());
        LoginJson { user_id, username, mal_user_id: self.mal_user_id, expires_at: format_utc(self.expires_at) }
    }

    /// Returns the note about a list without a MyAnimeList account. After a login, commands do not show that list by
    /// default.
    #[must_use]
    pub fn hidden_list_text(user: &User, entries: i64) -> String {
        let (name, entries, typed) = (&user.username, pluralize_entries(entries), user.as_cli_arg());
        format!(
            "The list of {name} ({entries}) is not linked to a MAL account. To show it: malsync list {typed}. To \
                link it: malsync login {typed} --force"
        )
    }

    /// Returns the view as text.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!(
            "Logged in as {} (expires {}). Next, run: malsync sync\n",
            escape_controls(&self.username),
            format_time(self.expires_at)
        )
    }
}

/// State of a user's tokens.
#[derive(Clone, Debug)]
pub struct TokenView {
    /// True if tokens are stored.
    pub has_tokens: bool,
    /// True if MAL requires a new login.
    pub needs_login: bool,
    /// Expiry of the access token.
    pub expires_at: Option<DateTime<Utc>>,
    /// Where the tokens are stored.
    pub stored_in: Vec<TokenLocation>,
    /// Current time.
    pub now: DateTime<Utc>,
}

/// JSON object of `token status --json` and `token refresh --json`.
#[derive(Clone, Debug, Serialize)]
pub struct TokenJson<'a> {
    has_tokens: bool,
    is_expired: bool,
    needs_login: bool,
    expires_at: Option<String>,
    stored_in: &'a [TokenLocation],
}

impl TokenView {
    fn is_expired(&self) -> bool {
        self.expires_at.is_some_and(|expiry| expiry <= self.now)
    }

    /// Returns the view as JSON.
    #[must_use]
    pub fn to_json(&self) -> TokenJson<'_> {
        TokenJson {
            has_tokens: self.has_tokens,
            is_expired: self.is_expired(),
            needs_login: self.needs_login,
            expires_at: self.expires_at.map(format_utc),
            stored_in: &self.stored_in,
        }
    }

    /// Returns the view as text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let locations = self.stored_in.iter().map(|location| location.as_str()).collect::<Vec<_>>().join(" and ");
        let locations = if locations.is_empty() { "nowhere".to_owned() } else { locations };
        let login = login_state_text(self.has_tokens, self.needs_login, self.expires_at, self.now, "malsync login");
        key_value_lines(&[("tokens", login), ("stored in", locations)], None)
    }
}

/// Describes the state of a login in one line. `login_command` is the command for a new login.
pub(super) fn login_state_text(
    has_tokens: bool,
    needs_login: bool,
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    login_command: &str,
) -> String {
    match (has_tokens, needs_login, expires_at) {
        (false, ..) => format!("none: {login_command}"),
        (true, true, _) => format!("login required: {login_command}"),
        (true, false, Some(expiry)) if expiry <= now => {
            format!("expired {} ago ({})", format_time_span(now - expiry), format_time(expiry))
        }
        (true, false, Some(expiry)) => {
            format!("expires in {} ({})", format_time_span(expiry - now), format_time(expiry))
        }
        (true, false, None) => "stored, expiry unknown".to_owned(),
    }
}

/// JSON object of `whoami --json`.
#[derive(Clone, Debug, Serialize)]
pub struct AccountJson<'a> {
    id: i64,
    name: &'a str,
    joined_at: Option<String>,
    num_items: Option<i64>,
}

/// Returns the MAL account as JSON.
#[must_use]
pub fn account_to_json(account: &MalAccount) -> AccountJson<'_> {
    let joined_at = account.joined_at.as_deref().map(normalize_to_utc);
    AccountJson { id: account.id, name: &account.name, joined_at, num_items: account.num_items }
}

/// Returns a time of MAL unchanged, or converted to UTC if it has another UTC offset.
fn normalize_to_utc(time: &str) -> String {
    match DateTime::parse_from_rfc3339(time) {
        Ok(parsed) if parsed.offset().local_minus_utc() != 0 => format_utc(parsed.to_utc()),
        _ => time.to_owned(),
    }
}

/// Returns the MAL account as text.
#[must_use]
pub fn account_to_text(account: &MalAccount) -> String {
    let mut lines = vec![("name", account.name.clone()), ("id", account.id.to_string())];
    lines.extend(account.joined_at.clone().map(|time| ("joined", time)));
    lines.extend(account.num_items.map(|items| ("entries", format_count(items))));
    key_value_lines(&lines, None)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::json_line::to_json_line;
    use crate::ui::style::strip_styles;

    fn utc_time(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn example_token_view() -> TokenView {
        TokenView {
            has_tokens: true,
            needs_login: false,
            expires_at: Some(utc_time("2026-12-22T19:00:00Z")),
            stored_in: vec![TokenLocation::Keyring, TokenLocation::Database],
            now: utc_time("2026-11-22T19:00:00Z"),
        }
    }

    #[test]
    fn a_login_object_has_the_documented_fields_in_their_order() {
        let login = LoginView {
            user_id: UserId(1),
            username: "al\x1bice".into(),
            mal_user_id: 4_567,
            expires_at: utc_time("2026-12-22T19:00:00Z"),
        };
        assert_snapshot!(to_json_line(&login.to_json()), @r#"{"user_id":1,"username":"al\u001bice","mal_user_id":4567,"expires_at":"2026-12-22T19:00:00Z"}"#);
        assert_snapshot!(strip_styles(&login.to_text()), @"Logged in as al␛ice (expires 2026-12-22 19:00). Next, run: malsync sync");
    }

    #[test]
    fn a_token_object_has_the_documented_fields_in_their_order() {
        assert_snapshot!(to_json_line(&example_token_view().to_json()), @r#"{"has_tokens":true,"is_expired":false,"needs_login":false,"expires_at":"2026-12-22T19:00:00Z","stored_in":["keyring","database"]}"#);
        assert_snapshot!(strip_styles(&example_token_view().to_text()), @r"
        tokens     expires in 30d (2026-12-22 19:00)
        stored in  keyring and database
        ");
        let none = TokenView { has_tokens: false, expires_at: None, stored_in: Vec::new(), ..example_token_view() };
        assert_snapshot!(to_json_line(&none.to_json()), @r#"{"has_tokens":false,"is_expired":false,"needs_login":false,"expires_at":null,"stored_in":[]}"#);
    }

    #[test]
    fn token_is_expired_from_its_expiry_second_on() {
        let at_its_end = TokenView { now: utc_time("2026-12-22T19:00:00Z"), ..example_token_view() };
        assert!(at_its_end.to_json().is_expired && !example_token_view().to_json().is_expired);
    }

    #[test]
    fn an_account_object_has_the_documented_fields_in_their_order() {
        let account = MalAccount {
            id: 4_567,
            name: "alice".into(),
            joined_at: Some("2010-01-01T00:00:00+00:00".into()),
            num_items: Some(1_200),
        };
        assert_snapshot!(to_json_line(&account_to_json(&account)), @r#"{"id":4567,"name":"alice","joined_at":"2010-01-01T00:00:00+00:00","num_items":1200}"#);
        assert_eq!(normalize_to_utc("2010-01-01T09:00:00+09:00"), "2010-01-01T00:00:00Z");
        assert_snapshot!(strip_styles(&account_to_text(&account)), @r#"
        name     alice
        id       4567
        joined   2010-01-01T00:00:00+00:00
        entries  1,200
        "#);
    }
}
