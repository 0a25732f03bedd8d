//! Arguments that many commands take.

use clap::{Args, ValueHint};

use super::filter_values::RemovedEntries;
use crate::domain::user::UserRef;

/// `--user`, for commands about one user.
#[derive(Args, Clone, Debug)]
pub struct UserArgs {
    /// User name or id:N (default: the user who logged in last)
    #[arg(short = 'u', long = "user", value_name = "NAME", value_hint = ValueHint::Other)]
    pub name: Option<UserRef>,
}

/// `--removed`, for commands that leave out entries which are no longer on MAL.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[command(next_help_heading = "Filters")]
pub struct RemovedArgs {
    /// Include entries that were removed from MAL (--removed=only: only those)
    #[arg(
        long,
        value_name = "WHICH",
        value_enum,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "also",
        hide_possible_values = true
    )]
    pub removed: Option<RemovedEntries>,
}

impl RemovedArgs {
    /// Returns true if the command includes entries that were removed from MAL.
    #[must_use]
    pub const fn includes_removed(self) -> bool {
        self.removed.is_some()
    }

    /// Returns true if the command includes only entries that were removed from MAL.
    #[must_use]
    pub fn is_only_removed(self) -> bool {
        self.removed == Some(RemovedEntries::Only)
    }
}

/// `--user` and `--json`.
#[derive(Args, Clone, Debug)]
pub struct UserAndJsonArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `--json`.
#[derive(Args, Clone, Debug)]
pub struct JsonArgs {
    /// Print JSON, one object per line
    #[arg(long)]
    pub json: bool,
}
