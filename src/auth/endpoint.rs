//! The token endpoint, as login and session see it: what it gives, and the three ways in which it does not.
//!
//! The rule: only an answer of the endpoint itself, 400 or 401 with a JSON `error`, is a refusal; everything else is weather
//! and costs nobody a login. How the questions travel is in `oauth`.

use std::future::Future;

use super::pkce::Proof;
use crate::{exit::Exit, failure::Failure, secret::Secret};

/// A token pair as MAL gave it.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Opens the API.
    pub access: Secret,
    /// Gets the next pair; none where MAL sent none, and an old one stays in force.
    pub refresh: Option<Secret>,
    /// Seconds for which the access token is good; 0 where MAL did not say it in a usable way.
    pub lifetime: u32,
}

/// MAL's words on why it refused.
pub use crate::words::Words;

/// Why there is no new pair.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The endpoint refused the code or the refresh token.
    #[error("MyAnimeList refused: {words}")]
    Refused {
        /// MAL's words.
        words: Words,
        /// An earlier answer to the same question got lost: the refresh token may have been spent by it.
        answer_lost: bool,
    },
    /// The endpoint does not know the client id, or the secret is wrong.
    #[error("MyAnimeList does not accept the client: {0}")]
    Client(Words),
    /// Anything else: to be tried again later.
    #[error("MyAnimeList's token endpoint gave no usable answer")]
    Weather(#[source] anyhow::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match &error {
            Error::Refused { .. } => Self::new(Exit::Login, error).hint("malsync login"),
            Error::Client(_) => Self::new(Exit::Usage, error)
                .hint("compare MAL_CLIENT_ID and MAL_CLIENT_SECRET with https://myanimelist.net/apiconfig"),
            Error::Weather(_) => Self::new(Exit::Mal, error).hint("try again later"),
        }
    }
}

/// What MAL would not ask the user about: it does not know the client id, or not with this redirect. A browser is shown
/// nothing of it but a password box.
#[derive(Debug, thiserror::Error)]
#[error("{}: {words}", .suspect.told(.redirect))]
pub struct Unregistered {
    /// Which of the two it is.
    pub suspect: Suspect,
    /// `MAL_REDIRECT_URI`.
    pub redirect: String,
    /// MAL's words.
    pub words: Words,
}

/// What MAL does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspect {
    /// The client id.
    Client,
    /// The redirect.
    Redirect,
    /// MAL did not say which.
    Either,
}

impl Suspect {
    fn told(self, redirect: &str) -> String {
        match self {
            Self::Client => "MyAnimeList does not know the MAL client id".to_owned(),
            Self::Redirect => format!("MyAnimeList does not know the redirect {redirect} of this MAL client id"),
            Self::Either => format!("MyAnimeList does not know the MAL client id, or not with the redirect {redirect}"),
        }
    }
}

impl From<Unregistered> for Failure {
    fn from(error: Unregistered) -> Self {
        let hint = match error.suspect {
            Suspect::Client => "compare MAL_CLIENT_ID with the client id at",
            Suspect::Redirect => "MAL_REDIRECT_URI must be, to the letter, a redirect URL that is registered at",
            Suspect::Either => {
                "compare MAL_CLIENT_ID and MAL_REDIRECT_URI, to the letter, with the client id and the redirect URL at"
            }
        };
        Self::new(Exit::Usage, error).hint(format!("{hint} https://myanimelist.net/apiconfig"))
    }
}

/// What became of the question whether MAL knows the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It would ask a user.
    Known,
    /// It said nothing to the point, or nothing at all.
    Unsaid,
}

/// MAL's token endpoint. Laws: a code is sent once, and again only where the connection never stood; a refresh token is sent
/// again at most once where it may have been read.
pub trait TokenEndpoint: Send + Sync {
    /// The address that a person opens to agree. It holds the verifier, which makes it a secret.
    fn authorize_url(&self, proof: &Proof) -> Secret;

    /// Asks, once and with a proof of its own, whether MAL would ask a user at all. Only a clear no is an error.
    fn check_client(&self) -> impl Future<Output = Result<Standing, Unregistered>> + Send;

    /// Turns the code of a finished authorization into a pair.
    fn exchange(&self, code: &Secret, verifier: &Secret) -> impl Future<Output = Result<Pair, Error>> + Send;

    /// Turns a refresh token into a new pair.
    fn refresh(&self, token: &Secret) -> impl Future<Output = Result<Pair, Error>> + Send;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_has_its_exit_code() {
        let words = Words::clean("no");
        let refused = Error::Refused { words: words.clone(), answer_lost: false };
        assert_eq!(Failure::from(refused).exit, Exit::Login);
        assert_eq!(Failure::from(Error::Client(words)).exit, Exit::Usage);
        assert_eq!(Failure::from(Error::Weather(anyhow::Error::msg("HTML"))).exit, Exit::Mal);
    }
}
