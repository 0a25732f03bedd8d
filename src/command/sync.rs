//! `sync`: brings the list of a user into the database. All of them, several at once, are `everyone`'s.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

use crate::{
    cli::args,
    domain::{
        run::{Run, RunStatus},
        user::{User, UserRef},
    },
    exit::Exit,
    failure::Failure,
    mal::wire::Wire,
    store::{Database, RunLock},
    sync::{
        engine::{Ended, Engine},
        mode::Request,
        port::Store as _,
    },
    ui::view::{self, dry::WouldChange},
};

use super::{
    context::{Context, close, not_logged_in},
    everyone, login,
    signals::Signals,
};

pub(crate) async fn run(context: &Context<'_>, args: &args::Sync) -> Result<Exit, Failure> {
    context.config()?.client_id()?;
    Signals::insist();
    let database = context.open().await?;
    let wire = context.wire(&database)?;
    let result = if args.all_users {
        everyone::all(context, args, &database, &wire).await
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
    let syncing = Syncing { context, args, database, wire, since: None };
    let synced = syncing.user(&user, None).await;
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

/// What there is to tell of one user's sync.
pub(super) struct Synced {
    pub(super) run: Option<Run>,
    pub(super) would_change: Vec<WouldChange>,
    pub(super) outcome: Result<Exit, Failure>,
}

impl From<Failure> for Synced {
    fn from(failure: Failure) -> Self {
        Self { run: None, would_change: Vec::new(), outcome: Err(failure) }
    }
}

/// Prints the run, whatever became of it.
pub(super) fn finish(context: &Context<'_>, args: &args::Sync, synced: &Synced) -> Result<(), Failure> {
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

/// What every user's sync works with.
#[derive(Clone, Copy)]
pub(super) struct Syncing<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) args: &'a args::Sync,
    pub(super) database: &'a Arc<Database>,
    pub(super) wire: &'a Wire,
    /// What another process completed after this is not done again.
    pub(super) since: Option<DateTime<Utc>>,
}

impl Syncing<'_> {
    /// Syncs a user, whose run lock may have been taken before.
    pub(super) async fn user(&self, user: &User, lock: Option<RunLock>) -> Synced {
        let synced = self.locked(user, lock).await.unwrap_or_else(Synced::from);
        if let Err(failure) = &synced.outcome
            && (self.args.all_users || self.context.ui.is_verbose())
        {
            tracing::error!("Failed to sync user {}: {}", user.id, failure.message());
        }
        self.context.ends.note(user, synced.run.as_ref(), &synced.outcome);
        synced
    }

    async fn locked(&self, user: &User, lock: Option<RunLock>) -> Result<Synced, Failure> {
        let Self { context, args, database, .. } = *self;
        if user.login.needs_login || !user.login.exists() {
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
        let lock = match lock {
            None if !args.dry_run => database.lock_run(user.id).await?,
            lock => lock,
        };
        if lock.is_none() && (!args.dry_run || database.is_running(user.id).await?) {
            return busy(database, user).await;
        }
        // Whoever had the lock may have moved the marks.
        let user = database.user(user.id).await?.unwrap_or_else(|| user.clone());
        let client = context.client(database, &self.wire.counted_apart(), &user)?;
        let progress = context.ui.progress(args.all_users.then_some(user.username.as_str()));
        let engine =
            Engine { store: database.as_ref(), source: &client, progress: &progress, stop: &context.signals.stop };
        let ended = engine.sync(&user, &self.request(&user).await?).await?;
        drop(progress);
        note_account(database, &user, &ended).await;
        Ok(told(context, ended))
    }

    async fn request(&self, user: &User) -> Result<Request, Failure> {
        let (args, config) = (self.args, self.context.config()?);
        // Where another process made it full and left what is to be pruned, that is still to be done.
        let prunes = args.prune && self.database.entries_from_mal(user.id).await?.iter().any(|(_, removed)| *removed);
        Ok(Request {
            force_full: args.force_full,
            dry_run: args.dry_run,
            prune: args.prune,
            allow_shrink: args.allow_shrink,
            min_interval: config.sync_min_interval.value,
            since: self.since.filter(|_| !prunes),
            full_every: config.sync_full_every.value,
            batch_size: usize::try_from(config.sync_batch_size.value).unwrap_or(usize::MAX),
        })
    }
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
