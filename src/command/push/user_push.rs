//! Pushes one user's entries: [`UserPush`] takes the run lock and runs the engine, the functions print the run.

use std::sync::Arc;

use chrono::TimeDelta;

use super::push_job::PushJob;
use crate::{
    command::{
        context::Context,
        run_account::store_account_if_unset,
        run_lock::{LockAttempt, lock_held_failure, take_run_lock},
    },
    domain::{
        push_report::EntryReport,
        run::{Run, RunCounters, RunId, RunStatus, SyncMode},
        user::User,
    },
    exit::Exit,
    failure::Failure,
    http::HttpTransport,
    store::{self, Database, DatabaseAccess},
    sync::{
        port::SyncStore as _,
        push::engine::{PushEngine, PushOutcome},
        run_outcome::RunNotStarted,
    },
    ui::view,
};

/// Result of one user's push.
pub(in crate::command) struct PushResult {
    /// `None` if no run began.
    pub(in crate::command) run: Option<Run>,
    pub(in crate::command) reports: Vec<EntryReport>,
    pub(in crate::command) outcome: Result<Exit, Failure>,
}

impl PushResult {
    fn failed(failure: Failure) -> Self {
        Self { run: None, reports: Vec::new(), outcome: Err(failure) }
    }

    /// Returns the id of the run if MAL took a value.
    pub(in crate::command) fn run_with_sent_values(&self) -> Option<RunId> {
        self.run.as_ref().filter(|run| !run.dry_run && run.counters.pushed_fields > 0)?.id
    }

    /// Returns the result of a push that has nothing to send.
    pub(in crate::command) async fn skipped(user: &User, dry_run: bool, database: &Database) -> Result<Self, Failure> {
        let now = database.now().await?;
        let run = Run {
            id: None,
            user_id: user.id,
            username: user.username.clone(),
            mode: SyncMode::Push,
            force_full: false,
            dry_run,
            status: RunStatus::Skipped,
            started_at: now,
            finished_at: Some(now),
            duration: Some(TimeDelta::zero()),
            counters: RunCounters::default(),
            errors: Vec::new(),
            failure: None,
        };
        Ok(Self { run: Some(run), reports: Vec::new(), outcome: Ok(Exit::Done) })
    }
}

/// Dependencies of one user's push.
#[derive(Clone, Copy)]
pub(in crate::command) struct UserPush<'a> {
    pub(in crate::command) context: &'a Context<'a>,
    pub(in crate::command) database: &'a Arc<Database>,
    pub(in crate::command) transport: &'a HttpTransport,
}

impl UserPush<'_> {
    /// Takes the run lock and runs a push. The caller has checked guards and login.
    pub(in crate::command) async fn run(&self, user: &User, job: &PushJob) -> PushResult {
        let lock = match take_run_lock(self.database, user, job.options.dry_run).await {
            Ok(LockAttempt::Taken(lock)) => Some(lock),
            Ok(LockAttempt::NotNeeded) => None,
            Ok(LockAttempt::Held(run)) => {
                let failure = lock_held_failure(run.as_deref(), user);
                return PushResult { run: run.map(|run| *run), ..PushResult::failed(failure) };
            }
            Err(failure) => return PushResult::failed(failure),
        };
        let result = self.run_locked(user, job).await;
        drop(lock);
        result
    }

    /// Runs a push of a user whose lock the caller holds.
    pub(in crate::command) async fn run_locked(&self, user: &User, job: &PushJob) -> PushResult {
        match self.run_engine(user, job).await {
            Ok(outcome) => self.build_result(outcome),
            Err(RunNotStarted { failure, .. }) => PushResult::failed(failure),
        }
    }

    async fn run_engine(&self, user: &User, job: &PushJob) -> Result<PushOutcome, RunNotStarted> {
        let Self { context, database, .. } = *self;
        let store_failed =
            |error: store::Error| RunNotStarted { is_store_unreachable: error.is_unreachable(), failure: error.into() };
        let failed = |failure| RunNotStarted { failure, is_store_unreachable: false };
        // Reload the user: the previous lock holder may have changed the row.
        let user = database.find_user(user.id).await.map_err(store_failed)?.unwrap_or_else(|| user.clone());
        let access = if job.options.dry_run { DatabaseAccess::Read } else { DatabaseAccess::Write };
        let client =
            context.api_client(database, &self.transport.with_own_counters(), &user, access).map_err(failed)?;
        let push = async |bar: &crate::ui::ProgressReporter| {
            let engine = PushEngine {
                store: database.as_ref(),
                remote: &client,
                progress: bar,
                cancellation: &context.signals.stop,
            };
            engine.push_entries(&user, &job.options).await
        };
        let label = if job.options.dry_run { "Reading" } else { "Pushing" };
        let outcome = context.with_progress(label, push).await?;
        if !outcome.is_store_unreachable && !outcome.run.dry_run {
            store_account_if_unset(database, &user, outcome.account.as_ref()).await;
        }
        Ok(outcome)
    }

    fn build_result(&self, outcome: PushOutcome) -> PushResult {
        let PushOutcome { run, failure, is_store_unreachable, reports, .. } = outcome;
        let exit = match (failure, run.status) {
            (Some(failure), _) => Err(failure),
            (None, RunStatus::Interrupted) => Ok(self.context.signals.first_signal_exit().unwrap_or(Exit::Interrupt)),
            (None, RunStatus::Partial) => Ok(Exit::Partial),
            (None, _) => Ok(Exit::Done),
        };
        PushResult { run: (!is_store_unreachable).then_some(run), reports, outcome: exit }
    }
}

/// Prints a push that is all a command does: its object, or a summary by title. Returns its outcome.
pub(in crate::command) fn print_push(context: &Context<'_>, result: PushResult, json: bool) -> Result<Exit, Failure> {
    print_push_run(context, &result, json, ErrorOutput::Listed)?;
    print_conflict_warnings(context, &result);
    if matches!(result.outcome, Ok(Exit::Partial)) {
        context.ui.print_hints(&view::push::hints(&result.reports));
    }
    result.outcome
}

/// Where the errors of a push are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::command) enum ErrorOutput {
    /// In the summary.
    Listed,
    /// As warnings, which [`print_push_warnings`] prints.
    Warnings,
}

/// Prints the run of a push: its object, or a summary by title.
pub(in crate::command) fn print_push_run(
    context: &Context<'_>,
    result: &PushResult,
    json: bool,
    error_output: ErrorOutput,
) -> Result<(), Failure> {
    let Some(run) = &result.run else { return Ok(()) };
    if json {
        let planned = view::push::planned_changes(&result.reports);
        return context.ui.print_json(&view::dry_run::to_json(run, &planned));
    }
    match run.status {
        RunStatus::Running => Ok(()),
        RunStatus::Skipped => {
            context.ui.print_note("Nothing to send");
            Ok(())
        }
        // With `--quiet`, print nothing on success, so that cron sends no mail.
        RunStatus::Success if context.ui.is_quiet() && !run.dry_run => Ok(()),
        _ => {
            let text = view::push::entries_text(&result.reports, run.dry_run, context.ui.is_verbose());
            let run = match error_output {
                ErrorOutput::Listed => run.clone(),
                ErrorOutput::Warnings => Run { errors: Vec::new(), ..run.clone() },
            };
            context.ui.print(&(text + &view::run::summary_text(&run, context.ui.is_verbose())))
        }
    }
}

/// Prints a warning for each entry with conflicts.
fn print_conflict_warnings(context: &Context<'_>, result: &PushResult) {
    let is_dry_run = result.run.as_ref().is_some_and(|run| run.dry_run);
    let warnings = view::push::conflict_warnings(&result.reports, is_dry_run);
    warnings.iter().for_each(|warning| context.ui.print_warning(warning));
}

/// Prints what a push before a sync left undone: it is no error there.
pub(in crate::command) fn print_push_warnings(context: &Context<'_>, result: &PushResult) {
    print_conflict_warnings(context, result);
    let errors = result.run.iter().flat_map(|run| view::push::error_warnings(&run.errors));
    errors.for_each(|warning| context.ui.print_warning(&warning));
}
