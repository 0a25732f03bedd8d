//! Errors of an HTTP request to MAL, and the only place that maps them to an exit code and a hint.
//!
//! The messages keep their wording, because people and their scripts search for it.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::last_proxy::last_proxy;
use crate::{exit::Exit, failure::Failure, untrusted_text::UntrustedText};

/// Hint for a response that MAL's API would not send.
pub(crate) const CHECK_API_URL_HINT: &str =
    "check MAL_API_URL; if it is correct, MyAnimeList may have changed or have problems";

/// Error of an HTTP request.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The HTTP client could not be built.
    #[error("cannot set up HTTP")]
    ClientSetup(#[source] reqwest::Error),
    /// The request URL is invalid, which only an unusable `MAL_API_URL` can cause.
    #[error("cannot create a request to {0}")]
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
    #[error("the certificate of {host} was rejected: {cause}")]
    InvalidCertificate {
        /// Host of the request.
        host: String,
        /// Why the certificate was rejected.
        cause: UntrustedText,
    },
    /// The decompressed response is larger than any valid one.
    #[error("the response of {host} is too large: more than {max_bytes} bytes")]
    ResponseTooLarge {
        /// Host of the request.
        host: String,
        /// Limit in bytes.
        max_bytes: usize,
    },
    /// `Retry-After` is over five minutes, which is too long to wait for.
    #[error("retry {}", retry_at_text(.until.as_ref()))]
    RetryAfterTooLong {
        /// Earliest time to retry, by the local clock. `None` if it is more than a year away, which is not plausible.
        until: Option<DateTime<Utc>>,
    },
    /// Rate limited (429) until all retries were used.
    #[error("rate limit exceeded: {0}")]
    RateLimited(UntrustedText),
    /// Throttled by MAL's edge (307) until all retries were used.
    #[error("rate limit exceeded: {0}")]
    EdgeThrottled(UntrustedText),
    /// 5xx, timeouts or broken connections until all retries were used.
    #[error("MyAnimeList API temporarily unavailable: {0}")]
    Unavailable(UntrustedText),
    /// 403, or an HTML page instead of JSON, until all retries were used.
    #[error("MyAnimeList is blocking this address: {0}")]
    Blocked(UntrustedText),
    /// A status that a retry would not change.
    #[error("MyAnimeList refused the request: {0}")]
    RequestRefused(UntrustedText),
    /// A redirect. Redirects are never followed.
    #[error("unexpected redirect: {0}")]
    UnexpectedRedirect(UntrustedText),
    /// The response did not match the API, twice.
    #[error("cannot read MyAnimeList's response: {0}")]
    UnreadableResponse(UntrustedText),
}

fn retry_at_text(until: Option<&DateTime<Utc>>) -> String {
    until.map_or_else(
        || "in more than a year".to_owned(),
        |until| format!("after {}", until.format("%Y-%m-%dT%H:%M:%SZ")),
    )
}

impl HttpError {
    const fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::ConnectionBroken { .. } => {
                "check the network connection, then try again. Data already stored is kept"
            }
            Self::InvalidCertificate { .. } => {
                "check the machine's clock and any proxies; set SSL_CERT_FILE to add root certificates"
            }
            Self::RetryAfterTooLong { .. } => "try again after that time. Data already stored is kept",
            Self::RateLimited(_) => "try again later, or lower MAL_API_RATE_LIMIT. Data already stored is kept",
            Self::Unavailable(_) => "try again later. Data already stored is kept",
            Self::EdgeThrottled(_) => {
                "try again later, or lower MAL_API_RATE_LIMIT; if it lasts for days, MyAnimeList may be blocking \
                    the name malsync: set MAL_USER_AGENT to another name"
            }
            Self::Blocked(_) => {
                "try again in a few minutes; another network may help; if it lasts for days, MyAnimeList may be \
                    blocking the name malsync: set MAL_USER_AGENT to another name"
            }
            Self::ResponseTooLarge { .. }
            | Self::UnexpectedRedirect(_)
            | Self::UnreadableResponse(_)
            | Self::RequestRefused(_) => CHECK_API_URL_HINT,
            Self::InvalidUrl(_) => "check MAL_API_URL",
            Self::ClientSetup(_) => return None,
        })
    }
}

impl From<HttpError> for Failure {
    fn from(error: HttpError) -> Self {
        let exit = match &error {
            HttpError::ClientSetup(_) => Exit::Failed,
            HttpError::InvalidUrl(_) => Exit::Usage,
            _ => Exit::Mal,
        };
        let hint = error.hint();
        // The other errors name it in their text.
        let proxy = last_proxy().filter(|proxy| exit == Exit::Mal && !error.to_string().contains(proxy));
        let failure = Self::new(exit, error);
        let failure = match hint {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        };
        match proxy {
            Some(proxy) => failure.with_hint(format!("the request went through {proxy}, which may be the cause")),
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
        let connection_broken = || HttpError::ConnectionBroken { host: "h".into(), cause: sanitize("w") };
        let table = [
            (HttpError::RateLimited(sanitize("x")), 5, "rate limit exceeded: x"),
            (HttpError::Unavailable(sanitize("x")), 5, "MyAnimeList API temporarily unavailable: x"),
            (connection_broken(), 5, "the connection to h broke: w"),
            (HttpError::UnreadableResponse(sanitize("x")), 5, "cannot read MyAnimeList's response: x"),
        ];
        for (error, code, text) in table {
            let failure = Failure::from(error);
            assert_eq!((failure.exit.code(), failure.message().as_str(), failure.hints.len()), (code, text, 1));
        }
    }

    #[test]
    fn retry_after_too_long_message_names_end_time() {
        let message = |until| Failure::from(HttpError::RetryAfterTooLong { until }).message();
        let until = "2026-08-21T10:00:00Z".parse().unwrap();
        assert_eq!(message(Some(until)), "retry after 2026-08-21T10:00:00Z");
        assert_eq!(message(None), "retry in more than a year");
    }
}
