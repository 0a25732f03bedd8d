//! `sync`: brings the list of one user, or of all who are logged in, into the database.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;

use crate::{
    cli::args,
    domain::{
        run::{Counters, Mode, Run, RunStatus},
        user::{User, UserRef},
    },
    exit::Exit,
    failure::Failure,
    mal::wire::Wire,
    store::Database,
    sync::{
        engine::{Ended, Engine},
        mode::Request,
        port::Store as _,
    },
    ui::view::{self, dry::WouldChange},
};

use super::{
    context::{Context, close, not_logged_in},
    login,
};

pub(crate) async fn run(context: &Context<'_>, args: &args::Sync) -> Result<Exit, Failure> {
    context.config()?.client_id()?;
    let wire = context.wire()?;
    let database = context.open().await?;
    let result = if args.all_users {
        all(context, args, &database, &wire).await
    } else {
        one(context, args, &database, &wire).await
    };
    close(database).await;
    result
}

async fn one(context: &Context<'_>, args: &args::Sync, database: &Arc<Database>, wire: &Wire) -> Result<Exit, Failure> {
    let user = match context.user(database, args.user.name.as_ref()).await {
        Ok(user) if user.login.exists() && !user.login.needs_login => user,
        Ok(user) => {
            let failure = not_logged_in(&user, database);
            let offered = offer_login(context, database, Some(UserRef::Id(user.id)), failure).await;
            offered.inspect_err(|failure| context.ends.refused(&user, failure))?
        }
        Err(failure) if failure.exit == Exit::Login => {
            offer_login(context, database, args.user.name.clone(), failure).await?
        }
        Err(failure) => return Err(failure),
    };
    let synced = sync_user(context, args, database, wire, &user).await;
    finish(context, args, &synced)?;
    synced.outcome
}

/// On a terminal, a sync without a login offers to log in first; elsewhere there is nobody to ask.
async fn offer_login(
    context: &Context<'_>,
    database: &Arc<Database>,
    user: Option<UserRef>,
    failure: Failure,
) -> Result<User, Failure> {
    if !context.ui.can_ask() {
        return Err(failure);
    }
    context.ui.note(&failure.message());
    let answer = context.ask("Log in to MyAnimeList now? [Y/n]").await?.unwrap_or_else(|| "n".to_owned());
    if !matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes") {
        return Err(failure);
    }
    login::on_the_way(context, database, user).await
}

async fn all(context: &Context<'_>, args: &args::Sync, database: &Arc<Database>, wire: &Wire) -> Result<Exit, Failure> {
    let mut users = database.users().await?;
    users.retain(|user| user.login.exists());
    users.sort_by(|a, b| a.username.cmp(&b.username));
    if users.is_empty() {
        let what = format!("nobody is logged in (database {})", database.place());
        return Err(Failure::text(Exit::Login, what).hint("malsync login"));
    }
    let mut gravest = Exit::Done;
    for user in &users {
        let mut synced = sync_user(context, args, database, wire, user).await;
        if args.json && synced.run.is_none() {
            synced.run = never_begun(args, database, user, &synced.outcome).await;
        }
        finish(context, args, &synced)?;
        let exit = match synced.outcome {
            Ok(exit) => exit,
            Err(failure) => {
                let exit = failure.exit;
                context.ui.failure(&failure.context(format!("user {}", user.username)));
                exit
            }
        };
        if exit.gravity() > gravest.gravity() {
            gravest = exit;
        }
        if context.signals.stop.is_cancelled() {
            break;
        }
    }
    Ok(gravest)
}

/// The object of a user whose run did not even begin, so that every user of `--all-users` has one; none where the database is gone.
async fn never_begun(
    args: &args::Sync,
    database: &Database,
    user: &User,
    outcome: &Result<Exit, Failure>,
) -> Option<Run> {
    if outcome.as_ref().is_err_and(|failure| failure.exit == Exit::Database) {
        return None;
    }
    let now = database.now().await.ok()?;
    Some(Run {
        id: None,
        user_id: user.id,
        username: user.username.clone(),
        mode: if args.force_full || args.prune { Mode::Full } else { Mode::Incremental },
        force_full: args.force_full,
        dry_run: args.dry_run,
        status: RunStatus::Failed,
        started_at: now,
        finished_at: Some(now),
        duration: Some(TimeDelta::zero()),
        counters: Counters::default(),
        errors: Vec::new(),
    })
}

/// What there is to tell of one user's sync.
struct Synced {
    run: Option<Run>,
    would_change: Vec<WouldChange>,
    outcome: Result<Exit, Failure>,
}

impl From<Failure> for Synced {
    fn from(failure: Failure) -> Self {
        Self { run: None, would_change: Vec::new(), outcome: Err(failure) }
    }
}

/// Prints the run, whatever became of it.
fn finish(context: &Context<'_>, args: &args::Sync, synced: &Synced) -> Result<(), Failure> {
    let Some(run) = &synced.run else { return Ok(()) };
    if args.json {
        return context.ui.json(&view::dry::json(run, &synced.would_change));
    }
    if run.status == RunStatus::Running {
        return Ok(());
    }
    if run.dry_run && !synced.would_change.is_empty() {
        context.ui.table(&view::dry::table(&synced.would_change))?;
    }
    // A cron job that is told to be quiet mails nothing while all is well.
    if context.ui.is_quiet() && matches!(run.status, RunStatus::Success | RunStatus::Skipped) && !run.dry_run {
        return Ok(());
    }
    context.ui.out(&view::run::summary(run, context.ui.is_verbose()))
}

async fn sync_user(
    context: &Context<'_>,
    args: &args::Sync,
    database: &Arc<Database>,
    wire: &Wire,
    user: &User,
) -> Synced {
    let synced = locked(context, args, database, wire, user).await.unwrap_or_else(Synced::from);
    if let Err(failure) = &synced.outcome
        && (args.all_users || context.ui.is_verbose())
    {
        tracing::error!("Failed to sync user {}: {}", user.id, failure.message());
    }
    context.ends.note(user, synced.run.as_ref(), &synced.outcome);
    synced
}

async fn locked(
    context: &Context<'_>,
    args: &args::Sync,
    database: &Arc<Database>,
    wire: &Wire,
    user: &User,
) -> Result<Synced, Failure> {
    if user.login.needs_login {
        return Err(not_logged_in(user, database));
    }
    let mine = context.config()?.client_id()?;
    if let Some(other) = user.login.client_id.as_deref().filter(|other| *other != mine) {
        let what =
            format!("the tokens of user {} belong to client id {other}, MAL_CLIENT_ID is another", user.username);
        return Err(Failure::text(Exit::Login, format!("{what} (database {})", database.place()))
            .hint(format!("malsync login {}", user.typed())));
    }
    // A dry run writes nothing that a lock would have to guard, and one that held it would pass for a run.
    let lock = if args.dry_run { None } else { database.lock_run(user.id).await? };
    if lock.is_none() && (!args.dry_run || database.is_running(user.id).await?) {
        return busy(database, user).await;
    }
    // Whoever had the lock may have moved the marks.
    let user = database.user(user.id).await?.unwrap_or_else(|| user.clone());
    let client = context.client(database, wire, &user)?;
    let progress = context.ui.progress(args.all_users.then_some(user.username.as_str()));
    let engine = Engine { store: database.as_ref(), source: &client, progress: &progress, stop: &context.signals.stop };
    let ended = engine.sync(&user, &request(context, args)?).await?;
    drop(progress);
    note_account(database, &user, &ended).await;
    Ok(told(context, ended))
}

/// What is told where another run of the user is going on: that run, whose row may be a moment behind its lock.
async fn busy(database: &Database, user: &User) -> Result<Synced, Failure> {
    let mut run = None;
    for _ in 0..20 {
        let newest = database.runs(Some(user.id), Some(1)).await?;
        run = newest.into_iter().find(|run| run.status == RunStatus::Running);
        if run.is_some() || !database.is_running(user.id).await? {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let since = run.as_ref().map(|run| format!(" since {}", view::moment(run.started_at))).unwrap_or_default();
    let what = format!("another sync of {} is running{since}", user.username);
    let failure = Failure::text(Exit::Busy, what).hint("malsync status shows how far it is");
    Ok(Synced { run, would_change: Vec::new(), outcome: Err(failure) })
}

fn request(context: &Context<'_>, args: &args::Sync) -> Result<Request, Failure> {
    let config = context.config()?;
    Ok(Request {
        force_full: args.force_full,
        dry_run: args.dry_run,
        prune: args.prune,
        allow_shrink: args.allow_shrink,
        min_interval: config.sync_min_interval.value,
        full_every: config.sync_full_every.value,
        batch_size: usize::try_from(config.sync_batch_size.value).unwrap_or(usize::MAX),
    })
}

/// An adopted row learns whose tokens it has.
async fn note_account(database: &Database, user: &User, ended: &Ended) {
    use crate::auth::port::Logins as _;
    if let (Some(account), None, false) = (&ended.account, user.mal_user_id, ended.run.dry_run)
        && !ended.store_gone
        && let Err(error) = database.note_account(user.id, account.id).await
    {
        tracing::warn!("the MAL account of user {} could not be noted: {error}", user.username);
    }
}

fn told(context: &Context<'_>, ended: Ended) -> Synced {
    let Ended { run, failure, store_gone, would_change, .. } = ended;
    let outcome = match (failure, run.status) {
        (Some(failure), _) => Err(failure),
        (None, RunStatus::Interrupted) => Ok(context.signals.exit().unwrap_or(Exit::Interrupt)),
        (None, RunStatus::Partial) => Ok(Exit::Partial),
        (None, _) => Ok(Exit::Done),
    };
    let would_change = would_change.into_iter().map(|(change, title)| WouldChange { change, title }).collect();
    Synced { run: (!store_gone).then_some(run), would_change, outcome }
}
