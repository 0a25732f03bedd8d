//! Database errors, classified by the reaction they need.
//!
//! The error codes are interpreted by `error_codes` in `postgres` and in `sqlite`. Every error becomes a [`Failure`]: a bad URL exits
//! with [`Exit::Usage`], an account mismatch and an unusable target of a copy with [`Exit::Guard`], all else with
//! [`Exit::Database`] (6).
//!
//! Invariant: a message contains the database's own message text without the row (`DETAIL`), which may contain a
//! token.

use crate::{
    domain::user::{UserId, UserRef},
    exit::Exit,
    failure::Failure,
    sync::port::SyncStoreError,
};

/// Classifies an error by what the caller does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StoreErrorKind {
    /// The database URL is invalid.
    InvalidUrl,
    /// The connection broke or could not be made. Retried on a new connection.
    ConnectionLost,
    /// The server gave no answer within the limit of a statement. Retried once, on a new connection.
    Unresponsive,
    /// The server has no connection left. Retried after a wait, as for a server that restarts.
    ServerFull,
    /// A deadlock, a serialization failure, or a row that another program wrote in between. Retried.
    Contention,
    /// The statement was cancelled or timed out. Retried once.
    Cancelled,
    /// The database rejected the data. Other data may be accepted.
    DataRejected,
    /// The role lacks permission, or another object blocks the change.
    Forbidden,
    /// Every further statement would fail too. `is_fatal` is true for most of the other kinds as well.
    Fatal,
    /// The user's row now belongs to another MAL account.
    AccountMismatch,
    /// The target of a copy has rows, or is the source.
    UnusableTarget,
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
    /// True if an SQLite file cannot be read unless it may be written too.
    pub(super) needs_writable_file: bool,
    /// True if the connection broke during COMMIT, and whether the transaction was committed is unknown.
    is_outcome_unknown: bool,
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
            needs_writable_file: false,
            is_outcome_unknown: false,
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
            "to sync that account's list, run: malsync sync {}",
            UserRef::for_row(user, username).as_cli_arg()
        ))
    }

    /// Creates the error for a user without a row.
    pub(super) fn user_gone(user: UserId) -> Self {
        Self::fatal(format!("user {user} was deleted from the users table"))
    }

    /// Creates an error that a retry cannot fix.
    pub(super) fn fatal(message: impl Into<String>) -> Self {
        Self::new(StoreErrorKind::Fatal, message)
    }

    /// Marks the error of a COMMIT whose outcome is unknown. It is not retried: the transaction could be applied twice.
    #[must_use]
    pub(super) fn with_unknown_outcome(mut self) -> Self {
        self.is_outcome_unknown = true;
        self.message = format!(
            "the connection broke while a change was stored, and whether it was stored is unknown: {}",
            self.message
        );
        self.with_hint("check with malsync changes whether the change is there before you repeat the command")
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
    pub(super) fn with_database(mut self, url: &impl std::fmt::Display) -> Self {
        if self.database.is_none() && self.kind != StoreErrorKind::InvalidUrl {
            self.database = Some(url.to_string());
        }
        self
    }

    /// Names the table that the error is about.
    #[must_use]
    pub(super) fn with_table(mut self, table: &str) -> Self {
        self.message = format!("table {table}: {}", self.message);
        self
    }

    /// Names the row, by its primary key, that the error is about.
    #[must_use]
    pub(super) fn with_row(mut self, key: &str) -> Self {
        self.message = format!("row {key}: {}", self.message);
        self
    }

    /// Returns the message without the database's name.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// Returns the first hint.
    pub(super) fn first_hint(&self) -> Option<&str> {
        self.hints.first().map(String::as_str)
    }

    /// Returns true if the database does not answer at all: it cannot be connected to, or the connection broke.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        matches!(self.kind, StoreErrorKind::ConnectionLost | StoreErrorKind::Unresponsive)
    }

    /// Returns true if a retry of the transaction may succeed.
    pub(super) fn is_transient(&self) -> bool {
        use StoreErrorKind::{Cancelled, ConnectionLost, Contention, ServerFull, Unresponsive};
        !self.is_outcome_unknown
            && matches!(self.kind, ConnectionLost | Unresponsive | ServerFull | Contention | Cancelled)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = match error.kind {
            StoreErrorKind::InvalidUrl => Exit::Usage,
            StoreErrorKind::AccountMismatch | StoreErrorKind::UnusableTarget => Exit::Guard,
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

    fn is_unreachable(&self) -> bool {
        self.is_unreachable()
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
    fn commit_of_unknown_outcome_is_unreachable_but_not_retried() {
        let lost = Error::new(StoreErrorKind::ConnectionLost, "gone");
        assert!(lost.is_transient());
        let unknown = lost.with_unknown_outcome();
        assert!(!unknown.is_transient() && unknown.is_unreachable() && unknown.is_fatal());
    }

    #[test]
    fn error_kinds_map_to_exit_codes() {
        assert_eq!(Failure::from(Error::fatal("x")).exit, Exit::Database);
        assert_eq!(Failure::from(Error::invalid_url("x")).exit, Exit::Usage);
        assert_eq!(Failure::from(Error::account_mismatch(UserId(1), "ann", 8)).exit, Exit::Guard);
        assert_eq!(Failure::from(Error::new(StoreErrorKind::UnusableTarget, "x")).exit, Exit::Guard);
    }
}
