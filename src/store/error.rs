//! Database errors, classified by the reaction they need.
//!
//! The database's error codes are interpreted in this file only. Every error becomes a [`Failure`]: a bad URL exits
//! with [`Exit::Usage`], an account mismatch with [`Exit::Guard`], all else with [`Exit::Database`] (6).
//!
//! Invariant: a message contains the database's own message text without the row (`DETAIL`), which may contain a
//! token.

use super::database_url::DatabaseUrl;
use crate::{
    domain::user::{UserId, UserRef},
    exit::Exit,
    failure::Failure,
    shell_quote::shell_quote,
    sync::port::SyncStoreError,
};

/// Classifies an error by what the caller does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StoreErrorKind {
    /// The database URL is invalid.
    InvalidUrl,
    /// The connection broke or could not be made. Retried on a new connection.
    ConnectionLost,
    /// A deadlock, a serialization failure, or a row that another program wrote in between. Retried.
    Contention,
    /// The statement was cancelled or timed out. Retried once.
    Cancelled,
    /// The database rejected the data. Other data may be accepted.
    DataRejected,
    /// The role lacks permission, or another object blocks the change.
    Forbidden,
    /// Every further statement would fail too.
    Fatal,
    /// The user's row now belongs to another MAL account.
    AccountMismatch,
}

/// An error of the database.
#[derive(Debug, thiserror::Error)]
pub struct Error {
    pub(super) kind: StoreErrorKind,
    message: String,
    database: Option<String>,
    hints: Vec<String>,
    script: Option<String>,
    pub(super) constraint_violations: i64,
    /// True if the database silently wrote fewer rows than it was given.
    pub(super) has_unwritten_rows: bool,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.database {
            Some(database) => write!(f, "database {database}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl Error {
    pub(super) fn new(kind: StoreErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            database: None,
            hints: Vec::new(),
            script: None,
            constraint_violations: 0,
            has_unwritten_rows: false,
        }
    }

    /// Creates the error for a statement that wrote fewer rows than it was given.
    pub(super) fn unwritten_rows(message: impl Into<String>) -> Self {
        Self { has_unwritten_rows: true, ..Self::new(StoreErrorKind::Contention, message) }
    }

    /// Creates the error for an invalid database URL.
    pub(super) fn invalid_url(message: impl Into<String>) -> Self {
        Self::new(StoreErrorKind::InvalidUrl, message)
    }

    /// Creates the error for a user row that now belongs to another MAL account than the one whose list is being
    /// written.
    pub(super) fn account_mismatch(user: UserId, username: &str, account_id: i64) -> Self {
        Self::new(
            StoreErrorKind::AccountMismatch,
            format!("the row of user {username} now belongs to another MAL account ({account_id})"),
        )
        .with_hint(format!(
            "that account's list comes with: malsync sync {}",
            UserRef::for_row(user, username).as_cli_arg()
        ))
    }

    /// Creates an error that a retry cannot fix.
    pub(super) fn fatal(message: impl Into<String>) -> Self {
        Self::new(StoreErrorKind::Fatal, message)
    }

    #[must_use]
    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Attaches the SQL statements that would fix the problem.
    #[must_use]
    pub(super) fn with_script(mut self, script: String) -> Self {
        self.script = Some(script);
        self
    }

    /// Adds the database's name, unless there is one already or the URL is invalid.
    #[must_use]
    pub(super) fn with_database(mut self, url: &DatabaseUrl) -> Self {
        if self.database.is_none() && self.kind != StoreErrorKind::InvalidUrl {
            self.database = Some(url.to_string());
        }
        self
    }

    /// Returns the message without the database's name.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// Returns true if a retry of the transaction may succeed.
    pub(super) fn is_transient(&self) -> bool {
        matches!(self.kind, StoreErrorKind::ConnectionLost | StoreErrorKind::Contention | StoreErrorKind::Cancelled)
    }

    fn from_postgres(source: &sqlx::postgres::PgDatabaseError) -> Self {
        let (code, message) = (source.code(), source.message());
        let kind = match code {
            "40001" | "40P01" => StoreErrorKind::Contention,
            "25P03" | "57P01" | "57P02" | "57P03" | "57P05" => StoreErrorKind::ConnectionLost,
            "57014" => StoreErrorKind::Cancelled,
            "42501" | "0A000" => StoreErrorKind::Forbidden,
            "25006" | "55P03" => StoreErrorKind::Fatal,
            _ if ["08"].contains(&sqlstate_class(code)) => StoreErrorKind::ConnectionLost,
            _ if ["26", "28", "3D", "3F", "42", "53", "57", "58", "F0", "XX"].contains(&sqlstate_class(code)) => {
                StoreErrorKind::Fatal
            }
            _ => StoreErrorKind::DataRejected,
        };
        let mut error = Self::new(kind, message);
        error.constraint_violations = i64::from(sqlstate_class(code) == "23");
        match code {
            "55P03" => Self::new(kind, "a table or row has been locked by another session for 30 s")
                .with_hint("see who holds it in pg_stat_activity, end that session, and run again"),
            "57014" => error.with_hint("see what slows the server down or cancels statements, and run again"),
            "25006" => error.with_hint("this server is read-only: point DATABASE_URL at the primary"),
            "53100" => error.with_hint("the server's disk is full: free some space on it"),
            "53300" => error.with_hint("the server has no connection left: close some, or raise max_connections"),
            "42501" => match missing_grant(message) {
                Some((object, rights)) => error
                    .with_hint(format!("ask its owner for: GRANT {rights} ON {object} TO the role in DATABASE_URL")),
                None => error.with_hint("ask the database's owner for the right"),
            },
            // 42809: if `anime a` has no column `rank`, PostgreSQL reads `a.rank` as a call of its function `rank`.
            "42P01" | "42703" | "42809" | "42P10" => {
                error.with_hint("the schema is not the one that malsync made: see docs/schema.md")
            }
            // The prepared statement belongs to another session or is gone with it.
            "26000" | "42P05" => {
                Self::new(kind, "the session changed under our hands: a pooler in transaction mode is in between")
                    .with_hint("give malsync a direct connection, or a pooler in session mode")
            }
            "3D000" => {
                error.with_hint(format!("createdb {}; or mend the name in DATABASE_URL", shell_quoted_name(message)))
            }
            _ if sqlstate_class(code) == "28" => error.with_hint(
                "check user name and password in DATABASE_URL, with / ? # @ % in them as %2F %3F %23 %40 %25",
            ),
            _ => error,
        }
    }

    fn from_sqlite(code: u32, message: &str) -> Self {
        match code & 0xff {
            5 if matches!(code, 517 | 261) => Self::new(StoreErrorKind::Contention, message),
            5 | 6 => Self::fatal("the file has been locked by another program for 30 s")
                .with_hint("end the program that holds it, and run again"),
            8 | 3 => Self::fatal("the file cannot be written")
                .with_hint("check the owner and mode of the file and its folder"),
            14 => Self::fatal("the file cannot be opened").with_hint("check that its folder exists and can be written"),
            10 => Self::fatal(format!("the file cannot be read or written ({message})"))
                .with_hint("check the disk, its free space and the limits on file sizes (ulimit -f)"),
            13 => Self::fatal("the disk is full").with_hint("free some space, and run again"),
            26 => Self::fatal("the file is not an SQLite database").with_hint("point DATABASE_URL at another file"),
            11 => Self::fatal(format!("the file is damaged ({message})")).with_hint("restore it from a backup"),
            18 | 20 => Self::new(StoreErrorKind::DataRejected, message),
            19 => {
                let mut error = Self::new(StoreErrorKind::DataRejected, message);
                error.constraint_violations = 1;
                error
            }
            _ => Self::fatal(message),
        }
    }
}

/// Returns the quoted name in a server message, quoted for a shell. Returns `NAME` if there is none.
fn shell_quoted_name(message: &str) -> String {
    let name = message.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"')).map_or("NAME", |(name, _)| name);
    shell_quote(name).into_owned()
}

fn sqlstate_class(code: &str) -> &str {
    code.get(..2).unwrap_or_default()
}

/// Parses `permission denied for table anime`: returns the object and the rights that malsync needs on it. Returns
/// `None` for any other message.
fn missing_grant(message: &str) -> Option<(String, &'static str)> {
    let (object_type, name) = message.strip_prefix("permission denied for ")?.split_once(' ')?;
    match object_type {
        "table" | "relation" | "view" => Some((format!("TABLE {name}"), "SELECT, INSERT, UPDATE, DELETE")),
        "sequence" => Some((format!("SEQUENCE {name}"), "USAGE, SELECT")),
        "schema" => Some((format!("SCHEMA {name}"), "USAGE")),
        _ => None,
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(refusal) => {
                if let Some(refusal) = refusal.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
                    return Self::from_postgres(refusal);
                }
                let code = refusal.code().and_then(|code| code.parse().ok()).unwrap_or(1);
                Self::from_sqlite(code, refusal.message())
            }
            sqlx::Error::Io(source) => Self::new(StoreErrorKind::ConnectionLost, format!("out of reach: {source}"))
                .with_hint("check that the server runs, and host and port in DATABASE_URL"),
            sqlx::Error::PoolTimedOut => {
                Self::new(StoreErrorKind::ConnectionLost, "out of reach: no connection within 10 s")
                    .with_hint("check that the server runs, and host and port in DATABASE_URL")
            }
            sqlx::Error::Tls(source) => Self::fatal(format!("no encrypted connection: {source}"))
                .with_hint("check sslmode and sslrootcert in DATABASE_URL"),
            sqlx::Error::Protocol(source) => {
                Self::new(StoreErrorKind::ConnectionLost, format!("out of reach: {source}"))
            }
            sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed => {
                Self::new(StoreErrorKind::ConnectionLost, error.to_string())
            }
            other => Self::fatal(other.to_string()),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = match error.kind {
            StoreErrorKind::InvalidUrl => Exit::Usage,
            StoreErrorKind::AccountMismatch => Exit::Guard,
            _ => Exit::Database,
        };
        let (hints, script) = (error.hints.clone(), error.script.clone());
        let failure = hints.into_iter().fold(Self::new(exit, error), Self::with_hint);
        Self { script, ..failure }
    }
}

impl SyncStoreError for Error {
    fn is_fatal(&self) -> bool {
        !matches!(self.kind, StoreErrorKind::DataRejected | StoreErrorKind::Contention)
    }

    fn is_account_mismatch(&self) -> bool {
        self.kind == StoreErrorKind::AccountMismatch
    }

    fn constraint_violations(&self) -> i64 {
        self.constraint_violations
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_error_codes_map_to_kinds_and_messages() {
        for (code, kind, expected) in [
            (5, StoreErrorKind::Fatal, "locked"),
            (517, StoreErrorKind::Contention, "locked"),
            (1032, StoreErrorKind::Fatal, "written"),
            (14, StoreErrorKind::Fatal, "opened"),
            (13, StoreErrorKind::Fatal, "full"),
            (26, StoreErrorKind::Fatal, "not an SQLite database"),
            (11, StoreErrorKind::Fatal, "damaged"),
            (275, StoreErrorKind::DataRejected, "locked"),
            (1, StoreErrorKind::Fatal, "locked"),
        ] {
            let error = Error::from_sqlite(code, "database is locked");
            assert_eq!(error.kind, kind, "{code}");
            assert!(error.to_string().contains(expected), "{code}: {error}");
        }
    }

    #[test]
    fn only_a_constraint_error_counts_as_a_violation() {
        assert_eq!(Error::from_sqlite(1555, "UNIQUE constraint failed").constraint_violations(), 1);
        assert_eq!(Error::from_sqlite(20, "datatype mismatch").constraint_violations(), 0);
    }

    #[test]
    fn only_rejected_data_and_contention_let_the_run_continue() {
        assert!(!Error::new(StoreErrorKind::DataRejected, "no").is_fatal());
        assert!(!Error::new(StoreErrorKind::Contention, "no").is_fatal());
        for kind in [
            StoreErrorKind::ConnectionLost,
            StoreErrorKind::Cancelled,
            StoreErrorKind::Forbidden,
            StoreErrorKind::Fatal,
            StoreErrorKind::AccountMismatch,
        ] {
            assert!(Error::new(kind, "no").is_fatal());
            assert_eq!(Error::new(kind, "no").is_account_mismatch(), kind == StoreErrorKind::AccountMismatch);
        }
    }

    #[test]
    fn missing_database_name_is_shell_quoted() {
        for (message, expected) in [
            ("database \"anime\" does not exist", "anime"),
            ("database \"a b; reboot\" does not exist", "'a b; reboot'"),
            ("no such database", "NAME"),
        ] {
            assert_eq!(shell_quoted_name(message), expected);
        }
    }

    #[test]
    fn missing_permission_names_the_table_and_the_grant() {
        let (object, rights) = missing_grant("permission denied for table anime").unwrap();
        assert_eq!((object.as_str(), rights), ("TABLE anime", "SELECT, INSERT, UPDATE, DELETE"));
        assert_eq!(missing_grant("must be owner of table users"), None);
    }

    #[test]
    fn error_kinds_map_to_exit_codes() {
        assert_eq!(Failure::from(Error::fatal("x")).exit, Exit::Database);
        assert_eq!(Failure::from(Error::invalid_url("x")).exit, Exit::Usage);
        assert_eq!(Failure::from(Error::account_mismatch(UserId(1), "ann", 8)).exit, Exit::Guard);
    }
}
