//! HTTP requests and responses as plain values, independent of sockets.

use hyper::body::Bytes;
use url::form_urlencoded;

use crate::php_encoding;

/// A complete request.
#[derive(Clone, Debug, Default)]
pub(crate) struct SimRequest {
    /// Upper case.
    pub(crate) method: String,
    /// Path as sent, percent-encoded.
    pub(crate) path: String,
    /// Query as sent, without the question mark.
    pub(crate) query: String,
    /// Names in lower case, in the order sent.
    pub(crate) headers: Vec<(String, String)>,
    /// The whole body.
    pub(crate) body: Bytes,
}

impl SimRequest {
    /// Returns the decoded query parameters.
    pub(crate) fn query_params(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }

    /// Returns a query parameter. The last one counts, as in PHP.
    pub(crate) fn query_param(&self, name: &str) -> Option<String> {
        last_value(self.query_params(), name)
    }

    /// Returns the fields of a form-encoded body. Returns an empty list for other content types.
    pub(crate) fn form_fields(&self) -> Vec<(String, String)> {
        let content_type = self.header("content-type").unwrap_or_default();
        if content_type.split(';').next().map(str::trim) != Some("application/x-www-form-urlencoded") {
            return Vec::new();
        }
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// Returns the first header with this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(key, _)| key == name);
        header.map(|(_, value)| value.as_str())
    }

    /// Returns the token in `Authorization: Bearer ...`.
    pub(crate) fn bearer_token(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// Returns true if the client accepts gzip.
    pub(crate) fn accepts_gzip(&self) -> bool {
        let accepted = self.header("accept-encoding").unwrap_or_default();
        accepted.split(',').any(|encoding| {
            let mut parts = encoding.split(';').map(str::trim);
            parts.next() == Some("gzip") && parts.next() != Some("q=0")
        })
    }

    /// Returns the decoded path segments.
    pub(crate) fn path_segments(&self) -> Vec<String> {
        let parts = self.path.split('/').filter(|part| !part.is_empty());
        parts.map(decode_segment).collect()
    }
}

/// Returns the last value with this name.
pub(crate) fn last_value(pairs: Vec<(String, String)>, name: &str) -> Option<String> {
    let found = pairs.into_iter().rev().find(|(key, _)| key == name);
    found.map(|(_, value)| value)
}

/// Decodes percent-encoding. A `+` stays, as in paths.
fn decode_segment(segment: &str) -> String {
    let escaped = segment.replace('+', "%2B");
    let mut pairs = form_urlencoded::parse(escaped.as_bytes());
    pairs.next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

/// An HTTP response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SimResponse {
    /// The HTTP status.
    pub(crate) status: u16,
    /// Headers in the order sent.
    pub(crate) headers: Vec<(String, String)>,
    /// Uncompressed body.
    pub(crate) body: Bytes,
    /// The compressed body, if it was cached.
    pub(crate) gzip_body: Option<Bytes>,
    /// True if no `Date` header is added.
    pub(crate) omits_date: bool,
}

impl SimResponse {
    /// Creates a JSON response with MAL's content type (observed).
    pub(crate) fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self::with_content_type(status, "application/json; charset=UTF-8", body)
    }

    /// Creates an HTML response.
    pub(crate) fn html(status: u16, body: impl Into<Bytes>) -> Self {
        Self::with_content_type(status, "text/html; charset=UTF-8", body)
    }

    /// Creates a response with any content type.
    pub(crate) fn with_content_type(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body: body.into(),
            ..Self::default()
        }
    }

    /// Creates a 302 redirect without a body.
    pub(crate) fn redirect(location: &str) -> Self {
        Self::html(302, "").with_header("location", location)
    }

    /// Creates a JSON response with an object of strings, in the given order.
    pub(crate) fn json_strings(status: u16, pairs: &[(&str, &str)]) -> Self {
        let mut out = String::new();
        let mut object = php_encoding::JsonObjectWriter::begin(&mut out);
        for (key, value) in pairs {
            object.write_string(key, value);
        }
        object.end();
        Self::json(status, out)
    }

    /// Adds a header.
    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Creates the 403 sent without credentials, and probably when MAL blocks a client (observed).
    pub(crate) fn forbidden() -> Self {
        Self::json_strings(403, &[("message", ""), ("error", "forbidden")])
    }

    /// Creates a 404 (code observed, empty message inferred).
    pub(crate) fn not_found() -> Self {
        Self::json_strings(404, &[("message", ""), ("error", "not_found")])
    }

    /// Creates the 400 for an invalid parameter (observed for `q`).
    pub(crate) fn bad_parameter(name: &str) -> Self {
        let message = format!("invalid {name}");
        Self::json_strings(400, &[("error", "bad_request"), ("message", &message)])
    }

    /// Creates a 400 with another message.
    pub(crate) fn bad_request(message: &str) -> Self {
        Self::json_strings(400, &[("message", message), ("error", "bad_request")])
    }

    /// Creates the 401 of the API. Only an expired token has a description (both forms observed).
    pub(crate) fn invalid_token(is_expired: bool) -> Self {
        let description = if is_expired { ",error_description=\"The access token expired\"" } else { "" };
        let header = format!("Bearer error=\"invalid_token\"{description}");
        Self::json_strings(401, &[("error", "invalid_token")]).with_header("www-authenticate", &header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request_with_header(name: &str, value: &str) -> SimRequest {
        SimRequest { headers: vec![(name.to_owned(), value.to_owned())], ..SimRequest::default() }
    }

    #[test]
    fn bearer_token_and_gzip_support_are_read_from_headers() {
        assert_eq!(request_with_header("authorization", "Bearer abc").bearer_token(), Some("abc"));
        assert_eq!(request_with_header("authorization", "bearer abc").bearer_token(), Some("abc"));
        assert_eq!(request_with_header("authorization", "Basic abc").bearer_token(), None);
        assert_eq!(request_with_header("authorization", "Bearer").bearer_token(), None);
        assert!(request_with_header("accept-encoding", "br, gzip;q=0.5").accepts_gzip());
        assert!(!request_with_header("accept-encoding", "br, gzip;q=0").accepts_gzip());
        assert!(!request_with_header("accept-encoding", "identity").accepts_gzip());
        assert!(!SimRequest::default().accepts_gzip());
    }

    #[test]
    fn path_segments_are_decoded_separately() {
        let request = SimRequest { path: "/v2/users/%40me/a+b%2Fc//".to_owned(), ..SimRequest::default() };
        assert_eq!(request.path_segments(), ["v2", "users", "@me", "a+b/c"]);
    }

    #[test]
    fn form_fields_require_the_form_content_type() {
        let mut request = request_with_header("content-type", "application/x-www-form-urlencoded; charset=UTF-8");
        request.body = Bytes::from_static(b"a=1&b=x+y&a=2");
        assert_eq!(last_value(request.form_fields(), "a").as_deref(), Some("2"));
        request.headers[0].1 = "application/json".to_owned();
        assert_eq!(request.form_fields(), []);
    }

    #[test]
    fn only_the_expired_token_response_has_a_description() {
        assert_eq!(
            SimResponse::invalid_token(true).headers[1].1,
            "Bearer error=\"invalid_token\",error_description=\"The access token expired\""
        );
        assert_eq!(SimResponse::invalid_token(false).headers[1].1, "Bearer error=\"invalid_token\"");
        assert_eq!(SimResponse::invalid_token(true).body, "{\"error\":\"invalid_token\"}");
    }
}
