//! `status`: how a user's login and sync stand, or one run.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::{
    cli::args,
    domain::{run::RunId, user::User},
    exit::Exit,
    failure::Failure,
    store::Database,
    sync::port::Store as _,
    ui::view::{self, status::StatusView},
};

use super::context::{Context, close, not_logged_in};

pub(crate) async fn run(context: &Context<'_>, args: &args::Status) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open().await?;
    let result = match args.run {
        Some(id) => one_run(context, args, &database, RunId(id)).await,
        None => overview(context, args, &database).await,
    };
    close(database).await;
    result
}

async fn one_run(context: &Context<'_>, args: &args::Status, database: &Database, id: RunId) -> Result<Exit, Failure> {
    let Some(run) = database.run(id).await? else {
        let what = format!("there is no run {id} in {}", database.place());
        return Err(Failure::text(Exit::Failed, what).hint("malsync runs lists them"));
    };
    if args.json {
        context.ui.json(&view::run::json(&run))?;
    } else {
        context.ui.out(&(view::run::summary(&run, context.ui.is_verbose()) + &view::run::why(&run)))?;
    }
    Ok(Exit::Done)
}

async fn overview(context: &Context<'_>, args: &args::Status, database: &Database) -> Result<Exit, Failure> {
    let user = match context.user(database, args.user.name.as_ref()).await {
        Ok(user) => user,
        Err(failure) => {
            if failure.exit == Exit::Login {
                // Where others are logged in, that nobody is would be wrong.
                if args.json || args.user.name.is_none() {
                    tell(context, args, None)?;
                }
            }
            return Err(failure);
        }
    };
    let entries = database.count_entries(user.id).await?;
    let last_run = database.runs(Some(user.id), Some(1)).await?.into_iter().next();
    let now = database.now().await?;
    let has_tokens = context.has_tokens(database, &user).await?;
    tell(context, args, Some(&StatusView::new(&user, has_tokens, entries, last_run, now)))?;
    if !has_tokens || user.login.needs_login {
        return Err(not_logged_in(&user, database));
    }
    Ok(if is_stale(&user, args.max_age, now) { Exit::Stale } else { Exit::Done })
}

fn tell(context: &Context<'_>, args: &args::Status, status: Option<&StatusView>) -> Result<(), Failure> {
    if args.json {
        return context.ui.json(&view::status::json(status));
    }
    context.ui.out(&status.map_or_else(|| view::status::NOBODY.to_owned(), StatusView::text))
}

/// Whether the last complete sync is older than it may be; one that never was is.
fn is_stale(user: &User, max_age: Option<Duration>, now: DateTime<Utc>) -> bool {
    let Some(max_age) = max_age else { return false };
    // A sync in the future (a clock that went back) is no age at all.
    user.last_mal_sync.is_none_or(|last| (now - last).to_std().is_ok_and(|age| age > max_age))
}
