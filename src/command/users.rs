//! `users`: lists the users of the database, renames one, or deletes one.

use std::collections::HashMap;

use crate::{
    auth::{keyring_sync, login_target},
    cli::users::{DeleteUserArgs, RenameUserArgs, UsersArgs, UsersCommand},
    domain::user::{User, UserId},
    exit::Exit,
    failure::Failure,
    store::{Database, DatabaseAccess, RenameOutcome},
    ui::view::users::{self, UserView},
};

use super::{
    context::Context,
    run_lock::{LockAttempt, lock_held_failure, take_run_lock},
    terminal_input::DefaultAnswer,
};

pub(crate) async fn run(context: &Context<'_>, args: &UsersArgs) -> Result<Exit, Failure> {
    context.config()?;
    match &args.command {
        None => list_users(context, args.json.json).await,
        Some(UsersCommand::List(list)) => list_users(context, list.json).await,
        Some(UsersCommand::Rename(rename)) => rename_user(context, rename).await,
        Some(UsersCommand::Delete(delete)) => delete_user(context, delete).await,
    }
}

async fn list_users(context: &Context<'_>, json: bool) -> Result<Exit, Failure> {
    let database = context.open_to_read().await?;
    let users = database.load_users().await?;
    let counts = if users.is_empty() { HashMap::new() } else { database.count_entries_by_user().await? };
    let mut views = Vec::with_capacity(users.len());
    for user in &users {
        views.push(to_view(context, &database, user, &counts).await?);
    }
    if json {
        views.iter().try_for_each(|view| context.ui.print_json(&view.to_json()))?;
    } else if views.is_empty() {
        context.ui.print_note("No users yet. Run: malsync login");
    } else {
        context.ui.print_table(&users::to_table(&views))?;
    }
    Ok(Exit::Done)
}

async fn to_view<'u>(
    context: &Context<'_>,
    database: &Database,
    user: &'u User,
    counts: &HashMap<UserId, i64>,
) -> Result<UserView<'u>, Failure> {
    let has_mal_token = context.has_tokens(database, user).await?;
    Ok(UserView { user, entries: counts.get(&user.id).copied().unwrap_or(0), has_mal_token })
}

async fn rename_user(context: &Context<'_>, args: &RenameUserArgs) -> Result<Exit, Failure> {
    // The hint is for a login, not for a rename.
    login_target::validate_username(&args.new_name).map_err(|failure| Failure { hints: Vec::new(), ..failure })?;
    let database = context.open_existing(DatabaseAccess::Write).await?;
    let user = context.select_user(&database, Some(&args.user)).await?;
    if database.rename_user(user.id, &args.new_name).await? == RenameOutcome::NameTaken {
        let message = format!("another user is named {}", args.new_name);
        return Err(Failure::usage_error(message).with_hint("choose another name; list all with malsync users"));
    }
    if args.json.json {
        let renamed = User { username: args.new_name.clone(), ..user };
        let counts = database.count_entries_by_user().await?;
        context.ui.print_json(&to_view(context, &database, &renamed, &counts).await?.to_json())?;
    } else {
        context.ui.print(&users::renamed_text(&user.username, &args.new_name))?;
    }
    Ok(Exit::Done)
}

async fn delete_user(context: &Context<'_>, args: &DeleteUserArgs) -> Result<Exit, Failure> {
    let database = context.open_existing(DatabaseAccess::Write).await?;
    let user = context.select_user(&database, Some(&args.user)).await?;
    let counts = HashMap::from([(user.id, database.count_entries(user.id).await?)]);
    let view = to_view(context, &database, &user, &counts).await?;
    if !args.yes && !confirm_deletion(context, &view).await? {
        context.ui.print_note("Nothing was deleted.");
        return Ok(Exit::Done);
    }
    // The lock keeps the user while a sync is in progress. Without its user the sync would fail.
    let dry_run = false;
    let _lock = match take_run_lock(&database, &user, dry_run).await? {
        LockAttempt::Held(run) => return Err(lock_held_failure(run.as_deref(), &user)),
        taken => taken,
    };
    let token_storage = context.token_storage(&database)?;
    let refresh_lock = keyring_sync::acquire_refresh_lock(database.as_ref(), user.id).await?;
    database.delete_user(user.id).await?;
    token_storage.delete_keyring_copy(user.id).await;
    drop(refresh_lock);
    if args.json.json {
        context.ui.print_json(&view.to_json())?;
    } else {
        context.ui.print(&view.deleted_text())?;
    }
    Ok(Exit::Done)
}

/// Asks whether to delete the user. Fails without an interactive terminal.
async fn confirm_deletion(context: &Context<'_>, view: &UserView<'_>) -> Result<bool, Failure> {
    if !context.ui.is_interactive() {
        let message = format!("refusing to delete user {} without confirmation", view.user.username);
        return Err(Failure::usage_error(message).with_hint("use --yes"));
    }
    context.confirm(&view.deletion_question(), DefaultAnswer::No).await
}
