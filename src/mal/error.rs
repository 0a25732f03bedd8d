//! Errors of the MAL API, and the only place that maps them to an exit code and a hint.

use crate::{
    exit::Exit,
    failure::Failure,
    http::{HttpError, error::CHECK_API_URL_HINT},
    untrusted_text::UntrustedText,
};

/// Error of a request to the MAL API.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The HTTP request failed, or was answered with a status that ends the run.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// MAL does not know the client id.
    #[error("MyAnimeList rejected the client ID: {0}")]
    InvalidClientId(UntrustedText),
    /// A freshly refreshed token was answered with 401 too.
    #[error("MyAnimeList rejected the new token")]
    NewTokenRefused,
    /// The access token contains characters that are not allowed in an HTTP header.
    #[error("the stored access token is not valid")]
    InvalidToken,
    /// `paging.next` is not the URL of the following page.
    #[error("unexpected next page: {0}")]
    UnexpectedNextPage(UntrustedText),
    /// The pages do not end.
    #[error("page loop: {0}")]
    PageLoop(UntrustedText),
    /// The token changed in mid-run and now belongs to another MAL account.
    #[error("the login changed to another MAL account during the run: {name} ({id})")]
    AccountChanged {
        /// Name of the other account.
        name: UntrustedText,
        /// MAL id of the other account.
        id: i64,
    },
    /// No access token is available. The failure is the token provider's own.
    #[error("{}", .0.message())]
    TokenUnavailable(Failure),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (exit, hint) = match error {
            Error::Http(error) => return error.into(),
            Error::TokenUnavailable(failure) => return failure,
            Error::InvalidClientId(_) => {
                (Exit::Usage, "set MAL_CLIENT_ID to the client ID at https://myanimelist.net/apiconfig")
            }
            Error::NewTokenRefused | Error::InvalidToken => (Exit::Login, "run `malsync login`"),
            Error::AccountChanged { .. } => {
                (Exit::Guard, "run `malsync login` as the account that the list belongs to")
            }
            Error::UnexpectedNextPage(_) | Error::PageLoop(_) => (Exit::Mal, CHECK_API_URL_HINT),
        };
        Self::new(exit, error).with_hint(hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_maps_to_documented_exit_code() {
        let sanitize = UntrustedText::sanitize;
        let table = [
            (Error::Http(HttpError::RateLimited(sanitize("x"))), 5, "rate limit exceeded: x"),
            (Error::InvalidClientId(sanitize("x")), 2, "MyAnimeList rejected the client ID: x"),
            (Error::NewTokenRefused, 4, "MyAnimeList rejected the new token"),
            (Error::PageLoop(sanitize("x")), 5, "page loop: x"),
            (
                Error::AccountChanged { name: sanitize("bob"), id: 8 },
                8,
                "the login changed to another MAL account during the run: bob (8)",
            ),
        ];
        for (error, code, text) in table {
            let failure = Failure::from(error);
            assert_eq!((failure.exit.code(), failure.message().as_str(), failure.hints.len()), (code, text, 1));
        }
    }

    #[test]
    fn token_provider_failure_is_passed_through_unchanged() {
        let failure = Failure::from_text(Exit::Guard, "stored tokens altered").with_hint("malsync login --force");
        let passed = Failure::from(Error::TokenUnavailable(failure));
        assert_eq!((passed.exit, passed.message()), (Exit::Guard, "stored tokens altered".to_owned()));
        assert_eq!(passed.hints, ["malsync login --force"]);
    }
}
