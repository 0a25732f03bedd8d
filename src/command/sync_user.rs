//! Syncs one user's list into the database: checks the login, takes the run lock, runs the engine and prints the run.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    cli::args,
    clock::{Clock as _, SystemClock},
    domain::{
        run::{Run, RunCounters, RunStatus, SyncMode},
        user::{User, UserId},
    },
    exit::Exit,
    failure::Failure,
    http::HttpTransport,
    store::{self, Database, DatabaseAccess, RunLock},
    sync::{
        engine::SyncEngine,
        mode::RunOptions,
        port::{LoginRepository as _, SyncStore as _},
        run_outcome::{RunNotStarted, SyncOutcome},
    },
    ui::view::{self, dry_run::PlannedChange},
};

use super::context::{Context, not_logged_in_failure};

/// Result of one user's sync.
pub(super) struct UserSyncResult {
    /// `None` if the user, the login or the lock was missing, or if the database does not answer.
    pub(super) run: Option<Run>,
    pub(super) would_change: Vec<PlannedChange>,
    /// What to do about entries that the database refused.
    pub(super) hints: Vec<String>,
    pub(super) outcome: Result<Exit, Failure>,
}

impl UserSyncResult {
    pub(super) const fn new(run: Option<Run>, outcome: Result<Exit, Failure>) -> Self {
        Self { run, would_change: Vec::new(), hints: Vec::new(), outcome }
    }
}

impl From<Failure> for UserSyncResult {
    fn from(failure: Failure) -> Self {
        Self::new(None, Err(failure))
    }
}

/// Prints the run of a result, if there is one.
pub(super) fn print_run(context: &Context<'_>, args: &args::SyncArgs, result: &UserSyncResult) -> Result<(), Failure> {
    let Some(run) = &result.run else { return Ok(()) };
    if args.json {
        return context.ui.print_json(&view::dry_run::to_json(run, &result.would_change));
    }
    if run.status == RunStatus::Running {
        return Ok(());
    }
    if run.dry_run && !result.would_change.is_empty() {
        context.ui.print_table(&view::dry_run::to_table(&result.would_change))?;
    }
    // With `--quiet`, print nothing on success, so that cron sends no mail.
    if context.ui.is_quiet() && matches!(run.status, RunStatus::Success | RunStatus::Skipped) && !run.dry_run {
        return Ok(());
    }
    context.ui.print(&view::run::summary_text(run, context.ui.is_verbose()))
}

/// Dependencies of one user's sync.
#[derive(Clone, Copy)]
pub(super) struct UserSync<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) args: &'a args::SyncArgs,
    pub(super) database: &'a Arc<Database>,
    pub(super) transport: &'a HttpTransport,
    /// Skip users that another process synced completely after this time.
    pub(super) skip_if_synced_after: Option<DateTime<Utc>>,
}

impl UserSync<'_> {
    /// Syncs a user and records the outcome. Takes the run lock unless `lock` already holds it.
    pub(super) async fn run(&self, user: &User, lock: Option<RunLock>) -> UserSyncResult {
        let result = self.run_locked(user, lock).await.unwrap_or_else(UserSyncResult::from);
        if let Err(failure) = &result.outcome
            && (self.args.all_users || self.context.ui.is_verbose())
        {
            tracing::error!("Failed to sync user {}: {}", user.id, failure.message());
        }
        self.context.outcomes.record(user, result.run.as_ref(), &result.outcome);
        result
    }

    async fn run_locked(&self, user: &User, lock: Option<RunLock>) -> Result<UserSyncResult, Failure> {
        let Self { context, database, .. } = *self;
        if user.login.needs_login || !user.login.is_present() {
            return Err(not_logged_in_failure(user, database));
        }
        let client_id = context.config()?.client_id()?;
        if let Some(token_client_id) =
            user.login.client_id.as_deref().filter(|token_client_id| *token_client_id != client_id)
        {
            let message = format!(
                "the tokens of user {} belong to client id {token_client_id}, MAL_CLIENT_ID is another",
                user.username
            );
            return Err(Failure::from_text(Exit::Login, format!("{message} (database {})", database.url()))
                .with_hint(format!("malsync login {}", user.as_cli_arg())));
        }
        let lock = match lock {
            Some(lock) => Some(lock),
            None => match self.take_lock(user).await? {
                LockAttempt::Taken(lock) => Some(lock),
                LockAttempt::NotNeeded => None,
                LockAttempt::Held(run) => return Ok(lock_held_result(run, user)),
            },
        };
        let result = self.run_engine(user).await;
        drop(lock);
        Ok(result.unwrap_or_else(|not_started| self.not_started_result(user, not_started)))
    }

    /// Takes the run lock. If another process holds it, returns that process's run, which may get its row later than
    /// the lock, and loses the lock later than its row is finished: then the lock is tried again.
    ///
    /// A dry run takes no lock: it writes nothing that needs one, and a lock would make it look like a real run.
    async fn take_lock(&self, user: &User) -> Result<LockAttempt, Failure> {
        let database = self.database;
        for _ in 0..LOCK_ATTEMPTS {
            if self.args.dry_run {
                if !database.is_running(user.id).await? {
                    return Ok(LockAttempt::NotNeeded);
                }
            } else if let Some(lock) = database.lock_run(user.id).await? {
                return Ok(LockAttempt::Taken(lock));
            }
            let latest = database.load_runs(Some(user.id), Some(1)).await?;
            if let Some(run) = latest.into_iter().find(|run| run.status == RunStatus::Running) {
                return Ok(LockAttempt::Held(Some(Box::new(run))));
            }
            tokio::time::sleep(LOCK_RETRY_INTERVAL).await;
        }
        Ok(LockAttempt::Held(None))
    }

    /// Runs the engine for a user whose lock is held.
    async fn run_engine(&self, user: &User) -> Result<UserSyncResult, RunNotStarted> {
        let Self { context, args, database, .. } = *self;
        let store_failed =
            |error: store::Error| RunNotStarted { is_store_unreachable: error.is_unreachable(), failure: error.into() };
        let failed = |failure| RunNotStarted { failure, is_store_unreachable: false };
        let access = if args.dry_run { DatabaseAccess::Read } else { DatabaseAccess::Write };
        // Reload the user: the previous lock holder may have moved the watermark.
        let user = database.find_user(user.id).await.map_err(store_failed)?.unwrap_or_else(|| user.clone());
        let client =
            context.api_client(database, &self.transport.with_own_counters(), &user, access).map_err(failed)?;
        let options = self.run_options(&user).await.map_err(failed)?;
        let progress = context.ui.sync_progress(args.all_users.then_some(user.username.as_str()));
        let engine = SyncEngine {
            store: database.as_ref(),
            source: &client,
            progress: &progress,
            cancellation: &context.signals.stop,
        };
        let sync_outcome = engine.sync_user(&user, &options).await?;
        drop(progress);
        store_account_if_unset(database, &user, &sync_outcome).await;
        Ok(to_user_result(context, sync_outcome))
    }

    /// Returns the result of a run that has no row because the database refused it.
    fn not_started_result(&self, user: &User, not_started: RunNotStarted) -> UserSyncResult {
        let RunNotStarted { failure, is_store_unreachable } = not_started;
        let is_refused = failure.exit == Exit::Database && !is_store_unreachable;
        let run =
            is_refused.then(|| self.run_without_row(user.id, &user.username, RunStatus::Failed, SystemClock.now()));
        UserSyncResult::new(run, Err(failure))
    }

    /// Returns a run object for a user that has no row in `sync_runs`.
    pub(super) fn run_without_row(
        &self,
        user_id: UserId,
        username: &str,
        status: RunStatus,
        now: DateTime<Utc>,
    ) -> Run {
        let mode = match (status, self.args.force_full || self.args.prune) {
            (RunStatus::Skipped, _) => SyncMode::Skipped,
            (_, true) => SyncMode::Full,
            (_, false) => SyncMode::Incremental,
        };
        Run {
            id: None,
            user_id,
            username: username.to_owned(),
            mode,
            force_full: self.args.force_full,
            dry_run: self.args.dry_run,
            status,
            started_at: now,
            finished_at: Some(now),
            duration: Some(TimeDelta::zero()),
            counters: RunCounters::default(),
            errors: Vec::new(),
            failure: None,
        }
    }

    async fn run_options(&self, user: &User) -> Result<RunOptions, Failure> {
        let (args, config) = (self.args, self.context.config()?);
        // If another process's full run left removed entries that `--prune` must delete, the user is not skipped.
        let has_entries_to_prune =
            args.prune && self.database.entry_ids_from_mal(user.id).await?.iter().any(|(_, is_removed)| *is_removed);
        Ok(RunOptions {
            force_full: args.force_full,
            dry_run: args.dry_run,
            prune: args.prune,
            allow_shrink: args.allow_shrink,
            min_interval: config.sync_min_interval.value,
            skip_if_synced_after: self.skip_if_synced_after.filter(|_| !has_entries_to_prune),
            full_sync_interval: config.sync_full_every.value,
            batch_size: usize::try_from(config.sync_batch_size.value).unwrap_or(usize::MAX),
        })
    }
}

/// How often the run lock is tried before it counts as held.
const LOCK_ATTEMPTS: usize = 20;
/// Pause between two attempts.
const LOCK_RETRY_INTERVAL: Duration = Duration::from_millis(100);

/// The result of an attempt to take a user's run lock.
enum LockAttempt {
    Taken(RunLock),
    /// A dry run takes no lock.
    NotNeeded,
    /// Another process holds the lock. `None` if it has no run.
    Held(Option<Box<Run>>),
}

/// Returns the busy result with the run in progress of another process.
fn lock_held_result(run: Option<Box<Run>>, user: &User) -> UserSyncResult {
    let since = run.as_ref().map(|run| format!(" since {}", view::format_time(run.started_at))).unwrap_or_default();
    let message = format!("another sync of {} is running{since}", user.username);
    let failure = Failure::from_text(Exit::Busy, message).with_hint("malsync status shows how far it is");
    UserSyncResult::new(run.map(|run| *run), Err(failure))
}

/// Stores the MAL account in a user row that has none, unless this is a dry run.
async fn store_account_if_unset(database: &Database, user: &User, sync_outcome: &SyncOutcome) {
    if let (Some(account), None, false) = (&sync_outcome.account, user.mal_user_id, sync_outcome.run.dry_run)
        && !sync_outcome.is_store_unreachable
        && let Err(error) = database.set_account_if_unset(user.id, account.id).await
    {
        tracing::warn!("the MAL account of user {} could not be stored: {error}", user.username);
    }
}

fn to_user_result(context: &Context<'_>, sync_outcome: SyncOutcome) -> UserSyncResult {
    let SyncOutcome { run, failure, is_store_unreachable, dry_run_changes, hints, .. } = sync_outcome;
    let outcome = match (failure, run.status) {
        (Some(failure), _) => Err(failure),
        (None, RunStatus::Interrupted) => Ok(context.signals.first_signal_exit().unwrap_or(Exit::Interrupt)),
        (None, RunStatus::Partial) => Ok(Exit::Partial),
        (None, _) => Ok(Exit::Done),
    };
    let would_change = dry_run_changes.into_iter().map(|(change, title)| PlannedChange { change, title }).collect();
    UserSyncResult { run: (!is_store_unreachable).then_some(run), would_change, hints, outcome }
}
