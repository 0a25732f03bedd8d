//! Values that cannot be printed: tokens, codes, verifiers, keys, passwords.
//!
//! [`Secret`] has no `Display`, `Serialize` or `Deref`; `Debug` prints a placeholder; memory is zeroed on drop. Child
//! processes (browser, pager) get an environment without [`SECRET_ENV_VARS`].
//!
//! [`redact_tokens`] hides tokens in a text, [`mask_url_password`] the password in a database URL.

use secrecy::{ExposeSecret, SecretString};

/// A text that must never appear in plain form in a log, message, argument list or file.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// Returns the secret text, for the place that must pass it on.
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
    /// Compares in constant time for texts of equal length.
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.expose().as_bytes(), other.expose().as_bytes());
        a.len() == b.len() && a.iter().zip(b).fold(0, |differs, (x, y)| differs | (x ^ y)) == 0
    }
}

impl Eq for Secret {}

/// Environment variables that no child process inherits: secrets and the database's location.
pub const SECRET_ENV_VARS: [&str; 18] = [
    "MAL_CLIENT_SECRET",
    "MALSYNC_TOKEN_KEY",
    "DATABASE_URL",
    "MALSYNC_PING_URL",
    "MALSYNC_WEBHOOK_URL",
    "MALSYNC_NOTIFY_COMMAND",
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

/// Minimum length at which a sequence of token characters may be a token.
const MIN_TOKEN_CHARS: usize = 40;

/// Replaces everything that may be a token by `…`. A response may quote the token that it was sent.
#[must_use]
pub fn redact_tokens(text: &str) -> String {
    let is_token_char = |c: char| c.is_ascii_alphanumeric() || "-._~+/=".contains(c);
    let mut redacted = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (run, after) = rest.split_at(rest.find(|c| !is_token_char(c)).unwrap_or(rest.len()));
        redacted.push_str(if run.len() < MIN_TOKEN_CHARS { run } else { "…" });
        let (between, after) = after.split_at(after.find(is_token_char).unwrap_or(after.len()));
        redacted.push_str(between);
        rest = after;
    }
    redacted
}

/// Replacement for a password.
pub const PASSWORD_MASK: &str = "****";

/// Parameters of a database URL whose values may be printed.
const PRINTABLE_URL_PARAMS: [&str; 10] =
    ["sslmode", "sslrootcert", "host", "hostaddr", "port", "dbname", "user", "application_name", "mode", "cache"];

/// Returns a database URL with its password masked, both one before the host and one among the parameters. Of the
/// parameters, only `PRINTABLE_URL_PARAMS` keep their values.
///
/// Works on the text without a URL parser, because an invalid URL must not reveal its password either.
#[must_use]
pub fn mask_url_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return PASSWORD_MASK.to_owned() };
    if scheme == "sqlite" {
        return url.to_owned();
    }
    // A password may contain an unescaped `/`, `?` or `@`: everything from the first colon to the last `@` may be part
    // of it.
    let rest = match rest.rsplit_once('@') {
        Some((login, rest)) if login.contains(':') => {
            let user = login.split(':').next().unwrap_or_default();
            format!("{user}:{PASSWORD_MASK}@{rest}")
        }
        _ => rest.to_owned(),
    };
    let Some((address, query)) = rest.split_once('?') else { return format!("{scheme}://{rest}") };
    let parameters = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if !PRINTABLE_URL_PARAMS.contains(&name) => format!("{name}={PASSWORD_MASK}"),
        _ => pair.to_owned(),
    });
    format!("{scheme}://{address}?{}", parameters.collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use super::{Secret, redact_tokens};

    #[test]
    fn redact_tokens_removes_only_possible_tokens() {
        let token = "def502".repeat(20);
        assert_eq!(redact_tokens(&format!("Token \"{token}\" is none: {token}")), "Token \"…\" is none: …");
        let harmless = "invalid q; see https://myanimelist.net/apiconfig – é";
        assert_eq!(redact_tokens(harmless), harmless);
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
