//! Syncs one user's list into the database: checks the login, takes the run lock, runs the engine and prints the run.

use std::{collections::HashSet, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    cli::args,
    clock::{Clock as _, SystemClock},
    domain::{
        change::ChangeRecord,
        run::{Run, RunCounters, RunStatus, SyncMode},
        user::{User, UserId},
    },
    exit::Exit,
    failure::Failure,
    http::HttpTransport,
    store::{self, ChangeQuery, Database, DatabaseAccess, ListQuery, RunLock},
    sync::{
        engine::SyncEngine,
        mode::RunOptions,
        port::SyncStore as _,
        run_outcome::{RunNotStarted, SyncOutcome},
    },
    ui::view::{self, dry_run::PlannedChange, run::SkippedSync},
};

use super::{
    context::Context,
    entry_selection::SelectedEntries,
    push::{
        ErrorOutput, PushJob, PushResult, PushRules, UserPush, check_full_sync, print_push_run, print_push_warnings,
    },
    run_account::{check_login, store_account_if_unset},
    run_lock::{LockAttempt, lock_held_failure, take_run_lock},
};

/// Result of one user's sync.
pub(super) struct UserSyncResult {
    /// The push before the sync. `None` if none was asked for, or if none began.
    pub(super) push: Option<PushResult>,
    /// `None` if the user, the login or the lock was missing, if the database does not answer, or if the push failed.
    pub(super) run: Option<Run>,
    pub(super) would_change: Vec<PlannedChange>,
    /// What the run changed, newest first. Empty if nobody reads it.
    pub(super) changes: Vec<ChangeRecord>,
    /// Why the run was skipped.
    pub(super) skipped: Option<SkippedSync>,
    /// What to do about entries that the database refused.
    pub(super) hints: Vec<String>,
    pub(super) outcome: Result<Exit, Failure>,
}

impl UserSyncResult {
    pub(super) const fn new(run: Option<Run>, outcome: Result<Exit, Failure>) -> Self {
        Self {
            push: None,
            run,
            would_change: Vec::new(),
            changes: Vec::new(),
            skipped: None,
            hints: Vec::new(),
            outcome,
        }
    }
}

impl From<Failure> for UserSyncResult {
    fn from(failure: Failure) -> Self {
        Self::new(None, Err(failure))
    }
}

/// Prints the run of a result, if there is one.
pub(super) fn print_run(context: &Context<'_>, args: &args::SyncArgs, result: &UserSyncResult) -> Result<(), Failure> {
    if let Some(push) = &result.push {
        print_push_run(context, push, args.json, ErrorOutput::Warnings)?;
        print_push_warnings(context, push);
    }
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
    let titles = view::sync_changes::to_text(run, &result.changes, context.ui.table_style());
    context.ui.print(&view::run::sync_text(run, result.skipped, &titles, context.ui.is_verbose()))
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
        let push_run = result.push.as_ref().and_then(|push| push.run.as_ref());
        self.context.outcomes.record(user, result.run.as_ref().or(push_run), &result.outcome);
        result
    }

    async fn run_locked(&self, user: &User, lock: Option<RunLock>) -> Result<UserSyncResult, Failure> {
        let Self { context, database, .. } = *self;
        check_login(context, user, database)?;
        let lock = match lock {
            Some(lock) => Some(lock),
            None => match take_run_lock(database, user, self.args.dry_run).await? {
                LockAttempt::Taken(lock) => Some(lock),
                LockAttempt::NotNeeded => None,
                LockAttempt::Held(run) => {
                    let failure = lock_held_failure(run.as_deref(), user);
                    return Ok(UserSyncResult::new(run.map(|run| *run), Err(failure)));
                }
            },
        };
        let mut push = None;
        if self.args.push {
            let pushed = self.push_before_sync(user).await?;
            match pushed.outcome {
                // What was not taken is a warning here; the sync settles it by the rules.
                Ok(Exit::Done | Exit::Partial) => push = Some(pushed),
                // A sync would set back what was to be sent.
                outcome => {
                    let push = Some(PushResult { outcome: Ok(Exit::Done), ..pushed });
                    return Ok(UserSyncResult { push, ..UserSyncResult::new(None, outcome) });
                }
            }
        }
        let result = self.run_engine(user).await;
        drop(lock);
        let result = result.unwrap_or_else(|not_started| self.not_started_result(user, not_started));
        Ok(UserSyncResult { push, ..result })
    }

    /// Pushes all own values of a user whose lock is held. Pushes nothing before the first full sync.
    async fn push_before_sync(&self, user: &User) -> Result<PushResult, Failure> {
        let Self { context, args, database, transport, .. } = *self;
        // Reload the user: the previous lock holder may have synced.
        let user = database.find_user(user.id).await?.unwrap_or_else(|| user.clone());
        let items = database.load_list(user.id, &ListQuery::default()).await?;
        let selected = SelectedEntries { items, named_ids: HashSet::new() };
        let job = PushJob::plan(&PushRules { dry_run: args.dry_run, ..PushRules::default() }, &selected);
        if job.is_empty() || check_full_sync(&user).is_err() {
            return PushResult::skipped(&user, args.dry_run, database).await;
        }
        match job.check_size(args.max) {
            Err(failure) if args.dry_run => context.ui.print_warning(&failure.message()),
            checked => checked?,
        }
        Ok(UserPush { context, database, transport }.run_locked(&user, &job).await)
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
        let progress = context.ui.sync_progress(&user.username, args.all_users);
        let retry_notice = progress.retry_notice();
        let client = client.on_retry(move |delay, is_rate_limited| retry_notice.set(delay, is_rate_limited));
        let engine = SyncEngine {
            store: database.as_ref(),
            source: &client,
            progress: &progress,
            cancellation: &context.signals.stop,
        };
        let sync_outcome = engine.sync_user(&user, &options).await?;
        drop(progress);
        if !sync_outcome.run.dry_run && !sync_outcome.is_store_unreachable {
            store_account_if_unset(database, &user, sync_outcome.account.as_ref()).await;
        }
        let mut result = to_user_result(context, sync_outcome);
        self.load_details(&user, &mut result).await;
        Ok(result)
    }

    /// Loads what people read besides the run itself: what it changed, or why it was skipped. Errors are ignored, because
    /// the run has ended.
    async fn load_details(&self, user: &User, result: &mut UserSyncResult) {
        let Self { context, args, database, .. } = *self;
        let Some(run) = &result.run else { return };
        if args.json || context.ui.is_quiet() {
            return;
        }
        if run.status == RunStatus::Skipped {
            let min_interval = context.config().map(|config| config.sync_min_interval.value).unwrap_or_default();
            result.skipped = user.last_mal_sync.and_then(|last| {
                let last_sync_age = (run.started_at - last).max(TimeDelta::zero());
                let min_interval = TimeDelta::from_std(min_interval).ok()?;
                (last_sync_age < min_interval).then_some(SkippedSync { last_sync_age, min_interval })
            });
        }
        if run.id.is_some() && !args.all_users {
            let limit = Some(view::sync_changes::MAX_CHANGES_READ);
            let query = ChangeQuery { user: Some(user.id), run: run.id, limit, ..ChangeQuery::default() };
            result.changes = database.load_changes(&query).await.unwrap_or_default();
        }
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

fn to_user_result(context: &Context<'_>, sync_outcome: SyncOutcome) -> UserSyncResult {
    let SyncOutcome { run, failure, is_store_unreachable, dry_run_changes, hints, .. } = sync_outcome;
    let outcome = match (failure, run.status) {
        (Some(failure), _) => Err(failure),
        (None, RunStatus::Interrupted) => Ok(context.signals.first_signal_exit().unwrap_or(Exit::Interrupt)),
        (None, RunStatus::Partial) => Ok(Exit::Partial),
        (None, _) => Ok(Exit::Done),
    };
    let would_change = dry_run_changes.into_iter().map(|(change, title)| PlannedChange { change, title }).collect();
    UserSyncResult { would_change, hints, ..UserSyncResult::new((!is_store_unreachable).then_some(run), outcome) }
}
