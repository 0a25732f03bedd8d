//! `logout`: clears the tokens in table and keyring. User and list stay.

use crate::{
    auth::{keyring_sync, logout, token_storage::TokenStorage},
    cli::args,
    domain::user::User,
    exit::Exit,
    failure::Failure,
    store::Database,
};

use super::context::{Context, close_database};

pub(crate) async fn run(context: &Context<'_>, args: &args::LogoutArgs) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open_database().await?;
    let vault = context.token_store(&database)?;
    let users = if args.all {
        let mut users = database.load_users().await?;
        users.retain(|user| user.login.is_present());
        users
    } else {
        vec![context.select_user(&database, args.user.name.as_ref()).await?]
    };
    if users.is_empty() {
        context.ui.print_note("nobody was logged in");
    }
    for user in &users {
        log_out(context, &database, &vault, user).await?;
    }
    close_database(database).await;
    Ok(Exit::Done)
}

async fn log_out(context: &Context<'_>, database: &Database, vault: &TokenStorage, user: &User) -> Result<(), Failure> {
    let was = user.login.is_present();
    if was {
        logout::log_out(database, vault, user.id).await?;
    } else {
        // The table knows of no login; a copy in the keyring may be left of one all the same.
        keyring_sync::remove_from_keyring(database, vault, user.id).await?;
    }
    let what = if was { "logged out; the list stays" } else { "was not logged in" };
    context.ui.print(&format!("{}: {what}", crate::ui::escape_controls(&user.username)))
}
