//! What the token endpoint answers, as MAL writes it, read leniently where nothing hangs on it and strictly where a token does.
//!
//! The types plug into `oauth2`, whose own ones refuse a lifetime that is no number and know `error_description` alone.

use std::{fmt, time::Duration};

use oauth2::{AccessToken, ErrorResponse, RefreshToken, Scope, TokenResponse, TokenType};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::endpoint::{Pair, Words};
use crate::secret::Secret;

/// The longest token that is believed, in bytes; MAL's have about a thousand.
const LONGEST: usize = 8 * 1024;

/// A lifetime beyond ten years is none.
const LONGEST_LIFE: u32 = 10 * 365 * 86_400;

/// A pair as it comes over the wire.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct TokenAnswer {
    access_token: AccessToken,
    #[serde(default)]
    token_type: Kind,
    #[serde(default)]
    expires_in: Value,
    #[serde(default)]
    refresh_token: Option<RefreshToken>,
}

/// `token_type`, whatever it says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Kind(String);

impl TokenType for Kind {}

impl TokenResponse for TokenAnswer {
    type TokenType = Kind;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &Kind {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        self.lifetime().map(|seconds| Duration::from_secs(seconds.into()))
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

impl TokenAnswer {
    fn lifetime(&self) -> Option<u32> {
        let seconds = u32::try_from(self.expires_in.as_u64()?).ok()?;
        (1..=LONGEST_LIFE).contains(&seconds).then_some(seconds)
    }

    /// The pair, if it is one.
    ///
    /// # Errors
    /// What is wrong with it, without quoting it.
    pub(super) fn pair(&self) -> Result<Pair, &'static str> {
        if !self.token_type.0.eq_ignore_ascii_case("bearer") {
            return Err("a token of another type than bearer");
        }
        let token = |text: &str| match text {
            "" => Err("an empty token"),
            text if text.len() > LONGEST => Err("a token of more than 8 kB"),
            text if !text.bytes().all(|byte| byte.is_ascii_graphic()) => {
                Err("a token with characters that no token has")
            }
            text => Ok(Secret::new(text)),
        };
        let refresh = self.refresh_token.as_ref().map(|token| token.secret().as_str()).filter(|text| !text.is_empty());
        Ok(Pair {
            access: token(self.access_token.secret())?,
            refresh: refresh.map(token).transpose()?,
            lifetime: self.lifetime().unwrap_or(0),
        })
    }
}

/// A refusal as it comes over the wire.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RefusalAnswer {
    pub(super) error: String,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    hint: Option<String>,
    #[serde(default)]
    error_description: Option<String>,
}

impl RefusalAnswer {
    /// What a person is told of it.
    pub(super) fn words(&self) -> Words {
        let why = self.hint.as_ref().or(self.message.as_ref()).or(self.error_description.as_ref());
        Words::clean(&why.map_or_else(|| self.error.clone(), |why| format!("{} ({})", why, self.error)))
    }
}

impl fmt::Display for RefusalAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words().fmt(f)
    }
}

impl ErrorResponse for RefusalAnswer {}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(json: &str) -> Result<Pair, String> {
        let answer: TokenAnswer = serde_json::from_str(json).map_err(|error| error.to_string())?;
        answer.pair().map_err(str::to_owned)
    }

    #[test]
    fn a_lifetime_that_is_none_is_nothing() {
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
            assert_eq!(answer(&json).unwrap().lifetime, lifetime, "{value}");
        }
        assert_eq!(answer(r#"{"token_type":"bearer","access_token":"a"}"#).unwrap().lifetime, 0);
    }

    #[test]
    fn what_is_no_token_is_refused_without_being_quoted() {
        let long = "x".repeat(LONGEST + 1);
        for json in [
            r#"{"token_type":"mac","access_token":"SECRET"}"#.to_owned(),
            r#"{"access_token":"SECRET"}"#.to_owned(),
            r#"{"token_type":"bearer","access_token":"SECRET\n"}"#.to_owned(),
            r#"{"token_type":"bearer","access_token":""}"#.to_owned(),
            r#"{"token_type":"bearer","access_token":"a","refresh_token":"SECRET\u0000"}"#.to_owned(),
            format!(r#"{{"token_type":"bearer","access_token":"{long}"}}"#),
            r#"{"token_type":"bearer"}"#.to_owned(),
        ] {
            assert!(!answer(&json).unwrap_err().contains("SECRET"), "{json}");
        }
    }

    #[test]
    fn extra_fields_and_a_missing_refresh_token_do_no_harm() {
        let pair = answer(r#"{"token_type":"BEARER","access_token":"a","scope":[1],"refresh_token":""}"#).unwrap();
        assert_eq!((pair.access, pair.refresh), (Secret::new("a"), None));
    }

    #[test]
    fn a_refusal_is_told_in_the_most_telling_words() {
        for (json, words) in [
            (r#"{"error":"e","message":"m","hint":"h"}"#, "h (e)"),
            (r#"{"error":"e","message":"m"}"#, "m (e)"),
            (r#"{"error":"e","error_description":"d\u001b[2J"}"#, "d[2J (e)"),
            (r#"{"error":"e","hint":null}"#, "e"),
        ] {
            let refusal: RefusalAnswer = serde_json::from_str(json).unwrap();
            assert_eq!(refusal.words().to_string(), words);
        }
    }
}
