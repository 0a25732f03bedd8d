//! What a database would not do, and the reaction that it needs.
//!
//! Every refusal is told apart by the database's code, here and nowhere else; each becomes a [`Failure`] with exit code 6.
//! The rule: a message has the database's own words, without the row (`DETAIL`), which may hold a token.

use super::database_url::DatabaseUrl;
use crate::{
    domain::user::{UserId, UserRef},
    exit::Exit,
    failure::Failure,
    sync::port::SyncStoreError,
};

/// What the caller does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StoreErrorKind {
    /// The URL is none.
    InvalidUrl,
    /// The connection went, or could not be had: tried again on a new one.
    ConnectionLost,
    /// A deadlock, a serialization failure or a row that somebody else made meanwhile: tried again.
    Contention,
    /// Somebody cancelled the statement, or it took too long: tried once more.
    Cancelled,
    /// The data is refused; other data may be taken.
    DataRejected,
    /// The role may not, or an object stands in the way.
    Forbidden,
    /// Whatever comes next would be refused too.
    Fatal,
    /// The user's row is another MAL account's by now.
    AccountMismatch,
}

/// Why the database did not do it.
#[derive(Debug, thiserror::Error)]
pub struct Error {
    pub(super) kind: StoreErrorKind,
    message: String,
    database: Option<String>,
    hints: Vec<String>,
    script: Option<String>,
    pub(super) violations: i64,
    /// The database took fewer rows than it was given, without a word.
    pub(super) has_unwritten_rows: bool,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.database {
            Some(place) => write!(f, "database {place}: {}", self.message),
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
            violations: 0,
            has_unwritten_rows: false,
        }
    }

    /// The database took fewer rows than it was given.
    pub(super) fn unwritten_rows(message: impl Into<String>) -> Self {
        Self { has_unwritten_rows: true, ..Self::new(StoreErrorKind::Contention, message) }
    }

    /// An unreadable database URL.
    pub(super) fn invalid_url(message: impl Into<String>) -> Self {
        Self::new(StoreErrorKind::InvalidUrl, message)
    }

    /// The row of a user turned out to be another MAL account's than the one whose list is being written.
    pub(super) fn account_mismatch(user: UserId, username: &str, account: i64) -> Self {
        Self::new(
            StoreErrorKind::AccountMismatch,
            format!("the row of user {username} now belongs to another MAL account ({account})"),
        )
        .with_hint(format!(
            "that account's list comes with: malsync sync {}",
            UserRef::for_row(user, username).as_cli_arg()
        ))
    }

    /// Something that no further try mends.
    pub(super) fn fatal(message: impl Into<String>) -> Self {
        Self::new(StoreErrorKind::Fatal, message)
    }

    #[must_use]
    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds the statements that would mend it.
    #[must_use]
    pub(super) fn with_script(mut self, script: String) -> Self {
        self.script = Some(script);
        self
    }

    /// Names the database, unless the words are a row's.
    #[must_use]
    pub(super) fn with_database(mut self, place: &DatabaseUrl) -> Self {
        if self.database.is_none() && self.kind != StoreErrorKind::InvalidUrl {
            self.database = Some(place.to_string());
        }
        self
    }

    /// The database's words alone.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// Whether the same transaction may go through when tried again.
    pub(super) fn is_transient(&self) -> bool {
        matches!(self.kind, StoreErrorKind::ConnectionLost | StoreErrorKind::Contention | StoreErrorKind::Cancelled)
    }

    fn from_postgres(refusal: &sqlx::postgres::PgDatabaseError) -> Self {
        let (code, words) = (refusal.code(), refusal.message());
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
        let mut error = Self::new(kind, words);
        error.violations = i64::from(sqlstate_class(code) == "23");
        match code {
            "55P03" => Self::new(kind, "a table or row has been locked by another session for 30 s")
                .with_hint("see who holds it in pg_stat_activity, end that session, and run again"),
            "57014" => error.with_hint("see what slows the server down or cancels statements, and run again"),
            "25006" => error.with_hint("this server is read-only: point DATABASE_URL at the primary"),
            "53100" => error.with_hint("the server's disk is full: free some space on it"),
            "53300" => error.with_hint("the server has no connection left: close some, or raise max_connections"),
            "42501" => match missing_grant(words) {
                Some((object, rights)) => error
                    .with_hint(format!("ask its owner for: GRANT {rights} ON {object} TO the role in DATABASE_URL")),
                None => error.with_hint("ask the database's owner for the right"),
            },
            // 42809: where `anime a` has no such column, PostgreSQL reads `a.rank` as its function of that name.
            "42P01" | "42703" | "42809" | "42P10" => {
                error.with_hint("the schema is not the one that malsync made: see docs/schema.md")
            }
            // A prepared statement that is another session's, or gone with it.
            "26000" | "42P05" => {
                Self::new(kind, "the session changed under our hands: a pooler in transaction mode is in between")
                    .with_hint("give malsync a direct connection, or a pooler in session mode")
            }
            "3D000" => {
                error.with_hint(format!("createdb {}; or mend the name in DATABASE_URL", shell_quoted_name(words)))
            }
            _ if sqlstate_class(code) == "28" => error.with_hint(
                "check user name and password in DATABASE_URL, with / ? # @ % in them as %2F %3F %23 %40 %25",
            ),
            _ => error,
        }
    }

    fn from_sqlite(code: u32, words: &str) -> Self {
        match code & 0xff {
            5 if matches!(code, 517 | 261) => Self::new(StoreErrorKind::Contention, words),
            5 | 6 => Self::fatal("the file has been locked by another program for 30 s")
                .with_hint("end the program that holds it, and run again"),
            8 | 3 => Self::fatal("the file cannot be written")
                .with_hint("check the owner and mode of the file and its folder"),
            14 => Self::fatal("the file cannot be opened").with_hint("check that its folder exists and can be written"),
            10 => Self::fatal(format!("the file cannot be read or written ({words})"))
                .with_hint("check the disk, its free space and the limits on file sizes (ulimit -f)"),
            13 => Self::fatal("the disk is full").with_hint("free some space, and run again"),
            26 => Self::fatal("the file is not an SQLite database").with_hint("point DATABASE_URL at another file"),
            11 => Self::fatal(format!("the file is damaged ({words})")).with_hint("restore it from a backup"),
            18 | 20 => Self::new(StoreErrorKind::DataRejected, words),
            19 => {
                let mut error = Self::new(StoreErrorKind::DataRejected, words);
                error.violations = 1;
                error
            }
            _ => Self::fatal(words),
        }
    }
}

/// What stands in quotes in the server's words, as a shell takes it.
fn shell_quoted_name(words: &str) -> String {
    let name = words.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"')).map_or("NAME", |(name, _)| name);
    shlex::try_quote(name).map_or_else(|_| "NAME".to_owned(), std::borrow::Cow::into_owned)
}

fn sqlstate_class(code: &str) -> &str {
    code.get(..2).unwrap_or_default()
}

/// What a right is missing on, and which rights malsync needs there: read from `permission denied for table anime`.
fn missing_grant(words: &str) -> Option<(String, &'static str)> {
    let (kind, name) = words.strip_prefix("permission denied for ")?.split_once(' ')?;
    match kind {
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
            sqlx::Error::Io(why) => Self::new(StoreErrorKind::ConnectionLost, format!("out of reach: {why}"))
                .with_hint("check that the server runs, and host and port in DATABASE_URL"),
            sqlx::Error::PoolTimedOut => {
                Self::new(StoreErrorKind::ConnectionLost, "out of reach: no connection within 10 s")
                    .with_hint("check that the server runs, and host and port in DATABASE_URL")
            }
            sqlx::Error::Tls(why) => Self::fatal(format!("no encrypted connection: {why}"))
                .with_hint("check sslmode and sslrootcert in DATABASE_URL"),
            sqlx::Error::Protocol(why) => Self::new(StoreErrorKind::ConnectionLost, format!("out of reach: {why}")),
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
        self.violations
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_error_codes_map_to_kinds_and_messages() {
        for (code, kind, words) in [
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
            assert!(error.to_string().contains(words), "{code}: {error}");
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
        for (words, name) in [
            ("database \"anime\" does not exist", "anime"),
            ("database \"a b; reboot\" does not exist", "'a b; reboot'"),
            ("no such database", "NAME"),
        ] {
            assert_eq!(shell_quoted_name(words), name);
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
