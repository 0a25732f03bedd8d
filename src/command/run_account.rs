//! The MAL account of a run: the login before it, and the account noted after it.

use crate::{
    domain::user::{MalAccount, User},
    exit::Exit,
    failure::Failure,
    store::Database,
    sync::port::LoginRepository as _,
};

use super::context::{Context, not_logged_in_failure};

/// Fails if the user is not logged in, or if the tokens belong to another client id.
pub(super) fn check_login(context: &Context<'_>, user: &User, database: &Database) -> Result<(), Failure> {
    if user.login.needs_login || !user.login.is_present() {
        return Err(not_logged_in_failure(user, database));
    }
    let client_id = context.config()?.client_id()?;
    if let Some(token_client_id) =
        user.login.client_id.as_deref().filter(|token_client_id| *token_client_id != client_id)
    {
        let message =
            format!("{}'s login uses a different client ID ({token_client_id}) than MAL_CLIENT_ID", user.username);
        return Err(Failure::from_text(Exit::Login, format!("{message} (database {})", database.url()))
            .with_hint(format!("malsync login {}", user.as_cli_arg()))
            .with_hint("if the client ID was changed by mistake: malsync config set mal_client_id ID"));
    }
    Ok(())
}

/// Stores the MAL account in a user row that has none.
pub(super) async fn store_account_if_unset(database: &Database, user: &User, account: Option<&MalAccount>) {
    if let (Some(account), None) = (account, user.mal_user_id)
        && let Err(error) = database.set_account_if_unset(user.id, account.id).await
    {
        tracing::warn!("could not store the MAL account of user {}: {error}", user.username);
    }
}
