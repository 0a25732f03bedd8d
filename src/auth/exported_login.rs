//! A login exported to another machine: printed by `token export`, read by `login --with-token`.
//!
//! Invariants:
//! 1. It is one line of JSON with plaintext tokens, the only secret that malsync prints on purpose.
//! 2. The input is limited in size and never quoted in a message.
//! 3. Fields keep their meaning. Unknown fields are ignored, so newer versions may add some.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    token_endpoint::{TokenPair, is_token_text},
    token_storage::{IssuedTokens, LoadedTokens},
};
use crate::{exit::Exit, failure::Failure, secret::Secret};

/// Maximum size of an exported login, in bytes.
pub const MAX_EXPORT_BYTES: u64 = 64 << 10;

/// Version of the format, in the first field.
const FORMAT_VERSION: u32 = 1;

/// A login that was exported or is to be exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedLogin {
    /// The client id that the tokens belong to. `None` if the application that stored them did not say.
    pub client_id: Option<String>,
    /// The MAL account, if known.
    pub mal_user_id: Option<i64>,
    /// Access token for the API.
    pub access: Secret,
    /// Refresh token.
    pub refresh: Option<Secret>,
    /// When the pair was issued.
    pub issued_at: Option<DateTime<Utc>>,
    /// When the access token expires.
    pub expires_at: Option<DateTime<Utc>>,
}

/// The JSON as it is written.
#[derive(Serialize)]
pub struct ExportedLoginJson<'a> {
    malsync_login: u32,
    mal_user_id: Option<i64>,
    client_id: Option<&'a str>,
    access_token: &'a str,
    refresh_token: Option<&'a str>,
    issued_at: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
}

/// The JSON as it is read.
#[derive(Deserialize)]
struct ParsedLoginJson {
    malsync_login: u32,
    mal_user_id: Option<i64>,
    client_id: Option<String>,
    access_token: String,
    refresh_token: Option<String>,
    issued_at: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
}

impl ExportedLogin {
    /// Returns the exported form of a user's login. Returns `None` if there is no access token to identify the account
    /// with.
    #[must_use]
    pub fn from_loaded_tokens(tokens: &LoadedTokens, mal_user_id: Option<i64>) -> Option<Self> {
        Some(Self {
            client_id: tokens.client_id.clone(),
            mal_user_id,
            access: tokens.access.clone()?,
            refresh: tokens.refresh.clone(),
            issued_at: tokens.issued_at,
            expires_at: tokens.expires_at,
        })
    }

    /// Returns the JSON to print.
    #[must_use]
    pub fn to_json(&self) -> ExportedLoginJson<'_> {
        ExportedLoginJson {
            malsync_login: FORMAT_VERSION,
            mal_user_id: self.mal_user_id,
            client_id: self.client_id.as_deref(),
            access_token: self.access.expose(),
            refresh_token: self.refresh.as_ref().map(Secret::expose),
            issued_at: self.issued_at,
            expires_at: self.expires_at,
        }
    }

    /// Parses an exported login.
    ///
    /// # Errors
    /// Exit code 4: the input is something else. It is not quoted.
    pub fn parse(text: &[u8]) -> Result<Self, Failure> {
        let failure = |what: &str| {
            Failure::from_text(Exit::Login, what).with_hint(
                "run on the machine that is logged in: malsync token export | ssh THIS-HOST malsync login \
                    --with-token",
            )
        };
        if u64::try_from(text.len()).is_ok_and(|length| length > MAX_EXPORT_BYTES) {
            return Err(failure("the input is too long to be an exported login"));
        }
        if text.trim_ascii().is_empty() {
            return Err(failure("the input is empty"));
        }
        let not_an_export = "the input is not a token exported by `malsync token export`";
        let json: ParsedLoginJson = serde_json::from_slice(text).map_err(|_| failure(not_an_export))?;
        if json.malsync_login != FORMAT_VERSION {
            return Err(Failure::from_text(Exit::Login, "the input was exported by a newer version of malsync")
                .with_hint("update malsync on this machine, or run: malsync login"));
        }
        let token = |text: String| {
            if is_token_text(&text) { Ok(Secret::new(text)) } else { Err(failure(not_an_export)) }
        };
        Ok(Self {
            client_id: json.client_id,
            mal_user_id: json.mal_user_id,
            access: token(json.access_token)?,
            refresh: json.refresh_token.map(token).transpose()?,
            issued_at: json.issued_at,
            expires_at: json.expires_at,
        })
    }

    /// Returns the pair as MAL issued it, with times by this database's clock.
    #[must_use]
    pub fn into_issued_tokens(self, client_id: &str, now: DateTime<Utc>) -> IssuedTokens {
        // If the other machine's clock was ahead, do not make the pair younger than it is.
        let issued_at = self.issued_at.unwrap_or(now).min(now);
        let remaining_seconds = self.expires_at.map_or(0, |expires_at| (expires_at - issued_at).num_seconds());
        let lifetime_seconds = u32::try_from(remaining_seconds.max(0)).unwrap_or(u32::MAX);
        let pair = TokenPair { access: self.access, refresh: self.refresh, lifetime_seconds };
        IssuedTokens { pair, issued_at, client_id: client_id.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc_time(text: &str) -> Option<DateTime<Utc>> {
        Some(text.parse().unwrap())
    }

    fn exported_login() -> ExportedLogin {
        ExportedLogin {
            client_id: Some("abc".into()),
            mal_user_id: Some(7),
            access: Secret::new("an-access.token"),
            refresh: Some(Secret::new("a-refresh.token")),
            issued_at: utc_time("2026-11-01T10:00:00Z"),
            expires_at: utc_time("2026-12-02T10:00:00Z"),
        }
    }

    fn parse_text(text: &str) -> Result<ExportedLogin, String> {
        ExportedLogin::parse(text.as_bytes()).map_err(|failure| {
            assert_eq!((failure.exit, failure.hints.len()), (Exit::Login, 1));
            failure.message()
        })
    }

    #[test]
    fn exported_line_is_parsed_back() {
        for exported in [
            exported_login(),
            ExportedLogin {
                client_id: None,
                mal_user_id: None,
                refresh: None,
                issued_at: None,
                expires_at: None,
                ..exported_login()
            },
        ] {
            let line = serde_json::to_string(&exported.to_json()).unwrap();
            assert_eq!(parse_text(&format!("  {line}\n")), Ok(exported));
        }
        let line = serde_json::to_string(&exported_login().to_json()).unwrap();
        let newer = line.replacen('{', "{\"something_new\":[1],", 1);
        assert_eq!(parse_text(&newer), Ok(exported_login()), "an unknown field is ignored");
    }

    #[test]
    fn invalid_input_is_rejected_without_quoting_it() {
        let line = serde_json::to_string(&exported_login().to_json()).unwrap();
        let broken = line.replace("an-access.token", "hunter 2");
        for (text, words) in [
            ("", "is empty"),
            (" \n", "is empty"),
            ("hunter2", "is not a token"),
            ("{\"access_token\":\"hunter2\"}", "is not a token"),
            (&line[..line.len() / 2], "is not a token"),
            (&broken, "is not a token"),
            (&line.replace("\"malsync_login\":1", "\"malsync_login\":2"), "newer version"),
            (&" ".repeat(65_537), "too long"),
        ] {
            let message = parse_text(text).unwrap_err();
            assert!(message.contains(words) && !message.contains("hunter"), "{message}");
        }
    }

    #[test]
    fn imported_pair_keeps_its_issue_and_expiry_times() {
        let now = utc_time("2026-11-20T10:00:00Z").unwrap();
        let issued = exported_login().into_issued_tokens("abc", now);
        assert_eq!(
            (Some(issued.issued_at), Some(issued.expires_at())),
            (exported_login().issued_at, exported_login().expires_at)
        );
        let ahead = ExportedLogin { issued_at: utc_time("2026-11-25T10:00:00Z"), ..exported_login() }
            .into_issued_tokens("abc", now);
        assert_eq!((ahead.issued_at, Some(ahead.expires_at())), (now, exported_login().expires_at));
        let unknown =
            ExportedLogin { issued_at: None, expires_at: None, ..exported_login() }.into_issued_tokens("abc", now);
        assert_eq!((unknown.issued_at, unknown.pair.lifetime_seconds), (now, 0), "refreshed on first use");
        let expired = ExportedLogin { expires_at: utc_time("2026-10-01T10:00:00Z"), ..exported_login() }
            .into_issued_tokens("abc", now);
        assert_eq!(expired.pair.lifetime_seconds, 0);
    }

    #[test]
    fn debug_output_shows_no_token() {
        assert!(
            !format!("{:?}", exported_login()).contains("token.")
                && !format!("{:?}", exported_login()).contains("an-access")
        );
    }
}
