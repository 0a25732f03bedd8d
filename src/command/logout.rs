//! `logout`: deletes the tokens from the database and the keyring. User and list stay.

use crate::{
    auth::{keyring_sync, logout, token_storage::TokenStorage},
    cli::args,
    domain::user::User,
    exit::Exit,
    failure::Failure,
    store::{Database, DatabaseAccess},
};

use super::context::Context;

pub(crate) async fn run(context: &Context<'_>, args: &args::LogoutArgs) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open_existing(DatabaseAccess::Write).await?;
    let token_storage = context.token_storage(&database)?;
    let users = if args.all {
        let mut users = database.load_users().await?;
        users.retain(|user| user.login.is_present());
        users
    } else {
        vec![context.select_user(&database, args.user.name.as_ref()).await?]
    };
    if users.is_empty() {
        context.ui.print_note("No user was logged in.");
    }
    for user in &users {
        log_out(context, &database, &token_storage, user).await?;
    }
    Ok(Exit::Done)
}

async fn log_out(
    context: &Context<'_>,
    database: &Database,
    token_storage: &TokenStorage,
    user: &User,
) -> Result<(), Failure> {
    let had_login = user.login.is_present();
    if had_login {
        logout::log_out(database, token_storage, user.id).await?;
    } else {
        // The users table has no login, but the keyring may still hold a copy.
        keyring_sync::remove_from_keyring(database, token_storage, user.id).await?;
    }
    let name = crate::ui::escape_controls(&user.username);
    context.ui.print(&if had_login {
        format!("Logged out {name}. Your list is kept.")
    } else {
        format!("{name} was not logged in.")
    })
}
