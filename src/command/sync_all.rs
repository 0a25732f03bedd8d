//! `sync --all-users`: syncs every user with a login, several in parallel, sharing the work with other processes that
//! do the same.
//!
//! Invariants:
//! 1. The run lock ensures one process per user; it is released when its process ends.
//! 2. A user that another process synced completely since this command started is skipped, whatever the flags.
//! 3. A user locked by another process is waited for while other processes make progress. If its process dies, this one
//!    takes over.
//! 4. A failure of one user does not stop the others.
//! 5. Output names the user.
//! 6. A dry run writes nothing and claims no user.

use std::{cell::RefCell, sync::Arc, time::Duration};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::{
    cli::args,
    domain::{run::RunStatus, user::UserId},
    exit::Exit,
    failure::Failure,
    http::HttpTransport,
    store::{Database, RunLock, SkipCriterion},
    sync::port::SyncStore as _,
};

use super::{
    context::Context,
    ordered_results::OrderedResults,
    sync_user::{UserSync, UserSyncResult, print_run},
};

/// Maximum number of users synced in parallel; fewer if pages or batches are large.
const MAX_PARALLEL_USERS: u64 = 8;
/// Maximum number of entries in memory for all users together: one page or batch each.
const MAX_BUFFERED_ENTRIES: u64 = 2000;
/// Interval of the checks on users that other processes are syncing.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

pub(super) async fn sync_all_users(
    context: &Context<'_>,
    args: &args::SyncArgs,
    database: &Arc<Database>,
    transport: &HttpTransport,
) -> Result<Exit, Failure> {
    let started_at = database.now().await?;
    let users = database.load_users_with_login().await?;
    if users.is_empty() {
        let message = format!("no user is logged in (database {})", database.url());
        return Err(Failure::from_text(Exit::Login, message).with_hint("malsync login"));
    }
    let config = context.config()?;
    let all_users = MultiUserSync {
        user_sync: UserSync { context, args, database, transport, skip_if_synced_after: Some(started_at) },
        skip_criterion: match (args.prune, args.force_full) {
            // No column says whether there are entries left to prune.
            (true, _) => SkipCriterion::Never,
            (_, true) => SkipCriterion::FullySynced(started_at),
            (false, false) => SkipCriterion::Synced(started_at),
        },
        max_idle: config.mal_http_timeout.value,
        results: RefCell::new(OrderedResults::new(users)),
        overall_exit: RefCell::new(Ok(Exit::Done)),
        next_user_lock: tokio::sync::Mutex::new(OtherProcesses {
            polled_at: Instant::now(),
            activity_stamp: 0,
            idle_since: Instant::now(),
            has_logged_wait: false,
        }),
    };
    let worker_count = parallel_users(config.mal_page_size.value.into(), config.sync_batch_size.value.into());
    let mut workers: FuturesUnordered<_> = (0..worker_count).map(|_| all_users.run_worker()).collect();
    while workers.next().await.is_some() {}
    drop(workers);
    let is_incomplete = !all_users.results.borrow().has_started_all();
    let remaining = all_users.results.borrow_mut().take_finished_results();
    remaining.into_iter().for_each(|result| all_users.print_result(result));
    // If users were not started, the exit code is that of the signal.
    let exit = all_users.overall_exit.into_inner()?;
    Ok(context.signals.first_signal_exit().filter(|_| is_incomplete).unwrap_or(exit))
}

/// Returns how many users are synced in parallel, so that memory stays close to that of one user with the largest
/// pages.
fn parallel_users(page: u64, batch: u64) -> u64 {
    (MAX_BUFFERED_ENTRIES / page.max(batch).max(1)).clamp(2, MAX_PARALLEL_USERS)
}

/// Activity of other processes, as seen in the database.
struct OtherProcesses {
    /// Time of the last check for users that other processes have synced.
    polled_at: Instant,
    /// Changes whenever a run of the remaining users starts, ends or updates its counters.
    activity_stamp: i64,
    /// Time of the last change of `activity_stamp`.
    idle_since: Instant,
    /// True once it was logged that only users of other processes are left.
    has_logged_wait: bool,
}

/// One `sync --all-users` command, shared by its workers.
struct MultiUserSync<'a> {
    user_sync: UserSync<'a>,
    skip_criterion: SkipCriterion,
    /// How long other processes may show no activity before their users are tried one by one.
    max_idle: Duration,
    results: RefCell<OrderedResults<(String, UserSyncResult)>>,
    /// The most severe exit code so far, or the first failure that belongs to no single user.
    overall_exit: RefCell<Result<Exit, Failure>>,
    /// Only one worker at a time picks the next user.
    next_user_lock: tokio::sync::Mutex<OtherProcesses>,
}

/// A user to sync, with the run lock if it was taken by claiming the user.
type NextUser = (UserId, Option<RunLock>);

impl MultiUserSync<'_> {
    /// Syncs one user after the other until none is left.
    async fn run_worker(&self) {
        loop {
            match self.next_user().await {
                Ok(Some((user, lock))) => {
                    let name = self.results.borrow().username(user).unwrap_or_default().to_owned();
                    // The span adds the user's name to all log lines of the sync.
                    let result = self.sync_user(user, lock).instrument(tracing::error_span!("sync", user = name)).await;
                    self.finish_user(user, result);
                }
                Ok(None) => return,
                Err(failure) => {
                    let mut overall = self.overall_exit.borrow_mut();
                    if overall.is_ok() {
                        *overall = Err(failure);
                    }
                    return;
                }
            }
        }
    }

    /// Returns true if no further user may be started.
    fn is_stopping(&self) -> bool {
        self.overall_exit.borrow().is_err() || self.user_sync.context.signals.stop.is_cancelled()
    }

    /// Waits for the next user to sync. Returns `None` if none is left.
    async fn next_user(&self) -> Result<Option<NextUser>, Failure> {
        let mut others = self.next_user_lock.lock().await;
        loop {
            let startable = self.results.borrow().startable_users();
            if self.is_stopping() || (startable.is_empty() && self.results.borrow().has_started_all()) {
                return Ok(None);
            }
            if others.polled_at.elapsed() >= POLL_INTERVAL {
                others.polled_at = Instant::now();
                self.skip_synced_elsewhere(&startable).await?;
                continue;
            }
            if let Some(next) = self.claim_next(&startable, &mut others).await? {
                self.results.borrow_mut().mark_running(next.0);
                return Ok(Some(next));
            }
            tokio::select! {
                () = self.user_sync.context.signals.stop.cancelled() => {}
                () = tokio::time::sleep_until(others.polled_at + POLL_INTERVAL) => {}
            }
        }
    }

    /// Claims the first available user of `startable`. Returns `None` while other processes hold all of them.
    async fn claim_next(&self, startable: &[UserId], others: &mut OtherProcesses) -> Result<Option<NextUser>, Failure> {
        let database = self.user_sync.database;
        let first = startable.first().map(|user| (*user, None));
        if self.user_sync.args.dry_run || startable.is_empty() {
            return Ok(first);
        }
        if let Some((user, lock)) = database.claim_next_user(startable, self.skip_criterion).await? {
            return Ok(Some((user, Some(lock))));
        }
        if !std::mem::replace(&mut others.has_logged_wait, true) {
            tracing::info!("{} users are being synced by other processes", startable.len());
        }
        let stamp = database.load_activity_stamp(startable).await?;
        if stamp != others.activity_stamp {
            (others.activity_stamp, others.idle_since) = (stamp, Instant::now());
        }
        // After `max_idle` without activity, try the first user without a lock: its sync takes over or reports it as
        // busy.
        Ok(first.filter(|_| others.idle_since.elapsed() > self.max_idle))
    }

    /// Finishes the users that other processes have synced.
    async fn skip_synced_elsewhere(&self, startable: &[UserId]) -> Result<(), Failure> {
        let database = self.user_sync.database;
        let synced_users = if self.user_sync.args.dry_run {
            Vec::new()
        } else {
            database.load_synced_users(startable, self.skip_criterion).await?
        };
        if synced_users.is_empty() {
            return Ok(());
        }
        let now = database.now().await?;
        for user in synced_users {
            let name = self.results.borrow().username(user).unwrap_or_default().to_owned();
            let run = self.user_sync.run_without_row(user, &name, RunStatus::Skipped, now);
            self.finish_user(user, UserSyncResult::new(Some(run), Ok(Exit::Done)));
        }
        Ok(())
    }

    async fn sync_user(&self, id: UserId, lock: Option<RunLock>) -> UserSyncResult {
        let database = self.user_sync.database;
        let mut result = match database.find_user(id).await.map_err(Failure::from) {
            Ok(Some(user)) => self.user_sync.run(&user, lock).await,
            Ok(None) => UserSyncResult::from(Failure::from_text(
                Exit::Failed,
                "deleted from the users table since this command started",
            )),
            Err(failure) => UserSyncResult::from(failure),
        };
        let is_database_unavailable = result.outcome.as_ref().is_err_and(|failure| failure.exit == Exit::Database);
        // `--json` prints one object per user, even if no run began, unless the database is unavailable.
        if self.user_sync.args.json
            && result.run.is_none()
            && !is_database_unavailable
            && let Ok(now) = database.now().await
        {
            let name = self.results.borrow().username(id).unwrap_or_default().to_owned();
            result.run = Some(self.user_sync.run_without_row(id, &name, RunStatus::Failed, now));
        }
        result
    }

    /// Stores the result of a user and prints all results that are next in order.
    fn finish_user(&self, user: UserId, result: UserSyncResult) {
        let name = self.results.borrow().username(user).unwrap_or_default().to_owned();
        self.results.borrow_mut().mark_finished(user, (name, result));
        while let Some(result) = { self.results.borrow_mut().take_next_result() } {
            self.print_result(result);
        }
    }

    fn print_result(&self, (name, result): (String, UserSyncResult)) {
        let UserSync { context, args, .. } = self.user_sync;
        let printed = print_run(context, args, &result);
        context.ui.print_hints(&result.hints);
        let exit = result.outcome.unwrap_or_else(|failure| {
            let exit = failure.exit;
            context.ui.print_failure(&failure.context(format!("user {name}")));
            exit
        });
        let mut overall = self.overall_exit.borrow_mut();
        match (&*overall, printed) {
            (Ok(_), Err(failure)) => *overall = Err(failure),
            (Ok(worst), Ok(())) if exit.severity() > worst.severity() => *overall = Ok(exit),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parallel_users;

    #[test]
    fn larger_pages_or_batches_mean_fewer_parallel_users() {
        for (page, batch, expected) in [
            (100, 100, 8),
            (1, 1, 8),
            (250, 100, 8),
            (500, 100, 4),
            (100, 500, 4),
            (1000, 100, 2),
            (100, 10_000, 2),
            (1000, 10_000, 2),
        ] {
            assert_eq!(parallel_users(page, batch), expected, "{page} {batch}");
        }
    }
}
