//! Parsers of the settings' texts.
//!
//! Each parser returns the value, or what is allowed: a phrase that completes "it must be".

use std::{ops::RangeInclusive, path::PathBuf, time::Duration};

use url::Url;

use crate::{
    domain::{duration, encryption_key::EncryptionKey, token_store_mode::TokenStoreMode},
    loopback_host::is_loopback_host,
    secret::Secret,
};

/// The longest `User-Agent`.
const MAX_USER_AGENT_CHARS: usize = 200;

/// The redirect URI, parsed and as typed. MAL compares the text byte by byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri {
    /// The parsed URL.
    pub url: Url,
    /// The text to send.
    pub text: String,
}

/// The result of a parser: the value, or a phrase that says what is allowed.
pub(super) type ParseResult<T> = Result<T, String>;

/// Returns a parser of whole numbers in this range.
pub(super) fn integer_parser(range: RangeInclusive<u32>) -> impl Fn(&str) -> ParseResult<u32> {
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| format!("a whole number from {} to {}", range.start(), range.end()))
    }
}

/// Parses a number of milliseconds, at most an hour.
pub(super) fn parse_milliseconds(text: &str) -> ParseResult<Duration> {
    integer_parser(0..=3_600_000)(text).map(|number| Duration::from_millis(number.into()))
}

pub(super) fn parse_rate_limit(text: &str) -> ParseResult<f64> {
    let rate = text.parse().ok().filter(|rate: &f64| *rate > 0.0 && *rate <= 100_000.0);
    rate.ok_or_else(|| "a number above 0 and up to 100000".to_owned())
}

pub(super) fn parse_duration(text: &str) -> ParseResult<Duration> {
    duration::parse(text).map_err(|_| "a duration like 90s, 5m, 1h30m, 7d or 0s, up to 100000d".to_owned())
}

/// Parses a timeout. Zero is not allowed, because it would fail every request.
pub(super) fn parse_timeout(text: &str) -> ParseResult<Duration> {
    let allowed = "a duration of 1s or more, like 30s or 2m";
    parse_duration(text).ok().filter(|duration| !duration.is_zero()).ok_or_else(|| allowed.to_owned())
}

pub(super) fn parse_word(text: &str) -> ParseResult<String> {
    let is_invalid = text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control());
    if is_invalid { Err("a string without spaces".to_owned()) } else { Ok(text.to_owned()) }
}

/// Parses a value for the header `User-Agent`.
pub(super) fn parse_user_agent(text: &str) -> ParseResult<String> {
    let is_printable = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    if is_printable && (1..=MAX_USER_AGENT_CHARS).contains(&text.len()) && !text.trim().is_empty() {
        Ok(text.to_owned())
    } else {
        Err(format!("1 to {MAX_USER_AGENT_CHARS} printable ASCII characters"))
    }
}

/// Parses a secret text without white space.
pub(super) fn parse_secret_word(text: &str) -> ParseResult<Secret> {
    parse_word(text).map(Secret::new)
}

pub(super) fn parse_non_empty(text: &str) -> ParseResult<String> {
    if text.is_empty() { Err("a string that is not empty".to_owned()) } else { Ok(text.to_owned()) }
}

/// Where the text of a notification stands in its command line.
const NOTIFICATION_PLACEHOLDER: &str = "%s";

/// Parses a program and its arguments, split as a shell would. No shell is started.
///
/// The placeholder of the text is a word of its own and never a shell's script: the text quotes MAL's errors, and a
/// shell would execute what is in it.
pub(super) fn parse_notify_command(text: &str) -> ParseResult<Vec<String>> {
    let words = shlex::split(text).filter(|words| !words.is_empty());
    let words = words.ok_or_else(|| "a program and its arguments, with matching quotes".to_owned())?;
    let is_inside_word = |word: &String| word.contains(NOTIFICATION_PLACEHOLDER) && word != NOTIFICATION_PLACEHOLDER;
    if words[0].contains(NOTIFICATION_PLACEHOLDER)
        || words.iter().any(is_inside_word)
        || has_shell_without_script(&words)
    {
        return Err("a program and its arguments, with %s as a separate word".to_owned());
    }
    Ok(words)
}

/// Returns true if a shell would take the text of the notification for its script: `sh -c %s`, or `sh -c`, to which the
/// text is appended.
fn has_shell_without_script(words: &[String]) -> bool {
    const SHELLS: [&str; 7] = ["sh", "bash", "dash", "zsh", "ksh", "fish", "ash"];
    let is_shell = |word: &String| SHELLS.contains(&word.rsplit('/').next().unwrap_or_default());
    let is_script_option = |word: &String| word.starts_with('-') && !word.starts_with("--") && word.ends_with('c');
    let Some(shell) = words.iter().position(is_shell) else { return false };
    let mut options = words.iter().skip(shell + 1).take_while(|word| word.starts_with('-'));
    let Some(option) = options.position(is_script_option) else { return false };
    words.get(shell + option + 2).is_none_or(|script| script == NOTIFICATION_PLACEHOLDER)
}

/// Parses an absolute path: a scheduled job runs in another directory.
pub(super) fn parse_absolute_path(text: &str) -> ParseResult<PathBuf> {
    let path = Some(PathBuf::from(text)).filter(|path| path.is_absolute() && path.file_name().is_some());
    path.ok_or_else(|| "an absolute path".to_owned())
}

/// Parses the URL of a notification receiver. http is allowed: no token is sent there, and many receivers are in the
/// user's own network.
pub(super) fn parse_notify_url(text: &str) -> ParseResult<Secret> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.fragment().is_none());
    url.map(|_| Secret::new(text)).ok_or_else(|| "an http or https URL without a fragment".to_owned())
}

pub(super) fn parse_database_url(text: &str) -> ParseResult<Secret> {
    let has_known_scheme = ["postgresql://", "postgres://", "sqlite://"].iter().any(|scheme| text.starts_with(scheme));
    let allowed = "postgresql://…, postgres://…, sqlite:///absolute/path or sqlite://relative/path";
    // A trailing blank or CR would name another file.
    let is_clean = text.trim() == text && !text.chars().any(char::is_control);
    match (has_known_scheme, is_clean) {
        (true, true) => Ok(Secret::new(text)),
        (true, false) => Err("a URL without spaces around it".to_owned()),
        (false, _) => Err(allowed.to_owned()),
    }
}

pub(super) fn parse_redirect_uri(text: &str) -> ParseResult<RedirectUri> {
    let allowed = "an absolute URL without a fragment, like http://localhost:3005/auth/callback";
    let url = Url::parse(text).ok().filter(|url| url.fragment().is_none() && url.username().is_empty());
    let url = url.filter(|url| !url.cannot_be_a_base() && text.chars().all(|c| c.is_ascii_graphic()));
    Ok(RedirectUri { url: url.ok_or(allowed)?, text: text.to_owned() })
}

/// Parses a URL that tokens are sent to: https, or http on a loopback host, where the traffic stays on the host.
pub(super) fn parse_mal_url(text: &str) -> ParseResult<Url> {
    let allowed = "an https URL, or an http one of localhost, 127.0.0.1 or [::1], without user, query and fragment";
    let url = Url::parse(text).map_err(|_| allowed)?;
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && url.host_str().is_some_and(is_loopback_host));
    let is_plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    if is_safe && is_plain && url.fragment().is_none() { Ok(url) } else { Err(allowed.to_owned()) }
}

pub(super) fn parse_token_store(text: &str) -> ParseResult<TokenStoreMode> {
    TokenStoreMode::parse(text).ok_or_else(|| "both, keyring or database".to_owned())
}

pub(super) fn parse_on_off(text: &str) -> ParseResult<bool> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("on or off".to_owned()),
    }
}

pub(super) fn parse_token_key(text: &str) -> ParseResult<EncryptionKey> {
    EncryptionKey::parse(text).ok_or_else(|| "base64 of 32 bytes, as `openssl rand -base64 32` prints".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_as_documented() {
        for (text, ok) in [("1", true), ("1000", true), ("0", false), ("1001", false), ("", false), ("1.5", false)] {
            assert_eq!(integer_parser(1..=1000)(text).is_ok(), ok, "{text}");
        }
        for (text, ok) in [
            ("1", true),
            ("0.5", true),
            ("100000", true),
            ("100000.1", false),
            ("0", false),
            ("-1", false),
            ("nan", false),
            ("inf", false),
            ("", false),
        ] {
            assert_eq!(parse_rate_limit(text).is_ok(), ok, "{text}");
        }
    }

    #[test]
    fn mal_url_must_be_https_or_loopback() {
        for (text, ok) in [
            ("https://api.myanimelist.net/v2", true),
            ("https://proxy.example.org/mal", true),
            ("http://localhost:8080/v2", true),
            ("http://127.0.0.1:1/v2", true),
            ("http://127.9.9.9/v2", true),
            ("http://[::1]:8080", true),
            ("http://api.myanimelist.net/v2", false),
            ("http://example.org", false),
            ("http://localhost.example.org", false),
            ("http://127.0.0.1.example.org", false),
            ("http://0.0.0.0/", false),
            ("ftp://localhost/", false),
            ("file:///etc/passwd", false),
            ("https://user:pw@example.org/", false),
            ("https://example.org/?a=b", false),
            ("https://example.org/#x", false),
            ("/v2", false),
            ("", false),
        ] {
            assert_eq!(parse_mal_url(text).is_ok(), ok, "{text}");
        }
    }

    #[test]
    fn redirect_uri_text_is_kept_as_typed() {
        for text in ["http://LOCALHOST:3005", "http://localhost:80/a/../b", "https://example.org/x", "myapp://auth/cb"]
        {
            assert_eq!(parse_redirect_uri(text).unwrap().text, text);
        }
        for text in ["", "/auth/callback", "localhost:3005", "http://", "http://localhost/#x", "http://localhost/ x"] {
            assert!(parse_redirect_uri(text).is_err(), "{text}");
        }
    }
}
