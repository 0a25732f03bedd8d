//! One sync of one user: fetch, merge, settle, remove, mark.
//!
//! The caller has the user, a login and the run lock. From then on a run exists and is told of however it ends. What is
//! decided is decided in `mode`, `plan` and `resolve`; this file is the order of things.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info};

use crate::{
    crash,
    domain::{
        change::Change,
        run::{ErrorKind, Mode, Run, RunId},
        user::User,
    },
    exit::Exit,
    failure::Failure,
};

use super::{
    fetch::{self, Cut, Listing, Parcel, Until},
    mode::{self, Request},
    plan::Rules,
    port::{
        Account, Batch, Fate, Item, Merged, NewRun, Outcome, Progress, Refused, Sort, Source, Store, StoreFault,
        Traffic,
    },
    report::{Report, title_of, unstorable},
    told::Told,
};

/// Entries that may wait between fetching and storing, and in how many parcels: small ones come and go unevenly, large ones
/// take much room.
const WAITING: (usize, usize) = (500, 4);
/// How often it is looked whether a stopped run may drop what it asked of MAL.
const BEAT: Duration = Duration::from_millis(10);

/// What a sync works with.
pub struct Engine<'a, S, M> {
    /// The database.
    pub store: &'a S,
    /// MAL.
    pub source: &'a M,
    /// Whoever watches.
    pub progress: &'a dyn Progress,
    /// Ends the run at a batch's edge.
    pub stop: &'a CancellationToken,
}

/// A run that ended, one way or another.
#[derive(Debug)]
pub struct Ended {
    /// What it did.
    pub run: Run,
    /// Why it failed; none for a run that finished or was stopped.
    pub failure: Option<Failure>,
    /// Whether the database went away: then nothing more is known of the run than what is said here.
    pub store_gone: bool,
    /// The MAL account, where MAL was reached.
    pub account: Option<Account>,
    /// What a dry run would have done, with the anime's title.
    pub would_change: Vec<(Change, Option<String>)>,
}

/// Why a run ends before its end.
#[derive(Debug)]
pub(super) enum Halt {
    /// A signal.
    Stopped,
    /// MAL, or a guard.
    Failed(Failure),
    /// The database.
    StoreGone(Failure),
}

impl Halt {
    pub(super) fn of(error: impl StoreFault) -> Self {
        if error.is_another_accounts() { Self::Failed(error.into()) } else { Self::StoreGone(error.into()) }
    }
}

/// A run under way.
pub(super) struct State<'a> {
    pub(super) user: &'a User,
    pub(super) request: &'a Request,
    pub(super) run: Option<RunId>,
    pub(super) mode: Mode,
    pub(super) now: DateTime<Utc>,
    pub(super) account: Option<Account>,
    /// Entries from MAL, not marked as removed, before the first batch; none where they are not counted yet.
    pub(super) known: Option<i64>,
    /// Full: the entries before the first batch that the run may find gone.
    pub(super) at_stake: Option<Vec<i32>>,
    /// How many of the known this run found gone.
    pub(super) gone: i64,
    pub(super) listing: Listing,
    pub(super) report: Report,
    pub(super) would_change: Vec<(Change, Option<String>)>,
    pub(super) began: Instant,
    before: Traffic,
    batches: u64,
    stored: u64,
    pub(super) told: Told,
}

impl State<'_> {
    pub(super) fn num_items(&self) -> Option<i64> {
        self.account.as_ref().and_then(|account| account.num_items)
    }

    /// The MAL account that the run began with: what it writes is of no other.
    pub(super) fn owner(&self) -> Option<i64> {
        self.account.as_ref().map(|account| account.id)
    }

    /// Entries from MAL, not marked as removed, as of now.
    fn ours(&self) -> i64 {
        self.known.unwrap_or(0) + self.report.joined() - self.gone
    }

    /// MAL's count less ours.
    pub(super) fn drift(&self) -> Option<i64> {
        self.num_items().map(|num_items| num_items - self.ours())
    }

    /// Whether MAL's count speaks of entries that an incremental listing did not show, or of none where it showed some.
    fn counts_apart(&self) -> bool {
        let apart = self.drift().is_some_and(|drift| drift != self.user.drift.unwrap_or(0));
        apart || (self.listing.listed() == 0 && self.known > Some(0))
    }
}

impl<S: Store, M: Source> Engine<'_, S, M> {
    /// Syncs one user. The caller holds the user's run lock, unless the run is a dry one.
    ///
    /// # Errors
    /// The database did not even take the run's row.
    pub async fn sync(&self, user: &User, request: &Request) -> Result<Ended, Failure> {
        let began = Instant::now();
        let now = self.store.now().await.map_err(Into::into)?;
        let mode = mode::choose(user, request, now);
        let (mut run, mut started_at) = (None, now);
        if mode != Mode::Skipped && !request.dry_run {
            let new = NewRun { user: user.id, mode, force_full: request.force_full };
            let (id, at) = self.store.begin_run(&new).await.map_err(Into::into)?;
            (run, started_at) = (Some(id), at);
        }
        let mut state = State {
            user,
            request,
            run,
            mode,
            now,
            account: None,
            known: None,
            at_stake: None,
            gone: 0,
            listing: Listing::default(),
            report: Report::default(),
            would_change: Vec::new(),
            began,
            before: self.source.traffic(),
            batches: 0,
            stored: 0,
            told: Told::nothing(began),
        };
        let result = match mode {
            Mode::Skipped => Ok(()),
            _ => crash::caught_in(self.carry_out(&mut state)).await.map_err(Halt::Failed).flatten(),
        };
        Ok(self.end(state, result, started_at).await)
    }

    async fn carry_out(&self, state: &mut State<'_>) -> Result<(), Halt> {
        info!("Starting anime data sync for user {}", state.user.id);
        self.identify(state).await?;
        if state.mode == Mode::Incremental {
            let older_than = state.user.watermark.map(|at| at - mode::OVERLAP);
            self.transfer(state, Sort::Updated, older_than).await?;
            if state.counts_apart() {
                self.go_on_as_full(state).await?;
            }
        }
        if state.mode == Mode::Full {
            self.progress.expect(state.num_items().and_then(|count| u64::try_from(count).ok()).unwrap_or(0));
            self.transfer(state, Sort::Title, None).await?;
            self.remove(state).await?;
        }
        self.settle(state).await?;
        self.name_changes(state).await
    }

    /// What a dry run tells of entries that MAL did not send has their stored titles.
    async fn name_changes(&self, state: &mut State<'_>) -> Result<(), Halt> {
        let nameless = state.would_change.iter().filter(|(_, title)| title.is_none());
        let ids: Vec<i32> = nameless.map(|(change, _)| change.mal_id).collect::<BTreeSet<_>>().into_iter().collect();
        if ids.is_empty() {
            return Ok(());
        }
        let titles: BTreeMap<_, _> = self.stored_value(self.store.titles(&ids).await)?.into_iter().collect();
        for (change, title) in state.would_change.iter_mut().filter(|(_, title)| title.is_none()) {
            *title = titles.get(&change.mal_id).cloned();
        }
        Ok(())
    }

    /// Asks MAL whose token this is, before anything is written.
    async fn identify(&self, state: &mut State<'_>) -> Result<(), Halt> {
        let account = self.account().await?;
        if let Some(expected) = state.user.mal_user_id.filter(|expected| *expected != account.id) {
            let (name, id) = (&account.name, account.id);
            let what = format!(
                "the stored login is of the MAL account {name} ({id}), but user {} belongs to MAL account {expected}",
                state.user.username
            );
            let hint = format!("log in as the right account: malsync login {}", state.user.typed());
            return Err(Halt::Failed(Failure::text(Exit::Guard, what).hint(hint)));
        }
        state.account = Some(account);
        Ok(())
    }

    /// Waits until the run is to end, and until what MAL is being asked may be dropped.
    async fn stopped(&self) {
        self.stop.cancelled().await;
        while !self.source.may_be_cut() {
            tokio::time::sleep(BEAT).await;
        }
    }

    pub(super) async fn account(&self) -> Result<Account, Halt> {
        tokio::select! {
            biased;
            () = self.stopped() => Err(Halt::Stopped),
            account = self.source.account() => account.map_err(|error| Halt::Failed(error.into())),
        }
    }

    /// An incremental run that finds the counts apart becomes a full one; no entry is counted twice.
    async fn go_on_as_full(&self, state: &mut State<'_>) -> Result<(), Halt> {
        info!("the counts differ (MAL: {:?}, here: {}); going on to the whole list", state.num_items(), state.ours());
        state.mode = Mode::Full;
        if state.request.dry_run {
            // Nothing was committed: the full listing meets the same rows again, and tells all there is to tell.
            state.report = Report::default();
            state.would_change.clear();
        }
        state.report.forget_nameless();
        (state.batches, state.stored) = (0, 0);
        state.listing = state.listing.restart();
        if let Some(run) = state.run {
            self.stored_value(self.store.set_mode(run, Mode::Full).await)?;
        }
        Ok(())
    }

    /// Phases A and B: one listing, fetched and stored at the same time.
    async fn transfer(&self, state: &mut State<'_>, sort: Sort, older_than: Option<DateTime<Utc>>) -> Result<(), Halt> {
        let (batch_size, most) = (state.request.batch_size, fetch::most(state.num_items()));
        let until = Until { sort, older_than, now: state.now, batch_size, most };
        let (sender, receiver) = mpsc::channel((WAITING.0 / batch_size).clamp(1, WAITING.1));
        let mut listing = std::mem::take(&mut state.listing);
        let fetching = async {
            tokio::select! {
                biased;
                () = self.stopped() => Err(Halt::Stopped),
                fetched = fetch::fetch(self.source, until, &mut listing, sender, self.progress) => match fetched {
                    Ok(entries) => {
                        debug!("Fetched {entries} anime entries from MAL");
                        Ok(())
                    }
                    Err(Cut::Mal(failure)) => Err(Halt::Failed(failure)),
                    Err(Cut::Store(_)) => Err(Halt::Stopped),
                },
            }
        };
        let (fetched, stored) = tokio::join!(fetching, self.store_parcels(state, receiver));
        state.listing = listing;
        // Where both ended early, the store is why: fetching only found nobody listening any more.
        stored.and(fetched)
    }

    async fn store_parcels(&self, state: &mut State<'_>, mut parcels: mpsc::Receiver<Parcel>) -> Result<(), Halt> {
        if state.known.is_none() {
            // While MAL is asked, and before anything is stored.
            self.count_known(state).await?;
        }
        loop {
            let Ok(parcel) = tokio::time::timeout_at(state.told.silent_until(), parcels.recv()).await else {
                self.tell(state).await;
                continue;
            };
            let Some(parcel) = parcel else { return Ok(()) };
            if self.stop.is_cancelled() {
                return Err(Halt::Stopped);
            }
            for error in parcel.rejected {
                state.report.rejected(error);
            }
            if !parcel.items.is_empty() {
                self.store_batch(state, &parcel.items).await?;
            }
        }
    }

    async fn store_batch(&self, state: &mut State<'_>, items: &[Item]) -> Result<(), Halt> {
        state.batches += 1;
        let expected =
            state.num_items().filter(|_| state.mode == Mode::Full).and_then(|count| usize::try_from(count).ok());
        match expected.map(|count| count.div_ceil(state.request.batch_size)) {
            Some(all) => info!("Processing batch {} of {all}", state.batches),
            None => info!("Processing batch {}", state.batches),
        }
        match self.merge(state, items, false).await {
            Ok(merged) => {
                for outcome in merged.outcomes.iter().filter(|outcome| outcome.anime == Fate::Created) {
                    debug!("Created anime record for MAL ID {}", outcome.mal_id);
                }
                state.report.stored(&merged.outcomes);
                for Refused { mal_id, message } in merged.refused {
                    state.report.rejected(unstorable(items, mal_id, ErrorKind::Constraint, &message));
                }
            }
            Err(Failed { halt: Some(halt), .. }) => return Err(halt),
            Err(Failed { message, halt: None }) => {
                error!("a batch of {} entries was rolled back: {message}", items.len());
                for item in items {
                    state.report.rejected(unstorable(items, item.mal_id(), ErrorKind::Batch, &message));
                }
            }
        }
        state.stored += u64::try_from(items.len()).unwrap_or(0);
        self.progress.stored(state.stored);
        Ok(())
    }

    /// Hands a batch to the store, and takes up what both outcomes have in common.
    pub(super) async fn merge(&self, state: &mut State<'_>, items: &[Item], settling: bool) -> Result<Merged, Failed> {
        let planner = Rules { report: &state.report, traffic: self.traffic(state), settling };
        let tell = state.told.is_due();
        let batch = Batch { user: state.user.id, owner: state.owner(), run: state.run, items, planner: &planner, tell };
        match self.store.merge(&batch).await {
            Ok(merged) => {
                if tell || !merged.outcomes.iter().all(Outcome::is_quiet) {
                    state.told.now();
                }
                state.report.violations(merged.violations);
                if state.request.dry_run {
                    let changes = merged.outcomes.iter().flat_map(|outcome| outcome.changes.iter().cloned());
                    state.would_change.extend(changes.map(|change| {
                        let title = title_of(items, change.mal_id).map(str::to_owned);
                        (change, title)
                    }));
                }
                Ok(merged)
            }
            Err(error) => {
                state.report.violations(error.violations());
                let (ends, message) = (error.ends_the_run(), error.to_string());
                Err(Failed { halt: ends.then(|| Halt::of(error)), message })
            }
        }
    }

    pub(super) fn stored_value<T>(&self, value: Result<T, S::Error>) -> Result<T, Halt> {
        value.map_err(Halt::of)
    }

    /// What this run sent so far.
    pub(super) fn traffic(&self, state: &State<'_>) -> Traffic {
        let (now, before) = (self.source.traffic(), state.before);
        Traffic {
            requests: now.requests - before.requests,
            retries: now.retries - before.retries,
            token_refreshes: now.token_refreshes - before.token_refreshes,
        }
    }
}

/// A batch that was not stored; with a halt, nothing after it will be.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) halt: Option<Halt>,
    pub(super) message: String,
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
