//! Responses of the callback server: one static page per outcome, and responses without a page.
//!
//! Invariants:
//! 1. No byte of a request appears in a response.
//! 2. No scripts, links or external resources. The one style sheet is allowed by its hash.
//! 3. All responses have the same security headers and close the connection.

use std::fmt::Write as _;

use tiny_http::StatusCode;

use crate::secret::Secret;

/// The page template, with three placeholders for static text.
const PAGE_TEMPLATE: &str = include_str!("login_page/page.html");

/// Hash of the style sheet in [`PAGE_TEMPLATE`]. A test keeps it up to date.
const STYLE_HASH: &str = "sha256-eBnN7mkC9IKjyPjU+cdrIcLFmlCqc/aMPGDun8mQze4=";

/// The page that shows the user the outcome of a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginPage {
    /// The tokens are stored.
    LoggedIn,
    /// A failure after the user granted access.
    NotFinished,
    /// The user denied access.
    AccessRefused,
    /// A second callback.
    CallbackAlreadyUsed,
    /// A second visit of the start page.
    LinkAlreadyUsed,
}

impl LoginPage {
    const fn status(self) -> u16 {
        match self {
            Self::LoggedIn | Self::AccessRefused => 200,
            Self::NotFinished => 502,
            Self::CallbackAlreadyUsed => 409,
            Self::LinkAlreadyUsed => 410,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::LoggedIn => "You are logged in",
            Self::NotFinished => "Login not finished",
            Self::AccessRefused => "Access denied",
            Self::CallbackAlreadyUsed => "Login link already used",
            Self::LinkAlreadyUsed => "Login link already opened",
        }
    }

    const fn message(self) -> &'static str {
        match self {
            Self::LoggedIn => "malsync can now read your anime list. You can close this tab.",
            Self::NotFinished => {
                "Something went wrong after MyAnimeList redirected you. See your terminal for the reason and the \
                    next step."
            }
            Self::AccessRefused => {
                "malsync has no access to your list, and nothing was stored. You can close this tab."
            }
            Self::CallbackAlreadyUsed => "This login link has already been used. See your terminal.",
            Self::LinkAlreadyUsed => {
                "The link works only once and was opened before. The login was aborted. Run malsync login again."
            }
        }
    }
}

/// Returns the HTTP response that shows this page.
#[must_use]
pub fn render_page(page: LoginPage) -> Vec<u8> {
    let class = if page == LoginPage::LoggedIn { "done" } else { "halt" };
    let body = PAGE_TEMPLATE.replace("{{class}}", class);
    let body = body.replace("{{title}}", page.title()).replace("{{text}}", page.message());
    render_response(page.status(), &[("Content-Type", "text/html; charset=utf-8")], &body)
}

/// Returns the HTTP response that redirects the browser to MAL.
#[must_use]
pub fn render_redirect(location: &Secret) -> Vec<u8> {
    render_response(302, &[("Location", location.expose())], "")
}

/// Returns the HTTP response to a rejected request: an empty body for every status.
#[must_use]
pub fn render_empty(status: u16) -> Vec<u8> {
    match status {
        405 => render_response(status, &[("Allow", "GET")], ""),
        _ => render_response(status, &[], ""),
    }
}

fn render_response(status: u16, extra_headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let policy = format!(
        "default-src 'none'; style-src '{STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let length = body.len().to_string();
    let common_headers = [
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", &policy),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Connection", "close"),
        ("Content-Length", &length),
    ];
    let mut response = format!("HTTP/1.1 {status} {}\r\n", StatusCode(status).default_reason_phrase());
    for (name, value) in extra_headers.iter().chain(&common_headers) {
        write!(response, "{name}: {value}\r\n").expect("a String takes any text");
    }
    response.push_str("\r\n");
    response.push_str(body);
    response.into_bytes()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use sha2::{Digest, Sha256};

    use super::*;

    const ALL_PAGES: [LoginPage; 5] = [
        LoginPage::LoggedIn,
        LoginPage::NotFinished,
        LoginPage::AccessRefused,
        LoginPage::CallbackAlreadyUsed,
        LoginPage::LinkAlreadyUsed,
    ];

    fn rendered_text(page: LoginPage) -> String {
        String::from_utf8(render_page(page)).unwrap()
    }

    #[test]
    fn policy_hash_matches_the_style_sheet() {
        let style = PAGE_TEMPLATE.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style.as_bytes()));
        assert_eq!(STYLE_HASH, format!("sha256-{hash}"));
    }

    #[test]
    fn every_page_is_small_and_loads_nothing_else() {
        for page in ALL_PAGES {
            let text = rendered_text(page);
            let body = text.split_once("\r\n\r\n").unwrap().1;
            assert!(body.len() < 4096 && !body.contains("{{"), "{}", body.len());
            for forbidden in ["<script", "<link", "<img", "http:", "https:", "@import", "url(", "onload"] {
                assert!(!body.contains(forbidden), "{forbidden}");
            }
            assert!(body.contains("lang=\"en\"") && body.contains("prefers-color-scheme: dark"));
        }
    }

    #[test]
    fn response_has_exactly_these_headers() {
        let text = rendered_text(LoginPage::LoggedIn);
        let names: Vec<_> = text
            .split("\r\n\r\n")
            .next()
            .unwrap()
            .lines()
            .map(|line| line.split_once(": ").map_or(line, |(name, _)| name))
            .collect();
        assert_eq!(
            names,
            [
                "HTTP/1.1 200 OK",
                "Content-Type",
                "Cache-Control",
                "Content-Security-Policy",
                "Referrer-Policy",
                "X-Content-Type-Options",
                "X-Frame-Options",
                "Cross-Origin-Opener-Policy",
                "Cross-Origin-Resource-Policy",
                "Connection",
                "Content-Length",
            ]
        );
        for name in ["Server", "Access-Control", "Set-Cookie"] {
            assert!(!text.contains(name));
        }
    }

    #[test]
    fn responses_without_a_page_have_no_body() {
        for status in [400, 403, 404, 405, 408, 431] {
            let text = String::from_utf8(render_empty(status)).unwrap();
            assert!(text.ends_with("Content-Length: 0\r\n\r\n"), "{text}");
            assert_eq!(text.contains("Allow: GET"), status == 405);
            assert!(text.starts_with(&format!("HTTP/1.1 {status} ")));
        }
        assert!(
            String::from_utf8(render_redirect(&Secret::new("https://mal/x")))
                .unwrap()
                .contains("Location: https://mal/x\r\n")
        );
    }
}
