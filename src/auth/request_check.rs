//! Whether a request to the loopback listener is the one that is waited for: pure.
//!
//! Any page in the user's browser and any user of the machine can send requests here. One is let through only if every check
//! holds, in this order: loopback peer, HTTP/1, GET, origin-form target, exact path, known host, no foreign origin, a
//! navigation, each parameter once, the right state, a plausible code. What is refused learns nothing but a status.

use std::{net::IpAddr, str::FromStr};

use tiny_http::{HTTPVersion, Header, Method};

use crate::{auth::token_endpoint::UntrustedText, secret::Secret};

/// The longest code that is taken, in bytes; MAL's have about a thousand.
const MAX_CODE_BYTES: usize = 4096;

/// The head of a request, as far as it could be read.
#[derive(Debug)]
pub struct RequestHead {
    method: Method,
    target: String,
    version: HTTPVersion,
    headers: Vec<Header>,
}

impl RequestHead {
    /// Reads the head, up to and without its empty line; none where it is no HTTP/1 at all.
    #[must_use]
    pub fn parse(head: &[u8]) -> Option<Self> {
        // Only what is ASCII can be right: anything else (another program's cookie, say) may stand in a header and matches nothing.
        // In the first line it may not: what stands for it would end the path there.
        if !head.iter().take_while(|byte| **byte != b'\r').all(u8::is_ascii) {
            return None;
        }
        let text: String = head.iter().map(|&byte| if byte.is_ascii() { char::from(byte) } else { '?' }).collect();
        let mut lines = text.split("\r\n");
        let mut first = lines.next()?.split(' ');
        let (method, target, version) = (first.next()?, first.next()?, first.next()?);
        if first.next().is_some() || !method.bytes().all(|byte| byte.is_ascii_uppercase()) || method.is_empty() {
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

    /// Method and path alone: all that is ever logged of a request.
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

    /// The values of a header that may be there once at most; an error where it is there twice.
    fn single_header(&self, name: &'static str) -> Result<Option<&str>, RequestRejection> {
        let mut all = self.header_values(name);
        match (all.next(), all.next()) {
            (_, Some(_)) => Err(RequestRejection::Forbidden),
            (value, None) => Ok(value),
        }
    }
}

/// What is waited for.
pub struct ExpectedRequest {
    /// The path of `MAL_REDIRECT_URI`.
    pub callback_path: String,
    /// The path of the one-shot start page, if there is one.
    pub start_path: Option<Secret>,
    /// What `Host` may say, in lower case.
    pub allowed_hosts: Vec<String>,
    /// The state of this attempt.
    pub state: Secret,
}

/// A request that passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AcceptedRequest {
    /// The browser asks where to go.
    StartPage,
    /// MAL sent the user back.
    Callback(Callback),
}

/// What MAL says through the browser, with the right state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Callback {
    /// The user agreed.
    Code(Secret),
    /// The user did not, or MAL could not ask.
    Denied {
        /// Whether it was the user (`access_denied`).
        by_user: bool,
        /// MAL's words, cleaned.
        description: UntrustedText,
    },
}

/// Why a request did not pass: the status of the answer.
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
    /// The HTTP status.
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
/// The first check that does not hold.
pub fn check_request(
    rules: &ExpectedRequest,
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
    let start = rules.start_path.as_ref().is_some_and(|start| *start == Secret::new(path));
    if !start && path != rules.callback_path {
        return Err(RequestRejection::NotFound);
    }
    let host = head.single_header("Host")?.ok_or(RequestRejection::Forbidden)?;
    if !rules.allowed_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host)) {
        return Err(RequestRejection::Forbidden);
    }
    if head.single_header("Origin")?.is_some()
        || head.single_header("Sec-Fetch-Mode")?.is_some_and(|mode| mode != "navigate")
        || head.single_header("Sec-Fetch-Dest")?.is_some_and(|dest| dest != "document")
        // A page that is fetched ahead, before anybody wants to see it.
        || head.single_header("Sec-Purpose")?.is_some()
    {
        return Err(RequestRejection::Forbidden);
    }
    if start {
        return Ok(AcceptedRequest::StartPage);
    }
    parse_callback(query, &rules.state).map(AcceptedRequest::Callback)
}

/// Reads what MAL put into the query of the redirect. The listener and the pasted address go through here alike.
///
/// # Errors
/// A parameter that is there twice, a state that is not this attempt's, a code that can be none.
pub fn parse_callback(query: &str, state: &Secret) -> Result<Callback, RequestRejection> {
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let twice = pairs.iter().enumerate().any(|(at, (name, _))| pairs[..at].iter().any(|(other, _)| other == name));
    if twice {
        return Err(RequestRejection::BadRequest);
    }
    let get = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    if get("code").is_some() && get("error").is_some() {
        return Err(RequestRejection::BadRequest);
    }
    if !get("state").is_some_and(|given| Secret::new(given) == *state) {
        return Err(RequestRejection::BadRequest);
    }
    if let Some(error) = get("error") {
        let why = get("hint").or(get("message")).or(get("error_description"));
        let words = why.map_or_else(|| error.to_owned(), |why| format!("{why} ({error})"));
        return Ok(Callback::Denied {
            by_user: error == "access_denied",
            description: UntrustedText::sanitize(&words),
        });
    }
    let code = get("code").ok_or(RequestRejection::BadRequest)?;
    let fits = (1..=MAX_CODE_BYTES).contains(&code.len()) && code.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
    if fits { Ok(Callback::Code(Secret::new(code))) } else { Err(RequestRejection::BadRequest) }
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

    fn check_head(first: &str, headers: &str) -> Result<AcceptedRequest, u16> {
        let head = format!("{first}\r\nHost: localhost:3005{headers}");
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
        let Ok(AcceptedRequest::Callback(Callback::Denied { by_user: true, description: words })) = denied else {
            panic!("{denied:?}")
        };
        assert_eq!(words.to_string(), "The user denied[2J the request (access_denied)");
        let long = format!("/auth/callback?state=right&error=%3Cscript%3E&message={}", "x+".repeat(3500));
        let Ok(AcceptedRequest::Callback(Callback::Denied { by_user: false, description: words })) = check_get(&long)
        else {
            panic!()
        };
        assert_eq!(words.to_string().len(), 200);
    }

    #[test]
    fn redacted_summary_has_no_query_and_no_nonce() {
        let outline = |first: &str| RequestHead::parse(first.as_bytes()).unwrap().redacted_summary();
        assert_eq!(outline(VALID_REQUEST), "GET /auth/callback (HTTP/1.1)");
        assert_eq!(outline("GET /login/nonce HTTP/1.1"), "GET /login/… (HTTP/1.1)");
    }
}
