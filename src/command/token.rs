//! `token status` and `token refresh`, which print no token, and `token export`, which prints only the exported login.

use std::sync::Arc;

use crate::{
    auth::exported_login::ExportedLogin,
    cli::args,
    domain::user::User,
    exit::Exit,
    failure::Failure,
    store::{Database, DatabaseAccess},
    sync::port::SyncStore as _,
    ui::view::login::TokenView,
};

use super::context::{Context, not_logged_in_failure};

pub(crate) async fn show_status(context: &Context<'_>, args: &args::UserAndJsonArgs) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open_to_read().await?;
    match context.select_user(&database, args.user.name.as_ref()).await {
        Ok(user) => show_user_status(context, args, &database, &user).await,
        Err(failure) => {
            if failure.exit == Exit::Login {
                let now = database.now().await?;
                let view =
                    TokenView { has_tokens: false, needs_login: false, expires_at: None, stored_in: Vec::new(), now };
                print_view(context, args, &view)?;
            }
            Err(failure)
        }
    }
}

pub(crate) async fn refresh_tokens(context: &Context<'_>, args: &args::UserAndJsonArgs) -> Result<Exit, Failure> {
    context.config()?.client_id()?;
    let database = context.open_existing(DatabaseAccess::Write).await?;
    let transport = context.transport(&database)?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let token_manager = context.token_manager(
        &database,
        &context.token_storage(&database)?,
        context.oauth_client(&transport)?,
        &user,
    )?;
    token_manager.refresh_now().await?;
    drop(token_manager);
    let user = database.find_user(user.id).await?.unwrap_or(user);
    show_user_status(context, args, &database, &user).await
}

/// Prints the login for transfer to another machine. Refuses to print it on a terminal, where it would stay readable,
/// unless `--show` is given.
pub(crate) async fn export_tokens(context: &Context<'_>, args: &args::TokenExportArgs) -> Result<Exit, Failure> {
    context.config()?;
    if context.ui.is_stdout_terminal() && !args.show {
        return Err(Failure::usage_error("refusing to print tokens to a terminal").with_hint(
            "pipe them to the other machine: malsync token export | ssh OTHER-HOST malsync login \
                    --with-token; or print them anyway with --show",
        ));
    }
    let database = context.open_to_read().await?;
    let login = load_exported_login(context, &database, args).await?;
    context.ui.print_json(&login.to_json())?;
    context.ui.print_warning(
        "The copy stops working once either machine refreshes the tokens. If you no longer need the login on this \
            machine, run malsync logout (after malsync login --with-token on the other one)",
    );
    Ok(Exit::Done)
}

/// Loads the login in its export form.
async fn load_exported_login(
    context: &Context<'_>,
    database: &Arc<Database>,
    args: &args::TokenExportArgs,
) -> Result<ExportedLogin, Failure> {
    let user = context.select_user(database, args.user.name.as_ref()).await?;
    let tokens = context.token_storage(database)?.load_tokens(user.id, &user.login).await?;
    let tokens = tokens.filter(|tokens| !tokens.needs_login).ok_or_else(|| not_logged_in_failure(&user, database))?;
    ExportedLogin::from_loaded_tokens(&tokens, user.mal_user_id).ok_or_else(|| {
        Failure::from_text(Exit::Login, "only a refresh token is stored, which does not show whose it is")
            .with_hint(format!("run malsync token refresh {}, then try again", user.as_cli_arg()))
    })
}

async fn show_user_status(
    context: &Context<'_>,
    args: &args::UserAndJsonArgs,
    database: &Arc<Database>,
    user: &User,
) -> Result<Exit, Failure> {
    let stored_in = context.token_storage(database)?.stored_in(user.id, &user.login).await;
    let view = TokenView {
        has_tokens: !stored_in.is_empty(),
        needs_login: user.login.needs_login,
        expires_at: user.login.expires_at,
        stored_in,
        now: database.now().await?,
    };
    print_view(context, args, &view)?;
    if let Some(failure) = context.find_unreadable_login(database, user).await? {
        return Err(failure);
    }
    if view.has_tokens && !view.needs_login { Ok(Exit::Done) } else { Err(not_logged_in_failure(user, database)) }
}

fn print_view(context: &Context<'_>, args: &args::UserAndJsonArgs, view: &TokenView) -> Result<(), Failure> {
    if args.json { context.ui.print_json(&view.to_json()) } else { context.ui.print(&view.to_text()) }
}
