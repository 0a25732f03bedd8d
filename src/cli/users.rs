//! Arguments of `users`.

use clap::{Args, Subcommand, ValueHint};

use super::{common_args::JsonArgs, value};
use crate::domain::user::UserRef;

/// `users`
#[derive(Args, Clone, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct UsersArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub json: JsonArgs,
    #[command(subcommand)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub command: Option<UsersCommand>,
}

/// The commands of `users`.
#[derive(Clone, Debug, Subcommand)]
pub enum UsersCommand {
    /// List the users with their login, last sync and number of entries
    List(JsonArgs),
    /// Rename a user in the database; nothing changes on MAL
    Rename(RenameUserArgs),
    /// Delete a user with the list, login and history; nothing is deleted on MAL
    Delete(DeleteUserArgs),
}

/// `users rename`
#[derive(Args, Clone, Debug)]
pub struct RenameUserArgs {
    /// User name or id:N
    #[arg(value_name = "NAME", value_hint = ValueHint::Other)]
    pub user: UserRef,
    /// New name, 1 to 50 characters
    #[arg(value_name = "NEW", value_parser = value::parse_non_empty)]
    pub new_name: String,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub json: JsonArgs,
}

/// `users delete`
#[derive(Args, Clone, Debug)]
pub struct DeleteUserArgs {
    /// User name or id:N
    #[arg(value_name = "NAME", value_hint = ValueHint::Other)]
    pub user: UserRef,
    /// Skip confirmation (required when not run from a terminal)
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub json: JsonArgs,
}
