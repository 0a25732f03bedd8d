//! What can go wrong between malsync and MAL, with the reaction that each needs, and the one place that gives it an exit
//! code and a hint. The words of the guide that people search for stay in the messages.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::{exit::Exit, failure::Failure, untrusted_text::UntrustedText};

/// MAL did not answer usefully.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The HTTP client could not be built.
    #[error("cannot set up HTTP")]
    ClientSetup(#[source] reqwest::Error),
    /// A request could not be built, which only a base address that is none can cause.
    #[error("cannot make a request to {0}")]
    InvalidUrl(String),
    /// No connection came about. Weather.
    #[error("cannot reach {host}: {why}")]
    Unreachable {
        /// Whom.
        host: String,
        /// The innermost cause.
        why: UntrustedText,
    },
    /// The request was not over in time. Weather.
    #[error("{host} did not answer within {after:?}")]
    TimedOut {
        /// Who.
        host: String,
        /// The limit.
        after: Duration,
    },
    /// The connection ended before the answer did. Weather.
    #[error("the connection to {host} broke: {why}")]
    ConnectionBroken {
        /// To whom.
        host: String,
        /// The innermost cause.
        why: UntrustedText,
    },
    /// TLS does not vouch for the other side. Never tried again.
    #[error("the certificate of {host} is not accepted: {why}")]
    InvalidCertificate {
        /// Whose.
        host: String,
        /// What is wrong with it.
        why: UntrustedText,
    },
    /// The answer, unpacked, is larger than any real one.
    #[error("the answer of {host} is too large: more than {cap} bytes")]
    ResponseTooLarge {
        /// Whose.
        host: String,
        /// The limit in bytes.
        cap: usize,
    },
    /// `Retry-After` is over five minutes: too long to wait for.
    #[error("MyAnimeList asks to come back {}", when(.until.as_ref()))]
    RetryAfterTooLong {
        /// When, by this machine's clock; none where that is more than a year off, and no time to be told.
        until: Option<DateTime<Utc>>,
    },
    /// 429, or throttled at the edge, to the end of all tries.
    #[error("rate limit exceeded: {0}")]
    RateLimited(UntrustedText),
    /// 5xx, time-outs or broken connections, to the end of all tries.
    #[error("MyAnimeList API temporarily unavailable: {0}")]
    Unavailable(UntrustedText),
    /// 403 or an HTML page instead of JSON, to the end of all tries.
    #[error("MyAnimeList blocks this address for now: {0}")]
    Blocked(UntrustedText),
    /// MAL does not know the client id.
    #[error("MyAnimeList does not know the client id: {0}")]
    InvalidClientId(UntrustedText),
    /// A fresh token was answered with 401 too.
    #[error("MyAnimeList does not accept the new token")]
    NewTokenRefused,
    /// The access token holds what no header can.
    #[error("the stored access token is none")]
    InvalidToken,
    /// A status that no repetition mends.
    #[error("MyAnimeList refuses the request: {0}")]
    RequestRefused(UntrustedText),
    /// A redirect, which is never followed.
    #[error("unexpected redirect: {0}")]
    UnexpectedRedirect(UntrustedText),
    /// `paging.next` is not the page that follows.
    #[error("unexpected next page: {0}")]
    UnexpectedNextPage(UntrustedText),
    /// Pages that never end.
    #[error("page loop: {0}")]
    PageLoop(UntrustedText),
    /// The answer is not what the API promises, twice.
    #[error("MyAnimeList's answer cannot be read: {0}")]
    UnreadableResponse(UntrustedText),
    /// The token that a run goes on with is of another account than the one that it began with.
    #[error("the login has become that of another MAL account in mid-run: {name} ({id})")]
    AccountChanged {
        /// The other's name.
        name: UntrustedText,
        /// The other's id.
        id: i64,
    },
    /// There is no access token to be had; the failure is the session's own.
    #[error("{}", .0.message())]
    TokenUnavailable(Failure),
}

fn when(until: Option<&DateTime<Utc>>) -> String {
    until.map_or_else(
        || "in more than a year".to_owned(),
        |until| format!("after {}", until.format("%Y-%m-%dT%H:%M:%SZ")),
    )
}

impl Error {
    /// Whether the same request may well work a little later: a time-out, or a connection that failed or broke.
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
        let words = UntrustedText::sanitize;
        let broken = || Error::ConnectionBroken { host: "h".into(), why: words("w") };
        let table = [
            (Error::RateLimited(words("x")), 5, "rate limit exceeded: x"),
            (Error::Unavailable(words("x")), 5, "MyAnimeList API temporarily unavailable: x"),
            (broken(), 5, "the connection to h broke: w"),
            (Error::UnreadableResponse(words("x")), 5, "MyAnimeList's answer cannot be read: x"),
            (Error::InvalidClientId(words("x")), 2, "MyAnimeList does not know the client id: x"),
            (Error::NewTokenRefused, 4, "MyAnimeList does not accept the new token"),
            (
                Error::AccountChanged { name: words("bob"), id: 8 },
                8,
                "the login has become that of another MAL account in mid-run: bob (8)",
            ),
        ];
        for (error, code, words) in table {
            let failure = Failure::from(error);
            assert_eq!((failure.exit.code(), failure.message().as_str(), failure.hints.len()), (code, words, 1));
        }
        assert!(broken().is_transient() && !Error::NewTokenRefused.is_transient());
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
        let words = |until| Failure::from(Error::RetryAfterTooLong { until }).message();
        let until = "2026-08-21T10:00:00Z".parse().unwrap();
        assert_eq!(words(Some(until)), "MyAnimeList asks to come back after 2026-08-21T10:00:00Z");
        assert_eq!(words(None), "MyAnimeList asks to come back in more than a year");
    }
}
