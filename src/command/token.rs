//! `token status` and `token refresh`, which print no token, and `token export`, which prints nothing else.

use std::sync::Arc;

use crate::{
    auth::{carried::Carried, vault::Stored},
    cli::args,
    domain::user::User,
    exit::Exit,
    failure::Failure,
    store::Database,
    sync::port::Store as _,
    ui::view::login::{Place, TokenView},
};

use super::context::{Context, close, not_logged_in};

pub(crate) async fn status(context: &Context<'_>, args: &args::UserJson) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open().await?;
    let result = match context.user(&database, args.user.name.as_ref()).await {
        Ok(user) => tell(context, args, &database, &user).await,
        Err(failure) => {
            if failure.exit == Exit::Login {
                let now = database.now().await?;
                let view =
                    TokenView { has_tokens: false, needs_login: false, expires_at: None, stored_in: Vec::new(), now };
                print(context, args, &view)?;
            }
            Err(failure)
        }
    };
    close(database).await;
    result
}

pub(crate) async fn refresh(context: &Context<'_>, args: &args::UserJson) -> Result<Exit, Failure> {
    context.config()?.client_id()?;
    let database = context.open().await?;
    let wire = context.wire(&database)?;
    let user = context.user(&database, args.user.name.as_ref()).await?;
    let session = context.session(&database, &context.vault(&database)?, context.oauth(&wire)?, &user)?;
    session.refresh_now().await?;
    drop(session);
    let user = database.user(user.id).await?.unwrap_or(user);
    let result = tell(context, args, &database, &user).await;
    close(database).await;
    result
}

/// Prints the login for another machine: never onto a terminal by chance, where it would stay to be read.
pub(crate) async fn export(context: &Context<'_>, args: &args::TokenExport) -> Result<Exit, Failure> {
    context.config()?;
    if context.ui.answers_a_terminal() && !args.show {
        return Err(Failure::usage("the tokens are as good as a password, and are not printed onto a terminal").hint(
            "malsync token export | ssh OTHER-HOST malsync login --with-token; to see them all the same: --show",
        ));
    }
    let database = context.open().await?;
    let result = carried(context, &database, args).await;
    close(database).await;
    context.ui.json(&result?.line())?;
    context.ui.warning(
        "whoever renews the tokens first makes the other copy worthless: if this machine is done with them, \
         malsync logout (after malsync login --with-token over there)",
    );
    Ok(Exit::Done)
}

async fn carried(
    context: &Context<'_>,
    database: &Arc<Database>,
    args: &args::TokenExport,
) -> Result<Carried, Failure> {
    let user = context.user(database, args.user.name.as_ref()).await?;
    let held = context.vault(database)?.load(user.id, &user.login).await?;
    let held = held.filter(|held| !held.needs_login).ok_or_else(|| not_logged_in(&user, database))?;
    Carried::of(&held, user.mal_user_id).ok_or_else(|| {
        Failure::text(Exit::Login, "there is a refresh token alone, and nothing to show whose it is")
            .hint(format!("malsync token refresh {}, then again", user.typed()))
    })
}

async fn tell(
    context: &Context<'_>,
    args: &args::UserJson,
    database: &Arc<Database>,
    user: &User,
) -> Result<Exit, Failure> {
    let stored_in = context.vault(database)?.stored_in(user.id, &user.login).await;
    let place = |stored| match stored {
        Stored::Keyring => Place::Keyring,
        Stored::Database => Place::Database,
    };
    let view = TokenView {
        has_tokens: !stored_in.is_empty(),
        needs_login: user.login.needs_login,
        expires_at: user.login.expires_at,
        stored_in: stored_in.into_iter().map(place).collect(),
        now: database.now().await?,
    };
    print(context, args, &view)?;
    if view.has_tokens && !view.needs_login { Ok(Exit::Done) } else { Err(not_logged_in(user, database)) }
}

fn print(context: &Context<'_>, args: &args::UserJson, view: &TokenView) -> Result<(), Failure> {
    if args.json { context.ui.json(&view.json()) } else { context.ui.out(&view.text()) }
}
