//! A complete HTTP response.

use std::time::Duration;

use reqwest::{
    StatusCode,
    header::{CONTENT_TYPE, HeaderMap, LOCATION},
};
use serde_json::{Map, Value};

use super::backoff::parse_retry_after;
use crate::{
    clock::{Clock, SystemClock},
    untrusted_text::UntrustedText,
};

/// A complete response.
#[derive(Clone, Debug)]
pub struct HttpResponse {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Decompressed body.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// Returns true if the body is HTML, by its content type or its first character.
    #[must_use]
    pub fn is_html(&self) -> bool {
        let content_type =
            self.headers.get(CONTENT_TYPE).and_then(|content_type| content_type.to_str().ok()).unwrap_or_default();
        content_type.to_ascii_lowercase().contains("html") || self.body.trim_ascii_start().starts_with(b"<")
    }

    /// Parses the body as JSON.
    ///
    /// # Errors
    /// The error of serde. Its message may quote the body: never show it for a token response.
    pub fn parse_json<'a, T: serde::Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// Returns the body as a JSON object, or `None` if it is something else.
    #[must_use]
    pub fn json_object(&self) -> Option<Map<String, Value>> {
        self.parse_json().ok()
    }

    /// Returns the delay that `Retry-After` asks for, relative to the response's own `Date` if it is a date. Returns
    /// `None` if the header is absent, unreadable or in the past.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        parse_retry_after(&self.headers, SystemClock.now().into())
    }

    /// Returns the error text of the response: MAL's `message`, else its `error`, else the whole body.
    #[must_use]
    pub fn error_text(&self) -> String {
        let Some(body) = self.json_object() else {
            return String::from_utf8_lossy(&self.body).trim().to_owned();
        };
        let texts = ["message", "error"].map(|name| body.get(name).and_then(Value::as_str).unwrap_or_default());
        texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default().to_owned()
    }

    /// Describes the response in one short line: status and message. Never show it for a token response.
    #[must_use]
    pub fn describe(&self) -> UntrustedText {
        let status = match StatusCode::from_u16(self.status) {
            Ok(status) => status.to_string(),
            Err(_) => self.status.to_string(),
        };
        let location = self.headers.get(LOCATION).map(|location| String::from_utf8_lossy(location.as_bytes()));
        let detail = match location {
            Some(location) if (300..400).contains(&self.status) => format!("to {location}"),
            _ if self.is_html() => "an HTML page".to_owned(),
            _ => self.error_text(),
        };
        UntrustedText::sanitize(format!("HTTP {status}, {detail}").trim_end_matches([',', ' ']))
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn response_with(status: u16, body: &str) -> HttpResponse {
        HttpResponse { status, headers: HeaderMap::new(), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn html_is_detected_by_content_type_or_body() {
        let is_html = |content_type: Option<&'static str>, body: &str| {
            let mut response = response_with(200, body);
            if let Some(content_type) = content_type {
                response.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
            }
            response.is_html()
        };
        assert!(is_html(Some("text/html"), "") && is_html(Some("text/HTML; charset=utf-8"), "hello"));
        assert!(is_html(Some("application/xhtml+xml"), "") && is_html(None, " \r\n<!DOCTYPE"));
        assert!(!is_html(Some("application/json"), "{}") && !is_html(None, "[\"<html>\"]") && !is_html(None, ""));
    }

    #[test]
    fn description_is_one_short_line() {
        let description = |status, body: &str| response_with(status, body).describe().to_string();
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
        assert_eq!(redirect.describe().to_string(), "HTTP 302 Found, to https://evil.example/");
        let token = "eyJ".repeat(40);
        redirect.headers.insert(LOCATION, format!("https://evil.example/?{token}").parse().unwrap());
        assert_eq!(redirect.describe().to_string(), "HTTP 302 Found, to https://evil.example/?…");
    }
}
