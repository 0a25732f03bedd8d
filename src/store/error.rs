//! What a database would not do, and the reaction that it needs.
//!
//! Every refusal is told apart by the database's code, here and nowhere else; each becomes a [`Failure`] with exit code 6.
//! The rule: a message has the database's own words, without the row (`DETAIL`), which may hold a token.

use super::place::Place;
use crate::{
    domain::user::{UserId, UserRef},
    exit::Exit,
    failure::Failure,
    sync::port::StoreFault,
};

/// What the caller does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The URL is none.
    Place,
    /// The connection went, or could not be had: tried again on a new one.
    Lost,
    /// A deadlock, a serialization failure or a row that somebody else made meanwhile: tried again.
    Contended,
    /// Somebody cancelled the statement, or it took too long: tried once more.
    Cancelled,
    /// The data is refused; other data may be taken.
    Refused,
    /// The role may not, or an object stands in the way.
    Forbidden,
    /// Whatever comes next would be refused too.
    Fatal,
    /// The user's row is another MAL account's by now.
    Foreign,
}

/// Why the database did not do it.
#[derive(Debug, thiserror::Error)]
pub struct Error {
    pub(super) kind: Kind,
    message: String,
    place: Option<String>,
    hints: Vec<String>,
    script: Option<String>,
    pub(super) violations: i64,
    /// The database took fewer rows than it was given, without a word.
    pub(super) dropped_rows: bool,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.place {
            Some(place) => write!(f, "database {place}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl Error {
    pub(super) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            place: None,
            hints: Vec::new(),
            script: None,
            violations: 0,
            dropped_rows: false,
        }
    }

    /// The database took fewer rows than it was given.
    pub(super) fn dropped(message: impl Into<String>) -> Self {
        Self { dropped_rows: true, ..Self::new(Kind::Contended, message) }
    }

    /// An unreadable database URL.
    pub(super) fn place(message: impl Into<String>) -> Self {
        Self::new(Kind::Place, message)
    }

    /// The row of a user turned out to be another MAL account's than the one whose list is being written.
    pub(super) fn foreign(user: UserId, username: &str, account: i64) -> Self {
        Self::new(Kind::Foreign, format!("the row of user {username} now belongs to another MAL account ({account})"))
            .hint(format!("that account's list comes with: malsync sync {}", UserRef::of_row(user, username).typed()))
    }

    /// Something that no further try mends.
    pub(super) fn fatal(message: impl Into<String>) -> Self {
        Self::new(Kind::Fatal, message)
    }

    #[must_use]
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds the statements that would mend it.
    #[must_use]
    pub(super) fn script(mut self, script: String) -> Self {
        self.script = Some(script);
        self
    }

    /// Names the database, unless the words are a row's.
    #[must_use]
    pub(super) fn at(mut self, place: &Place) -> Self {
        if self.place.is_none() && self.kind != Kind::Place {
            self.place = Some(place.to_string());
        }
        self
    }

    /// The database's words alone.
    pub(super) fn words(&self) -> &str {
        &self.message
    }

    /// Whether the same transaction may go through when tried again.
    pub(super) fn transient(&self) -> bool {
        matches!(self.kind, Kind::Lost | Kind::Contended | Kind::Cancelled)
    }

    fn postgres(refusal: &sqlx::postgres::PgDatabaseError) -> Self {
        let (code, words) = (refusal.code(), refusal.message());
        let kind = match code {
            "40001" | "40P01" => Kind::Contended,
            "25P03" | "57P01" | "57P02" | "57P03" | "57P05" => Kind::Lost,
            "57014" => Kind::Cancelled,
            "42501" | "0A000" => Kind::Forbidden,
            "25006" | "55P03" => Kind::Fatal,
            _ if ["08"].contains(&class(code)) => Kind::Lost,
            _ if ["26", "28", "3D", "3F", "42", "53", "57", "58", "F0", "XX"].contains(&class(code)) => Kind::Fatal,
            _ => Kind::Refused,
        };
        let mut error = Self::new(kind, words);
        error.violations = i64::from(class(code) == "23");
        match code {
            "55P03" => Self::new(kind, "a table or row has been locked by another session for 30 s")
                .hint("see who holds it in pg_stat_activity, end that session, and run again"),
            "57014" => error.hint("see what slows the server down or cancels statements, and run again"),
            "25006" => error.hint("this server is read-only: point DATABASE_URL at the primary"),
            "53100" => error.hint("the server's disk is full: free some space on it"),
            "53300" => error.hint("the server has no connection left: close some, or raise max_connections"),
            "42501" => match granted_object(words) {
                Some((object, rights)) => {
                    error.hint(format!("ask its owner for: GRANT {rights} ON {object} TO the role in DATABASE_URL"))
                }
                None => error.hint("ask the database's owner for the right"),
            },
            // 42809: where `anime a` has no such column, PostgreSQL reads `a.rank` as its function of that name.
            "42P01" | "42703" | "42809" | "42P10" => {
                error.hint("the schema is not the one that malsync made: see docs/schema.md")
            }
            // A prepared statement that is another session's, or gone with it.
            "26000" | "42P05" => {
                Self::new(kind, "the session changed under our hands: a pooler in transaction mode is in between")
                    .hint("give malsync a direct connection, or a pooler in session mode")
            }
            "3D000" => error.hint(format!("createdb {}; or mend the name in DATABASE_URL", quoted(words))),
            _ if class(code) == "28" => error
                .hint("check user name and password in DATABASE_URL, with / ? # @ % in them as %2F %3F %23 %40 %25"),
            _ => error,
        }
    }

    fn sqlite(code: u32, words: &str) -> Self {
        match code & 0xff {
            5 if matches!(code, 517 | 261) => Self::new(Kind::Contended, words),
            5 | 6 => Self::fatal("the file has been locked by another program for 30 s")
                .hint("end the program that holds it, and run again"),
            8 | 3 => {
                Self::fatal("the file cannot be written").hint("check the owner and mode of the file and its folder")
            }
            14 => Self::fatal("the file cannot be opened").hint("check that its folder exists and can be written"),
            10 => Self::fatal(format!("the file cannot be read or written ({words})"))
                .hint("check the disk, its free space and the limits on file sizes (ulimit -f)"),
            13 => Self::fatal("the disk is full").hint("free some space, and run again"),
            26 => Self::fatal("the file is not an SQLite database").hint("point DATABASE_URL at another file"),
            11 => Self::fatal(format!("the file is damaged ({words})")).hint("restore it from a backup"),
            18 | 20 => Self::new(Kind::Refused, words),
            19 => {
                let mut error = Self::new(Kind::Refused, words);
                error.violations = 1;
                error
            }
            _ => Self::fatal(words),
        }
    }
}

/// What stands in quotes in the server's words, as a shell takes it.
fn quoted(words: &str) -> String {
    let name = words.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"')).map_or("NAME", |(name, _)| name);
    shlex::try_quote(name).map_or_else(|_| "NAME".to_owned(), std::borrow::Cow::into_owned)
}

fn class(code: &str) -> &str {
    code.get(..2).unwrap_or_default()
}

/// What a right is missing on, and which rights malsync needs there: read from `permission denied for table anime`.
fn granted_object(words: &str) -> Option<(String, &'static str)> {
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
                    return Self::postgres(refusal);
                }
                let code = refusal.code().and_then(|code| code.parse().ok()).unwrap_or(1);
                Self::sqlite(code, refusal.message())
            }
            sqlx::Error::Io(why) => Self::new(Kind::Lost, format!("out of reach: {why}"))
                .hint("check that the server runs, and host and port in DATABASE_URL"),
            sqlx::Error::PoolTimedOut => Self::new(Kind::Lost, "out of reach: no connection within 10 s")
                .hint("check that the server runs, and host and port in DATABASE_URL"),
            sqlx::Error::Tls(why) => Self::fatal(format!("no encrypted connection: {why}"))
                .hint("check sslmode and sslrootcert in DATABASE_URL"),
            sqlx::Error::Protocol(why) => Self::new(Kind::Lost, format!("out of reach: {why}")),
            sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed => Self::new(Kind::Lost, error.to_string()),
            other => Self::fatal(other.to_string()),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = match error.kind {
            Kind::Place => Exit::Usage,
            Kind::Foreign => Exit::Guard,
            _ => Exit::Database,
        };
        let (hints, script) = (error.hints.clone(), error.script.clone());
        let failure = hints.into_iter().fold(Self::new(exit, error), Self::hint);
        Self { script, ..failure }
    }
}

impl StoreFault for Error {
    fn ends_the_run(&self) -> bool {
        !matches!(self.kind, Kind::Refused | Kind::Contended)
    }

    fn is_another_accounts(&self) -> bool {
        self.kind == Kind::Foreign
    }

    fn violations(&self) -> i64 {
        self.violations
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_refusals_are_told_apart() {
        for (code, kind, words) in [
            (5, Kind::Fatal, "locked"),
            (517, Kind::Contended, "locked"),
            (1032, Kind::Fatal, "written"),
            (14, Kind::Fatal, "opened"),
            (13, Kind::Fatal, "full"),
            (26, Kind::Fatal, "not an SQLite database"),
            (11, Kind::Fatal, "damaged"),
            (275, Kind::Refused, "locked"),
            (1, Kind::Fatal, "locked"),
        ] {
            let error = Error::sqlite(code, "database is locked");
            assert_eq!(error.kind, kind, "{code}");
            assert!(error.to_string().contains(words), "{code}: {error}");
        }
    }

    #[test]
    fn only_a_constraint_counts_as_a_violation() {
        assert_eq!(Error::sqlite(1555, "UNIQUE constraint failed").violations(), 1);
        assert_eq!(Error::sqlite(20, "datatype mismatch").violations(), 0);
    }

    #[test]
    fn refused_data_leaves_the_run_going_and_all_else_ends_it() {
        assert!(!Error::new(Kind::Refused, "no").ends_the_run());
        assert!(!Error::new(Kind::Contended, "no").ends_the_run());
        for kind in [Kind::Lost, Kind::Cancelled, Kind::Forbidden, Kind::Fatal, Kind::Foreign] {
            assert!(Error::new(kind, "no").ends_the_run());
            assert_eq!(Error::new(kind, "no").is_another_accounts(), kind == Kind::Foreign);
        }
    }

    #[test]
    fn a_database_that_is_not_there_is_named_as_a_shell_takes_it() {
        for (words, name) in [
            ("database \"anime\" does not exist", "anime"),
            ("database \"a b; reboot\" does not exist", "'a b; reboot'"),
            ("no such database", "NAME"),
        ] {
            assert_eq!(quoted(words), name);
        }
    }

    #[test]
    fn a_missing_right_names_the_table_and_the_grant() {
        let (object, rights) = granted_object("permission denied for table anime").unwrap();
        assert_eq!((object.as_str(), rights), ("TABLE anime", "SELECT, INSERT, UPDATE, DELETE"));
        assert_eq!(granted_object("must be owner of table users"), None);
    }

    #[test]
    fn an_error_turns_into_the_database_exit_code_and_a_bad_url_into_usage() {
        assert_eq!(Failure::from(Error::fatal("x")).exit, Exit::Database);
        assert_eq!(Failure::from(Error::place("x")).exit, Exit::Usage);
        assert_eq!(Failure::from(Error::foreign(UserId(1), "ann", 8)).exit, Exit::Guard);
    }
}
