//! Port to MAL's token endpoint, as login and token manager use it: the results and the kinds of failure.
//!
//! Invariant: only a 400 or 401 whose JSON `error` names a refusal becomes [`Error::Refused`]; `invalid_client` becomes
//! [`Error::InvalidClient`]. Everything else is transient: it does not mark a login as ended. `oauth` sends the requests.

use std::future::Future;

use super::pkce::PkceSecrets;
use crate::{exit::Exit, failure::Failure, secret::Secret, untrusted_text::UntrustedText};

/// A token pair as MAL issued it.
#[derive(Clone, Debug)]
pub struct TokenPair {
    /// Access token for the API.
    pub access: Secret,
    /// Refresh token. `None` if MAL sent none; then the previous one stays valid.
    pub refresh: Option<Secret>,
    /// Lifetime of the access token in seconds. 0 if MAL did not state a usable one.
    pub lifetime_seconds: u32,
}

/// Returns true if the text may be a token: printable ASCII without white space, and not empty.
#[must_use]
pub fn is_token_text(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Why no token pair was issued.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The endpoint refused the code or the refresh token.
    #[error("MyAnimeList refused: {description}")]
    Refused {
        /// MAL's explanation.
        description: UntrustedText,
        /// True if the response to an earlier attempt was lost: that attempt may have spent the refresh token.
        response_lost: bool,
    },
    /// The endpoint does not know the client id, or the secret is wrong.
    #[error("MyAnimeList rejected the client: {0}")]
    InvalidClient(UntrustedText),
    /// Any other failure. May be retried later.
    #[error("MyAnimeList's token endpoint sent no usable response")]
    Transient(#[source] anyhow::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match &error {
            Error::Refused { .. } => Self::new(Exit::Login, error).with_hint("malsync login"),
            Error::InvalidClient(_) => Self::new(Exit::Usage, error).with_hint(
                "check that MAL_CLIENT_ID and MAL_CLIENT_SECRET match the values at \
                    https://myanimelist.net/apiconfig",
            ),
            Error::Transient(_) => Self::new(Exit::Mal, error).with_hint("try again later"),
        }
    }
}

/// MAL does not know the client id, or not with this redirect URI. A browser would show only a password prompt, not
/// this reason.
#[derive(Debug, thiserror::Error)]
#[error("{}: {description}", .rejected_param.message(.redirect_uri))]
pub struct ClientRejected {
    /// Which of the two MAL does not know.
    pub rejected_param: RejectedParam,
    /// `MAL_REDIRECT_URI`.
    pub redirect_uri: String,
    /// MAL's explanation.
    pub description: UntrustedText,
}

/// The parameter that MAL does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectedParam {
    /// The client id.
    ClientId,
    /// The redirect URI.
    RedirectUri,
    /// MAL did not say which.
    Unspecified,
}

impl RejectedParam {
    fn message(self, redirect_uri: &str) -> String {
        match self {
            Self::ClientId => "MyAnimeList rejected the client ID".to_owned(),
            Self::RedirectUri => format!("MyAnimeList rejected the redirect URL {redirect_uri} for this client ID"),
            Self::Unspecified => {
                format!("MyAnimeList rejected the client ID or the redirect URL {redirect_uri}")
            }
        }
    }
}

impl From<ClientRejected> for Failure {
    fn from(error: ClientRejected) -> Self {
        let may_be_client_id = error.rejected_param != RejectedParam::RedirectUri;
        let hint = match error.rejected_param {
            RejectedParam::ClientId => "check that MAL_CLIENT_ID exactly matches the client ID at",
            RejectedParam::RedirectUri => "check that MAL_REDIRECT_URI exactly matches a redirect URL registered at",
            RejectedParam::Unspecified => "check that MAL_CLIENT_ID and MAL_REDIRECT_URI exactly match the values at",
        };
        let change = if may_be_client_id { "; to change it: malsync config set mal_client_id ID" } else { "" };
        Self::new(Exit::Usage, error).with_hint(format!("{hint} https://myanimelist.net/apiconfig{change}"))
    }
}

/// Result of the check whether MAL knows the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientStatus {
    /// MAL knows the client.
    Registered,
    /// MAL gave no usable response, or none: it may know the client or not.
    NotDetermined,
}

/// MAL's token endpoint. Test doubles: `FakeTokenEndpoint`, `ModelServer`.
///
/// Laws:
/// 1. A code is sent once, and again only if no connection was established.
/// 2. If the response to a refresh was lost, MAL may have spent the token. It is then sent once more at most; attempts
///    without a connection do not count. Before that, 5xx, 429, 403 and HTML pages are retried within their limits.
pub trait TokenEndpoint: Send + Sync {
    /// Returns the URL that the user opens to grant access. It contains the verifier, so it is a secret.
    fn authorize_url(&self, pkce: &PkceSecrets) -> Secret;

    /// Sends one request with freshly generated PKCE secrets and returns whether MAL knows the client. Fails only if MAL
    /// clearly says that it does not.
    fn check_client(&self) -> impl Future<Output = Result<ClientStatus, ClientRejected>> + Send;

    /// Exchanges the code of a granted authorization for a token pair.
    fn exchange_code(&self, code: &Secret, verifier: &Secret) -> impl Future<Output = Result<TokenPair, Error>> + Send;

    /// Exchanges a refresh token for a new token pair.
    fn refresh_tokens(&self, token: &Secret) -> impl Future<Output = Result<TokenPair, Error>> + Send;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_has_its_exit_code() {
        let description = UntrustedText::sanitize("no");
        let refused = Error::Refused { description: description.clone(), response_lost: false };
        assert_eq!(Failure::from(refused).exit, Exit::Login);
        assert_eq!(Failure::from(Error::InvalidClient(description)).exit, Exit::Usage);
        assert_eq!(Failure::from(Error::Transient(anyhow::Error::msg("HTML"))).exit, Exit::Mal);
    }
}
