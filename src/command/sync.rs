//! `sync`: syncs one user's list into the database, or those of all users (`sync_all`).

use std::sync::Arc;

use crate::{
    cli::args,
    domain::user::{User, UserRef},
    exit::Exit,
    failure::Failure,
    http::HttpTransport,
    store::{Database, DatabaseAccess, MissingSchema},
};

use super::{
    context::{Context, not_logged_in_failure},
    login,
    signals::Signals,
    sync_all,
    sync_user::{UserSync, print_run},
    terminal_input::DefaultAnswer,
};

pub(crate) async fn run(context: &Context<'_>, args: &args::SyncArgs) -> Result<Exit, Failure> {
    context.config()?.client_id()?;
    Signals::force_exit_on_signal();
    let database = open_database(context, args).await?;
    let transport = context.transport(&database)?;
    if args.all_users {
        sync_all::sync_all_users(context, args, &database, &transport).await
    } else {
        sync_one_user(context, args, &database, &transport).await
    }
}

/// Opens the database. Makes tables only where an application stored tokens, which are used.
async fn open_database(context: &Context<'_>, args: &args::SyncArgs) -> Result<Arc<Database>, Failure> {
    let access = if args.dry_run { DatabaseAccess::Read } else { DatabaseAccess::Write };
    let database = context.open_existing(access).await?;
    match database.missing_schema() {
        Some(MissingSchema::ApplicationTables { has_tokens: true }) => context.open_database().await,
        _ => Ok(database),
    }
}

async fn sync_one_user(
    context: &Context<'_>,
    args: &args::SyncArgs,
    database: &Arc<Database>,
    transport: &HttpTransport,
) -> Result<Exit, Failure> {
    let user = match context.select_user(database, args.user.name.as_ref()).await {
        Ok(user) if user.login.is_present() && !user.login.needs_login => user,
        Ok(user) => {
            let failure = not_logged_in_failure(&user, database);
            let login = offer_login(context, database, Some(UserRef::Id(user.id)), failure).await;
            login.inspect_err(|failure| context.outcomes.record_not_started(&user, failure))?
        }
        // A misspelled --user must not become a second user.
        Err(failure) if failure.exit == Exit::Login && !names_unknown_user(database, args).await? => {
            offer_login(context, database, args.user.name.clone(), failure).await?
        }
        Err(failure) => return Err(failure),
    };
    if database.missing_schema().is_some() {
        // The login made the tables. A file is not opened again while a connection to it is open: that drops its locks.
        context.close_databases().await;
        let database = context.open_existing_silently(DatabaseAccess::Write).await?;
        let transport = context.transport(&database)?;
        return sync_logged_in_user(context, args, &database, &transport, &user).await;
    }
    sync_logged_in_user(context, args, database, transport, &user).await
}

/// Returns true if `--user` names no user although the database has some.
async fn names_unknown_user(database: &Database, args: &args::SyncArgs) -> Result<bool, Failure> {
    Ok(args.user.name.is_some() && !database.load_users().await?.is_empty())
}

async fn sync_logged_in_user(
    context: &Context<'_>,
    args: &args::SyncArgs,
    database: &Arc<Database>,
    transport: &HttpTransport,
    user: &User,
) -> Result<Exit, Failure> {
    let user_sync = UserSync { context, args, database, transport, skip_if_synced_after: None };
    let result = user_sync.run(user, None).await;
    print_run(context, args, &result)?;
    context.ui.print_hints(&result.hints);
    result.outcome
}

/// Offers to log in first if the terminal is interactive. Otherwise returns `failure`.
async fn offer_login(
    context: &Context<'_>,
    database: &Arc<Database>,
    user: Option<UserRef>,
    failure: Failure,
) -> Result<User, Failure> {
    if !context.ui.is_interactive() {
        return Err(failure);
    }
    context.ui.print_note(&failure.message());
    if !context.confirm("Log in to MyAnimeList now?", DefaultAnswer::Yes).await? {
        return Err(failure);
    }
    match database.missing_schema() {
        Some(_) => login::log_in_inline(context, &context.open_database().await?, user).await,
        None => login::log_in_inline(context, database, user).await,
    }
}
