//! Errors of the MAL API, and the only place that maps them to an exit code and a hint.
//!
//! The messages keep the wording of the guide, because people search for it.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::{exit::Exit, failure::Failure, untrusted_text::UntrustedText};

/// Error of a request to MAL.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The HTTP client could not be built.
    #[error("cannot set up HTTP")]
    ClientSetup(#[source] reqwest::Error),
    /// The request URL is invalid, which only an unusable `MAL_API_URL` can cause.
    #[error("cannot make a request to {0}")]
    InvalidUrl(String),
    /// No connection could be made. Transient.
    #[error("cannot reach {host}: {cause}")]
    Unreachable {
        /// Host of the request.
        host: String,
        /// Innermost cause.
        cause: UntrustedText,
    },
    /// The request exceeded its timeout. Transient.
    #[error("{host} did not answer within {timeout:?}")]
    TimedOut {
        /// Host of the request.
        host: String,
        /// Timeout of the request.
        timeout: Duration,
    },
    /// The connection ended before the response was complete. Transient.
    #[error("the connection to {host} broke: {cause}")]
    ConnectionBroken {
        /// Host of the request.
        host: String,
        /// Innermost cause.
        cause: UntrustedText,
    },
    /// TLS rejected the server's certificate. Never retried.
    #[error("the certificate of {host} is not accepted: {cause}")]
    InvalidCertificate {
        /// Host of the request.
        host: String,
        /// Why the certificate was rejected.
        cause: UntrustedText,
    },
    /// The decompressed response is larger than any valid one.
    #[error("the answer of {host} is too large: more than {max_bytes} bytes")]
    ResponseTooLarge {
        /// Host of the request.
        host: String,
        /// Limit in bytes.
        max_bytes: usize,
    },
    /// `Retry-After` is over five minutes, which is too long to wait for.
    #[error("MyAnimeList asks to come back {}", retry_at_text(.until.as_ref()))]
    RetryAfterTooLong {
        /// Earliest time to retry, by the local clock. `None` if it is more than a year away, which is not plausible.
        until: Option<DateTime<Utc>>,
    },
    /// Rate limited (429, or 307 from the edge) until all retries were used.
    #[error("rate limit exceeded: {0}")]
    RateLimited(UntrustedText),
    /// 5xx, timeouts or broken connections until all retries were used.
    #[error("MyAnimeList API temporarily unavailable: {0}")]
    Unavailable(UntrustedText),
    /// 403, or an HTML page instead of JSON, until all retries were used.
    #[error("MyAnimeList blocks this address for now: {0}")]
    Blocked(UntrustedText),
    /// MAL does not know the client id.
    #[error("MyAnimeList does not know the client id: {0}")]
    InvalidClientId(UntrustedText),
    /// A freshly refreshed token was answered with 401 too.
    #[error("MyAnimeList does not accept the new token")]
    NewTokenRefused,
    /// The access token contains characters that are not allowed in an HTTP header.
    #[error("the stored access token is none")]
    InvalidToken,
    /// A status that a retry would not change.
    #[error("MyAnimeList refuses the request: {0}")]
    RequestRefused(UntrustedText),
    /// A redirect. Redirects are never followed.
    #[error("unexpected redirect: {0}")]
    UnexpectedRedirect(UntrustedText),
    /// `paging.next` is not the URL of the following page.
    #[error("unexpected next page: {0}")]
    UnexpectedNextPage(UntrustedText),
    /// The pages do not end.
    #[error("page loop: {0}")]
    PageLoop(UntrustedText),
    /// The response did not match the API, twice.
    #[error("MyAnimeList's answer cannot be read: {0}")]
    UnreadableResponse(UntrustedText),
    /// The token changed in mid-run and now belongs to another MAL account.
    #[error("the login has become that of another MAL account in mid-run: {name} ({id})")]
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

fn retry_at_text(until: Option<&DateTime<Utc>>) -> String {
    until.map_or_else(
        || "in more than a year".to_owned(),
        |until| format!("after {}", until.format("%Y-%m-%dT%H:%M:%SZ")),
    )
}

impl Error {
    /// Returns true if the same request may succeed a little later: a timeout, or a connection that failed or broke.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::TimedOut { .. } | Self::ConnectionBroken { .. })
    }

    const fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::ConnectionBroken { .. } => {
                "check the network connection, then run it again; what was stored stays"
            }
            Self::InvalidCertificate { .. } => {
                "look at the machine's clock and at proxies in between; SSL_CERT_FILE names further root certificates"
            }
            Self::RetryAfterTooLong { .. } => "run it again after that time; what was stored stays",
            Self::RateLimited(_) => "run it again later, or lower MAL_API_RATE_LIMIT; what was stored stays",
            Self::Unavailable(_) => "run it again later; what was stored stays",
            Self::Blocked(_) => "wait some minutes before running it again; another network may help",
            Self::InvalidClientId(_) => "set MAL_CLIENT_ID to the client id on https://myanimelist.net/apiconfig",
            Self::NewTokenRefused | Self::InvalidToken => "run `malsync login`",
            Self::AccountChanged { .. } => "run `malsync login` as the account that the list belongs to",
            Self::ResponseTooLarge { .. }
            | Self::UnexpectedRedirect(_)
            | Self::UnexpectedNextPage(_)
            | Self::PageLoop(_)
            | Self::UnreadableResponse(_)
            | Self::RequestRefused(_) => {
                "check MAL_API_URL; if it is right, MyAnimeList may have changed or be in trouble"
            }
            Self::InvalidUrl(_) => "check MAL_API_URL",
            Self::ClientSetup(_) | Self::TokenUnavailable(_) => return None,
        })
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = match &error {
            Error::ClientSetup(_) => Exit::Failed,
            Error::InvalidClientId(_) | Error::InvalidUrl(_) => Exit::Usage,
            Error::NewTokenRefused | Error::InvalidToken => Exit::Login,
            Error::AccountChanged { .. } => Exit::Guard,
            _ => Exit::Mal,
        };
        let hint = error.hint();
        let failure = match error {
            Error::TokenUnavailable(failure) => return failure,
            error => Self::new(exit, error),
        };
        match hint {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_maps_to_documented_exit_code() {
        let sanitize = UntrustedText::sanitize;
        let connection_broken = || Error::ConnectionBroken { host: "h".into(), cause: sanitize("w") };
        let table = [
            (Error::RateLimited(sanitize("x")), 5, "rate limit exceeded: x"),
            (Error::Unavailable(sanitize("x")), 5, "MyAnimeList API temporarily unavailable: x"),
            (connection_broken(), 5, "the connection to h broke: w"),
            (Error::UnreadableResponse(sanitize("x")), 5, "MyAnimeList's answer cannot be read: x"),
            (Error::InvalidClientId(sanitize("x")), 2, "MyAnimeList does not know the client id: x"),
            (Error::NewTokenRefused, 4, "MyAnimeList does not accept the new token"),
            (
                Error::AccountChanged { name: sanitize("bob"), id: 8 },
                8,
                "the login has become that of another MAL account in mid-run: bob (8)",
            ),
        ];
        for (error, code, text) in table {
            let failure = Failure::from(error);
            assert_eq!((failure.exit.code(), failure.message().as_str(), failure.hints.len()), (code, text, 1));
        }
        assert!(connection_broken().is_transient() && !Error::NewTokenRefused.is_transient());
    }

    #[test]
    fn token_provider_failure_is_passed_through_unchanged() {
        let failure = Failure::from_text(Exit::Guard, "stored tokens altered").with_hint("malsync login --force");
        let passed = Failure::from(Error::TokenUnavailable(failure));
        assert_eq!((passed.exit, passed.message()), (Exit::Guard, "stored tokens altered".to_owned()));
        assert_eq!(passed.hints, ["malsync login --force"]);
    }

    #[test]
    fn retry_after_too_long_message_names_end_time() {
        let message = |until| Failure::from(Error::RetryAfterTooLong { until }).message();
        let until = "2026-08-21T10:00:00Z".parse().unwrap();
        assert_eq!(message(Some(until)), "MyAnimeList asks to come back after 2026-08-21T10:00:00Z");
        assert_eq!(message(None), "MyAnimeList asks to come back in more than a year");
    }
}
