//! Values that cannot be printed: tokens, codes, verifiers, keys, passwords.
//!
//! No `Display`, no `Serialize`, no `Deref`; `Debug` shows a mark; memory is zeroed when a value goes. What malsync starts
//! (a browser, a pager) gets an environment without them: [`withhold`].

use std::process::Command;

use secrecy::{ExposeSecret, SecretString};

/// A text that must not reach a log, a message, an argument list or a file in the clear.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text itself, for the one place that has to hand it on.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

impl PartialEq for Secret {
    /// Takes the same time wherever the texts differ.
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.expose().as_bytes(), other.expose().as_bytes());
        a.len() == b.len() && a.iter().zip(b).fold(0, |differs, (x, y)| differs | (x ^ y)) == 0
    }
}

impl Eq for Secret {}

/// What no child process is to see: secrets, and where the database is.
pub const SECRET_ENV_VARS: [&str; 17] = [
    "MAL_CLIENT_SECRET",
    "MALSYNC_TOKEN_KEY",
    "DATABASE_URL",
    "MALSYNC_PING_URL",
    "MALSYNC_WEBHOOK_URL",
    "PGHOST",
    "PGHOSTADDR",
    "PGPORT",
    "PGDATABASE",
    "PGUSER",
    "PGPASSWORD",
    "PGPASSFILE",
    "PGSERVICE",
    "PGSERVICEFILE",
    "PGSSLCERT",
    "PGSSLKEY",
    "PGSSLPASSWORD",
];

/// Takes [`WITHHELD`] out of what a child process inherits.
pub fn scrub_env(command: &mut Command) {
    for name in SECRET_ENV_VARS {
        command.env_remove(name);
    }
}

/// The length from which on a run of a token's characters may be one.
const MIN_TOKEN_CHARS: usize = 40;

/// A text from elsewhere with whatever may be a token taken out: an answer may quote the one that it was sent.
#[must_use]
pub fn redact_tokens(text: &str) -> String {
    let of_token = |c: char| c.is_ascii_alphanumeric() || "-._~+/=".contains(c);
    let mut told = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (run, after) = rest.split_at(rest.find(|c| !of_token(c)).unwrap_or(rest.len()));
        told.push_str(if run.len() < MIN_TOKEN_CHARS { run } else { "…" });
        let (between, after) = after.split_at(after.find(of_token).unwrap_or(after.len()));
        told.push_str(between);
        rest = after;
    }
    told
}

/// What stands in place of a password.
pub const PASSWORD_MASK: &str = "****";

/// The parameters of a database's URL whose values may be shown.
const PRINTABLE_URL_PARAMS: [&str; 10] =
    ["sslmode", "sslrootcert", "host", "hostaddr", "port", "dbname", "user", "application_name", "mode", "cache"];

/// The URL of a database without its password, wherever it stands: before the host, or among the parameters, of which only the
/// harmless ones are shown. Goes by the
/// text, not by a parser: an URL that cannot be parsed must not show its password either.
#[must_use]
pub fn mask_url_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return PASSWORD_MASK.to_owned() };
    if scheme == "sqlite" {
        return url.to_owned();
    }
    // A password may hold an unescaped `/`, `?` or `@`: everything from the first colon to the last `@` may be its.
    let rest = match rest.rsplit_once('@') {
        Some((login, rest)) if login.contains(':') => {
            let user = login.split(':').next().unwrap_or_default();
            format!("{user}:{PASSWORD_MASK}@{rest}")
        }
        _ => rest.to_owned(),
    };
    let Some((place, query)) = rest.split_once('?') else { return format!("{scheme}://{rest}") };
    let parameters = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if !PRINTABLE_URL_PARAMS.contains(&name) => format!("{name}={PASSWORD_MASK}"),
        _ => pair.to_owned(),
    });
    format!("{scheme}://{place}?{}", parameters.collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use super::{Secret, redact_tokens};

    #[test]
    fn redact_tokens_removes_only_possible_tokens() {
        let token = "def502".repeat(20);
        assert_eq!(redact_tokens(&format!("Token \"{token}\" is none: {token}")), "Token \"…\" is none: …");
        let told = "invalid q; see https://myanimelist.net/apiconfig – é";
        assert_eq!(redact_tokens(told), told);
        assert_eq!(redact_tokens(""), "");
    }

    #[test]
    fn secret_debug_output_hides_value() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret:?} {:#?}", Some(&secret)), "[secret] Some(\n    [secret],\n)");
    }

    #[test]
    fn secrets_are_equal_only_if_every_byte_is() {
        assert_eq!(Secret::new("abc"), Secret::new("abc"));
        assert_ne!(Secret::new("abc"), Secret::new("abd"));
        assert_ne!(Secret::new("abc"), Secret::new("ab"));
    }
}
