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
        run::{Counters, Mode, Run, RunStatus},
        user::UserId,
    },
    exit::Exit,
    failure::Failure,
    mal::wire::Wire,
    store::{Database, Done, RunLock},
    sync::port::Store as _,
};

use super::{
    context::Context,
    round::Round,
    sync::{Synced, Syncing, finish},
};

/// So many users are synced at once, where their pages and batches are small.
const AT_ONCE: u64 = 8;
/// So many entries all of them may have in hand: a page each, or a batch.
const IN_HAND: u64 = 2000;
/// How often it is looked what became of users that other processes are at.
const LOOK: Duration = Duration::from_millis(500);

pub(super) async fn all(
    context: &Context<'_>,
    args: &args::Sync,
    database: &Arc<Database>,
    wire: &Wire,
) -> Result<Exit, Failure> {
    let since = database.now().await?;
    let users = database.logged_in().await?;
    if users.is_empty() {
        let what = format!("nobody is logged in (database {})", database.place());
        return Err(Failure::text(Exit::Login, what).hint("malsync login"));
    }
    let config = context.config()?;
    let everyone = Everyone {
        syncing: Syncing { context, args, database, wire, since: Some(since) },
        done: match (args.prune, args.force_full) {
            // Whether there is anything left to prune is not told by a mark.
            (true, _) => Done::Never,
            (_, true) => Done::Full(since),
            (false, false) => Done::Synced(since),
        },
        patience: config.mal_http_timeout.value,
        round: RefCell::new(Round::new(users)),
        end: RefCell::new(Ok(Exit::Done)),
        door: tokio::sync::Mutex::new(Others {
            looked: Instant::now(),
            stir: 0,
            still_since: Instant::now(),
            waited_for: false,
        }),
    };
    let hands = at_once(config.mal_page_size.value.into(), config.sync_batch_size.value.into());
    let mut working: FuturesUnordered<_> = (0..hands).map(|_| everyone.work()).collect();
    while working.next().await.is_some() {}
    drop(working);
    let cut_short = !everyone.round.borrow().is_taken();
    let rest = everyone.round.borrow_mut().rest();
    rest.into_iter().for_each(|synced| everyone.tell(synced));
    // Whoever was not begun with has nothing to tell of the signal.
    let exit = everyone.end.into_inner()?;
    Ok(context.signals.exit().filter(|_| cut_short).unwrap_or(exit))
}

/// How many users are synced at once, that all of them together take little more memory than one with the largest pages.
fn at_once(page: u64, batch: u64) -> u64 {
    (IN_HAND / page.max(batch).max(1)).clamp(2, AT_ONCE)
}

/// What the other processes are seen to do.
struct Others {
    /// When it was looked whom they have synced.
    looked: Instant,
    /// Moves as long as they get on.
    stir: i64,
    still_since: Instant,
    /// Somebody of theirs is all that is left.
    waited_for: bool,
}

struct Everyone<'a> {
    syncing: Syncing<'a>,
    done: Done,
    /// How long the others may stand still.
    patience: Duration,
    round: RefCell<Round<(String, Synced)>>,
    /// The gravest code so far; the first failure that is no single user's.
    end: RefCell<Result<Exit, Failure>>,
    /// One at a time looks who is next.
    door: tokio::sync::Mutex<Others>,
}

/// A user to be synced, with his run lock where it had to be taken before.
type Next = (UserId, Option<RunLock>);

impl Everyone<'_> {
    /// Syncs one user after the other, until nobody is left.
    async fn work(&self) {
        loop {
            match self.next().await {
                Ok(Some((user, lock))) => {
                    let name = self.round.borrow().name(user).unwrap_or_default().to_owned();
                    // What is logged meanwhile says of whom it speaks.
                    let synced = self.sync(user, lock).instrument(tracing::error_span!("sync", user = name)).await;
                    self.over(user, synced);
                }
                Ok(None) => return,
                Err(failure) => {
                    let mut end = self.end.borrow_mut();
                    if end.is_ok() {
                        *end = Err(failure);
                    }
                    return;
                }
            }
        }
    }

    /// Whether nobody is to be begun with any more.
    fn is_ending(&self) -> bool {
        self.end.borrow().is_err() || self.syncing.context.signals.stop.is_cancelled()
    }

    /// Who is next; none where nobody is left.
    async fn next(&self) -> Result<Option<Next>, Failure> {
        let mut others = self.door.lock().await;
        loop {
            let open = self.round.borrow().open();
            if self.is_ending() || (open.is_empty() && self.round.borrow().is_taken()) {
                return Ok(None);
            }
            if others.looked.elapsed() >= LOOK {
                others.looked = Instant::now();
                self.told_of_others(&open).await?;
                continue;
            }
            if let Some(next) = self.take(&open, &mut others).await? {
                self.round.borrow_mut().begin(next.0);
                return Ok(Some(next));
            }
            tokio::select! {
                () = self.syncing.context.signals.stop.cancelled() => {}
                () = tokio::time::sleep_until(others.looked + LOOK) => {}
            }
        }
    }

    /// The first of these users who is to be had.
    async fn take(&self, open: &[UserId], others: &mut Others) -> Result<Option<Next>, Failure> {
        let database = self.syncing.database;
        let first = open.first().map(|user| (*user, None));
        if self.syncing.args.dry_run || open.is_empty() {
            return Ok(first);
        }
        if let Some((user, lock)) = database.claim(open, self.done).await? {
            return Ok(Some((user, Some(lock))));
        }
        if !std::mem::replace(&mut others.waited_for, true) {
            tracing::info!("{} users are being synced by other processes", open.len());
        }
        let stir = database.stir(open).await?;
        if stir != others.stir {
            (others.stir, others.still_since) = (stir, Instant::now());
        }
        // Where they stand still for so long, each is asked for by itself, and told as it is.
        Ok(first.filter(|_| others.still_since.elapsed() > self.patience))
    }

    /// Those whom other processes have synced are over.
    async fn told_of_others(&self, open: &[UserId]) -> Result<(), Failure> {
        let database = self.syncing.database;
        let done = if self.syncing.args.dry_run { Vec::new() } else { database.done(open, self.done).await? };
        if done.is_empty() {
            return Ok(());
        }
        let now = database.now().await?;
        for user in done {
            let run = self.without_a_row(user, now, Mode::Skipped, RunStatus::Skipped);
            self.over(user, Synced { run: Some(run), would_change: Vec::new(), outcome: Ok(Exit::Done) });
        }
        Ok(())
    }

    async fn sync(&self, id: UserId, lock: Option<RunLock>) -> Synced {
        let database = self.syncing.database;
        let mut synced = match database.user(id).await.map_err(Failure::from) {
            Ok(Some(user)) => self.syncing.user(&user, lock).await,
            Ok(None) => Synced::from(Failure::text(Exit::Failed, "gone from the users table since this command began")),
            Err(failure) => Synced::from(failure),
        };
        let store_gone = synced.outcome.as_ref().is_err_and(|failure| failure.exit == Exit::Database);
        // A run that did not even begin: every user has an object, unless the database is gone.
        if self.syncing.args.json
            && synced.run.is_none()
            && !store_gone
            && let Ok(now) = database.now().await
        {
            let full = self.syncing.args.force_full || self.syncing.args.prune;
            let mode = if full { Mode::Full } else { Mode::Incremental };
            synced.run = Some(self.without_a_row(id, now, mode, RunStatus::Failed));
        }
        synced
    }

    /// The object of a user of whose sync there is no row.
    fn without_a_row(&self, user_id: UserId, now: DateTime<Utc>, mode: Mode, status: RunStatus) -> Run {
        Run {
            id: None,
            user_id,
            username: self.round.borrow().name(user_id).unwrap_or_default().to_owned(),
            mode,
            force_full: self.syncing.args.force_full,
            dry_run: self.syncing.args.dry_run,
            status,
            started_at: now,
            finished_at: Some(now),
            duration: Some(TimeDelta::zero()),
            counters: Counters::default(),
            errors: Vec::new(),
            failure: None,
        }
    }

    /// A user is over; tells of everybody whose turn it is.
    fn over(&self, user: UserId, synced: Synced) {
        let name = self.round.borrow().name(user).unwrap_or_default().to_owned();
        self.round.borrow_mut().over(user, (name, synced));
        while let Some(synced) = { self.round.borrow_mut().next() } {
            self.tell(synced);
        }
    }

    fn tell(&self, (name, synced): (String, Synced)) {
        let Syncing { context, args, .. } = self.syncing;
        let told = finish(context, args, &synced);
        let exit = synced.outcome.unwrap_or_else(|failure| {
            let exit = failure.exit;
            context.ui.failure(&failure.context(format!("user {name}")));
            exit
        });
        let mut end = self.end.borrow_mut();
        match (&*end, told) {
            (Ok(_), Err(failure)) => *end = Err(failure),
            (Ok(gravest), Ok(())) if exit.gravity() > gravest.gravity() => *end = Ok(exit),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::at_once;

    #[test]
    fn the_larger_pages_and_batches_are_the_fewer_users_are_synced_at_once() {
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
            assert_eq!(at_once(page, batch), expected, "{page} {batch}");
        }
    }
}
