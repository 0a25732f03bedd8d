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
    mal::transport::HttpTransport,
    store::{Database, RunLock},
    sync::{
        engine::{SyncEngine, SyncOutcome},
        mode::RunOptions,
        port::SyncStore as _,
    },
    ui::view::{self, dry_run::PlannedChange},
};

use super::{
    context::{Context, close_database, not_logged_in_failure},
    login,
    signals::Signals,
    sync_all,
};

pub(crate) async fn run(context: &Context<'_>, args: &args::SyncArgs) -> Result<Exit, Failure> {
    context.config()?.client_id()?;
    Signals::force_exit_on_signal();
    let database = context.open_database().await?;
    let wire = context.transport(&database)?;
    let result = if args.all_users {
        sync_all::sync_all_users(context, args, &database, &wire).await
    } else {
        sync_one_user(context, args, &database, &wire).await
    };
    close_database(database).await;
    result
}

async fn sync_one_user(
    context: &Context<'_>,
    args: &args::SyncArgs,
    database: &Arc<Database>,
    wire: &HttpTransport,
) -> Result<Exit, Failure> {
    let user = match context.select_user(database, args.user.name.as_ref()).await {
        Ok(user) if user.login.is_present() && !user.login.needs_login => user,
        Ok(user) => {
            let failure = not_logged_in_failure(&user, database);
            let offered = offer_login(context, database, Some(UserRef::Id(user.id)), failure).await;
            offered.inspect_err(|failure| context.outcomes.record_not_started(&user, failure))?
        }
        Err(failure) if failure.exit == Exit::Login => {
            offer_login(context, database, args.user.name.clone(), failure).await?
        }
        Err(failure) => return Err(failure),
    };
    let syncing = UserSync { context, args, database, wire, skip_if_synced_after: None };
    let synced = syncing.run(&user, None).await;
    print_run(context, args, &synced)?;
    synced.outcome
}

/// On a terminal, a sync without a login offers to log in first; elsewhere there is nobody to ask.
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
    let answer = context.prompt("Log in to MyAnimeList now? [Y/n]").await?.unwrap_or_else(|| "n".to_owned());
    if !matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes") {
        return Err(failure);
    }
    login::log_in_inline(context, database, user).await
}

/// What there is to tell of one user's sync.
pub(super) struct UserSyncResult {
    pub(super) run: Option<Run>,
    pub(super) would_change: Vec<PlannedChange>,
    pub(super) outcome: Result<Exit, Failure>,
}

impl From<Failure> for UserSyncResult {
    fn from(failure: Failure) -> Self {
        Self { run: None, would_change: Vec::new(), outcome: Err(failure) }
    }
}

/// Prints the run, whatever became of it.
pub(super) fn print_run(context: &Context<'_>, args: &args::SyncArgs, synced: &UserSyncResult) -> Result<(), Failure> {
    let Some(run) = &synced.run else { return Ok(()) };
    if args.json {
        return context.ui.print_json(&view::dry_run::to_json(run, &synced.would_change));
    }
    if run.status == RunStatus::Running {
        return Ok(());
    }
    if run.dry_run && !synced.would_change.is_empty() {
        context.ui.print_table(&view::dry_run::to_table(&synced.would_change))?;
    }
    // A cron job that is told to be quiet mails nothing while all is well.
    if context.ui.is_quiet() && matches!(run.status, RunStatus::Success | RunStatus::Skipped) && !run.dry_run {
        return Ok(());
    }
    context.ui.print(&view::run::summary_text(run, context.ui.is_verbose()))
}

/// What every user's sync works with.
#[derive(Clone, Copy)]
pub(super) struct UserSync<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) args: &'a args::SyncArgs,
    pub(super) database: &'a Arc<Database>,
    pub(super) wire: &'a HttpTransport,
    /// What another process completed after this is not done again.
    pub(super) skip_if_synced_after: Option<DateTime<Utc>>,
}

impl UserSync<'_> {
    /// Syncs a user, whose run lock may have been taken before.
    pub(super) async fn run(&self, user: &User, lock: Option<RunLock>) -> UserSyncResult {
        let synced = self.run_locked(user, lock).await.unwrap_or_else(UserSyncResult::from);
        if let Err(failure) = &synced.outcome
            && (self.args.all_users || self.context.ui.is_verbose())
        {
            tracing::error!("Failed to sync user {}: {}", user.id, failure.message());
        }
        self.context.outcomes.record(user, synced.run.as_ref(), &synced.outcome);
        synced
    }

    async fn run_locked(&self, user: &User, lock: Option<RunLock>) -> Result<UserSyncResult, Failure> {
        let Self { context, args, database, .. } = *self;
        if user.login.needs_login || !user.login.is_present() {
            return Err(not_logged_in_failure(user, database));
        }
        let mine = context.config()?.client_id()?;
        if let Some(other) = user.login.client_id.as_deref().filter(|other| *other != mine) {
            let what =
                format!("the tokens of user {} belong to client id {other}, MAL_CLIENT_ID is another", user.username);
            return Err(Failure::from_text(Exit::Login, format!("{what} (database {})", database.url()))
                .with_hint(format!("malsync login {}", user.as_cli_arg())));
        }
        // A dry run writes nothing that a lock would have to guard, and one that held it would pass for a run.
        let lock = match lock {
            None if !args.dry_run => database.lock_run(user.id).await?,
            lock => lock,
        };
        if lock.is_none() && (!args.dry_run || database.is_running(user.id).await?) {
            return lock_held_result(database, user).await;
        }
        // Whoever had the lock may have moved the marks.
        let user = database.find_user(user.id).await?.unwrap_or_else(|| user.clone());
        let client = context.api_client(database, &self.wire.with_own_counters(), &user)?;
        let progress = context.ui.sync_progress(args.all_users.then_some(user.username.as_str()));
        let engine = SyncEngine {
            store: database.as_ref(),
            source: &client,
            progress: &progress,
            cancellation: &context.signals.stop,
        };
        let ended = engine.sync_user(&user, &self.run_options(&user).await?).await?;
        drop(progress);
        store_account_if_unset(database, &user, &ended).await;
        Ok(to_user_result(context, ended))
    }

    async fn run_options(&self, user: &User) -> Result<RunOptions, Failure> {
        let (args, config) = (self.args, self.context.config()?);
        // Where another process made it full and left what is to be pruned, that is still to be done.
        let prunes = args.prune && self.database.entry_ids_from_mal(user.id).await?.iter().any(|(_, removed)| *removed);
        Ok(RunOptions {
            force_full: args.force_full,
            dry_run: args.dry_run,
            prune: args.prune,
            allow_shrink: args.allow_shrink,
            min_interval: config.sync_min_interval.value,
            skip_if_synced_after: self.skip_if_synced_after.filter(|_| !prunes),
            full_sync_interval: config.sync_full_every.value,
            batch_size: usize::try_from(config.sync_batch_size.value).unwrap_or(usize::MAX),
        })
    }
}

/// What is told where another run of the user is going on: that run, whose row may be a moment behind its lock.
async fn lock_held_result(database: &Database, user: &User) -> Result<UserSyncResult, Failure> {
    let mut run = None;
    for _ in 0..20 {
        let newest = database.load_runs(Some(user.id), Some(1)).await?;
        run = newest.into_iter().find(|run| run.status == RunStatus::Running);
        if run.is_some() || !database.is_running(user.id).await? {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let since = run.as_ref().map(|run| format!(" since {}", view::format_time(run.started_at))).unwrap_or_default();
    let what = format!("another sync of {} is running{since}", user.username);
    let failure = Failure::from_text(Exit::Busy, what).with_hint("malsync status shows how far it is");
    Ok(UserSyncResult { run, would_change: Vec::new(), outcome: Err(failure) })
}

/// An adopted row learns whose tokens it has.
async fn store_account_if_unset(database: &Database, user: &User, ended: &SyncOutcome) {
    use crate::auth::port::LoginRepository as _;
    if let (Some(account), None, false) = (&ended.account, user.mal_user_id, ended.run.dry_run)
        && !ended.is_store_unavailable
        && let Err(error) = database.set_account_if_unset(user.id, account.id).await
    {
        tracing::warn!("the MAL account of user {} could not be noted: {error}", user.username);
    }
}

fn to_user_result(context: &Context<'_>, ended: SyncOutcome) -> UserSyncResult {
    let SyncOutcome { run, failure, is_store_unavailable: store_gone, dry_run_changes: would_change, .. } = ended;
    let outcome = match (failure, run.status) {
        (Some(failure), _) => Err(failure),
        (None, RunStatus::Interrupted) => Ok(context.signals.first_signal_exit().unwrap_or(Exit::Interrupt)),
        (None, RunStatus::Partial) => Ok(Exit::Partial),
        (None, _) => Ok(Exit::Done),
    };
    let would_change = would_change.into_iter().map(|(change, title)| PlannedChange { change, title }).collect();
    UserSyncResult { run: (!store_gone).then_some(run), would_change, outcome }
}
