//! What an answer means, and whether to ask again: pure, so that it can be read and tested as a table.
//!
//! Each cause has its own count, so that no mixture of causes goes on for ever: `SYNC_MAX_RETRIES` repetitions for weather,
//! five for blocks, one for an answer that cannot be read, one renewal of the token. What one request may be repeated is
//! [`Tries`]; what all requests of a user's run may be together is [`Budget`]. Nothing here waits or sends.

use super::{Error, transport::HttpResponse};
use crate::untrusted_text::UntrustedText;

/// How often a block is tried again.
const MAX_EDGE_BLOCKED_RETRIES: u32 = 5;

/// What one attempt met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// 200, and not a page for people: to be read.
    Success,
    /// 5xx, 408, a time-out, a broken connection: passes by itself.
    Transient,
    /// 429, or 307, which is how MAL's edge throttles.
    Throttled,
    /// 403 without JSON, or a page for people with status 200: the edge turns this address away.
    EdgeBlocked,
    /// 403 with JSON: the token is not taken, or the API itself blocks.
    Forbidden,
    /// 401: the token has ended.
    TokenExpired,
    /// A success that is not what the API promises.
    Malformed,
    /// 400 that names the client id.
    InvalidClientId,
    /// Any other redirect.
    UnexpectedRedirect,
    /// Any other status: asking again would not help.
    Refused,
}

/// What an answer means.
#[must_use]
pub fn classify_response(answer: &HttpResponse) -> AttemptOutcome {
    match answer.status {
        200 if answer.is_html() => AttemptOutcome::EdgeBlocked,
        200 => AttemptOutcome::Success,
        201..=299 => AttemptOutcome::Malformed,
        307 | 429 => AttemptOutcome::Throttled,
        300..=399 => AttemptOutcome::UnexpectedRedirect,
        400 if api_message(answer).to_ascii_lowercase().contains("invalid client id") => {
            AttemptOutcome::InvalidClientId
        }
        401 => AttemptOutcome::TokenExpired,
        403 if answer.parse_json::<serde_json::Map<String, serde_json::Value>>().is_ok() => AttemptOutcome::Forbidden,
        403 => AttemptOutcome::EdgeBlocked,
        408 | 500..=599 => AttemptOutcome::Transient,
        _ => AttemptOutcome::Refused,
    }
}

impl AttemptOutcome {
    /// The error that it ends with, once there are no tries left. `why` is what was met last.
    #[must_use]
    pub fn into_error(self, why: UntrustedText) -> Error {
        match self {
            Self::Transient => Error::Unavailable(why),
            Self::Throttled => Error::RateLimited(why),
            Self::EdgeBlocked | Self::Forbidden => Error::Blocked(why),
            Self::TokenExpired => Error::NewTokenRefused,
            Self::Success | Self::Malformed => Error::UnreadableResponse(why),
            Self::InvalidClientId => Error::InvalidClientId(why),
            Self::UnexpectedRedirect => Error::UnexpectedRedirect(why),
            Self::Refused => Error::RequestRefused(why),
        }
    }
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryDecision {
    /// Pause, and ask again; the number of this repetition (1…), whatever the causes.
    Retry(u32),
    /// Have the token renewed, and ask again.
    RefreshToken,
    /// Enough.
    GiveUp,
}

/// What was tried so far for one request.
#[derive(Clone, Debug)]
pub struct RequestAttempts {
    max_transient_retries: u32,
    transient_retries: u32,
    blocked_retries: u32,
    malformed_retries: u32,
    has_refreshed_token: bool,
}

impl RequestAttempts {
    /// Nothing was tried yet; weather may be tried again `max_weather` times.
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

    /// What to do after an attempt that met this.
    pub fn decide_next(&mut self, met: AttemptOutcome) -> RetryDecision {
        let (count, most) = match met {
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
        if *count == most {
            return RetryDecision::GiveUp;
        }
        *count += 1;
        RetryDecision::Retry(self.transient_retries + self.blocked_retries + self.malformed_retries)
    }
}

/// Repetitions that a run has to begin with.
const INITIAL_RETRIES: u32 = 20;

/// The repetitions that one user's run has left, over all its requests. Every answer that brings it on earns one more, so that
/// their number follows from what came: a long list may meet more weather than a short one, and a MAL that fails every
/// page a few times does not keep a run going for ever.
#[derive(Clone, Debug)]
pub struct RetryBudget {
    remaining: u32,
    spent: u32,
}

impl RetryBudget {
    /// Twenty; or four times what a single request may take of weather, where that is more.
    #[must_use]
    pub const fn new(max_weather: u32) -> Self {
        let patience = max_weather.saturating_mul(4);
        Self { remaining: if patience > INITIAL_RETRIES { patience } else { INITIAL_RETRIES }, spent: 0 }
    }

    /// An answer came that brings the run on.
    pub const fn add_retry(&mut self) {
        self.remaining = self.remaining.saturating_add(1);
    }

    /// Takes a repetition.
    ///
    /// # Errors
    /// None is left; how many there were.
    pub const fn try_spend(&mut self) -> Result<(), u32> {
        if self.remaining == 0 {
            return Err(self.spent);
        }
        self.remaining -= 1;
        self.spent += 1;
        Ok(())
    }
}

/// An answer in a few words: its status, and what it says.
#[must_use]
pub fn describe_response(answer: &HttpResponse) -> UntrustedText {
    let status = match reqwest::StatusCode::from_u16(answer.status) {
        Ok(status) => status.to_string(),
        Err(_) => answer.status.to_string(),
    };
    let to = answer.headers.get(reqwest::header::LOCATION).map(|to| String::from_utf8_lossy(to.as_bytes()));
    let more = match to {
        Some(to) if (300..400).contains(&answer.status) => format!("to {to}"),
        _ if answer.is_html() => "an HTML page".to_owned(),
        _ => api_message(answer),
    };
    UntrustedText::sanitize(format!("HTTP {status}, {more}").trim_end_matches([',', ' ']))
}

/// The error's own words: MAL's `message`, else its `error`, else the text itself.
fn api_message(answer: &HttpResponse) -> String {
    let Ok(body) = answer.parse_json::<serde_json::Map<String, serde_json::Value>>() else {
        return String::from_utf8_lossy(&answer.body).trim().to_owned();
    };
    let words = ["message", "error"].map(|name| body.get(name).and_then(serde_json::Value::as_str).unwrap_or_default());
    words.into_iter().find(|words| !words.is_empty()).unwrap_or_default().to_owned()
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
        let mut typed = response_with(200, "hello");
        typed.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/HTML; charset=utf-8"));
        assert_eq!(classify_response(&typed), AttemptOutcome::EdgeBlocked);
    }

    /// What is done after each of these in turn, up to and with the giving up.
    fn decisions_after(max_weather: u32, met: &[AttemptOutcome]) -> Vec<RetryDecision> {
        let mut tries = RequestAttempts::new(max_weather);
        let all: Vec<_> = met.iter().map(|met| tries.decide_next(*met)).collect();
        let end = all.iter().position(|step| *step == RetryDecision::GiveUp).map_or(all.len(), |end| end + 1);
        all[..end].to_vec()
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
            "numbered through, counted apart"
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
        assert_eq!(decisions_after(3, &[M::Forbidden; 9]), blocked, "403 with JSON: one renewal, then as a block");
    }

    #[test]
    fn retry_budget_grows_with_successful_responses() {
        // SYNC_MAX_RETRIES, failures before each answer, answers: what was spent at the end, and whether it held out.
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
        for (max_weather, failures, answers, expected) in table {
            let mut budget = RetryBudget::new(max_weather);
            let mut spend = || {
                (0..answers).try_for_each(|_| {
                    (0..failures).try_for_each(|_| budget.try_spend())?;
                    budget.add_retry();
                    Ok::<_, u32>(())
                })
            };
            let held = spend().is_ok();
            assert_eq!((budget.spent, held), expected, "{max_weather} {failures} {answers}");
        }
        let mut over = RetryBudget::new(0);
        assert_eq!((0..21).map(|_| over.try_spend()).filter(Result::is_ok).count(), 20);
        assert_eq!(over.try_spend(), Err(20));
    }

    #[test]
    fn retry_budget_covers_all_retries_of_one_request() {
        for max_weather in 0..=10 {
            let mut budget = RetryBudget::new(max_weather);
            assert!(
                (0..max_weather + MAX_EDGE_BLOCKED_RETRIES + 1).all(|_| budget.try_spend().is_ok()),
                "{max_weather}"
            );
        }
    }

    #[test]
    fn description_is_one_short_line() {
        let said = |status, body: &str| describe_response(&response_with(status, body)).to_string();
        assert_eq!(said(404, r#"{"message":"","error":"not_found"}"#), "HTTP 404 Not Found, not_found");
        assert_eq!(
            said(400, r#"{"message":"invalid\nq \u001b[2J","error":"x"}"#),
            "HTTP 400 Bad Request, invalid q [2J"
        );
        assert_eq!(said(500, "<html>"), "HTTP 500 Internal Server Error, an HTML page");
        assert_eq!(said(503, ""), "HTTP 503 Service Unavailable");
        assert!(said(410, &"x ".repeat(5000)).len() <= 200);
        let mut moved = response_with(302, "");
        moved.headers.insert(LOCATION, HeaderValue::from_static("https://evil.example/"));
        assert_eq!(describe_response(&moved).to_string(), "HTTP 302 Found, to https://evil.example/");
        let token = "eyJ".repeat(40);
        moved.headers.insert(LOCATION, format!("https://evil.example/?{token}").parse().unwrap());
        assert_eq!(describe_response(&moved).to_string(), "HTTP 302 Found, to https://evil.example/?…");
    }
}
