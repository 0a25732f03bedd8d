//! The documented exit codes. Scripts depend on them: a code never changes its meaning.
//!
//! The table is in `docs/exit-codes.md`. Code takes the numbers from here; texts for users repeat them.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exit {
    /// Success, or nothing to do.
    Done,
    /// Failure without a code of its own.
    Failed,
    /// Wrong usage or configuration.
    Usage,
    /// The sync finished, but some entries could not be stored.
    Partial,
    /// Not logged in, login refused, or MAL requires a new login.
    Login,
    /// MAL or the network is unreachable, blocking or failing after all retries. At login: the redirect port is in use,
    /// or the login timed out.
    Mal,
    /// The database is unreachable, refusing, or newer than this binary.
    Database,
    /// Another sync of the same user is running.
    Busy,
    /// A safety check stopped it: the list shrank too much, the MAL account differs from the row's, or stored tokens
    /// were altered.
    Guard,
    /// `status --max-age`: the last complete sync is older.
    Stale,
    /// Stopped by SIGHUP.
    Hangup,
    /// Stopped by SIGINT.
    Interrupt,
    /// Stopped by SIGTERM.
    Terminate,
}

impl Exit {
    /// Returns the exit code of the process.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Partial => 3,
            Self::Login => 4,
            Self::Mal => 5,
            Self::Database => 6,
            Self::Busy => 7,
            Self::Guard => 8,
            Self::Stale => 9,
            Self::Hangup => 129,
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }

    /// Returns the severity. `sync --all-users` exits with the most severe code of all users, in the order 6, 2, 4, 5,
    /// 8, 3, 7, 1, 0. A signal outranks them all.
    #[must_use]
    pub const fn severity(self) -> u8 {
        match self {
            Self::Hangup | Self::Interrupt | Self::Terminate => 11,
            Self::Database => 10,
            Self::Usage => 9,
            Self::Login => 8,
            Self::Mal => 7,
            Self::Guard => 6,
            Self::Partial => 5,
            Self::Busy => 4,
            Self::Failed => 3,
            Self::Stale => 2,
            Self::Done => 0,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn severity_follows_documented_order() {
        let order = [
            Exit::Terminate,
            Exit::Database,
            Exit::Usage,
            Exit::Login,
            Exit::Mal,
            Exit::Guard,
            Exit::Partial,
            Exit::Busy,
            Exit::Failed,
            Exit::Done,
        ];
        assert_eq!(order.map(Exit::code), [143, 6, 2, 4, 5, 8, 3, 7, 1, 0]);
        assert!(order.windows(2).all(|pair| pair[0].severity() > pair[1].severity()));
    }
}
