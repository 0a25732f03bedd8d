//! A request as the handlers see it, and their answer: plain values, no sockets.

use hyper::body::Bytes;
use url::form_urlencoded;

use crate::encode;

/// A request that has arrived in full.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
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

impl Request {
    /// The parameters of the query, decoded.
    pub(crate) fn params(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }

    /// A parameter of the query; the last one counts, as in PHP.
    pub(crate) fn param(&self, name: &str) -> Option<String> {
        last(self.params(), name)
    }

    /// The fields of a form-encoded body; none where the body is of another type.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
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
    pub(crate) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// Whether the client takes gzip.
    pub(crate) fn takes_gzip(&self) -> bool {
        let accepted = self.header("accept-encoding").unwrap_or_default();
        accepted.split(',').any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            parts.next() == Some("gzip") && parts.next() != Some("q=0")
        })
    }

    /// The parts of the path, decoded.
    pub(crate) fn segments(&self) -> Vec<String> {
        let parts = self.path.split('/').filter(|part| !part.is_empty());
        parts.map(decode).collect()
    }
}

/// The last value of a name.
pub(crate) fn last(pairs: Vec<(String, String)>, name: &str) -> Option<String> {
    let found = pairs.into_iter().rev().find(|(known, _)| known == name);
    found.map(|(_, value)| value)
}

/// Undoes percent-encoding; a `+` stays, as paths have it.
fn decode(part: &str) -> String {
    let kept = part.replace('+', "%2B");
    let mut pairs = form_urlencoded::parse(kept.as_bytes());
    pairs.next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// In the order sent.
    pub(crate) headers: Vec<(String, String)>,
    /// Without compression.
    pub(crate) body: Bytes,
    /// The compressed form, where it was kept from before.
    pub(crate) gzip: Option<Bytes>,
    /// No `Date` header is added.
    pub(crate) undated: bool,
}

impl Answer {
    /// JSON text with MAL's content type (observed).
    pub(crate) fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self::typed(status, "application/json; charset=UTF-8", body)
    }

    /// An HTML page.
    pub(crate) fn html(status: u16, body: impl Into<Bytes>) -> Self {
        Self::typed(status, "text/html; charset=UTF-8", body)
    }

    /// Any body.
    pub(crate) fn typed(status: u16, kind: &str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            body: body.into(),
            ..Self::default()
        }
    }

    /// A redirect without a body.
    pub(crate) fn redirect(to: &str) -> Self {
        Self::html(302, "").with("location", to)
    }

    /// A JSON object of strings, in the order given.
    pub(crate) fn strings(status: u16, pairs: &[(&str, &str)]) -> Self {
        let mut out = String::new();
        let mut object = encode::Object::begin(&mut out);
        for (key, value) in pairs {
            object.string(key, value);
        }
        object.end();
        Self::json(status, out)
    }

    /// One more header.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// 403 as it comes without credentials, and probably as a sign of blocking (observed).
    pub(crate) fn forbidden() -> Self {
        Self::strings(403, &[("message", ""), ("error", "forbidden")])
    }

    /// 404 (the code observed, the empty message inferred).
    pub(crate) fn not_found() -> Self {
        Self::strings(404, &[("message", ""), ("error", "not_found")])
    }

    /// 400 for a parameter (observed for `q`).
    pub(crate) fn bad_parameter(name: &str) -> Self {
        let message = format!("invalid {name}");
        Self::strings(400, &[("error", "bad_request"), ("message", &message)])
    }

    /// 400 with another message.
    pub(crate) fn bad_request(message: &str) -> Self {
        Self::strings(400, &[("message", message), ("error", "bad_request")])
    }

    /// 401 of the API (both forms observed): the description comes only for an expired token.
    pub(crate) fn invalid_token(expired: bool) -> Self {
        let description = if expired { ",error_description=\"The access token expired\"" } else { "" };
        let header = format!("Bearer error=\"invalid_token\"{description}");
        Self::strings(401, &[("error", "invalid_token")]).with("www-authenticate", &header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, value: &str) -> Request {
        Request { headers: vec![(name.to_owned(), value.to_owned())], ..Request::default() }
    }

    #[test]
    fn credentials_and_codings_are_read() {
        assert_eq!(with("authorization", "Bearer abc").bearer(), Some("abc"));
        assert_eq!(with("authorization", "bearer abc").bearer(), Some("abc"));
        assert_eq!(with("authorization", "Basic abc").bearer(), None);
        assert_eq!(with("authorization", "Bearer").bearer(), None);
        assert!(with("accept-encoding", "br, gzip;q=0.5").takes_gzip());
        assert!(!with("accept-encoding", "br, gzip;q=0").takes_gzip());
        assert!(!with("accept-encoding", "identity").takes_gzip());
        assert!(!Request::default().takes_gzip());
    }

    #[test]
    fn the_path_is_decoded_part_by_part() {
        let request = Request { path: "/v2/users/%40me/a+b%2Fc//".to_owned(), ..Request::default() };
        assert_eq!(request.segments(), ["v2", "users", "@me", "a+b/c"]);
    }

    #[test]
    fn a_form_needs_its_content_type() {
        let mut request = with("content-type", "application/x-www-form-urlencoded; charset=UTF-8");
        request.body = Bytes::from_static(b"a=1&b=x+y&a=2");
        assert_eq!(last(request.form(), "a").as_deref(), Some("2"));
        request.headers[0].1 = "application/json".to_owned();
        assert_eq!(request.form(), []);
    }

    #[test]
    fn the_two_401_differ_by_the_description() {
        assert_eq!(
            Answer::invalid_token(true).headers[1].1,
            "Bearer error=\"invalid_token\",error_description=\"The access token expired\""
        );
        assert_eq!(Answer::invalid_token(false).headers[1].1, "Bearer error=\"invalid_token\"");
        assert_eq!(Answer::invalid_token(true).body, "{\"error\":\"invalid_token\"}");
    }
}
