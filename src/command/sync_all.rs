//! `sync --all-users`: every user who has a login, several at once, and shared with whatever other processes do the same.
//!
//! The rules: each user is had by one process at a time, by the run lock, which goes with its process; whom another one has
//! synced completely since this command began is not synced again, whatever was asked for; whom another one is at is waited
//! for, for as long as those others get on, so that nobody is forgotten whose process dies. One user's failure is one user's.
//! What is told is told by name. A dry run writes nothing and claims nobody.

use std::{cell::RefCell, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::{
    cli::args,
    domain::{
        run::{Run, RunCounters, RunStatus, SyncMode},
        user::UserId,
    },
    exit::Exit,
    failure::Failure,
    mal::transport::HttpTransport,
    store::{Database, RunLock, SkipCriterion},
    sync::port::SyncStore as _,
};

use super::{
    context::Context,
    ordered_results::OrderedResults,
    sync::{UserSync, UserSyncResult, print_run},
};

/// So many users are synced at once, where their pages and batches are small.
const MAX_PARALLEL_USERS: u64 = 8;
/// So many entries all of them may have in hand: a page each, or a batch.
const MAX_BUFFERED_ENTRIES: u64 = 2000;
/// How often it is looked what became of users that other processes are at.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

pub(super) async fn sync_all_users(
    context: &Context<'_>,
    args: &args::SyncArgs,
    database: &Arc<Database>,
    wire: &HttpTransport,
) -> Result<Exit, Failure> {
    let since = database.now().await?;
    let users = database.load_users_with_login().await?;
    if users.is_empty() {
        let what = format!("nobody is logged in (database {})", database.url());
        return Err(Failure::from_text(Exit::Login, what).with_hint("malsync login"));
    }
    let config = context.config()?;
    let everyone = MultiUserSync {
        user_sync: UserSync { context, args, database, wire, skip_if_synced_after: Some(since) },
        skip_criterion: match (args.prune, args.force_full) {
            // Whether there is anything left to prune is not told by a mark.
            (true, _) => SkipCriterion::Never,
            (_, true) => SkipCriterion::FullySynced(since),
            (false, false) => SkipCriterion::Synced(since),
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
    let hands = parallel_users(config.mal_page_size.value.into(), config.sync_batch_size.value.into());
    let mut working: FuturesUnordered<_> = (0..hands).map(|_| everyone.run_worker()).collect();
    while working.next().await.is_some() {}
    drop(working);
    let cut_short = !everyone.results.borrow().has_started_all();
    let rest = everyone.results.borrow_mut().take_finished_results();
    rest.into_iter().for_each(|synced| everyone.print_result(synced));
    // Whoever was not begun with has nothing to tell of the signal.
    let exit = everyone.overall_exit.into_inner()?;
    Ok(context.signals.first_signal_exit().filter(|_| cut_short).unwrap_or(exit))
}

/// How many users are synced at once, that all of them together take little more memory than one with the largest pages.
fn parallel_users(page: u64, batch: u64) -> u64 {
    (MAX_BUFFERED_ENTRIES / page.max(batch).max(1)).clamp(2, MAX_PARALLEL_USERS)
}

/// What the other processes are seen to do.
struct OtherProcesses {
    /// When it was looked whom they have synced.
    polled_at: Instant,
    /// Moves as long as they get on.
    activity_stamp: i64,
    idle_since: Instant,
    /// Somebody of theirs is all that is left.
    has_logged_wait: bool,
}

struct MultiUserSync<'a> {
    user_sync: UserSync<'a>,
    skip_criterion: SkipCriterion,
    /// How long the others may stand still.
    max_idle: Duration,
    results: RefCell<OrderedResults<(String, UserSyncResult)>>,
    /// The gravest code so far; the first failure that is no single user's.
    overall_exit: RefCell<Result<Exit, Failure>>,
    /// One at a time looks who is next.
    next_user_lock: tokio::sync::Mutex<OtherProcesses>,
}

/// A user to be synced, with his run lock where it had to be taken before.
type NextUser = (UserId, Option<RunLock>);

impl MultiUserSync<'_> {
    /// Syncs one user after the other, until nobody is left.
    async fn run_worker(&self) {
        loop {
            match self.next_user().await {
                Ok(Some((user, lock))) => {
                    let name = self.results.borrow().username(user).unwrap_or_default().to_owned();
                    // What is logged meanwhile says of whom it speaks.
                    let synced = self.sync_user(user, lock).instrument(tracing::error_span!("sync", user = name)).await;
                    self.finish_user(user, synced);
                }
                Ok(None) => return,
                Err(failure) => {
                    let mut end = self.overall_exit.borrow_mut();
                    if end.is_ok() {
                        *end = Err(failure);
                    }
                    return;
                }
            }
        }
    }

    /// Whether nobody is to be begun with any more.
    fn is_stopping(&self) -> bool {
        self.overall_exit.borrow().is_err() || self.user_sync.context.signals.stop.is_cancelled()
    }

    /// Who is next; none where nobody is left.
    async fn next_user(&self) -> Result<Option<NextUser>, Failure> {
        let mut others = self.next_user_lock.lock().await;
        loop {
            let open = self.results.borrow().startable_users();
            if self.is_stopping() || (open.is_empty() && self.results.borrow().has_started_all()) {
                return Ok(None);
            }
            if others.polled_at.elapsed() >= POLL_INTERVAL {
                others.polled_at = Instant::now();
                self.skip_synced_elsewhere(&open).await?;
                continue;
            }
            if let Some(next) = self.claim_next(&open, &mut others).await? {
                self.results.borrow_mut().mark_running(next.0);
                return Ok(Some(next));
            }
            tokio::select! {
                () = self.user_sync.context.signals.stop.cancelled() => {}
                () = tokio::time::sleep_until(others.polled_at + POLL_INTERVAL) => {}
            }
        }
    }

    /// The first of these users who is to be had.
    async fn claim_next(&self, open: &[UserId], others: &mut OtherProcesses) -> Result<Option<NextUser>, Failure> {
        let database = self.user_sync.database;
        let first = open.first().map(|user| (*user, None));
        if self.user_sync.args.dry_run || open.is_empty() {
            return Ok(first);
        }
        if let Some((user, lock)) = database.claim_next_user(open, self.skip_criterion).await? {
            return Ok(Some((user, Some(lock))));
        }
        if !std::mem::replace(&mut others.has_logged_wait, true) {
            tracing::info!("{} users are being synced by other processes", open.len());
        }
        let stir = database.load_activity_stamp(open).await?;
        if stir != others.activity_stamp {
            (others.activity_stamp, others.idle_since) = (stir, Instant::now());
        }
        // Where they stand still for so long, each is asked for by itself, and told as it is.
        Ok(first.filter(|_| others.idle_since.elapsed() > self.max_idle))
    }

    /// Those whom other processes have synced are over.
    async fn skip_synced_elsewhere(&self, open: &[UserId]) -> Result<(), Failure> {
        let database = self.user_sync.database;
        let done = if self.user_sync.args.dry_run {
            Vec::new()
        } else {
            database.load_synced_users(open, self.skip_criterion).await?
        };
        if done.is_empty() {
            return Ok(());
        }
        let now = database.now().await?;
        for user in done {
            let run = self.synthetic_run(user, now, SyncMode::Skipped, RunStatus::Skipped);
            self.finish_user(
                user,
                UserSyncResult { run: Some(run), would_change: Vec::new(), outcome: Ok(Exit::Done) },
            );
        }
        Ok(())
    }

    async fn sync_user(&self, id: UserId, lock: Option<RunLock>) -> UserSyncResult {
        let database = self.user_sync.database;
        let mut synced = match database.find_user(id).await.map_err(Failure::from) {
            Ok(Some(user)) => self.user_sync.run(&user, lock).await,
            Ok(None) => UserSyncResult::from(Failure::from_text(
                Exit::Failed,
                "gone from the users table since this command began",
            )),
            Err(failure) => UserSyncResult::from(failure),
        };
        let store_gone = synced.outcome.as_ref().is_err_and(|failure| failure.exit == Exit::Database);
        // A run that did not even begin: every user has an object, unless the database is gone.
        if self.user_sync.args.json
            && synced.run.is_none()
            && !store_gone
            && let Ok(now) = database.now().await
        {
            let full = self.user_sync.args.force_full || self.user_sync.args.prune;
            let mode = if full { SyncMode::Full } else { SyncMode::Incremental };
            synced.run = Some(self.synthetic_run(id, now, mode, RunStatus::Failed));
        }
        synced
    }

    /// The object of a user of whose sync there is no row.
    fn synthetic_run(&self, user_id: UserId, now: DateTime<Utc>, mode: SyncMode, status: RunStatus) -> Run {
        Run {
            id: None,
            user_id,
            username: self.results.borrow().username(user_id).unwrap_or_default().to_owned(),
            mode,
            force_full: self.user_sync.args.force_full,
            dry_run: self.user_sync.args.dry_run,
            status,
            started_at: now,
            finished_at: Some(now),
            duration: Some(TimeDelta::zero()),
            counters: RunCounters::default(),
            errors: Vec::new(),
            failure: None,
        }
    }

    /// A user is over; tells of everybody whose turn it is.
    fn finish_user(&self, user: UserId, synced: UserSyncResult) {
        let name = self.results.borrow().username(user).unwrap_or_default().to_owned();
        self.results.borrow_mut().mark_finished(user, (name, synced));
        while let Some(synced) = { self.results.borrow_mut().take_next_result() } {
            self.print_result(synced);
        }
    }

    fn print_result(&self, (name, synced): (String, UserSyncResult)) {
        let UserSync { context, args, .. } = self.user_sync;
        let told = print_run(context, args, &synced);
        let exit = synced.outcome.unwrap_or_else(|failure| {
            let exit = failure.exit;
            context.ui.print_failure(&failure.context(format!("user {name}")));
            exit
        });
        let mut end = self.overall_exit.borrow_mut();
        match (&*end, told) {
            (Ok(_), Err(failure)) => *end = Err(failure),
            (Ok(gravest), Ok(())) if exit.severity() > gravest.severity() => *end = Ok(exit),
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
