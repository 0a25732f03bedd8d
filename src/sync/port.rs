//! What the core asks of the outside, and the laws that an implementation keeps.
//!
//! [`Source`] is MAL, [`Store`] the database, [`Progress`] whoever watches. The tests of a law live with the contract
//! suite that every store runs through.

mod batch;

use std::{error::Error, future::Future};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    domain::{
        change::FieldChange,
        entry::{RemoteEntry, StoredEntry},
        run::{EntryError, RunCounters, RunId, RunStatus, SyncMode},
        user::UserId,
    },
    failure::Failure,
};

pub use batch::{
    BatchItem, BatchPlanner, BatchResult, EntryBatch, EntryOutcome, EntryWrite, ExistingRows, LastConflict, RowOutcome,
    UnstorableEntry, WritePlan,
};

/// The MAL account that a token belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalAccount {
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
pub enum RemoteOrder {
    /// `anime_title`: stable while the list is edited; for full runs.
    ByTitle,
    /// `list_updated_at`: newest first; for incremental runs.
    ByUpdatedAt,
}

/// One page of the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListPage {
    /// The entries that a row can hold, in MAL's order.
    pub entries: Vec<RemoteEntry>,
    /// The entries that none can hold, by name (kind `invalid`).
    pub rejected: Vec<EntryError>,
    /// The offset of the next page; greater than this page's. None on the last.
    pub next_offset: Option<u64>,
}

/// What went over the wire so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestCounters {
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
pub trait RemoteSource: Send + Sync {
    /// Why MAL did not answer usefully.
    type Error: Error + Into<Failure> + Send + Sync + 'static;

    /// Asks who the token belongs to, with the list's statistics.
    fn fetch_account(&self) -> impl Future<Output = Result<MalAccount, Self::Error>> + Send;

    /// Asks for one page, of the configured size, from `offset` on.
    fn fetch_page(&self, sort: RemoteOrder, offset: u64) -> impl Future<Output = Result<ListPage, Self::Error>> + Send;

    /// Counts what was sent so far.
    fn request_counters(&self) -> RequestCounters;

    /// Whether dropping a call under way costs nothing but the call.
    fn is_cancel_safe(&self) -> bool {
        true
    }
}

/// A batch that was rolled back whole, or worse.
pub trait SyncStoreError: Error + Into<Failure> + Send + Sync + 'static {
    /// Whether the database is gone or will refuse whatever comes next (unreachable, read-only, full, without a right or a
    /// table): the run ends. Otherwise the next batch is tried.
    fn is_fatal(&self) -> bool;

    /// Whether the database is well, and the row became another MAL account's: the run ends as a failed one.
    fn is_account_mismatch(&self) -> bool;

    /// Violations that the database reported on the way.
    fn constraint_violations(&self) -> i64;
}

/// A run as it begins.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// Whose.
    pub user: UserId,
    /// How much is asked for.
    pub mode: SyncMode,
    /// `--force-full` was asked for.
    pub force_full: bool,
}

/// What a complete run leaves in the user's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncCheckpoint {
    /// MAL's newest `updated_at`; none leaves the column as it is.
    pub watermark: Option<DateTime<Utc>>,
    /// After a full run: MAL's count less ours, where MAL gave one.
    pub full_run_drift: Option<Option<i64>>,
}

/// A run as it ends.
#[derive(Clone, Debug)]
pub struct FinishedRun<'a> {
    /// Which.
    pub run: RunId,
    /// Whose.
    pub user: UserId,
    /// The MAL account whose list it was, where the run came to its end.
    pub account_id: Option<i64>,
    /// What it did, in the end.
    pub mode: SyncMode,
    /// How it ended.
    pub status: RunStatus,
    /// How long it took, to the millisecond.
    pub duration: TimeDelta,
    /// What it counted.
    pub counters: RunCounters,
    /// What could not be stored.
    pub errors: &'a [EntryError],
    /// Why it failed.
    pub failure: Option<String>,
    /// What moves in the user's row, in the same transaction; none on anything but a complete run.
    pub checkpoint: Option<SyncCheckpoint>,
}

/// Entries to mark or delete, in one transaction.
#[derive(Clone, Debug)]
pub struct EntryRemoval<'a> {
    /// The run that does it.
    pub run: RunId,
    /// Whose.
    pub user: UserId,
    /// The MAL account whose list it is.
    pub account_id: Option<i64>,
    /// Entries (MAL's ids, ascending) to mark with `removed_at`.
    pub ids_to_mark: &'a [i32],
    /// Entries (MAL's ids, ascending) to delete.
    pub ids_to_delete: &'a [i32],
    /// What to record in `sync_changes`; the store puts the marks' time into `kept` of a `removed_at` line.
    pub changes: &'a [FieldChange],
    /// The run's counters with this done.
    pub counters: RunCounters,
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
pub trait SyncStore: Send + Sync {
    /// Why the database did not do it.
    type Error: SyncStoreError;
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
    fn merge_batch(&self, batch: &EntryBatch<'_>) -> impl Future<Output = Result<BatchResult, Self::Error>> + Send;

    /// The entries that came from MAL: MAL's id, and whether marked as removed.
    fn entry_ids_from_mal(&self, user: UserId) -> impl Future<Output = Result<Vec<(i32, bool)>, Self::Error>> + Send;

    /// The user's entries with these ids (ascending), for those that exist.
    fn load_entries(
        &self,
        user: UserId,
        ids: &[i32],
    ) -> impl Future<Output = Result<Vec<StoredEntry>, Self::Error>> + Send;

    /// The titles of the anime with these ids (ascending), as they are stored.
    fn load_titles(&self, ids: &[i32]) -> impl Future<Output = Result<Vec<(i32, String)>, Self::Error>> + Send;

    /// How many entries came from MAL and are not marked as removed.
    fn count_entries_from_mal(&self, user: UserId) -> impl Future<Output = Result<i64, Self::Error>> + Send;

    /// The entries (MAL's ids, ascending), not marked as removed, whose row may differ from its base. May name too many,
    /// never too few.
    fn entries_differing_from_base(&self, user: UserId) -> impl Future<Output = Result<Vec<i32>, Self::Error>> + Send;

    /// Marks and deletes entries.
    fn remove_entries(&self, removal: &EntryRemoval<'_>) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Notes the mode that an incremental run went on to.
    fn set_run_mode(&self, run: RunId, mode: SyncMode) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Ends the run, and moves the user's marks where it was complete. Answers the time it wrote.
    fn finish_run(&self, finish: &FinishedRun<'_>) -> impl Future<Output = Result<DateTime<Utc>, Self::Error>> + Send;
}

/// Whoever watches a run, or an edit of many entries. Nothing here can fail or wait.
pub trait ProgressObserver: Send + Sync {
    /// How many entries there are to do, once known: MAL's count of the list, or those that an edit changes.
    fn set_total(&self, entries: u64);
    /// So many entries came over the wire so far.
    fn set_fetched(&self, entries: u64);
    /// So many entries are stored so far. An edit's are kept once all of them are.
    fn set_stored(&self, entries: u64);
}

/// Nobody watches.
impl ProgressObserver for () {
    fn set_total(&self, _: u64) {}
    fn set_fetched(&self, _: u64) {}
    fn set_stored(&self, _: u64) {}
}
