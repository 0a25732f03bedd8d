//! Whether a request to the loopback listener is the one that is waited for: pure.
//!
//! Any page in the user's browser and any user of the machine can send requests here. One is let through only if every check
//! holds, in this order: loopback peer, HTTP/1, GET, origin-form target, exact path, known host, no foreign origin, a
//! navigation, each parameter once, the right state, a plausible code. What is refused learns nothing but a status.

use std::{net::IpAddr, str::FromStr};

use tiny_http::{HTTPVersion, Header, Method};

use crate::{auth::endpoint::Words, secret::Secret};

/// The longest code that is taken, in bytes; MAL's have about a thousand.
const LONGEST_CODE: usize = 4096;

/// The head of a request, as far as it could be read.
#[derive(Debug)]
pub struct Head {
    method: Method,
    target: String,
    version: HTTPVersion,
    headers: Vec<Header>,
}

impl Head {
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
    pub fn outline(&self) -> String {
        let path = self.target.split('?').next().unwrap_or_default();
        let path: String = path.chars().filter(char::is_ascii_graphic).take(80).collect();
        // The start page's path is a secret too.
        let path = if path.starts_with("/login/") { "/login/…" } else { &path };
        format!("{} {path} (HTTP/{})", self.method, self.version)
    }

    fn all(&self, name: &'static str) -> impl Iterator<Item = &str> {
        self.headers.iter().filter(move |header| header.field.equiv(name)).map(|header| header.value.as_str())
    }

    /// The values of a header that may be there once at most; an error where it is there twice.
    fn one(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        let mut all = self.all(name);
        match (all.next(), all.next()) {
            (_, Some(_)) => Err(Refusal::Forbidden),
            (value, None) => Ok(value),
        }
    }
}

/// What is waited for.
pub struct Rules {
    /// The path of `MAL_REDIRECT_URI`.
    pub path: String,
    /// The path of the one-shot start page, if there is one.
    pub start: Option<Secret>,
    /// What `Host` may say, in lower case.
    pub hosts: Vec<String>,
    /// The state of this attempt.
    pub state: Secret,
}

/// A request that passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Passed {
    /// The browser asks where to go.
    Start,
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
        words: Words,
    },
}

/// Why a request did not pass: the status of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// 400
    Bad,
    /// 403
    Forbidden,
    /// 404
    NotFound,
    /// 405
    NotGet,
}

impl Refusal {
    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Bad => 400,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::NotGet => 405,
        }
    }
}

/// Checks a request from `peer`.
///
/// # Errors
/// The first check that does not hold.
pub fn check(rules: &Rules, peer: IpAddr, head: Option<&Head>) -> Result<Passed, Refusal> {
    if !peer.to_canonical().is_loopback() {
        return Err(Refusal::Forbidden);
    }
    let head = head.ok_or(Refusal::Bad)?;
    if head.method != Method::Get {
        return Err(Refusal::NotGet);
    }
    if !head.target.starts_with('/') || head.target.contains('#') {
        return Err(Refusal::Bad);
    }
    let (path, query) = head.target.split_once('?').unwrap_or((&head.target, ""));
    let start = rules.start.as_ref().is_some_and(|start| *start == Secret::new(path));
    if !start && path != rules.path {
        return Err(Refusal::NotFound);
    }
    let host = head.one("Host")?.ok_or(Refusal::Forbidden)?;
    if !rules.hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host)) {
        return Err(Refusal::Forbidden);
    }
    if head.one("Origin")?.is_some()
        || head.one("Sec-Fetch-Mode")?.is_some_and(|mode| mode != "navigate")
        || head.one("Sec-Fetch-Dest")?.is_some_and(|dest| dest != "document")
        // A page that is fetched ahead, before anybody wants to see it.
        || head.one("Sec-Purpose")?.is_some()
    {
        return Err(Refusal::Forbidden);
    }
    if start {
        return Ok(Passed::Start);
    }
    callback(query, &rules.state).map(Passed::Callback)
}

/// Reads what MAL put into the query of the redirect. The listener and the pasted address go through here alike.
///
/// # Errors
/// A parameter that is there twice, a state that is not this attempt's, a code that can be none.
pub fn callback(query: &str, state: &Secret) -> Result<Callback, Refusal> {
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let twice = pairs.iter().enumerate().any(|(at, (name, _))| pairs[..at].iter().any(|(other, _)| other == name));
    if twice {
        return Err(Refusal::Bad);
    }
    let get = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    if get("code").is_some() && get("error").is_some() {
        return Err(Refusal::Bad);
    }
    if !get("state").is_some_and(|given| Secret::new(given) == *state) {
        return Err(Refusal::Bad);
    }
    if let Some(error) = get("error") {
        let why = get("hint").or(get("message")).or(get("error_description"));
        let words = why.map_or_else(|| error.to_owned(), |why| format!("{why} ({error})"));
        return Ok(Callback::Denied { by_user: error == "access_denied", words: Words::clean(&words) });
    }
    let code = get("code").ok_or(Refusal::Bad)?;
    let fits = (1..=LONGEST_CODE).contains(&code.len()) && code.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
    if fits { Ok(Callback::Code(Secret::new(code))) } else { Err(Refusal::Bad) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        Rules {
            path: "/auth/callback".into(),
            start: Some(Secret::new("/login/nonce")),
            hosts: ["localhost:3005", "127.0.0.1:3005", "[::1]:3005"].map(str::to_owned).to_vec(),
            state: Secret::new("right"),
        }
    }

    fn ask(first: &str, headers: &str) -> Result<Passed, u16> {
        let head = format!("{first}\r\nHost: localhost:3005{headers}");
        check(&rules(), [127, 0, 0, 1].into(), Head::parse(head.as_bytes()).as_ref()).map_err(Refusal::status)
    }

    fn get(target: &str) -> Result<Passed, u16> {
        ask(&format!("GET {target} HTTP/1.1"), "")
    }

    fn code(code: &str) -> Result<Passed, u16> {
        Ok(Passed::Callback(Callback::Code(Secret::new(code))))
    }

    const GOOD: &str = "GET /auth/callback?code=c&state=right HTTP/1.1";

    #[test]
    fn the_right_request_passes_in_every_form_a_browser_gives_it() {
        for headers in [
            "",
            "\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Site: cross-site",
            "\r\nCookie: other=\u{e9}; x=1\r\nAccept: */*",
        ] {
            assert_eq!(ask(GOOD, headers), code("c"));
        }
        assert_eq!(ask("GET /auth/callback?state=right&code=a%2Fb+c HTTP/1.0", ""), code("a/b c"));
        assert_eq!(get("/login/nonce"), Ok(Passed::Start));
        for host in ["127.0.0.1:3005", "[::1]:3005", "LOCALHOST:3005"] {
            let head = Head::parse(format!("{GOOD}\r\nhost: {host}").as_bytes());
            assert!(check(&rules(), "::1".parse().unwrap(), head.as_ref()).is_ok(), "{host}");
        }
    }

    #[test]
    fn junk_is_refused_with_its_status() {
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
            assert_eq!(get(target), Err(status), "{target}");
        }
    }

    #[test]
    fn methods_and_pages_that_a_browser_does_not_navigate_with_are_refused() {
        for method in ["POST", "HEAD", "PUT", "OPTIONS", "BREW"] {
            assert_eq!(ask(&GOOD.replace("GET", method), ""), Err(405), "{method}");
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
            assert_eq!(ask(GOOD, &format!("\r\n{header}")), Err(403), "{header}");
        }
    }

    #[test]
    fn a_host_or_a_peer_that_is_not_ours_is_refused() {
        let check = |peer: &str, headers: &str| {
            let head = Head::parse(format!("{GOOD}{headers}").as_bytes());
            check(&rules(), peer.parse().unwrap(), head.as_ref()).map_err(Refusal::status)
        };
        for host in ["evil.example:3005", "localhost:9999", "localhost", "localhost:3005.evil", ""] {
            assert_eq!(check("127.0.0.1", &format!("\r\nHost: {host}")), Err(403), "{host}");
        }
        assert_eq!(check("127.0.0.1", ""), Err(403), "no host");
        assert_eq!(check("192.0.2.1", "\r\nHost: localhost:3005"), Err(403));
        assert_eq!(check("::ffff:127.0.0.1", "\r\nHost: localhost:3005"), code("c"));
    }

    #[test]
    fn what_is_no_http_1_is_no_head() {
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
            assert!(Head::parse(bytes).is_none(), "{bytes:?}");
        }
    }

    #[test]
    fn a_denial_counts_with_the_right_state_and_is_told_in_clean_words() {
        let denied = get("/auth/callback?state=right&error=access_denied&hint=The+user+denied%1b[2J+the+request");
        let Ok(Passed::Callback(Callback::Denied { by_user: true, words })) = denied else { panic!("{denied:?}") };
        assert_eq!(words.to_string(), "The user denied[2J the request (access_denied)");
        let long = format!("/auth/callback?state=right&error=%3Cscript%3E&message={}", "x+".repeat(3500));
        let Ok(Passed::Callback(Callback::Denied { by_user: false, words })) = get(&long) else { panic!() };
        assert_eq!(words.to_string().len(), 200);
    }

    #[test]
    fn a_log_line_has_no_query_and_no_nonce() {
        let outline = |first: &str| Head::parse(first.as_bytes()).unwrap().outline();
        assert_eq!(outline(GOOD), "GET /auth/callback (HTTP/1.1)");
        assert_eq!(outline("GET /login/nonce HTTP/1.1"), "GET /login/… (HTTP/1.1)");
    }
}
