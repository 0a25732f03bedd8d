//! The mutable state of one run, shared by its phases.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use crate::domain::{
    change::FieldChange,
    run::{RequestCounters, RunId, SyncMode},
    user::{MalAccount, User},
};

use super::{fetch::SeenEntries, last_flush::LastFlush, listing::FullListing, mode::RunOptions, run_tally::RunTally};

/// The mutable state of a run.
pub(super) struct RunState<'a> {
    /// The user as loaded before the run.
    pub(super) user: &'a User,
    pub(super) options: &'a RunOptions,
    /// The id of the run's row. `None` in a dry run, and before the row is written.
    pub(super) run_id: Option<RunId>,
    /// The mode so far: an incremental run can become a full one.
    pub(super) mode: SyncMode,
    /// The database's time at the start of the run.
    pub(super) now: DateTime<Utc>,
    /// The MAL account of the run, with MAL's count of the list. `None` before MAL was asked.
    pub(super) account: Option<MalAccount>,
    /// The number of entries from MAL, not marked as removed, before the first batch. `None` until they are counted.
    pub(super) entry_count_before_run: Option<i64>,
    /// In a full run: the ids of the entries before the first batch that the run may remove.
    pub(super) removal_candidates: Option<Vec<i32>>,
    /// The full listing of this run. `None` before it ends.
    pub(super) full_listing: Option<FullListing>,
    /// How many of `entry_count_before_run` this run found absent on MAL and removes.
    pub(super) removed_count: i64,
    /// What the listing has shown so far.
    pub(super) seen_entries: SeenEntries,
    pub(super) tally: RunTally,
    /// In a dry run: what would change, with the titles.
    pub(super) dry_run_changes: Vec<(FieldChange, Option<String>)>,
    /// What to do about entries that the database refused.
    pub(super) hints: BTreeSet<String>,
    pub(super) started: Instant,
    /// The counters of the API client at the start: it may have sent requests for other users.
    pub(super) requests_before_run: RequestCounters,
    pub(super) batch_count: u64,
    pub(super) stored_count: u64,
    /// When the run's counters were last written to its row.
    pub(super) last_flush: LastFlush,
}

impl RunState<'_> {
    pub(super) fn num_items(&self) -> Option<i64> {
        self.account.as_ref().and_then(|account| account.num_items)
    }

    /// Returns the id of the MAL account that the run began with. The run writes to no other account.
    pub(super) fn account_id(&self) -> Option<i64> {
        self.account.as_ref().map(|account| account.id)
    }

    /// Returns the current number of entries from MAL that are not marked as removed.
    pub(super) fn local_count(&self) -> i64 {
        self.entry_count_before_run.unwrap_or(0) + self.tally.newly_listed_count() - self.removed_count
    }

    /// Returns MAL's item count minus the local count, as it is now. Returns `None` if MAL sent no count.
    pub(super) fn count_difference(&self) -> Option<i64> {
        self.num_items().map(|num_items| num_items - self.local_count())
    }

    /// Returns true if a full run is needed, for one of two reasons:
    ///
    /// 1. The count difference is not the one that the last full run left.
    /// 2. The incremental listing was empty although entries are stored.
    pub(super) fn has_count_mismatch(&self) -> bool {
        let left_by_full_run = self.user.drift.or(self.user.listing_gap).unwrap_or(0);
        let has_new_difference = self.count_difference().is_some_and(|difference| difference != left_by_full_run);
        has_new_difference || (self.seen_entries.listed_count() == 0 && self.entry_count_before_run > Some(0))
    }
}
