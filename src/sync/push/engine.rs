//! Runs one push of one user: for each entry read it, decide, write, record.
//!
//! Entry point: [`PushEngine::push_entries`]. The caller holds the user, a login and the run lock.
//!
//! Invariants:
//! 1. An entry is read right before it is written. A lost response, and a long pause before the next attempt, are followed
//!    by a read.
//! 2. What MAL took is recorded before the next entry is asked for. No row changes before MAL took the write.
//! 3. A value on MAL that was never seen here has its change record before the write that overwrites it is sent. Other
//!    values are recorded after the write.
//! 4. Once a run exists, its end is written, however it ends.

use std::{collections::BTreeMap, future::Future, time::Duration};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{
    plan::{self, AddPermission, DecidedEntry, EntryPlan, PushRequest},
    record::{self, EarlierWrite, PushedEntry},
    tally::PushTally,
};
use crate::{
    domain::{
        entry::StoredEntry,
        list_status::ListStatus,
        push_report::EntryReport,
        run::{EntryErrorKind, RequestCounters, Run, RunId, SyncMode},
        user::{MalAccount, User},
    },
    exit::Exit,
    failpoint::failpoint,
    failure::Failure,
    panic_handler,
    sync::{
        cancellation::wait_until_cancelled,
        port::{EntryLookup, EntryWriter, NewRun, ProgressObserver, SyncStore, WriteOutcome},
        run_outcome::{RunNotStarted, StopReason},
    },
};

/// How long a write in flight may go on after a signal, so that its response is recorded.
const WRITE_GRACE_PERIOD: Duration = Duration::from_secs(2);

/// Why an entry counts as refused if MAL accepts each write with a response that lacks a sent field, and changes nothing.
const IGNORED_WRITE: &str = "MyAnimeList accepted the change, but its entry is as before";

/// Pushes a user's entries from a store to MAL.
pub struct PushEngine<'a, S, M> {
    /// The database.
    pub store: &'a S,
    /// MAL.
    pub remote: &'a M,
    /// Observes the progress.
    pub progress: &'a dyn ProgressObserver,
    /// Ends the push between two entries.
    pub cancellation: &'a CancellationToken,
}

/// An entry that a push looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushTarget {
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// What is sent of the entry.
    pub request: PushRequest,
    /// Whether the push may make the entry.
    pub permission: AddPermission,
    /// Number of episodes of the anime, to which MAL lowers a count. `None` if unknown.
    pub episodes: Option<i32>,
}

/// What a push does.
#[derive(Clone, Debug)]
pub struct PushOptions {
    /// The entries, in ascending order of MAL id.
    pub targets: Vec<PushTarget>,
    /// True if nothing is sent or recorded.
    pub dry_run: bool,
}

/// The outcome of a push.
#[derive(Debug)]
pub struct PushOutcome {
    /// The finished run.
    pub run: Run,
    /// Why the push failed. `None` if it completed or was cancelled.
    pub failure: Option<Failure>,
    /// True if the database did not answer any more.
    pub is_store_unreachable: bool,
    /// The MAL account, if it was fetched and matches the user.
    pub account: Option<MalAccount>,
    /// What became of each entry.
    pub reports: Vec<EntryReport>,
}

/// The mutable state of a push.
pub(super) struct PushState<'a> {
    pub(super) user: &'a User,
    pub(super) options: &'a PushOptions,
    pub(super) run_id: Option<RunId>,
    pub(super) account: Option<MalAccount>,
    pub(super) titles: BTreeMap<i32, String>,
    pub(super) tally: PushTally,
    pub(super) started: Instant,
    pub(super) requests_before: RequestCounters,
}

impl PushState<'_> {
    pub(super) fn title(&self, mal_id: i32) -> Option<&str> {
        self.titles.get(&mal_id).map(String::as_str)
    }
}

impl<S: SyncStore, M: EntryWriter> PushEngine<'_, S, M> {
    /// Pushes the entries of one user. The caller holds the user's run lock, except for a dry run.
    ///
    /// # Errors
    /// Fails if the database could not even insert the run's row. Any later failure is in [`PushOutcome::failure`].
    pub async fn push_entries(&self, user: &User, options: &PushOptions) -> Result<PushOutcome, RunNotStarted> {
        let started = Instant::now();
        let mut started_at = self.store.now().await.map_err(RunNotStarted::from_store_error)?;
        let mut run_id = None;
        if !options.dry_run {
            let new_run = NewRun { user: user.id, mode: SyncMode::Push, force_full: false };
            let (id, time) = self.store.begin_run(&new_run).await.map_err(RunNotStarted::from_store_error)?;
            (run_id, started_at) = (Some(id), time);
        }
        let mut state = PushState {
            user,
            options,
            run_id,
            account: None,
            titles: BTreeMap::new(),
            tally: PushTally::default(),
            started,
            requests_before: self.remote.request_counters(),
        };
        let result =
            panic_handler::catch_panic_async(self.push_all(&mut state)).await.map_err(StopReason::Failed).flatten();
        Ok(self.finish_push(state, result, started_at).await)
    }

    async fn push_all(&self, state: &mut PushState<'_>) -> Result<(), StopReason> {
        info!("Starting push for user {}", state.user.id);
        self.verify_account(state).await?;
        let targets = &state.options.targets;
        let ids: Vec<i32> = targets.iter().map(|target| target.mal_id).collect();
        state.titles = self.store.load_titles(&ids).await.map_err(StopReason::from_store_error)?.into_iter().collect();
        self.progress.set_total(targets.len() as u64);
        for (done, target) in (1..).zip(targets) {
            if self.cancellation.is_cancelled() {
                return Err(StopReason::Cancelled);
            }
            self.push_entry(state, target).await?;
            self.progress.set_fetched(done);
            self.progress.set_stored(done);
        }
        Ok(())
    }

    /// Fetches the account of the token, before anything is sent. Fails if it is not the account of the user.
    async fn verify_account(&self, state: &mut PushState<'_>) -> Result<(), StopReason> {
        let account = self.until_cancelled(self.remote.fetch_account()).await?;
        let expected = state.user.mal_user_id.unwrap_or(account.id);
        if expected != account.id {
            return Err(StopReason::Failed(account_mismatch_failure(state.user, &account, expected)));
        }
        state.account = Some(account);
        Ok(())
    }

    /// Waits for a request that may be dropped when the push is cancelled.
    async fn until_cancelled<T>(&self, request: impl Future<Output = Result<T, M::Error>>) -> Result<T, StopReason> {
        tokio::select! {
            biased;
            () = wait_until_cancelled(self.cancellation, self.remote) => Err(StopReason::Cancelled),
            result = request => result.map_err(|error| StopReason::Failed(error.into())),
        }
    }

    /// Pushes one entry. Returns an error only if the push must end.
    async fn push_entry(&self, state: &mut PushState<'_>, target: &PushTarget) -> Result<(), StopReason> {
        let loaded = self.store.load_entries(state.user.id, &[target.mal_id]).await;
        let Some(entry) = loaded.map_err(StopReason::from_store_error)?.pop() else { return Ok(()) };
        // The row may have changed since the push was asked for.
        let Some(plan) = plan::plan_entry(&entry, &target.request, target.permission) else { return Ok(()) };
        let title = state.title(target.mal_id).map(str::to_owned);
        state.tally.record_invalid(&plan, title.as_deref());
        if !plan.is_sendable() {
            return Ok(());
        }
        let Some(before) = self.read_entry(state, target.mal_id).await? else { return Ok(()) };
        let decided = decide(&entry, &plan, &before, target);
        let attempt = PushedEntry::new(entry, decided, before.status);
        if state.options.dry_run {
            state.tally.record_pushed(&attempt, title.as_deref(), None);
            return Ok(());
        }
        self.write_and_record(state, attempt, &plan, target).await
    }

    /// Reads the entry from MAL. Returns `None` if MAL refuses to send it, which is recorded.
    async fn read_entry(&self, state: &mut PushState<'_>, mal_id: i32) -> Result<Option<EntryOnMal>, StopReason> {
        let (kind, message) = match self.until_cancelled(self.remote.fetch_entry(mal_id)).await? {
            EntryLookup::Found(status) => return Ok(Some(EntryOnMal { status: Some(*status) })),
            EntryLookup::Absent => return Ok(Some(EntryOnMal { status: None })),
            EntryLookup::Refused(message) => (EntryErrorKind::Refused, message),
            EntryLookup::Invalid(message) => (EntryErrorKind::Invalid, message),
        };
        let title = state.title(mal_id).map(str::to_owned);
        state.tally.record_error(mal_id, title.as_deref(), kind, &message);
        Ok(None)
    }

    /// Writes the entry as decided, reads it again before a write is repeated, and records the result.
    async fn write_and_record(
        &self,
        state: &mut PushState<'_>,
        mut attempt: PushedEntry,
        plan: &EntryPlan,
        target: &PushTarget,
    ) -> Result<(), StopReason> {
        let mut lost_responses = 0;
        let mut write_attempts = self.remote.start_write();
        loop {
            let form = attempt.decided.form();
            if form.is_empty() {
                return self.record_result(state, &attempt, None).await;
            }
            if !self.record_ahead(state, &mut attempt).await? {
                return Ok(());
            }
            failpoint!("push.before_write");
            let outcome = self.send(plan.mal_id, &form, &mut write_attempts, lost_responses).await?;
            let earlier_write = match &outcome {
                WriteOutcome::Taken(_) => EarlierWrite::Ignored,
                WriteOutcome::Outdated { may_be_taken: false } => EarlierWrite::NotTaken,
                _ => EarlierWrite::Lost,
            };
            let lost = match outcome {
                WriteOutcome::Taken(response) if record::has_sent_fields(&attempt.decided, &response) => {
                    failpoint!("push.after_write");
                    return self.record_result(state, &attempt.into_written(*response), None).await;
                }
                WriteOutcome::Refused(reason) => return self.record_result(state, &attempt, Some(&reason)).await,
                // The response lacks a field: only a read says what MAL has.
                WriteOutcome::Taken(_) => {
                    lost_responses += 1;
                    None
                }
                WriteOutcome::ResponseLost(error) => {
                    lost_responses += 1;
                    Some(error)
                }
                WriteOutcome::Outdated { .. } => None,
            };
            warn!("reading anime {} again before anything else is sent", plan.mal_id);
            let is_unconfirmed = lost.is_some();
            let read = self.read_entry(state, plan.mal_id).await;
            let read = read.map_err(|reason| if is_unconfirmed { unconfirmed(reason, plan.mal_id) } else { reason });
            let Some(now) = read? else { return Ok(()) };
            if let Some(status) = &now.status
                && attempt.was_write_taken(&status.values, target.episodes)
            {
                return self.record_result(state, &attempt.into_written(status.clone()), None).await;
            }
            let decided = decide(&attempt.entry, plan, &now, target);
            attempt = attempt.into_next_attempt(decided, now.status, earlier_write);
            // If another client changed a sent field meanwhile, nothing may be left to send.
            let has_tries_left = lost_responses <= self.remote.max_repeated_writes();
            if has_tries_left || attempt.decided.form().is_empty() {
                continue;
            }
            let Some(error) = lost else {
                return self.record_result(state, &attempt, Some(IGNORED_WRITE)).await;
            };
            self.withdraw_records(state, &attempt).await?;
            return Err(unconfirmed(StopReason::Failed(error.into()), plan.mal_id));
        }
    }

    /// Sends a write. A signal does not drop it at once: its response would be lost.
    async fn send(
        &self,
        mal_id: i32,
        form: &[(&'static str, String)],
        attempts: &mut M::WriteAttempts,
        lost_responses: u32,
    ) -> Result<WriteOutcome<M::Error>, StopReason> {
        let cancelled = async {
            self.cancellation.cancelled().await;
            tokio::time::sleep(WRITE_GRACE_PERIOD).await;
        };
        tokio::select! {
            biased;
            result = self.remote.write_entry(mal_id, form, attempts, lost_responses) => {
                result.map_err(|error| StopReason::Failed(error.into()))
            }
            () = cancelled => Err(unconfirmed(StopReason::Cancelled, mal_id)),
        }
    }

    /// Returns the requests that this push sent so far.
    pub(super) fn request_counters(&self, state: &PushState<'_>) -> RequestCounters {
        let (now, before) = (self.remote.request_counters(), state.requests_before);
        RequestCounters {
            requests: now.requests - before.requests,
            retries: now.retries - before.retries,
            token_refreshes: now.token_refreshes - before.token_refreshes,
            api_errors: now.api_errors - before.api_errors,
        }
    }
}

/// What MAL has of an entry that it sends.
struct EntryOnMal {
    /// `None` if the anime is not in the list.
    status: Option<ListStatus>,
}

fn decide(entry: &StoredEntry, plan: &EntryPlan, remote: &EntryOnMal, target: &PushTarget) -> DecidedEntry {
    let values = remote.status.as_ref().map(|status| &status.values);
    plan::decide_fields(entry, plan, values, &target.request, target.permission)
}

/// Tells the user that MAL may have taken the last write, which is not recorded here.
fn unconfirmed(reason: StopReason, mal_id: i32) -> StopReason {
    let advice = format!("MAL may have taken the change of anime {mal_id}: push or sync again before you edit it");
    match reason {
        StopReason::Failed(failure) => StopReason::Failed(failure.with_hint(advice)),
        StopReason::Cancelled => {
            warn!("{advice}");
            StopReason::Cancelled
        }
        StopReason::StoreFailed { .. } => reason,
    }
}

/// Returns the failure of a run whose token belongs to another MAL account than the user's row.
fn account_mismatch_failure(user: &User, account: &MalAccount, expected: i64) -> Failure {
    let message = format!(
        "the stored login belongs to the MAL account {} ({}), but user {} belongs to MAL account {expected}",
        account.name, account.id, user.username
    );
    let hint = format!("log in as the correct account: malsync login {}", user.as_cli_arg());
    Failure::from_text(Exit::Guard, message).with_hint(hint)
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
