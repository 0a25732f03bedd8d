//! `malsync` without a command: prints what malsync is and the next step, which is the first thing that is still
//! missing.
//!
//! Invariants:
//! 1. Nothing is changed.
//! 2. Every wait has a short timeout.
//! 3. The exit code is always 0. An error is printed with the command that tells more.

use std::time::Duration;

use crate::{
    cli,
    domain::user::User,
    exit::Exit,
    failure::Failure,
    store::{DatabaseUrl, RunKind},
    sync::port::SyncStore as _,
    ui::view::status::{LastRuns, StatusView},
};

use super::{context::Context, select_user};

/// Timeout of the database queries.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(3);

/// What the user should do next.
enum NextStep {
    /// Fix the configuration; with the error.
    FixConfig(String),
    /// Register a client id at MAL.
    RegisterClient,
    /// Log in; with the user as a command-line argument, or empty.
    LogIn(String),
    /// Run the first sync; with the user as a command-line argument.
    FirstSync(String),
    /// Nothing is missing; with the status to print.
    UpToDate(Box<StatusView>),
    /// The database could not be read; with the error.
    DatabaseUnavailable(String),
}

pub(crate) async fn run(context: &Context<'_>) -> Result<Exit, Failure> {
    let next = find_next_step(context).await;
    context.ui.print(&format!("{}\n\n{}", cli::ABOUT, render_next_step(&next)))?;
    Ok(Exit::Done)
}

async fn find_next_step(context: &Context<'_>) -> NextStep {
    match context.config().map(|config| config.client_id().is_ok()) {
        Err(failure) => return NextStep::FixConfig(failure.message()),
        Ok(false) => return NextStep::RegisterClient,
        Ok(true) => {}
    }
    match context.database_url() {
        Ok(DatabaseUrl::Sqlite { path, .. }) if !path.exists() => return NextStep::LogIn(String::new()),
        _ => {}
    }
    match tokio::time::timeout(DATABASE_TIMEOUT, inspect_database(context)).await {
        Ok(Ok(next)) => next,
        Ok(Err(failure)) => NextStep::DatabaseUnavailable(failure.message()),
        Err(_) => NextStep::DatabaseUnavailable(format!(
            "the database did not respond within {} s",
            DATABASE_TIMEOUT.as_secs()
        )),
    }
}

async fn inspect_database(context: &Context<'_>) -> Result<NextStep, Failure> {
    let (database, schema) = context.open_read_only().await?;
    let users = match schema.applied {
        0 => Vec::new(),
        _ if schema.is_current() => database.load_users().await?,
        _ => {
            let message =
                format!("{} was created by an older version of malsync and is not upgraded yet", database.url());
            return Ok(NextStep::DatabaseUnavailable(message));
        }
    };
    let url = database.url().to_string();
    let next = match select_user::select_user(&users, None, &url) {
        Err(_) => NextStep::LogIn(String::new()),
        Ok(choice) if !choice.user.login.is_present() || choice.user.login.needs_login => {
            NextStep::LogIn(user_argument(choice.user))
        }
        Ok(choice) if choice.user.last_mal_sync.is_none() => NextStep::FirstSync(user_argument(choice.user)),
        Ok(choice) => {
            let user = choice.user;
            let entries = database.count_entries(user.id).await?;
            let sync = database.load_last_run(user.id, RunKind::Sync).await?;
            let last_runs = LastRuns { sync, push: database.load_last_run(user.id, RunKind::Push).await? };
            NextStep::UpToDate(Box::new(StatusView::new(user, true, entries, last_runs, database.now().await?)))
        }
    };
    Ok(next)
}

/// Returns the command-line argument that names the user, with a leading space.
fn user_argument(user: &User) -> String {
    format!(" {}", user.as_cli_arg())
}

fn render_next_step(next: &NextStep) -> String {
    let after = "Then run `malsync list` to see your list. See `malsync --help` for all commands.\n";
    match next {
        NextStep::RegisterClient => SETUP_STEPS.to_owned(),
        NextStep::LogIn(user) => format!("Next:\n  1. malsync login{user}\n  2. malsync sync\n\n{after}"),
        NextStep::FirstSync(user) => format!("You are logged in. Next:\n  1. malsync sync{user}\n\n{after}"),
        NextStep::UpToDate(status) => {
            format!(
                "{}\nRun `malsync list` to see your list. See `malsync --help` for all commands.\n",
                status.to_text(false)
            )
        }
        NextStep::FixConfig(reason) => {
            format!(
                "The configuration is not valid: {}\nNext: malsync config check\n",
                crate::ui::escape_controls(reason)
            )
        }
        NextStep::DatabaseUnavailable(reason) => {
            format!("The database cannot be read: {}\nNext: malsync doctor\n", crate::ui::escape_controls(reason))
        }
    }
}

/// The instructions for a new user.
const SETUP_STEPS: &str = "\
Next:
  1. malsync login    asks for a client ID, which you get at
                      https://myanimelist.net/apiconfig
  2. malsync sync     downloads your list
  3. malsync list     shows it

See `malsync --help` for all commands.
No MAL account? Import an exported list: malsync import FILE
";
