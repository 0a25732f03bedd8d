//! Decides whether a request to the callback server is the expected one. Pure.
//!
//! Any page in the user's browser and any user of the host can send requests here. A request is accepted only if all
//! checks pass, in this order: loopback peer, HTTP/1, GET, origin-form target, exact path, known host, no `Origin`, a
//! navigation, each parameter once, correct state, plausible code. A rejected request learns nothing but a status.

use std::{net::IpAddr, str::FromStr};

use tiny_http::{HTTPVersion, Header, Method};

use crate::{secret::Secret, untrusted_text::UntrustedText};

/// Maximum length of a code that is accepted, in bytes. MAL's codes have about a thousand.
const MAX_CODE_BYTES: usize = 4096;

/// The head of a request.
#[derive(Debug)]
pub struct RequestHead {
    method: Method,
    target: String,
    version: HTTPVersion,
    headers: Vec<Header>,
}

impl RequestHead {
    /// Parses a head, without its final empty line. Returns `None` if it is not HTTP/1.
    #[must_use]
    pub fn parse(head: &[u8]) -> Option<Self> {
        // A valid request line is ASCII. Non-ASCII bytes in a header (another program's cookie, say) become `?` and
        // match nothing. In the request line the `?` would end the path, so they are rejected there.
        if !head.iter().take_while(|byte| **byte != b'\r').all(u8::is_ascii) {
            return None;
        }
        let text: String = head.iter().map(|&byte| if byte.is_ascii() { char::from(byte) } else { '?' }).collect();
        let mut lines = text.split("\r\n");
        let mut words = lines.next()?.split(' ');
        let (method, target, version) = (words.next()?, words.next()?, words.next()?);
        if words.next().is_some() || !method.bytes().all(|byte| byte.is_ascii_uppercase()) || method.is_empty() {
            return None;
        }
        let version = match version {
            "HTTP/1.1" => HTTPVersion(1, 1),
            "HTTP/1.0" => HTTPVersion(1, 0),
            _ => return None,
        };
        let headers = lines.map(|line| Header::from_str(line).ok()).collect::<Option<_>>()?;
        Some(Self { method: Method::from_str(method).ok()?, target: target.to_owned(), version, headers })
    }

    /// Returns method and path: all that is ever logged of a request.
    #[must_use]
    pub fn redacted_summary(&self) -> String {
        let path = self.target.split('?').next().unwrap_or_default();
        let path: String = path.chars().filter(char::is_ascii_graphic).take(80).collect();
        // The start page's path is a secret too.
        let path = if path.starts_with("/login/") { "/login/…" } else { &path };
        format!("{} {path} (HTTP/{})", self.method, self.version)
    }

    fn header_values(&self, name: &'static str) -> impl Iterator<Item = &str> {
        self.headers.iter().filter(move |header| header.field.equiv(name)).map(|header| header.value.as_str())
    }

    /// Returns the value of a header that may occur once. Fails if it occurs twice.
    fn single_header(&self, name: &'static str) -> Result<Option<&str>, RequestRejection> {
        let mut values = self.header_values(name);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(RequestRejection::Forbidden),
            (value, None) => Ok(value),
        }
    }
}

/// The request that is waited for.
pub struct ExpectedRequest {
    /// The path of `MAL_REDIRECT_URI`.
    pub callback_path: String,
    /// The path of the one-time start page, if there is one.
    pub start_path: Option<Secret>,
    /// Allowed values of `Host`, in lower case.
    pub allowed_hosts: Vec<String>,
    /// The state of this login attempt.
    pub state: Secret,
}

/// An accepted request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AcceptedRequest {
    /// The browser requests the start page.
    StartPage,
    /// MAL redirected the browser back.
    Callback(Callback),
}

/// MAL's response to the authorization, received with the correct state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Callback {
    /// The user granted access.
    Code(Secret),
    /// The user denied access, or MAL returned another error.
    Denied {
        /// True if the user denied access (`access_denied`).
        by_user: bool,
        /// MAL's explanation, sanitized.
        description: UntrustedText,
    },
}

/// Why a request was rejected: the status of the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestRejection {
    /// 400
    BadRequest,
    /// 403
    Forbidden,
    /// 404
    NotFound,
    /// 405
    MethodNotAllowed,
}

impl RequestRejection {
    /// Returns the HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
        }
    }
}

/// Checks a request from `peer`.
///
/// # Errors
/// The first check that fails.
pub fn check_request(
    expected: &ExpectedRequest,
    peer: IpAddr,
    head: Option<&RequestHead>,
) -> Result<AcceptedRequest, RequestRejection> {
    if !peer.to_canonical().is_loopback() {
        return Err(RequestRejection::Forbidden);
    }
    let head = head.ok_or(RequestRejection::BadRequest)?;
    if head.method != Method::Get {
        return Err(RequestRejection::MethodNotAllowed);
    }
    if !head.target.starts_with('/') || head.target.contains('#') {
        return Err(RequestRejection::BadRequest);
    }
    let (path, query) = head.target.split_once('?').unwrap_or((&head.target, ""));
    let is_start_page = expected.start_path.as_ref().is_some_and(|start_path| *start_path == Secret::new(path));
    if !is_start_page && path != expected.callback_path {
        return Err(RequestRejection::NotFound);
    }
    let host = head.single_header("Host")?.ok_or(RequestRejection::Forbidden)?;
    if !expected.allowed_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host)) {
        return Err(RequestRejection::Forbidden);
    }
    if head.single_header("Origin")?.is_some()
        || head.single_header("Sec-Fetch-Mode")?.is_some_and(|mode| mode != "navigate")
        || head.single_header("Sec-Fetch-Dest")?.is_some_and(|dest| dest != "document")
        // A prefetched page: the user has not asked for it.
        || head.single_header("Sec-Purpose")?.is_some()
    {
        return Err(RequestRejection::Forbidden);
    }
    if is_start_page {
        return Ok(AcceptedRequest::StartPage);
    }
    parse_callback(query, &expected.state).map(AcceptedRequest::Callback)
}

/// Parses the query that MAL added to the redirect URI, for the callback server and for a pasted URL alike.
///
/// # Errors
/// A parameter occurs twice, the state is not this attempt's, or the code is implausible.
pub fn parse_callback(query: &str, state: &Secret) -> Result<Callback, RequestRejection> {
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let has_duplicates =
        pairs.iter().enumerate().any(|(index, (name, _))| pairs[..index].iter().any(|(other, _)| other == name));
    if has_duplicates {
        return Err(RequestRejection::BadRequest);
    }
    let param = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    if param("code").is_some() && param("error").is_some() {
        return Err(RequestRejection::BadRequest);
    }
    if !param("state").is_some_and(|given| Secret::new(given) == *state) {
        return Err(RequestRejection::BadRequest);
    }
    if let Some(error) = param("error") {
        let reason = param("hint").or(param("message")).or(param("error_description"));
        let description = reason.map_or_else(|| error.to_owned(), |reason| format!("{reason} ({error})"));
        return Ok(Callback::Denied {
            by_user: error == "access_denied",
            description: UntrustedText::sanitize(&description),
        });
    }
    let code = param("code").ok_or(RequestRejection::BadRequest)?;
    let is_plausible =
        (1..=MAX_CODE_BYTES).contains(&code.len()) && code.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
    if is_plausible { Ok(Callback::Code(Secret::new(code))) } else { Err(RequestRejection::BadRequest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected_request() -> ExpectedRequest {
        ExpectedRequest {
            callback_path: "/auth/callback".into(),
            start_path: Some(Secret::new("/login/nonce")),
            allowed_hosts: ["localhost:3005", "127.0.0.1:3005", "[::1]:3005"].map(str::to_owned).to_vec(),
            state: Secret::new("right"),
        }
    }

    fn check_head(request_line: &str, headers: &str) -> Result<AcceptedRequest, u16> {
        let head = format!("{request_line}\r\nHost: localhost:3005{headers}");
        check_request(&expected_request(), [127, 0, 0, 1].into(), RequestHead::parse(head.as_bytes()).as_ref())
            .map_err(RequestRejection::status)
    }

    fn check_get(target: &str) -> Result<AcceptedRequest, u16> {
        check_head(&format!("GET {target} HTTP/1.1"), "")
    }

    fn accepted_code(code: &str) -> Result<AcceptedRequest, u16> {
        Ok(AcceptedRequest::Callback(Callback::Code(Secret::new(code))))
    }

    const VALID_REQUEST: &str = "GET /auth/callback?code=c&state=right HTTP/1.1";

    #[test]
    fn valid_request_is_accepted_in_every_browser_form() {
        for headers in [
            "",
            "\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Site: cross-site",
            "\r\nCookie: other=\u{e9}; x=1\r\nAccept: */*",
        ] {
            assert_eq!(check_head(VALID_REQUEST, headers), accepted_code("c"));
        }
        assert_eq!(check_head("GET /auth/callback?state=right&code=a%2Fb+c HTTP/1.0", ""), accepted_code("a/b c"));
        assert_eq!(check_get("/login/nonce"), Ok(AcceptedRequest::StartPage));
        for host in ["127.0.0.1:3005", "[::1]:3005", "LOCALHOST:3005"] {
            let head = RequestHead::parse(format!("{VALID_REQUEST}\r\nhost: {host}").as_bytes());
            assert!(check_request(&expected_request(), "::1".parse().unwrap(), head.as_ref()).is_ok(), "{host}");
        }
    }

    #[test]
    fn invalid_target_is_rejected_with_its_status() {
        let long = format!("/auth/callback?state=right&code={}", "x".repeat(4097));
        for (target, status) in [
            ("/favicon.ico", 404),
            ("/auth/callback/?code=c&state=right", 404),
            ("/auth/callback/../callback?code=c&state=right", 404),
            ("//auth/callback?code=c&state=right", 404),
            ("/AUTH/callback?code=c&state=right", 404),
            ("%2fauth%2fcallback?code=c&state=right", 400),
            ("/%2fauth%2fcallback?code=c&state=right", 404),
            ("/login/other", 404),
            ("/login/", 404),
            ("http://evil/auth/callback?code=c&state=right", 400),
            ("*", 400),
            ("/auth/callback", 400),
            ("/auth/callback?code=c", 400),
            ("/auth/callback?code=c&state=", 400),
            ("/auth/callback?code=c&state=wrong", 400),
            ("/auth/callback?code=c&state=rightx", 400),
            ("/auth/callback?code=c&state=righ", 400),
            ("/auth/callback?state=right", 400),
            ("/auth/callback?state=right&code=", 400),
            ("/auth/callback?state=right&code=a%00", 400),
            ("/auth/callback?state=right&code=%C3%A9", 400),
            ("/auth/callback?state=right&code=a&code=b", 400),
            ("/auth/callback?state=right&code=a&state=right", 400),
            ("/auth/callback?state=right&code=a&x=1&x=2", 400),
            ("/auth/callback?state=right&code=a&error=access_denied", 400),
            ("/auth/callback?error=access_denied", 400),
            ("/auth/callback?error=access_denied&state=wrong", 400),
            (&long, 400),
        ] {
            assert_eq!(check_get(target), Err(status), "{target}");
        }
    }

    #[test]
    fn non_navigation_requests_are_rejected() {
        for method in ["POST", "HEAD", "PUT", "OPTIONS", "BREW"] {
            assert_eq!(check_head(&VALID_REQUEST.replace("GET", method), ""), Err(405), "{method}");
        }
        for header in [
            "Origin: https://evil.example",
            "Origin: null",
            "Sec-Fetch-Mode: no-cors",
            "Sec-Fetch-Mode: cors",
            "Sec-Fetch-Dest: image",
            "Sec-Fetch-Dest: iframe",
            "Sec-Purpose: prefetch",
            "Host: localhost:3005",
        ] {
            assert_eq!(check_head(VALID_REQUEST, &format!("\r\n{header}")), Err(403), "{header}");
        }
    }

    #[test]
    fn foreign_host_or_peer_is_rejected() {
        let check = |peer: &str, headers: &str| {
            let head = RequestHead::parse(format!("{VALID_REQUEST}{headers}").as_bytes());
            check_request(&expected_request(), peer.parse().unwrap(), head.as_ref()).map_err(RequestRejection::status)
        };
        for host in ["evil.example:3005", "localhost:9999", "localhost", "localhost:3005.evil", ""] {
            assert_eq!(check("127.0.0.1", &format!("\r\nHost: {host}")), Err(403), "{host}");
        }
        assert_eq!(check("127.0.0.1", ""), Err(403), "no host");
        assert_eq!(check("192.0.2.1", "\r\nHost: localhost:3005"), Err(403));
        assert_eq!(check("::ffff:127.0.0.1", "\r\nHost: localhost:3005"), accepted_code("c"));
    }

    #[test]
    fn non_http_1_input_is_not_parsed() {
        for bytes in [
            &b""[..],
            b"GET",
            b"GET / HTTP/2.0",
            b"GET  / HTTP/1.1",
            b"GET / HTTP/1.1 x",
            b"PRI * HTTP/2.0",
            b"\x16\x03\x01\x02\x00\x01\x00",
            b"GET / HTTP/1.1\r\nno colon",
            b"GET /auth/callback\xff?code=c&state=right HTTP/1.1\r\nHost: localhost:3005",
            b"get / HTTP/1.1",
        ] {
            assert!(RequestHead::parse(bytes).is_none(), "{bytes:?}");
        }
    }

    #[test]
    fn denial_with_valid_state_is_accepted_with_sanitized_text() {
        let denied = check_get("/auth/callback?state=right&error=access_denied&hint=The+user+denied%1b[2J+the+request");
        let Ok(AcceptedRequest::Callback(Callback::Denied { by_user: true, description })) = denied else {
            panic!("{denied:?}")
        };
        assert_eq!(description.to_string(), "The user denied[2J the request (access_denied)");
        let long = format!("/auth/callback?state=right&error=%3Cscript%3E&message={}", "x+".repeat(3500));
        let Ok(AcceptedRequest::Callback(Callback::Denied { by_user: false, description })) = check_get(&long) else {
            panic!()
        };
        assert_eq!(description.to_string().len(), 200);
    }

    #[test]
    fn redacted_summary_has_no_query_and_no_nonce() {
        let summary = |request_line: &str| RequestHead::parse(request_line.as_bytes()).unwrap().redacted_summary();
        assert_eq!(summary(VALID_REQUEST), "GET /auth/callback (HTTP/1.1)");
        assert_eq!(summary("GET /login/nonce HTTP/1.1"), "GET /login/… (HTTP/1.1)");
    }
}
