//! JSON of MAL's token endpoint: strict about tokens, lenient about everything else.
//!
//! The types plug into `oauth2`. That crate's own types reject a non-numeric lifetime and know only
//! `error_description`.

use std::{fmt, time::Duration};

use oauth2::{AccessToken, ErrorResponse, RefreshToken, Scope, TokenResponse, TokenType};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::token_endpoint::{TokenPair, is_token_text};
use crate::{secret::Secret, untrusted_text::UntrustedText};

/// Maximum length of a token, in bytes. MAL's have about a thousand.
const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// Maximum lifetime: ten years. A longer one counts as unknown.
const MAX_LIFETIME_SECONDS: u32 = 10 * 365 * 86_400;

/// Body of a success response.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct TokenResponseBody {
    access_token: AccessToken,
    #[serde(default)]
    token_type: MalTokenType,
    #[serde(default)]
    expires_in: Value,
    #[serde(default)]
    refresh_token: Option<RefreshToken>,
}

/// `token_type`, any text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct MalTokenType(String);

impl TokenType for MalTokenType {}

impl TokenResponse for TokenResponseBody {
    type TokenType = MalTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &MalTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        self.lifetime_seconds().map(|seconds| Duration::from_secs(seconds.into()))
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

impl TokenResponseBody {
    /// Returns the lifetime of the access token. Returns `None` if it is no number of 1 to [`MAX_LIFETIME_SECONDS`].
    fn lifetime_seconds(&self) -> Option<u32> {
        let seconds = u32::try_from(self.expires_in.as_u64()?).ok()?;
        (1..=MAX_LIFETIME_SECONDS).contains(&seconds).then_some(seconds)
    }

    /// Returns the token pair.
    ///
    /// # Errors
    /// What is wrong with the body, without quoting it.
    pub(super) fn to_token_pair(&self) -> Result<TokenPair, &'static str> {
        if !self.token_type.0.eq_ignore_ascii_case("bearer") {
            return Err("a token that is not a bearer token");
        }
        let token = |text: &str| match text {
            "" => Err("an empty token"),
            text if text.len() > MAX_TOKEN_BYTES => Err("a token of more than 8 kB"),
            text if !is_token_text(text) => Err("a token with characters that no token has"),
            text => Ok(Secret::new(text)),
        };
        let refresh = self.refresh_token.as_ref().map(|token| token.secret().as_str()).filter(|text| !text.is_empty());
        Ok(TokenPair {
            access: token(self.access_token.secret())?,
            refresh: refresh.map(token).transpose()?,
            lifetime_seconds: self.lifetime_seconds().unwrap_or(0),
        })
    }
}

/// Body of an error response.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ErrorResponseBody {
    pub(super) error: String,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    hint: Option<String>,
    #[serde(default)]
    error_description: Option<String>,
}

impl ErrorResponseBody {
    /// Returns the explanation for people.
    pub(super) fn description(&self) -> UntrustedText {
        let reason = self.hint.as_ref().or(self.message.as_ref()).or(self.error_description.as_ref());
        UntrustedText::sanitize(
            &reason.map_or_else(|| self.error.clone(), |reason| format!("{} ({})", reason, self.error)),
        )
    }
}

impl fmt::Display for ErrorResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.description().fmt(f)
    }
}

impl ErrorResponse for ErrorResponseBody {}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_token_pair(json: &str) -> Result<TokenPair, String> {
        let body: TokenResponseBody = serde_json::from_str(json).map_err(|error| error.to_string())?;
        body.to_token_pair().map_err(str::to_owned)
    }

    #[test]
    fn unusable_lifetime_is_read_as_zero() {
        for (value, lifetime) in [
            ("2678400", 2_678_400),
            ("1", 1),
            ("0", 0),
            ("-1", 0),
            ("1e18", 0),
            ("1000000000000000000", 0),
            ("\"3600\"", 0),
            ("null", 0),
            ("3600.5", 0),
        ] {
            let json =
                format!(r#"{{"token_type":"Bearer","expires_in":{value},"access_token":"a","refresh_token":"r"}}"#);
            assert_eq!(parse_token_pair(&json).unwrap().lifetime_seconds, lifetime, "{value}");
        }
        assert_eq!(parse_token_pair(r#"{"token_type":"bearer","access_token":"a"}"#).unwrap().lifetime_seconds, 0);
    }

    #[test]
    fn invalid_token_is_rejected_without_quoting_it() {
        let long = "x".repeat(MAX_TOKEN_BYTES + 1);
        for json in [
            r#"{"token_type":"mac","access_token":"SECRET"}"#.to_owned(),
            r#"{"access_token":"SECRET"}"#.to_owned(),
            r#"{"token_type":"bearer","access_token":"SECRET\n"}"#.to_owned(),
            r#"{"token_type":"bearer","access_token":""}"#.to_owned(),
            r#"{"token_type":"bearer","access_token":"a","refresh_token":"SECRET\u0000"}"#.to_owned(),
            format!(r#"{{"token_type":"bearer","access_token":"{long}"}}"#),
            r#"{"token_type":"bearer"}"#.to_owned(),
        ] {
            assert!(!parse_token_pair(&json).unwrap_err().contains("SECRET"), "{json}");
        }
    }

    #[test]
    fn extra_fields_and_missing_refresh_token_are_accepted() {
        let pair =
            parse_token_pair(r#"{"token_type":"BEARER","access_token":"a","scope":[1],"refresh_token":""}"#).unwrap();
        assert_eq!((pair.access, pair.refresh), (Secret::new("a"), None));
    }

    #[test]
    fn error_description_prefers_hint_over_message() {
        for (json, description) in [
            (r#"{"error":"e","message":"m","hint":"h"}"#, "h (e)"),
            (r#"{"error":"e","message":"m"}"#, "m (e)"),
            (r#"{"error":"e","error_description":"d\u001b[2J"}"#, "d[2J (e)"),
            (r#"{"error":"e","hint":null}"#, "e"),
        ] {
            let body: ErrorResponseBody = serde_json::from_str(json).unwrap();
            assert_eq!(body.description().to_string(), description);
        }
    }
}
