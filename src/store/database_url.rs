//! Database URL: parsing and redacted display of `DATABASE_URL`.
//!
//! Invariant: a password leaves this file only into the connection. `Display` and `Debug` show the redacted URL.
//! Nothing here opens a connection or file.

use std::{
    borrow::Cow,
    fmt,
    path::{Path, PathBuf},
};

use percent_encoding::percent_decode_str;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use url::Url;

use super::error::Error;
use crate::{
    loopback_host::is_loopback_host,
    secret::{Secret, mask_url_password},
};

/// Hint for an invalid PostgreSQL URL.
const URL_HINT: &str = "use the form postgresql://user:password@host/name, and percent-encode / ? # @ % in the password (%2F %3F %23 \
        %40 %25)";

/// Location of a database.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A PostgreSQL server.
    Postgres(PostgresServer),
    /// An SQLite file.
    Sqlite {
        /// Path of the file, which is created if missing.
        path: PathBuf,
        /// Also creates the missing parent directory (mode 0700). Set only for malsync's own directory.
        create_directory: bool,
    },
}

/// URL of a PostgreSQL server and database.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresServer {
    url: Secret,
    redacted_url: String,
}

impl DatabaseUrl {
    /// Parses `postgresql://…`, `postgres://…`, `sqlite:///absolute/path` or `sqlite://relative/path`.
    ///
    /// # Errors
    ///
    /// Fails for any other text. The message contains the text with its password masked.
    pub fn parse(url: &str) -> Result<Self, Error> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            return Self::parse_sqlite(url, path);
        }
        let parsed = Url::parse(url).map_err(|error| {
            let hint = match url.contains([':', '@']) {
                true => URL_HINT.to_owned(),
                false => format!("for a file write sqlite://{url}"),
            };
            Error::invalid_url(format!("DATABASE_URL is not a valid URL ({error})")).with_hint(hint)
        })?;
        if !matches!(parsed.scheme(), "postgresql" | "postgres") {
            return Err(Error::invalid_url(format!(
                "{}: a database URL must start with postgresql://, postgres:// or sqlite://",
                mask_url_password(url)
            ))
            .with_hint(URL_HINT));
        }
        let server = PostgresServer { redacted_url: mask_url_password(url), url: Secret::new(url) };
        server.connect_options()?;
        Ok(Self::Postgres(server))
    }

    fn parse_sqlite(url: &str, path: &str) -> Result<Self, Error> {
        if path.contains('?') {
            return Err(Error::invalid_url(format!("{url}: an SQLite URL accepts no options")));
        }
        // What is no UTF-8 when decoded is taken as written.
        let path = percent_decode_str(path).decode_utf8().unwrap_or(Cow::Borrowed(path));
        let path = if cfg!(windows) { without_slash_before_drive(&path).to_owned() } else { path.into_owned() };
        if path.is_empty() || path.ends_with('/') || path == ":memory:" {
            return Err(Error::invalid_url(format!("{url}: no file name")));
        }
        Ok(Self::Sqlite { path: path.into(), create_directory: false })
    }

    /// Returns the SQLite file in malsync's own directory, which is created if missing.
    #[must_use]
    pub fn default_sqlite(path: &Path) -> Self {
        Self::Sqlite { path: path.to_owned(), create_directory: true }
    }
}

/// Returns `C:/list.db` for `/C:/list.db`, which is how a URL names a file on a drive of Windows.
fn without_slash_before_drive(path: &str) -> &str {
    match path.as_bytes() {
        [b'/', drive, b':', b'/' | b'\\', ..] if drive.is_ascii_alphabetic() => &path[1..],
        _ => path,
    }
}

impl DatabaseUrl {
    /// Returns the host of a remote PostgreSQL server whose identity the connection does not verify: without
    /// `sslmode=verify-full` a false server gets the password, in clear text if it asks for it. Returns `None` for any
    /// other database.
    #[must_use]
    pub fn unverified_host(&self) -> Option<String> {
        let Self::Postgres(server) = self else { return None };
        let options = server.connect_options().ok()?;
        let is_verified = matches!(options.get_ssl_mode(), PgSslMode::VerifyFull);
        let is_local = options.get_socket().is_some() || is_local_host(options.get_host());
        (!is_verified && !is_local).then(|| options.get_host().to_owned())
    }
}

/// Returns true for a loopback host and for the folder of a socket.
pub(super) fn is_local_host(host: &str) -> bool {
    host.starts_with('/') || is_loopback_host(host)
}

impl PostgresServer {
    /// Returns the connect options for sqlx.
    pub(super) fn connect_options(&self) -> Result<PgConnectOptions, Error> {
        let mut url = Url::parse(self.url.expose())
            .map_err(|error| Error::invalid_url(format!("{}: {error}", self.redacted_url)))?;
        // sqlx passes the host to the resolver as written in the URL, including the brackets of an IPv6 address.
        let ipv6_address = match url.host() {
            Some(url::Host::Ipv6(address)) => Some(address.to_string()),
            Some(url::Host::Domain(name)) if name.starts_with('[') => Some(name.trim_matches(['[', ']']).to_owned()),
            _ => None,
        };
        if ipv6_address.is_some() {
            let _ = url.set_host(Some("localhost"));
        }
        let options: PgConnectOptions = url.as_str().parse().map_err(|error: sqlx::Error| {
            Error::invalid_url(format!("{}: {error}", self.redacted_url)).with_hint(URL_HINT)
        })?;
        Ok(match ipv6_address {
            Some(address) => options.host(&address),
            None => options,
        })
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(server) => f.write_str(&server.redacted_url),
            Self::Sqlite { path, .. } => write!(f, "sqlite://{}", path.display()),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for PostgresServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted_url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_url_forms_are_parsed() {
        for url in ["postgresql://me@host/db", "postgres://me@host:6543/db", "postgresql:///db?host=/run/postgresql"] {
            assert!(matches!(DatabaseUrl::parse(url), Ok(DatabaseUrl::Postgres(_))), "{url}");
        }
        for (url, path) in [
            ("sqlite:///var/lib/list.db", "/var/lib/list.db"),
            ("sqlite://list.db", "list.db"),
            ("sqlite://data/my%20list.db", "data/my list.db"),
            ("sqlite://100%.db", "100%.db"),
        ] {
            let expected = DatabaseUrl::Sqlite { path: path.into(), create_directory: false };
            assert_eq!(DatabaseUrl::parse(url).unwrap(), expected, "{url}");
        }
    }

    #[test]
    fn slash_before_a_drive_of_windows_is_left_out() {
        for (path, expected) in [
            ("/C:/Users/me/list.db", "C:/Users/me/list.db"),
            ("/c:\\x\\list.db", "c:\\x\\list.db"),
            ("C:/list.db", "C:/list.db"),
            ("/srv/list.db", "/srv/list.db"),
            ("//server/share/list.db", "//server/share/list.db"),
            ("/C:", "/C:"),
        ] {
            assert_eq!(without_slash_before_drive(path), expected);
        }
    }

    #[test]
    fn other_urls_are_refused_and_quoted_in_the_message() {
        for url in ["", "malsync.db", "mysql://me@host/db", "sqlite:list.db", "sqlite://", "sqlite://a.db?mode=ro"] {
            assert!(DatabaseUrl::parse(url).is_err(), "{url}");
        }
        assert!(DatabaseUrl::parse("mysql://me@host/db").unwrap_err().to_string().contains("mysql://me@host/db"));
        let hints = crate::failure::Failure::from(DatabaseUrl::parse("malsync.db").unwrap_err()).hints;
        assert_eq!(hints, ["for a file write sqlite://malsync.db"]);
    }

    #[test]
    fn f_p25_password_is_redacted_at_every_position() {
        for url in [
            "postgresql://me:hunter2@host/db",
            "postgres://host/db?user=me&password=hunter2",
            "mysql://me:hunter2@host/db",
            "postgres://me:hunter2@host:99999/db",
            "postgres://me:1234/hunter2@127.0.0.1/db",
            "postgres://me:12#hunter2@127.0.0.1/db",
            "postgres://me:12?hunter2@127.0.0.1/db",
            "postgres://host/db?user=me&%70assword=hunter2",
            "postgres://host/db?options=-c%20password=hunter2",
            "postgres://me:hunter2@host/db?sslmode=nonsense",
        ] {
            let output = DatabaseUrl::parse(url)
                .map_or_else(|error| format!("{error} {error:?}"), |parsed| format!("{parsed} {parsed:?}"));
            assert!(!output.contains("hunter2"), "{output}");
        }
        assert_eq!(
            DatabaseUrl::parse("postgresql://me:hunter2@host/db").unwrap().to_string(),
            "postgresql://me:****@host/db"
        );
    }

    #[test]
    fn ipv6_host_is_passed_to_the_resolver_without_brackets() {
        let Ok(DatabaseUrl::Postgres(server)) = DatabaseUrl::parse("postgres://me@[::1]:6543/db") else {
            panic!("not parsed")
        };
        assert_eq!(server.connect_options().unwrap().get_host(), "::1");
    }

    #[test]
    fn f_e10_only_remote_servers_without_verify_full_are_unverified() {
        for (url, expected) in [
            ("postgresql://me:pw@db.example.org/x", Some("db.example.org")),
            ("postgresql://me:pw@db.example.org/x?sslmode=require", Some("db.example.org")),
            ("postgresql://me:pw@192.0.2.7/x?sslmode=verify-ca", Some("192.0.2.7")),
            ("postgresql://me:pw@db.example.org/x?sslmode=verify-full", None),
            ("postgresql://me:pw@localhost/x", None),
            ("postgresql://me:pw@[::1]/x", None),
            ("postgresql:///x?host=/run/postgresql", None),
            ("sqlite:///x", None),
        ] {
            assert_eq!(DatabaseUrl::parse(url).unwrap().unverified_host().as_deref(), expected, "{url}");
        }
    }
}
