//! A request as the handlers see it, and their answer: plain values, no sockets.

use hyper::body::Bytes;
use url::form_urlencoded;

use crate::php_json;

/// A request that has arrived in full.
#[derive(Clone, Debug, Default)]
pub(crate) struct SimRequest {
    /// In capitals.
    pub(crate) method: String,
    /// As sent, still percent-encoded.
    pub(crate) path: String,
    /// As sent, without the question mark.
    pub(crate) query: String,
    /// Names in lower case, in the order sent.
    pub(crate) headers: Vec<(String, String)>,
    /// The whole body.
    pub(crate) body: Bytes,
}

impl SimRequest {
    /// The parameters of the query, decoded.
    pub(crate) fn query_params(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }

    /// A parameter of the query; the last one counts, as in PHP.
    pub(crate) fn query_param(&self, name: &str) -> Option<String> {
        last_value(self.query_params(), name)
    }

    /// The fields of a form-encoded body; none where the body is of another type.
    pub(crate) fn form_fields(&self) -> Vec<(String, String)> {
        let kind = self.header("content-type").unwrap_or_default();
        if kind.split(';').next().map(str::trim) != Some("application/x-www-form-urlencoded") {
            return Vec::new();
        }
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// The first header of a name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(known, _)| known == name);
        header.map(|(_, value)| value.as_str())
    }

    /// The token in `Authorization: Bearer ...`.
    pub(crate) fn bearer_token(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// Whether the client takes gzip.
    pub(crate) fn accepts_gzip(&self) -> bool {
        let accepted = self.header("accept-encoding").unwrap_or_default();
        accepted.split(',').any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            parts.next() == Some("gzip") && parts.next() != Some("q=0")
        })
    }

    /// The parts of the path, decoded.
    pub(crate) fn path_segments(&self) -> Vec<String> {
        let parts = self.path.split('/').filter(|part| !part.is_empty());
        parts.map(decode_segment).collect()
    }
}

/// The last value of a name.
pub(crate) fn last_value(pairs: Vec<(String, String)>, name: &str) -> Option<String> {
    let found = pairs.into_iter().rev().find(|(known, _)| known == name);
    found.map(|(_, value)| value)
}

/// Undoes percent-encoding; a `+` stays, as paths have it.
fn decode_segment(part: &str) -> String {
    let kept = part.replace('+', "%2B");
    let mut pairs = form_urlencoded::parse(kept.as_bytes());
    pairs.next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SimResponse {
    /// The HTTP status.
    pub(crate) status: u16,
    /// In the order sent.
    pub(crate) headers: Vec<(String, String)>,
    /// Without compression.
    pub(crate) body: Bytes,
    /// The compressed form, where it was kept from before.
    pub(crate) gzip_body: Option<Bytes>,
    /// No `Date` header is added.
    pub(crate) omits_date: bool,
}

impl SimResponse {
    /// JSON text with MAL's content type (observed).
    pub(crate) fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self::with_content_type(status, "application/json; charset=UTF-8", body)
    }

    /// An HTML page.
    pub(crate) fn html(status: u16, body: impl Into<Bytes>) -> Self {
        Self::with_content_type(status, "text/html; charset=UTF-8", body)
    }

    /// Any body.
    pub(crate) fn with_content_type(status: u16, kind: &str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            body: body.into(),
            ..Self::default()
        }
    }

    /// A redirect without a body.
    pub(crate) fn redirect(to: &str) -> Self {
        Self::html(302, "").with_header("location", to)
    }

    /// A JSON object of strings, in the order given.
    pub(crate) fn json_strings(status: u16, pairs: &[(&str, &str)]) -> Self {
        let mut out = String::new();
        let mut object = php_json::JsonObjectWriter::begin(&mut out);
        for (key, value) in pairs {
            object.write_string(key, value);
        }
        object.end();
        Self::json(status, out)
    }

    /// One more header.
    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// 403 as it comes without credentials, and probably as a sign of blocking (observed).
    pub(crate) fn forbidden() -> Self {
        Self::json_strings(403, &[("message", ""), ("error", "forbidden")])
    }

    /// 404 (the code observed, the empty message inferred).
    pub(crate) fn not_found() -> Self {
        Self::json_strings(404, &[("message", ""), ("error", "not_found")])
    }

    /// 400 for a parameter (observed for `q`).
    pub(crate) fn bad_parameter(name: &str) -> Self {
        let message = format!("invalid {name}");
        Self::json_strings(400, &[("error", "bad_request"), ("message", &message)])
    }

    /// 400 with another message.
    pub(crate) fn bad_request(message: &str) -> Self {
        Self::json_strings(400, &[("message", message), ("error", "bad_request")])
    }

    /// 401 of the API (both forms observed): the description comes only for an expired token.
    pub(crate) fn invalid_token(expired: bool) -> Self {
        let description = if expired { ",error_description=\"The access token expired\"" } else { "" };
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
