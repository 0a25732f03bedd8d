//! `malsync` alone: what it is, and what to do next, which is the first thing that is still missing.
//!
//! The rules: nothing is changed, nothing waits long, and it always ends well: whatever cannot be looked at is said, with the
//! command that knows more.

use std::time::Duration;

use crate::{
    cli, domain::user::User, exit::Exit, failure::Failure, store::Place, sync::port::Store as _,
    ui::view::status::StatusView,
};

use super::{
    choose,
    context::{Context, close},
};

/// How long the database may take to answer.
const LOOK: Duration = Duration::from_secs(3);

/// What is missing.
enum Next {
    /// A sound configuration; why it is none.
    Mend(String),
    /// A client id.
    Register,
    /// A login; as whom, as it is typed.
    LogIn(String),
    /// The first sync; of whom, as it is typed.
    Sync(String),
    /// Nothing.
    Nothing(Box<StatusView>),
    /// The database could not be looked at; why.
    Unseen(String),
}

pub(crate) async fn run(context: &Context<'_>) -> Result<Exit, Failure> {
    let next = next(context).await;
    context.ui.out(&format!("{}\n\n{}", cli::WHAT, told(context, &next)))?;
    Ok(Exit::Done)
}

async fn next(context: &Context<'_>) -> Next {
    match context.config().map(|config| config.client_id().is_ok()) {
        Err(failure) => return Next::Mend(failure.message()),
        Ok(false) => return Next::Register,
        Ok(true) => {}
    }
    match context.place() {
        Ok(Place::Sqlite { path, .. }) if !path.exists() => return Next::LogIn(String::new()),
        _ => {}
    }
    match tokio::time::timeout(LOOK, look(context)).await {
        Ok(Ok(next)) => next,
        Ok(Err(failure)) => Next::Unseen(failure.message()),
        Err(_) => Next::Unseen(format!("the database gave no answer within {} s", LOOK.as_secs())),
    }
}

async fn look(context: &Context<'_>) -> Result<Next, Failure> {
    let (database, schema) = context.look().await?;
    let users = match schema.has {
        0 => Vec::new(),
        _ if schema.is_current() => database.users().await?,
        _ => {
            let what = format!("{} is of an older malsync, and not brought up to date yet", database.place());
            close(database).await;
            return Ok(Next::Unseen(what));
        }
    };
    let place = database.place().to_string();
    let next = match choose::choose(&users, None, &place) {
        Err(_) => Next::LogIn(String::new()),
        Ok(choice) if !choice.user.login.exists() || choice.user.login.needs_login => Next::LogIn(typed(choice.user)),
        Ok(choice) if choice.user.last_mal_sync.is_none() => Next::Sync(typed(choice.user)),
        Ok(choice) => {
            let user = choice.user;
            let entries = database.count_entries(user.id).await?;
            let run = database.runs(Some(user.id), Some(1)).await?.into_iter().next();
            Next::Nothing(Box::new(StatusView::new(user, true, entries, run, database.now().await?)))
        }
    };
    close(database).await;
    Ok(next)
}

fn typed(user: &User) -> String {
    format!(" {}", user.typed())
}

fn told(context: &Context<'_>, next: &Next) -> String {
    let after = "Then `malsync list` shows the list, and `malsync --help` everything else.\n";
    match next {
        Next::Register => {
            let config = context.loaded.as_far_as_read();
            first_steps(&config.mal_redirect_uri.value.text, context.loaded.file().is_some_and(|seen| seen.there))
        }
        Next::LogIn(user) => format!("Next:\n  1. malsync login{user}\n  2. malsync sync\n\n{after}"),
        Next::Sync(user) => format!("You are logged in. Next:\n  1. malsync sync{user}\n\n{after}"),
        Next::Nothing(status) => {
            format!("{}\n`malsync list` shows the list, and `malsync --help` everything else.\n", status.text())
        }
        Next::Mend(why) => {
            format!("The configuration cannot be used: {}\nNext: malsync config check\n", crate::ui::clean(why))
        }
        Next::Unseen(why) => {
            format!("The database cannot be looked at: {}\nNext: malsync doctor\n", crate::ui::clean(why))
        }
    }
}

/// What somebody does who begins.
fn first_steps(redirect: &str, has_file: bool) -> String {
    let put = if has_file { "malsync config edit, and put" } else { "malsync config init, then put" };
    format!(
        "First:\n  \
         1. at https://myanimelist.net/apiconfig choose \"Create ID\", app type \"other\",\n     \
         and register the redirect URL {}\n  \
         2. {put} the client id that MAL shows into the file\n     \
         (or: export MAL_CLIENT_ID=…)\n  \
         3. malsync login\n  \
         4. malsync sync\n\n\
         Then `malsync list` shows the list, and `malsync --help` everything else.\n\
         Without an account, a list from a file does it too: malsync import FILE\n",
        crate::ui::clean(redirect)
    )
}
