//! The token endpoint, as login and session see it: what it gives, and the three ways in which it does not.
//!
//! The rule: only an answer of the endpoint itself, 400 or 401 with a JSON `error`, is a refusal; everything else is weather
//! and costs nobody a login. How the questions travel is in `oauth`.

use std::future::Future;

use super::pkce::PkceSecrets;
use crate::{exit::Exit, failure::Failure, secret::Secret};

/// A token pair as MAL gave it.
#[derive(Clone, Debug)]
pub struct TokenPair {
    /// Opens the API.
    pub access: Secret,
    /// Gets the next pair; none where MAL sent none, and an old one stays in force.
    pub refresh: Option<Secret>,
    /// Seconds for which the access token is good; 0 where MAL did not say it in a usable way.
    pub lifetime_seconds: u32,
}

/// MAL's words on why it refused.
pub use crate::untrusted_text::UntrustedText;

/// Why there is no new pair.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The endpoint refused the code or the refresh token.
    #[error("MyAnimeList refused: {description}")]
    Refused {
        /// MAL's words.
        description: UntrustedText,
        /// An earlier answer to the same question got lost: the refresh token may have been spent by it.
        response_lost: bool,
    },
    /// The endpoint does not know the client id, or the secret is wrong.
    #[error("MyAnimeList does not accept the client: {0}")]
    InvalidClient(UntrustedText),
    /// Anything else: to be tried again later.
    #[error("MyAnimeList's token endpoint gave no usable answer")]
    Transient(#[source] anyhow::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match &error {
            Error::Refused { .. } => Self::new(Exit::Login, error).with_hint("malsync login"),
            Error::InvalidClient(_) => Self::new(Exit::Usage, error)
                .with_hint("compare MAL_CLIENT_ID and MAL_CLIENT_SECRET with https://myanimelist.net/apiconfig"),
            Error::Transient(_) => Self::new(Exit::Mal, error).with_hint("try again later"),
        }
    }
}

/// What MAL would not ask the user about: it does not know the client id, or not with this redirect. A browser is shown
/// nothing of it but a password box.
#[derive(Debug, thiserror::Error)]
#[error("{}: {description}", .rejected_param.message(.redirect_uri))]
pub struct ClientRejected {
    /// Which of the two it is.
    pub rejected_param: RejectedParam,
    /// `MAL_REDIRECT_URI`.
    pub redirect_uri: String,
    /// MAL's words.
    pub description: UntrustedText,
}

/// What MAL does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectedParam {
    /// The client id.
    ClientId,
    /// The redirect.
    RedirectUri,
    /// MAL did not say which.
    Unspecified,
}

impl RejectedParam {
    fn message(self, redirect: &str) -> String {
        match self {
            Self::ClientId => "MyAnimeList does not know the MAL client id".to_owned(),
            Self::RedirectUri => format!("MyAnimeList does not know the redirect {redirect} of this MAL client id"),
            Self::Unspecified => {
                format!("MyAnimeList does not know the MAL client id, or not with the redirect {redirect}")
            }
        }
    }
}

impl From<ClientRejected> for Failure {
    fn from(error: ClientRejected) -> Self {
        let hint = match error.rejected_param {
            RejectedParam::ClientId => "compare MAL_CLIENT_ID with the client id at",
            RejectedParam::RedirectUri => {
                "MAL_REDIRECT_URI must be, to the letter, a redirect URL that is registered at"
            }
            RejectedParam::Unspecified => {
                "compare MAL_CLIENT_ID and MAL_REDIRECT_URI, to the letter, with the client id and the redirect URL at"
            }
        };
        Self::new(Exit::Usage, error).with_hint(format!("{hint} https://myanimelist.net/apiconfig"))
    }
}

/// What became of the question whether MAL knows the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientStatus {
    /// It would ask a user.
    Registered,
    /// It said nothing to the point, or nothing at all.
    Unknown,
}

/// MAL's token endpoint. Laws: a code is sent once, and again only where the connection never stood; a refresh token is sent
/// again at most once where it may have been read.
pub trait TokenEndpoint: Send + Sync {
    /// The address that a person opens to agree. It holds the verifier, which makes it a secret.
    fn authorize_url(&self, proof: &PkceSecrets) -> Secret;

    /// Asks, once and with a proof of its own, whether MAL would ask a user at all. Only a clear no is an error.
    fn check_client(&self) -> impl Future<Output = Result<ClientStatus, ClientRejected>> + Send;

    /// Turns the code of a finished authorization into a pair.
    fn exchange_code(&self, code: &Secret, verifier: &Secret) -> impl Future<Output = Result<TokenPair, Error>> + Send;

    /// Turns a refresh token into a new pair.
    fn refresh_tokens(&self, token: &Secret) -> impl Future<Output = Result<TokenPair, Error>> + Send;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_has_its_exit_code() {
        let words = UntrustedText::sanitize("no");
        let refused = Error::Refused { description: words.clone(), response_lost: false };
        assert_eq!(Failure::from(refused).exit, Exit::Login);
        assert_eq!(Failure::from(Error::InvalidClient(words)).exit, Exit::Usage);
        assert_eq!(Failure::from(Error::Transient(anyhow::Error::msg("HTML"))).exit, Exit::Mal);
    }
}
