//! Arguments that many commands take.

use clap::{Args, ValueHint};

use crate::domain::user::UserRef;

/// `--user`, for commands about one user.
#[derive(Args, Clone, Debug)]
pub struct UserArgs {
    /// Take this user: a name in the users table, or id:N for the row's id (default: the only one with a MAL login, else
    /// the one last logged in)
    #[arg(long = "user", value_name = "NAME", value_hint = ValueHint::Other)]
    pub name: Option<UserRef>,
}

/// `--user` and `--json`.
#[derive(Args, Clone, Debug)]
pub struct UserAndJsonArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Print one line of JSON
    #[arg(long)]
    pub json: bool,
}

/// `--json`.
#[derive(Args, Clone, Debug)]
pub struct JsonArgs {
    /// Print JSON, one object a line
    #[arg(long)]
    pub json: bool,
}
