//! Classifies responses and decides whether to retry. Pure, so that it can be tested as a table.
//!
//! Each cause has its own limit, so no mixture of causes retries forever: `SYNC_MAX_RETRIES` for transient errors, five
//! for edge blocks, one for a malformed response, one token refresh. [`RequestAttempts`] limits one request;
//! [`RetryBudget`] limits all requests of a user's run.

use super::{Error, transport::HttpResponse};
use crate::untrusted_text::UntrustedText;

/// Retries after being throttled or blocked by MAL's edge.
const MAX_EDGE_BLOCKED_RETRIES: u32 = 5;

/// Outcome of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// 200 and not HTML: the body is to be decoded.
    Success,
    /// Transient failure: 5xx, 408, timeout or connection error.
    Transient,
    /// 429, or 307, which is how MAL's edge throttles.
    Throttled,
    /// 403 without JSON, or HTML with status 200: MAL's edge blocks this address.
    EdgeBlocked,
    /// 403 with JSON: the token is rejected, or the API itself blocks.
    Forbidden,
    /// 401: the token has expired.
    TokenExpired,
    /// A successful response that does not match the API.
    Malformed,
    /// 400 whose message names the client id.
    InvalidClientId,
    /// Any other redirect.
    UnexpectedRedirect,
    /// Any other status. A retry would not help.
    Refused,
}

/// Classifies a response.
#[must_use]
pub fn classify_response(response: &HttpResponse) -> AttemptOutcome {
    match response.status {
        200 if response.is_html() => AttemptOutcome::EdgeBlocked,
        200 => AttemptOutcome::Success,
        201..=299 => AttemptOutcome::Malformed,
        307 | 429 => AttemptOutcome::Throttled,
        300..=399 => AttemptOutcome::UnexpectedRedirect,
        400 if api_message(response).to_ascii_lowercase().contains("invalid client id") => {
            AttemptOutcome::InvalidClientId
        }
        401 => AttemptOutcome::TokenExpired,
        403 if response.parse_json::<serde_json::Map<String, serde_json::Value>>().is_ok() => AttemptOutcome::Forbidden,
        403 => AttemptOutcome::EdgeBlocked,
        408 | 500..=599 => AttemptOutcome::Transient,
        _ => AttemptOutcome::Refused,
    }
}

impl AttemptOutcome {
    /// Returns the final error, once no retries are left. `cause` describes the last attempt.
    #[must_use]
    pub fn into_error(self, cause: UntrustedText) -> Error {
        match self {
            Self::Transient => Error::Unavailable(cause),
            Self::Throttled => Error::RateLimited(cause),
            Self::EdgeBlocked | Self::Forbidden => Error::Blocked(cause),
            Self::TokenExpired => Error::NewTokenRefused,
            Self::Success | Self::Malformed => Error::UnreadableResponse(cause),
            Self::InvalidClientId => Error::InvalidClientId(cause),
            Self::UnexpectedRedirect => Error::UnexpectedRedirect(cause),
            Self::Refused => Error::RequestRefused(cause),
        }
    }
}

/// What to do after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryDecision {
    /// Wait, then retry. The number counts retries (1…) over all causes.
    Retry(u32),
    /// Refresh the token, then retry.
    RefreshToken,
    /// Return the error.
    GiveUp,
}

/// Retries of one request so far, by cause.
#[derive(Clone, Debug)]
pub struct RequestAttempts {
    max_transient_retries: u32,
    transient_retries: u32,
    blocked_retries: u32,
    malformed_retries: u32,
    has_refreshed_token: bool,
}

impl RequestAttempts {
    /// Starts without any attempt. Transient errors may be retried `max_transient_retries` times.
    #[must_use]
    pub const fn new(max_transient_retries: u32) -> Self {
        Self {
            max_transient_retries,
            transient_retries: 0,
            blocked_retries: 0,
            malformed_retries: 0,
            has_refreshed_token: false,
        }
    }

    /// Returns what to do after an attempt with this outcome.
    pub fn decide_next(&mut self, outcome: AttemptOutcome) -> RetryDecision {
        let (count, max) = match outcome {
            AttemptOutcome::TokenExpired | AttemptOutcome::Forbidden if !self.has_refreshed_token => {
                self.has_refreshed_token = true;
                return RetryDecision::RefreshToken;
            }
            AttemptOutcome::Transient => (&mut self.transient_retries, self.max_transient_retries),
            AttemptOutcome::Throttled | AttemptOutcome::EdgeBlocked | AttemptOutcome::Forbidden => {
                (&mut self.blocked_retries, MAX_EDGE_BLOCKED_RETRIES)
            }
            AttemptOutcome::Malformed => (&mut self.malformed_retries, 1),
            AttemptOutcome::Success
            | AttemptOutcome::TokenExpired
            | AttemptOutcome::InvalidClientId
            | AttemptOutcome::UnexpectedRedirect
            | AttemptOutcome::Refused => {
                return RetryDecision::GiveUp;
            }
        };
        if *count == max {
            return RetryDecision::GiveUp;
        }
        *count += 1;
        RetryDecision::Retry(self.transient_retries + self.blocked_retries + self.malformed_retries)
    }
}

/// Minimum number of retries that a run starts with.
const INITIAL_RETRIES: u32 = 20;

/// Retry budget of one user's run, over all its requests (a token bucket). Each response that advances the run adds a
/// retry. A long list may thus see more failures than a short one, but a MAL that fails every page a few times cannot
/// keep a run going forever.
#[derive(Clone, Debug)]
pub struct RetryBudget {
    remaining: u32,
    spent: u32,
}

impl RetryBudget {
    /// Starts with 20 retries, or `4 * max_transient_retries` if that is more.
    #[must_use]
    pub const fn new(max_transient_retries: u32) -> Self {
        let minimum = max_transient_retries.saturating_mul(4);
        Self { remaining: if minimum > INITIAL_RETRIES { minimum } else { INITIAL_RETRIES }, spent: 0 }
    }

    /// Adds a retry, after a response that advanced the run.
    pub const fn add_retry(&mut self) {
        self.remaining = self.remaining.saturating_add(1);
    }

    /// Takes a retry.
    ///
    /// # Errors
    /// Returns the number of retries spent if none is left.
    pub const fn try_spend(&mut self) -> Result<(), u32> {
        if self.remaining == 0 {
            return Err(self.spent);
        }
        self.remaining -= 1;
        self.spent += 1;
        Ok(())
    }
}

/// Describes a response in one short line: status and message.
#[must_use]
pub fn describe_response(response: &HttpResponse) -> UntrustedText {
    let status = match reqwest::StatusCode::from_u16(response.status) {
        Ok(status) => status.to_string(),
        Err(_) => response.status.to_string(),
    };
    let location =
        response.headers.get(reqwest::header::LOCATION).map(|location| String::from_utf8_lossy(location.as_bytes()));
    let detail = match location {
        Some(location) if (300..400).contains(&response.status) => format!("to {location}"),
        _ if response.is_html() => "an HTML page".to_owned(),
        _ => api_message(response),
    };
    UntrustedText::sanitize(format!("HTTP {status}, {detail}").trim_end_matches([',', ' ']))
}

/// Returns the error text of the response: MAL's `message`, else its `error`, else the whole body.
fn api_message(response: &HttpResponse) -> String {
    let Ok(body) = response.parse_json::<serde_json::Map<String, serde_json::Value>>() else {
        return String::from_utf8_lossy(&response.body).trim().to_owned();
    };
    let texts = ["message", "error"].map(|name| body.get(name).and_then(serde_json::Value::as_str).unwrap_or_default());
    texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};

    use super::*;

    fn response_with(status: u16, body: &str) -> HttpResponse {
        HttpResponse { status, headers: HeaderMap::new(), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn responses_are_classified() {
        let html = "\n<html><body>Request blocked</body></html>";
        let forbidden = r#"{"message":"","error":"forbidden"}"#;
        let table: &[(u16, &str, AttemptOutcome)] = &[
            (200, "{}", AttemptOutcome::Success),
            (200, "", AttemptOutcome::Success),
            (200, html, AttemptOutcome::EdgeBlocked),
            (204, "", AttemptOutcome::Malformed),
            (301, "", AttemptOutcome::UnexpectedRedirect),
            (302, "", AttemptOutcome::UnexpectedRedirect),
            (303, "", AttemptOutcome::UnexpectedRedirect),
            (304, "", AttemptOutcome::UnexpectedRedirect),
            (307, "", AttemptOutcome::Throttled),
            (308, "", AttemptOutcome::UnexpectedRedirect),
            (400, r#"{"message":"Invalid client id","error":"bad_request"}"#, AttemptOutcome::InvalidClientId),
            (400, r#"{"error":"bad_request","message":"invalid q"}"#, AttemptOutcome::Refused),
            (401, r#"{"error":"invalid_token"}"#, AttemptOutcome::TokenExpired),
            (401, html, AttemptOutcome::TokenExpired),
            (403, forbidden, AttemptOutcome::Forbidden),
            (403, html, AttemptOutcome::EdgeBlocked),
            (403, "", AttemptOutcome::EdgeBlocked),
            (404, r#"{"message":"","error":"not_found"}"#, AttemptOutcome::Refused),
            (404, html, AttemptOutcome::Refused),
            (405, "", AttemptOutcome::Refused),
            (408, "", AttemptOutcome::Transient),
            (410, "", AttemptOutcome::Refused),
            (422, "", AttemptOutcome::Refused),
            (429, "", AttemptOutcome::Throttled),
            (429, html, AttemptOutcome::Throttled),
            (500, html, AttemptOutcome::Transient),
            (501, "", AttemptOutcome::Transient),
            (502, "", AttemptOutcome::Transient),
            (503, "", AttemptOutcome::Transient),
            (504, "", AttemptOutcome::Transient),
            (599, "", AttemptOutcome::Transient),
            (999, "", AttemptOutcome::Refused),
        ];
        for (status, body, expected) in table {
            assert_eq!(classify_response(&response_with(*status, body)), *expected, "{status} {body}");
        }
        let mut html_by_type = response_with(200, "hello");
        html_by_type.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/HTML; charset=utf-8"));
        assert_eq!(classify_response(&html_by_type), AttemptOutcome::EdgeBlocked);
    }

    /// Returns the decision after each outcome in turn, up to and including the first [`RetryDecision::GiveUp`].
    fn decisions_after(max_weather: u32, outcomes: &[AttemptOutcome]) -> Vec<RetryDecision> {
        let mut attempts = RequestAttempts::new(max_weather);
        let decisions: Vec<_> = outcomes.iter().map(|outcome| attempts.decide_next(*outcome)).collect();
        let end = decisions
            .iter()
            .position(|decision| *decision == RetryDecision::GiveUp)
            .map_or(decisions.len(), |end| end + 1);
        decisions[..end].to_vec()
    }

    #[test]
    fn each_cause_has_its_own_retry_limit() {
        use {AttemptOutcome as M, RetryDecision as S};
        let again = |count: u32| (1..=count).map(S::Retry).chain([S::GiveUp]).collect::<Vec<_>>();
        assert_eq!(decisions_after(3, &[M::Transient; 9]), again(3));
        assert_eq!(decisions_after(0, &[M::Transient; 9]), again(0));
        assert_eq!(decisions_after(0, &[M::Throttled; 9]), again(5));
        assert_eq!(
            decisions_after(
                9,
                &[M::EdgeBlocked, M::Throttled, M::EdgeBlocked, M::Throttled, M::EdgeBlocked, M::EdgeBlocked]
            ),
            again(5)
        );
        assert_eq!(decisions_after(3, &[M::Malformed; 9]), again(1));
        assert_eq!(
            decisions_after(1, &[M::Malformed, M::Transient, M::EdgeBlocked, M::Transient]),
            again(3),
            "retries are numbered over all causes, limited per cause"
        );
        for last in [M::UnexpectedRedirect, M::Refused, M::InvalidClientId] {
            assert_eq!(decisions_after(10, &[last]), [S::GiveUp]);
        }
    }

    #[test]
    fn token_is_refreshed_once_per_request() {
        use {AttemptOutcome as M, RetryDecision as S};
        assert_eq!(decisions_after(3, &[M::TokenExpired, M::TokenExpired]), [S::RefreshToken, S::GiveUp]);
        assert_eq!(
            decisions_after(3, &[M::TokenExpired, M::Transient, M::TokenExpired]),
            [S::RefreshToken, S::Retry(1), S::GiveUp]
        );
        let mut blocked = vec![S::RefreshToken];
        blocked.extend((1..=5).map(S::Retry).chain([S::GiveUp]));
        assert_eq!(decisions_after(3, &[M::Forbidden; 9]), blocked, "403 with JSON: one refresh, then as a block");
    }

    #[test]
    fn retry_budget_grows_with_successful_responses() {
        // `SYNC_MAX_RETRIES`, failures before each response, responses: retries spent, and whether the budget sufficed.
        let table = [
            (3, 0, 1000, (0, true)),
            (3, 1, 1000, (1000, true)),
            (3, 2, 19, (38, true)),
            (3, 2, 1000, (39, false)),
            (3, 3, 1000, (29, false)),
            (0, 5, 1000, (24, false)),
            (10, 10, 4, (40, true)),
            (10, 10, 1000, (44, false)),
        ];
        for (max_transient_retries, failures, responses, expected) in table {
            let mut budget = RetryBudget::new(max_transient_retries);
            let mut run = || {
                (0..responses).try_for_each(|_| {
                    (0..failures).try_for_each(|_| budget.try_spend())?;
                    budget.add_retry();
                    Ok::<_, u32>(())
                })
            };
            let sufficed = run().is_ok();
            assert_eq!((budget.spent, sufficed), expected, "{max_transient_retries} {failures} {responses}");
        }
        let mut exhausted = RetryBudget::new(0);
        assert_eq!((0..21).map(|_| exhausted.try_spend()).filter(Result::is_ok).count(), 20);
        assert_eq!(exhausted.try_spend(), Err(20));
    }

    #[test]
    fn retry_budget_covers_all_retries_of_one_request() {
        for max_transient_retries in 0..=10 {
            let mut budget = RetryBudget::new(max_transient_retries);
            assert!(
                (0..max_transient_retries + MAX_EDGE_BLOCKED_RETRIES + 1).all(|_| budget.try_spend().is_ok()),
                "{max_transient_retries}"
            );
        }
    }

    #[test]
    fn description_is_one_short_line() {
        let description = |status, body: &str| describe_response(&response_with(status, body)).to_string();
        assert_eq!(description(404, r#"{"message":"","error":"not_found"}"#), "HTTP 404 Not Found, not_found");
        assert_eq!(
            description(400, r#"{"message":"invalid\nq \u001b[2J","error":"x"}"#),
            "HTTP 400 Bad Request, invalid q [2J"
        );
        assert_eq!(description(500, "<html>"), "HTTP 500 Internal Server Error, an HTML page");
        assert_eq!(description(503, ""), "HTTP 503 Service Unavailable");
        assert!(description(410, &"x ".repeat(5000)).len() <= 200);
        let mut redirect = response_with(302, "");
        redirect.headers.insert(LOCATION, HeaderValue::from_static("https://evil.example/"));
        assert_eq!(describe_response(&redirect).to_string(), "HTTP 302 Found, to https://evil.example/");
        let token = "eyJ".repeat(40);
        redirect.headers.insert(LOCATION, format!("https://evil.example/?{token}").parse().unwrap());
        assert_eq!(describe_response(&redirect).to_string(), "HTTP 302 Found, to https://evil.example/?…");
    }
}
