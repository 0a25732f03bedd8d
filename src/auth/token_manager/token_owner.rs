//! The user whose tokens are managed, and the failures that name the user.

use crate::{
    domain::user::{UserId, UserRef},
    exit::Exit,
    failure::Failure,
};

/// The user whose tokens a token manager provides.
#[derive(Clone, Debug)]
pub struct TokenOwner {
    /// Id of the row in `users`.
    pub user: UserId,
    /// Name of the user, for messages.
    pub username: String,
    /// MAL account of the row. `None` if the row has no account yet.
    pub account: Option<i64>,
    /// The configured `MAL_CLIENT_ID`.
    pub client_id: String,
    /// Display name of the database, without a password.
    pub database: String,
}

impl TokenOwner {
    /// Returns a failure that a login fixes. It names the database, because a cron job without its `DATABASE_URL` opens
    /// an empty one.
    pub(super) fn login_required(&self, message: &str) -> Failure {
        let Self { user, username, database, .. } = self;
        Failure::from_text(Exit::Login, format!("{message} (user {username}, database {database})"))
            .with_hint(format!("malsync login {}", UserRef::for_row(*user, username).as_cli_arg()))
    }

    /// Returns the failure for a row that now belongs to another MAL account.
    pub(super) fn account_changed(&self, other: i64) -> Failure {
        let Self { user, username, database, .. } = self;
        let message =
            format!("the row of user {username} now belongs to another MAL account ({other}, database {database})");
        Failure::from_text(Exit::Guard, message).with_hint(format!(
            "to sync that account's list, run: malsync sync {}",
            UserRef::for_row(*user, username).as_cli_arg()
        ))
    }
}
