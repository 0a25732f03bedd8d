//! The ports: the traits that the modules around the core implement, and the laws that the implementations keep.
//!
//! - The core needs [`RemoteSource`] (MAL), [`EntryWriter`] (MAL, for a push), [`SyncStore`] (the database) and
//!   [`ProgressObserver`] (the progress display). Every store runs through one contract suite, which tests the laws of [`SyncStore`].
//! - Two ports connect modules that do not name each other: [`TokenProvider`] gives the API client its tokens,
//!   [`LoginRepository`] gives login and token refresh their rows.

mod batch;
mod entry_writer;
mod login_repository;
mod token_provider;

use std::{error::Error, future::Future};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    domain::{
        change::FieldChange,
        entry::{RemoteEntry, StoredEntry},
        missing_entry::MissingEntry,
        run::{EntryError, RequestCounters, RunCounters, RunId, RunStatus, SyncMode},
        user::{MalAccount, UserId},
    },
    failure::Failure,
};

pub use batch::{
    BatchItem, BatchPlanner, BatchResult, EntryBatch, EntryOutcome, ExistingRows, LastConflict, RowOutcome,
    UnstorableEntry, WritePlan,
};
pub use entry_writer::{EntryLookup, EntryWriter, WriteOutcome};
pub use login_repository::{LoginRepository, LoginTarget, NewLogin, TokenWrite};
pub use token_provider::{BearerToken, TokenProvider};

/// The order in which MAL lists the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemoteOrder {
    /// `anime_title`: stable while the list is edited. Used by full runs.
    ByTitle,
    /// `list_updated_at`, newest first. Used by incremental runs.
    ByUpdatedAt,
}

/// One page of the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListPage {
    /// The decoded entries, in MAL's order.
    pub entries: Vec<RemoteEntry>,
    /// The entries that cannot be decoded (kind `invalid`).
    pub rejected: Vec<EntryError>,
    /// The offset of the next page, greater than this page's. `None` on the last page.
    pub next_offset: Option<u64>,
}

/// Fetches the list from MAL.
///
/// Laws:
/// 1. The implementation applies rate limit and retries; an error that it returns is final for the run.
/// 2. It follows no redirect.
/// 3. One invalid entry never fails its page.
/// 4. A page that cannot be read is an error, never an empty page.
/// 5. After [`Self::fetch_account`] every page belongs to that account's list, even if the token changes.
pub trait RemoteSource: Send + Sync {
    /// Why a request failed.
    type Error: Error + Into<Failure> + Send + Sync + 'static;

    /// Fetches the account that the token belongs to, with the list's statistics.
    fn fetch_account(&self) -> impl Future<Output = Result<MalAccount, Self::Error>> + Send;

    /// Fetches one page of the configured size, starting at `offset`.
    fn fetch_page(&self, order: RemoteOrder, offset: u64)
    -> impl Future<Output = Result<ListPage, Self::Error>> + Send;

    /// Returns the counts of the requests sent so far.
    fn request_counters(&self) -> RequestCounters;

    /// Returns true if the call in flight may be dropped without losing more than its result.
    fn is_cancel_safe(&self) -> bool {
        true
    }
}

/// The error of a [`SyncStore`]. The batch was rolled back; the database may be unavailable.
pub trait SyncStoreError: Error + Into<Failure> + Send + Sync + 'static {
    /// Returns true if the run must end, because the database will fail the next batch too: it is unreachable,
    /// read-only or full, or a privilege or a table is missing. Otherwise only this batch failed and the run continues.
    fn is_fatal(&self) -> bool;

    /// Returns true if the database does not answer at all: it cannot be connected to, or the connection broke.
    fn is_unreachable(&self) -> bool;

    /// Returns true if the user's row now belongs to another MAL account. The database itself works; the run fails.
    fn is_account_mismatch(&self) -> bool;

    /// Returns the number of constraint violations that the database reported for this batch.
    fn constraint_violations(&self) -> i64;
}

/// A run to begin.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// The user to sync.
    pub user: UserId,
    /// The mode that the run begins with.
    pub mode: SyncMode,
    /// True if `--force-full` was given.
    pub force_full: bool,
}

/// What a complete run stores in the `users` row: the watermark and the drift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncCheckpoint {
    /// MAL's newest `updated_at`. `None` leaves the column unchanged.
    pub watermark: Option<DateTime<Utc>>,
    /// After a full run: the drift (MAL's item count minus the stored count), or `Some(None)` if it is not known.
    /// `None` after an incremental run.
    pub full_run_drift: Option<Option<i64>>,
}

/// A run to finish.
#[derive(Clone, Debug)]
pub struct FinishedRun<'a> {
    /// The run.
    pub run: RunId,
    /// The run's user.
    pub user: UserId,
    /// The MAL account whose list was synced. `None` if the run did not complete.
    pub account_id: Option<i64>,
    /// The mode that the run ended with.
    pub mode: SyncMode,
    /// How the run ended.
    pub status: RunStatus,
    /// How long the run took, in whole milliseconds.
    pub duration: TimeDelta,
    /// The final counters.
    pub counters: RunCounters,
    /// The entries that could not be stored.
    pub errors: &'a [EntryError],
    /// Why the run failed.
    pub failure: Option<String>,
    /// The checkpoint to store in the same transaction. `None` if the run is not complete.
    pub checkpoint: Option<SyncCheckpoint>,
    /// The difference between MAL's count and the stored entries, which the next full run must find too: `Some(None)` if
    /// the full listing was complete. `None` leaves the column unchanged.
    pub listing_gap: Option<Option<i64>>,
    /// All entries that the database refused and that are still missing. `None` leaves the column unchanged.
    pub missing_entries: Option<Vec<MissingEntry>>,
}

/// Entries to mark as removed or to delete, in one transaction.
#[derive(Clone, Debug)]
pub struct EntryRemoval<'a> {
    /// The run that removes them.
    pub run: RunId,
    /// The user whose entries they are.
    pub user: UserId,
    /// The MAL account whose list was synced.
    pub account_id: Option<i64>,
    /// Entries (MAL's ids, ascending) to mark with `removed_at`.
    pub ids_to_mark: &'a [i32],
    /// Entries (MAL's ids, ascending) to delete.
    pub ids_to_delete: &'a [i32],
    /// The records for `sync_changes`. The store writes its own removal time into `kept` of each `removed_at` record.
    pub changes: &'a [FieldChange],
    /// The run's counters, including these removals.
    pub counters: RunCounters,
}

/// The database, as the sync engine uses it.
///
/// Laws:
/// 1. [`Self::merge_batch`] commits all outcomes that it reports, or none. Each attempt plans on freshly read rows.
/// 2. [`Self::merge_batch`] writes only rows that differ, and changes `updated_at` of those rows only. If no row
///    differs, it writes nothing but the run's counters.
/// 3. If a concurrent writer inserts a row between read and write, the batch is planned again with that row.
///    A concurrent change of a row waits for the row lock, or the batch is planned again.
/// 4. If an account id is given and the user's row belongs to another MAL account, nothing is written. The row's
///    account cannot change before the transaction ends. A row without an account matches any account.
/// 5. Deadlocks, serialization failures and lost connections are retried by the implementation.
/// 6. Times come from the database's clock, in UTC, with microsecond precision.
pub trait SyncStore: Send + Sync {
    /// Why an operation failed.
    type Error: SyncStoreError;
    /// The lock that is held during a run. It is released when the process ends.
    type RunLock: Send;

    /// Returns the time of the database's clock, or of the host's clock if the database is a file.
    fn now(&self) -> impl Future<Output = Result<DateTime<Utc>, Self::Error>> + Send;

    /// Takes the user's run lock. Returns `None` if another process holds it.
    fn lock_run(&self, user: UserId) -> impl Future<Output = Result<Option<Self::RunLock>, Self::Error>> + Send;

    /// Inserts the run's row (`RUNNING`), and sets `INTERRUPTED` on the user's runs whose process has ended.
    /// Returns the run's id and start time. The caller holds the run lock.
    fn begin_run(&self, run: &NewRun) -> impl Future<Output = Result<(RunId, DateTime<Utc>), Self::Error>> + Send;

    /// Merges a batch into the database.
    fn merge_batch(&self, batch: &EntryBatch<'_>) -> impl Future<Output = Result<BatchResult, Self::Error>> + Send;

    /// Returns the entries that came from MAL: MAL's id, and true if the entry is marked as removed.
    fn entry_ids_from_mal(&self, user: UserId) -> impl Future<Output = Result<Vec<(i32, bool)>, Self::Error>> + Send;

    /// Returns those of the user's entries with these ids (ascending) that exist.
    fn load_entries(
        &self,
        user: UserId,
        ids: &[i32],
    ) -> impl Future<Output = Result<Vec<StoredEntry>, Self::Error>> + Send;

    /// Returns the stored titles of the anime with these ids (ascending).
    fn load_titles(&self, ids: &[i32]) -> impl Future<Output = Result<Vec<(i32, String)>, Self::Error>> + Send;

    /// Returns the number of entries that came from MAL and are not marked as removed.
    fn count_entries_from_mal(&self, user: UserId) -> impl Future<Output = Result<i64, Self::Error>> + Send;

    /// Returns the ids (MAL's, ascending) of the entries whose row may differ from its merge base and that are not
    /// marked as removed. The result may contain too many ids, never too few.
    fn entries_differing_from_base(&self, user: UserId) -> impl Future<Output = Result<Vec<i32>, Self::Error>> + Send;

    /// Marks entries as removed, and deletes entries.
    fn remove_entries(&self, removal: &EntryRemoval<'_>) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Stores the mode that an incremental run escalated to.
    fn set_run_mode(&self, run: RunId, mode: SyncMode) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Writes the end of the run, and the checkpoint if there is one. Returns the end time that was written.
    fn finish_run(&self, finish: &FinishedRun<'_>) -> impl Future<Output = Result<DateTime<Utc>, Self::Error>> + Send;
}

/// Observes the progress of a run, or of an edit of many entries. No method fails or blocks.
pub trait ProgressObserver: Send + Sync {
    /// Sets the total number of entries: MAL's item count, or the number of entries that an edit changes.
    fn set_total(&self, entries: u64);
    /// Sets the number of entries fetched so far.
    fn set_fetched(&self, entries: u64);
    /// Sets the number of entries stored so far. An edit commits only after its last entry.
    fn set_stored(&self, entries: u64);
}

/// Ignores all progress.
impl ProgressObserver for () {
    fn set_total(&self, _: u64) {}
    fn set_fetched(&self, _: u64) {}
    fn set_stored(&self, _: u64) {}
}
