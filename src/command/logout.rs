//! `logout`: clears the tokens in table and keyring. User and list stay.

use crate::{
    auth::{copies, logout, vault::Vault},
    cli::args,
    domain::user::User,
    exit::Exit,
    failure::Failure,
    store::Database,
};

use super::context::{Context, close};

pub(crate) async fn run(context: &Context<'_>, args: &args::Logout) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open().await?;
    let vault = context.vault(&database)?;
    let users = if args.all {
        let mut users = database.users().await?;
        users.retain(|user| user.login.exists());
        users
    } else {
        vec![context.user(&database, args.user.name.as_ref()).await?]
    };
    if users.is_empty() {
        context.ui.note("nobody was logged in");
    }
    for user in &users {
        log_out(context, &database, &vault, user).await?;
    }
    close(database).await;
    Ok(Exit::Done)
}

async fn log_out(context: &Context<'_>, database: &Database, vault: &Vault, user: &User) -> Result<(), Failure> {
    let was = user.login.exists();
    if was {
        logout::logout(database, vault, user.id).await?;
    } else {
        // The table knows of no login; a copy in the keyring may be left of one all the same.
        copies::remove(database, vault, user.id).await?;
    }
    let what = if was { "logged out; the list stays" } else { "was not logged in" };
    context.ui.out(&format!("{}: {what}", crate::ui::clean(&user.username)))
}
