//! `status`: prints a user's login and sync state, or one run. Checks the age of the last sync for `--max-age`.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::{
    cli::{args, value::RunArg},
    domain::{run::RunId, user::User},
    exit::Exit,
    failure::Failure,
    store::{Database, RunKind},
    sync::port::SyncStore as _,
    ui::view::{
        self,
        status::{LastRuns, NotStartedSync, StatusView},
    },
};

use super::{
    changes::find_run_of_user,
    context::{Context, not_logged_in_failure},
    notification_file::load_state,
    waiting_values::count_waiting_values,
};

pub(crate) async fn run(context: &Context<'_>, args: &args::StatusArgs) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open_to_read().await?;
    match args.run {
        Some(RunArg::Id(id)) => print_run(context, args, &database, RunId(id)).await,
        Some(RunArg::Last) => {
            let user = context.select_user(&database, args.user.name.as_ref()).await?;
            print_run(context, args, &database, find_run_of_user(&database, &user, RunArg::Last).await?).await
        }
        None => print_user_status(context, args, &database).await,
    }
}

async fn print_run(
    context: &Context<'_>,
    args: &args::StatusArgs,
    database: &Database,
    id: RunId,
) -> Result<Exit, Failure> {
    let Some(run) = database.find_run(id).await? else {
        let message = format!("no run {id} in {}", database.url());
        return Err(Failure::from_text(Exit::Failed, message).with_hint("list the runs with malsync runs"));
    };
    if args.json {
        context.ui.print_json(&view::run::to_json(&run))?;
    } else {
        context.ui.print(&(view::run::summary_text(&run, context.ui.is_verbose()) + &view::run::failure_text(&run)))?;
    }
    Ok(Exit::Done)
}

async fn print_user_status(
    context: &Context<'_>,
    args: &args::StatusArgs,
    database: &Database,
) -> Result<Exit, Failure> {
    let user = match context.select_user(database, args.user.name.as_ref()).await {
        Ok(user) => user,
        Err(failure) => {
            // For people the failure says it; a script gets an object of nulls.
            if failure.exit == Exit::Login && args.json {
                context.ui.print_json(&view::status::to_json(None))?;
            }
            return Err(failure);
        }
    };
    let entries = database.count_entries(user.id).await?;
    let sync = database.load_last_run(user.id, RunKind::Sync).await?;
    let last_runs = LastRuns { sync, push: database.load_last_run(user.id, RunKind::Push).await? };
    let now = database.now().await?;
    let has_tokens = context.has_tokens(database, &user).await?;
    let unreadable = context.find_unreadable_login(database, &user).await?;
    let mut status = StatusView::new(&user, has_tokens, entries, last_runs, now);
    status.waiting = count_waiting_values(database, &user).await?;
    status.is_login_readable = unreadable.is_none();
    status.not_started = find_not_started_sync(context, &user);
    // With `--quiet`, `--max-age` is a question that the exit code answers: print only what is wrong.
    if !(context.ui.is_quiet() && args.max_age.is_some()) {
        print_status(context, args, &status)?;
    }
    if !has_tokens || user.login.needs_login {
        return Err(not_logged_in_failure(&user, database));
    }
    if let Some(failure) = unreadable {
        return Err(failure);
    }
    if !is_stale(&user, args.max_age, now) {
        return Ok(Exit::Done);
    }
    let text = view::status::stale_text(user.last_mal_sync, args.max_age.unwrap_or_default(), now);
    if context.ui.is_quiet() {
        return Err(Failure::from_text(Exit::Stale, format!("{}: {text}", user.username)));
    }
    context.ui.print_note(&text);
    Ok(Exit::Stale)
}

/// Returns the user's last sync on this machine, if it failed before a run began.
pub(super) fn find_not_started_sync(context: &Context<'_>, user: &User) -> Option<NotStartedSync> {
    let failed = load_state(context).failing_sync(&user.username).filter(|failed| !failed.has_run)?;
    Some(NotStartedSync { exit_code: failed.exit_code, reason: failed.summary, hint: failed.hint })
}

fn print_status(context: &Context<'_>, args: &args::StatusArgs, status: &StatusView) -> Result<(), Failure> {
    if args.json {
        return context.ui.print_json(&view::status::to_json(Some(status)));
    }
    context.ui.print(&status.to_text(context.ui.is_verbose()))
}

/// Returns true if the last complete sync is older than `max_age`, or if there was none.
fn is_stale(user: &User, max_age: Option<Duration>, now: DateTime<Utc>) -> bool {
    let Some(max_age) = max_age else { return false };
    user.last_mal_sync.is_none_or(|last| {
        view::status::has_unknown_age(last, now) || (now - last).to_std().is_ok_and(|age| age > max_age)
    })
}
