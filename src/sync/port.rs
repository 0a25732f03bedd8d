//! What the core asks of the outside, and the laws that an implementation keeps.
//!
//! [`Source`] is MAL, [`Store`] the database, [`Progress`] whoever watches. The tests of a law live with the contract
//! suite that every store runs through.

mod batch;

use std::{error::Error, future::Future};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    domain::{
        change::Change,
        entry::{Local, Remote},
        run::{Counters, EntryError, Mode, RunId, RunStatus},
        user::UserId,
    },
    failure::Failure,
};

pub use batch::{Batch, EntryWrite, Fate, Item, LastConflict, Merged, Outcome, Plan, Planner, Refused, Rows};

/// The MAL account that a token belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// MAL's id of the user.
    pub id: i64,
    /// The user's name on MAL.
    pub name: String,
    /// When the account was made, as MAL writes it.
    pub joined_at: Option<String>,
    /// `anime_statistics.num_items`: how many entries MAL counts.
    pub num_items: Option<i64>,
}

/// The order in which pages are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// `anime_title`: stable while the list is edited; for full runs.
    Title,
    /// `list_updated_at`: newest first; for incremental runs.
    Updated,
}

/// One page of the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListPage {
    /// The entries that a row can hold, in MAL's order.
    pub entries: Vec<Remote>,
    /// The entries that none can hold, by name (kind `invalid`).
    pub rejected: Vec<EntryError>,
    /// The offset of the next page; greater than this page's. None on the last.
    pub next: Option<u64>,
}

/// What went over the wire so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Requests sent to MAL, token calls and retries included.
    pub requests: i64,
    /// Requests repeated after a failure.
    pub retries: i64,
    /// Token pairs obtained by a refresh.
    pub token_refreshes: i64,
}

/// MAL. Laws: paced and retried within; no redirect followed; an error is final for this run; one bad entry never spoils
/// a page; a page that cannot be read is an error, never an empty page. Once an account was named, no page is of another's
/// list, whatever becomes of the token.
pub trait Source: Send + Sync {
    /// Why MAL did not answer usefully.
    type Error: Error + Into<Failure> + Send + Sync + 'static;

    /// Asks who the token belongs to, with the list's statistics.
    fn account(&self) -> impl Future<Output = Result<Account, Self::Error>> + Send;

    /// Asks for one page, of the configured size, from `offset` on.
    fn page(&self, sort: Sort, offset: u64) -> impl Future<Output = Result<ListPage, Self::Error>> + Send;

    /// Counts what was sent so far.
    fn traffic(&self) -> Traffic;

    /// Whether dropping a call under way costs nothing but the call.
    fn may_be_cut(&self) -> bool {
        true
    }
}

/// A batch that was rolled back whole, or worse.
pub trait StoreFault: Error + Into<Failure> + Send + Sync + 'static {
    /// Whether the database is gone or will refuse whatever comes next (unreachable, read-only, full, without a right or a
    /// table): the run ends. Otherwise the next batch is tried.
    fn ends_the_run(&self) -> bool;

    /// Whether the database is well, and the row became another MAL account's: the run ends as a failed one.
    fn is_another_accounts(&self) -> bool;

    /// Violations that the database reported on the way.
    fn violations(&self) -> i64;
}

/// A run as it begins.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// Whose.
    pub user: UserId,
    /// How much is asked for.
    pub mode: Mode,
    /// `--force-full` was asked for.
    pub force_full: bool,
}

/// What a complete run leaves in the user's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    /// MAL's newest `updated_at`; none leaves the column as it is.
    pub watermark: Option<DateTime<Utc>>,
    /// After a full run: MAL's count less ours, where MAL gave one.
    pub full: Option<Option<i64>>,
}

/// A run as it ends.
#[derive(Clone, Debug)]
pub struct Finish<'a> {
    /// Which.
    pub run: RunId,
    /// Whose.
    pub user: UserId,
    /// The MAL account whose list it was, where the run came to its end.
    pub owner: Option<i64>,
    /// What it did, in the end.
    pub mode: Mode,
    /// How it ended.
    pub status: RunStatus,
    /// How long it took, to the millisecond.
    pub duration: TimeDelta,
    /// What it counted.
    pub counters: Counters,
    /// What could not be stored.
    pub errors: &'a [EntryError],
    /// Why it failed.
    pub failure: Option<String>,
    /// What moves in the user's row, in the same transaction; none on anything but a complete run.
    pub marks: Option<Marks>,
}

/// Entries to mark or delete, in one transaction.
#[derive(Clone, Debug)]
pub struct Removal<'a> {
    /// The run that does it.
    pub run: RunId,
    /// Whose.
    pub user: UserId,
    /// The MAL account whose list it is.
    pub owner: Option<i64>,
    /// Entries (MAL's ids, ascending) to mark with `removed_at`.
    pub mark: &'a [i32],
    /// Entries (MAL's ids, ascending) to delete.
    pub delete: &'a [i32],
    /// What to record in `sync_changes`; the store puts the marks' time into `kept` of a `removed_at` line.
    pub changes: &'a [Change],
    /// The run's counters with this done.
    pub counters: Counters,
}

/// The database, as a sync sees it.
///
/// Laws:
/// - [`Store::merge`] is all or nothing for what it reports, re-plans on fresh rows at each attempt, writes no row that is
///   the same (no row at all, the run's counters apart, where all are), and moves `updated_at` of the rows that it changes and of no others.
/// - A row that somebody else made between read and write is met again, not overwritten. A row that somebody else changes
///   meanwhile waits for the lock, or the batch is planned again.
/// - Where an owner is given, nothing is written once the user's row is another MAL account's, and the row does not become
///   one while the transaction goes on. A row with no account noted in it is anybody's.
/// - Deadlocks, serialization failures and lost connections are tried again within.
/// - Times are by the database's clock, UTC, to the microsecond.
pub trait Store: Send + Sync {
    /// Why the database did not do it.
    type Error: StoreFault;
    /// Held for as long as a run of the user goes on; goes with the process.
    type RunLock: Send;

    /// The database's clock (the machine's, where the database is a file).
    fn now(&self) -> impl Future<Output = Result<DateTime<Utc>, Self::Error>> + Send;

    /// Takes the user's run lock; none where another process has it.
    fn lock_run(&self, user: UserId) -> impl Future<Output = Result<Option<Self::RunLock>, Self::Error>> + Send;

    /// Makes the run's row (`RUNNING`), and writes `INTERRUPTED` into rows of the user whose process is gone.
    /// The caller holds the run lock.
    fn begin_run(&self, run: &NewRun) -> impl Future<Output = Result<(RunId, DateTime<Utc>), Self::Error>> + Send;

    /// Applies a batch.
    fn merge(&self, batch: &Batch<'_>) -> impl Future<Output = Result<Merged, Self::Error>> + Send;

    /// The entries that came from MAL: MAL's id, and whether marked as removed.
    fn entries_from_mal(&self, user: UserId) -> impl Future<Output = Result<Vec<(i32, bool)>, Self::Error>> + Send;

    /// The user's entries with these ids (ascending), for those that exist.
    fn entries(&self, user: UserId, ids: &[i32]) -> impl Future<Output = Result<Vec<Local>, Self::Error>> + Send;

    /// The titles of the anime with these ids (ascending), as they are stored.
    fn titles(&self, ids: &[i32]) -> impl Future<Output = Result<Vec<(i32, String)>, Self::Error>> + Send;

    /// How many entries came from MAL and are not marked as removed.
    fn count_from_mal(&self, user: UserId) -> impl Future<Output = Result<i64, Self::Error>> + Send;

    /// The entries (MAL's ids, ascending), not marked as removed, whose row may differ from its base. May name too many,
    /// never too few.
    fn unsettled(&self, user: UserId) -> impl Future<Output = Result<Vec<i32>, Self::Error>> + Send;

    /// Marks and deletes entries.
    fn remove(&self, removal: &Removal<'_>) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Notes the mode that an incremental run went on to.
    fn set_mode(&self, run: RunId, mode: Mode) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Ends the run, and moves the user's marks where it was complete. Answers the time it wrote.
    fn finish_run(&self, finish: &Finish<'_>) -> impl Future<Output = Result<DateTime<Utc>, Self::Error>> + Send;
}

/// Whoever watches a run, or an edit of many entries. Nothing here can fail or wait.
pub trait Progress: Send + Sync {
    /// How many entries there are to do, once known: MAL's count of the list, or those that an edit changes.
    fn expect(&self, entries: u64);
    /// So many entries came over the wire so far.
    fn fetched(&self, entries: u64);
    /// So many entries are stored so far. An edit's are kept once all of them are.
    fn stored(&self, entries: u64);
}

/// Nobody watches.
impl Progress for () {
    fn expect(&self, _: u64) {}
    fn fetched(&self, _: u64) {}
    fn stored(&self, _: u64) {}
}
