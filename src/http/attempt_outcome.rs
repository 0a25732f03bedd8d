//! Classifies one attempt of a request, by the answer or by why there is none. Pure.
//!
//! This is the only place that gives a status its general meaning. What follows from an outcome differs by request:
//!
//! - `transport` pauses all requests if MAL asks to wait,
//! - `mal::retry` decides whether an API request is sent again, and with which token,
//! - `mal::client` first ends the attempts that failed for good, and `mal::client::entry_requests` decides about a
//!   write, and takes 404 as "the entry is not on MAL",
//! - `auth::oauth` decides about a token request, which may spend a code or a refresh token,
//! - `auth::oauth::client_check` concludes whether MAL knows the client id,
//! - `doctor` tells the user.
//!
//! MAL documents little of this. What its edge answers (403 and 200 with HTML, 307) was observed.

use super::{HttpError, HttpResponse};

/// Outcome of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// 200, and not HTML: the body is to be decoded.
    Success,
    /// 200 with HTML: a page for people. The API has none, so there MAL's edge blocks this address.
    HtmlPage,
    /// 201 to 299: a successful response that does not match the API. `mal::client` also gives it to a 200 whose body
    /// cannot be decoded.
    Malformed,
    /// 307, which is how MAL's edge throttles.
    EdgeRedirect,
    /// 302 or 303: a redirect to a page for people.
    PageRedirect,
    /// Any other redirect.
    OtherRedirect,
    /// 400 whose message names the client id.
    InvalidClientId,
    /// Any other 400.
    BadRequest,
    /// 401: the token has expired, or the token endpoint refuses.
    Unauthorized,
    /// 403 with JSON: the token is rejected, or the API itself blocks.
    Forbidden,
    /// 403 without JSON: MAL's edge blocks this address.
    EdgeBlocked,
    /// 408.
    RequestTimeout,
    /// 429.
    TooManyRequests,
    /// 500 to 599.
    ServerError,
    /// 600 or more, which HTTP does not define.
    UndefinedStatus,
    /// Any other status. A retry would not help.
    Refused,
    /// No connection was established, so MAL never received the request.
    NeverSent,
    /// A timeout or a broken connection: MAL may have processed the request.
    ResponseLost,
    /// An error that a retry would not change, such as a rejected certificate.
    Failed,
}

/// Classifies one attempt.
#[must_use]
pub fn classify_attempt(attempt: Result<&HttpResponse, &HttpError>) -> AttemptOutcome {
    let response = match attempt {
        Ok(response) => response,
        Err(HttpError::Unreachable { .. }) => return AttemptOutcome::NeverSent,
        Err(HttpError::TimedOut { .. } | HttpError::ConnectionBroken { .. }) => return AttemptOutcome::ResponseLost,
        Err(_) => return AttemptOutcome::Failed,
    };
    match response.status {
        200 if response.is_html() => AttemptOutcome::HtmlPage,
        200 => AttemptOutcome::Success,
        201..=299 => AttemptOutcome::Malformed,
        302 | 303 => AttemptOutcome::PageRedirect,
        307 => AttemptOutcome::EdgeRedirect,
        300..=399 => AttemptOutcome::OtherRedirect,
        400 if response.error_text().to_ascii_lowercase().contains("invalid client id") => {
            AttemptOutcome::InvalidClientId
        }
        400 => AttemptOutcome::BadRequest,
        401 => AttemptOutcome::Unauthorized,
        403 if response.json_object().is_some() => AttemptOutcome::Forbidden,
        403 => AttemptOutcome::EdgeBlocked,
        408 => AttemptOutcome::RequestTimeout,
        429 => AttemptOutcome::TooManyRequests,
        500..=599 => AttemptOutcome::ServerError,
        600.. => AttemptOutcome::UndefinedStatus,
        _ => AttemptOutcome::Refused,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

    use super::*;
    use crate::untrusted_text::UntrustedText;

    #[test]
    fn each_status_and_body_has_its_outcome() {
        let html = "\n<html><body>Request blocked</body></html>";
        let forbidden = r#"{"message":"","error":"forbidden"}"#;
        let table: &[(u16, &str, AttemptOutcome)] = &[
            (199, "", AttemptOutcome::Refused),
            (200, "{}", AttemptOutcome::Success),
            (200, "", AttemptOutcome::Success),
            (200, html, AttemptOutcome::HtmlPage),
            (201, "{}", AttemptOutcome::Malformed),
            (204, "", AttemptOutcome::Malformed),
            (300, "", AttemptOutcome::OtherRedirect),
            (301, "", AttemptOutcome::OtherRedirect),
            (302, html, AttemptOutcome::PageRedirect),
            (303, "", AttemptOutcome::PageRedirect),
            (304, "", AttemptOutcome::OtherRedirect),
            (307, "", AttemptOutcome::EdgeRedirect),
            (308, "", AttemptOutcome::OtherRedirect),
            (400, r#"{"message":"Invalid client id","error":"bad_request"}"#, AttemptOutcome::InvalidClientId),
            (400, r#"{"error":"bad_request","message":"invalid q"}"#, AttemptOutcome::BadRequest),
            (401, r#"{"error":"invalid_token"}"#, AttemptOutcome::Unauthorized),
            (401, html, AttemptOutcome::Unauthorized),
            (403, forbidden, AttemptOutcome::Forbidden),
            (403, "[]", AttemptOutcome::EdgeBlocked),
            (403, html, AttemptOutcome::EdgeBlocked),
            (403, "", AttemptOutcome::EdgeBlocked),
            (404, r#"{"message":"","error":"not_found"}"#, AttemptOutcome::Refused),
            (404, html, AttemptOutcome::Refused),
            (405, "", AttemptOutcome::Refused),
            (408, "", AttemptOutcome::RequestTimeout),
            (410, "", AttemptOutcome::Refused),
            (422, "", AttemptOutcome::Refused),
            (429, "", AttemptOutcome::TooManyRequests),
            (429, html, AttemptOutcome::TooManyRequests),
            (500, html, AttemptOutcome::ServerError),
            (503, "", AttemptOutcome::ServerError),
            (599, "", AttemptOutcome::ServerError),
            (600, "", AttemptOutcome::UndefinedStatus),
            (999, html, AttemptOutcome::UndefinedStatus),
        ];
        for (status, body, expected) in table {
            let response = HttpResponse { status: *status, headers: HeaderMap::new(), body: body.as_bytes().to_vec() };
            assert_eq!(classify_attempt(Ok(&response)), *expected, "{status} {body}");
        }
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("text/html"))]);
        let html_by_type = HttpResponse { status: 200, headers, body: b"hello".to_vec() };
        assert_eq!(classify_attempt(Ok(&html_by_type)), AttemptOutcome::HtmlPage);
    }

    #[test]
    fn each_error_tells_whether_mal_may_have_the_request() {
        let (host, cause) = (|| "h".to_owned(), || UntrustedText::sanitize("c"));
        let table = [
            (HttpError::Unreachable { host: host(), cause: cause() }, AttemptOutcome::NeverSent),
            (HttpError::TimedOut { host: host(), timeout: Duration::ZERO }, AttemptOutcome::ResponseLost),
            (HttpError::ConnectionBroken { host: host(), cause: cause() }, AttemptOutcome::ResponseLost),
            (HttpError::InvalidCertificate { host: host(), cause: cause() }, AttemptOutcome::Failed),
            (HttpError::ResponseTooLarge { host: host(), max_bytes: 1 }, AttemptOutcome::Failed),
            (HttpError::InvalidUrl(host()), AttemptOutcome::Failed),
        ];
        for (error, expected) in table {
            assert_eq!(classify_attempt(Err(&error)), expected, "{error:?}");
        }
    }
}
