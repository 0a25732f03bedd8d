//! Test doubles for the core: a store and a MAL in memory. They keep the ports' laws and fail on demand.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    future::Future,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    domain::{
        anime::Anime,
        change::FieldChange,
        entry::{RemoteEntry, StoredEntry},
        list_status::ListStatus,
        loose_json::UnreadableValues,
        missing_entry::MissingEntry,
        run::{EntryError, RequestCounters, RunCounters, RunId, RunStatus, SyncMode},
        user::{MalAccount, UserId},
    },
    exit::Exit,
    failure::Failure,
};

use super::port::*;

pub(super) fn time_at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
}

/// Returns an entry as MAL sends it, updated at `second`, with these keys of `list_status` set.
pub(super) fn remote_entry(mal_id: i32, second: i64, keys: &Value) -> RemoteEntry {
    let mut list_status = json!({"status": "watching", "score": 0, "num_episodes_watched": 1, "is_rewatching": false,
        "updated_at": time_at(second).to_rfc3339()});
    for (key, value) in keys.as_object().into_iter().flatten() {
        list_status[key] = value.clone();
    }
    let list_status = ListStatus::parse(list_status, &mut |_| {}, &mut UnreadableValues::default()).unwrap();
    RemoteEntry { anime: anime_with_id(mal_id), list_status, unreadable_values: 0 }
}

pub(super) fn anime_with_id(mal_id: i32) -> Anime {
    Anime { mal_id, title: format!("Anime {mal_id:05}"), ..Anime::default() }
}

/// The error of a fake that is set to fail.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct FakeError {
    message: &'static str,
    exit: Exit,
    is_fatal: bool,
}

impl FakeError {
    /// Returns the error of a MAL that does not answer.
    pub(super) const fn mal_unavailable() -> Self {
        Self { message: "MyAnimeList API temporarily unavailable", exit: Exit::Mal, is_fatal: false }
    }
}

impl From<FakeError> for Failure {
    fn from(error: FakeError) -> Self {
        let exit = error.exit;
        Self::new(exit, error)
    }
}

impl SyncStoreError for FakeError {
    fn is_fatal(&self) -> bool {
        self.is_fatal
    }

    fn is_unreachable(&self) -> bool {
        self.is_fatal && self.exit == Exit::Database
    }

    fn constraint_violations(&self) -> i64 {
        i64::from(!self.is_fatal)
    }

    fn is_account_mismatch(&self) -> bool {
        self.exit == Exit::Guard
    }
}

/// A fake MAL in memory.
#[derive(Default)]
pub(super) struct FakeMalSource {
    pub(super) list: Mutex<Vec<RemoteEntry>>,
    pub(super) rejected: Mutex<Vec<EntryError>>,
    pub(super) num_items: Mutex<Option<i64>>,
    pub(super) page_size: usize,
    /// How long each page takes.
    pub(super) page_delay: Duration,
    pub(super) failing_offset: Option<u64>,
    pub(super) account_id: i64,
    pub(super) requested_pages: Mutex<Vec<(RemoteOrder, u64)>>,
    pub(super) on_page: Option<Box<dyn Fn(u64) + Send + Sync>>,
}

impl FakeMalSource {
    pub(super) fn with_entries(list: Vec<RemoteEntry>) -> Self {
        Self { list: Mutex::new(list), page_size: 10, account_id: 7, ..Self::default() }
    }

    pub(super) fn put_entry(&self, remote: RemoteEntry) {
        let mut list = self.list.lock().unwrap();
        list.retain(|entry| entry.mal_id() != remote.mal_id());
        list.push(remote);
    }

    pub(super) fn remove_entry(&self, mal_id: i32) {
        self.list.lock().unwrap().retain(|entry| entry.mal_id() != mal_id);
    }

    /// Returns the number of pages requested since the last call.
    pub(super) fn take_page_count(&self) -> usize {
        std::mem::take(&mut *self.requested_pages.lock().unwrap()).len()
    }

    fn serve_page(&self, order: RemoteOrder, offset: u64) -> Result<ListPage, FakeError> {
        self.requested_pages.lock().unwrap().push((order, offset));
        if let Some(hook) = &self.on_page {
            hook(offset);
        }
        if self.failing_offset == Some(offset) {
            return Err(FakeError::mal_unavailable());
        }
        let mut list = self.list.lock().unwrap().clone();
        match order {
            RemoteOrder::ByTitle => list.sort_by(|a, b| a.anime.title.cmp(&b.anime.title)),
            RemoteOrder::ByUpdatedAt => list.sort_by_key(|entry| std::cmp::Reverse(entry.list_status.updated_at)),
        }
        let start = usize::try_from(offset).unwrap();
        let entries: Vec<_> = list.iter().skip(start).take(self.page_size).cloned().collect();
        let next_offset =
            (start + self.page_size < list.len()).then(|| offset + u64::try_from(self.page_size).unwrap());
        let rejected = if offset == 0 { self.rejected.lock().unwrap().clone() } else { Vec::new() };
        Ok(ListPage { entries, rejected, next_offset })
    }
}

impl RemoteSource for FakeMalSource {
    type Error = FakeError;

    fn fetch_account(&self) -> impl Future<Output = Result<MalAccount, FakeError>> + Send {
        let listed = self.list.lock().unwrap().len() + self.rejected.lock().unwrap().len();
        let num_items = self.num_items.lock().unwrap().or(i64::try_from(listed).ok());
        let account = MalAccount { id: self.account_id, name: "alice".into(), joined_at: None, num_items };
        async { Ok(account) }
    }

    async fn fetch_page(&self, order: RemoteOrder, offset: u64) -> Result<ListPage, FakeError> {
        // A round trip: let the storing task run.
        tokio::task::yield_now().await;
        if !self.page_delay.is_zero() {
            tokio::time::sleep(self.page_delay).await;
        }
        self.serve_page(order, offset)
    }

    fn request_counters(&self) -> RequestCounters {
        let requests = i64::try_from(self.requested_pages.lock().unwrap().len()).unwrap();
        RequestCounters { requests, ..RequestCounters::default() }
    }
}

/// The content of the in-memory store.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct StoreTables {
    pub(super) anime: BTreeMap<i32, Anime>,
    pub(super) entries: BTreeMap<i32, StoredEntry>,
    pub(super) changes: Vec<FieldChange>,
    /// The number of changes of earlier runs.
    pub(super) earlier_changes: usize,
    pub(super) runs: Vec<(SyncMode, RunStatus, RunCounters)>,
    pub(super) checkpoint: Option<SyncCheckpoint>,
    /// `users.mal_list_gap`.
    pub(super) listing_gap: Option<i64>,
    /// `users.mal_missing_entries`.
    pub(super) missing_entries: Vec<MissingEntry>,
    /// The number of anime and entry rows written so far.
    pub(super) rows_written: usize,
}

/// A database in memory.
#[derive(Default)]
pub(super) struct InMemoryStore {
    pub(super) tables: Mutex<StoreTables>,
    /// `anime_fetched` of each write of the counters.
    pub(super) flushed_counts: Mutex<Vec<i64>>,
    /// Entries that violate a constraint.
    pub(super) unstorable_ids: BTreeSet<i32>,
    /// A batch with this entry is rolled back.
    pub(super) id_in_failing_batch: Option<i32>,
    /// The database becomes unavailable at a batch with this entry.
    pub(super) unavailable_at_id: Option<i32>,
    /// The end of a run is refused if the run has error messages.
    pub(super) refuses_error_texts: bool,
    /// The MAL account in the user's row.
    pub(super) account_id: Arc<Mutex<Option<i64>>>,
    pub(super) now_seconds: i64,
}

impl InMemoryStore {
    pub(super) fn edit_entry(&self, mal_id: i32, edit: impl FnOnce(&mut StoredEntry)) {
        edit(self.tables.lock().unwrap().entries.get_mut(&mal_id).unwrap());
    }

    fn check_account(&self, account_id: Option<i64>) -> Result<(), FakeError> {
        match *self.account_id.lock().unwrap() {
            Some(stored_id) if account_id.is_some_and(|id| id != stored_id) => {
                Err(FakeError { message: "another account's", exit: Exit::Guard, is_fatal: true })
            }
            _ => Ok(()),
        }
    }

    fn merge_once(&self, batch: &EntryBatch<'_>) -> Result<BatchResult, FakeError> {
        let batch_has = |id: Option<i32>| id.is_some_and(|id| batch.items.iter().any(|item| item.mal_id() == id));
        assert!(batch.items.windows(2).all(|pair| pair[0].mal_id() < pair[1].mal_id()), "items are in ascending order");
        self.check_account(batch.account_id)?;
        if batch_has(self.unavailable_at_id) {
            return Err(FakeError { message: "the database is gone", exit: Exit::Database, is_fatal: true });
        }
        if batch_has(self.id_in_failing_batch) {
            return Err(FakeError { message: "the batch was refused", exit: Exit::Database, is_fatal: false });
        }
        let mut tables = self.tables.lock().unwrap();
        let (storable, unstorable): (Vec<_>, Vec<_>) =
            batch.items.iter().cloned().partition(|item| !self.unstorable_ids.contains(&item.mal_id()));
        let mut rows = load_rows(&tables, &storable);
        let ids_with_history: HashSet<_> =
            batch.planner.ids_needing_conflict_history(&storable, &rows).into_iter().collect();
        for change in
            tables.changes.iter().filter(|change| change.is_conflict && ids_with_history.contains(&change.mal_id))
        {
            let FieldChange { local, mal, kept, .. } = change.clone();
            rows.last_conflicts.insert((change.mal_id, change.field), LastConflict { local, mal, kept });
        }
        let plan = batch.planner.plan_writes(&storable, &rows);
        let outcomes = plan.outcomes.clone();
        if batch.run.is_some() {
            apply_plan(&mut tables, &plan);
            if batch.flush_counters || !outcomes.iter().all(EntryOutcome::is_noop) || !unstorable.is_empty() {
                let counters = batch.planner.projected_counters(&outcomes, unstorable.len());
                self.flushed_counts.lock().unwrap().push(counters.anime_fetched);
                tables.runs.last_mut().unwrap().2 = counters;
            }
        }
        let constraint_violations = i64::try_from(unstorable.len()).unwrap();
        let unstorable_entries = unstorable
            .iter()
            .map(|item| UnstorableEntry {
                mal_id: item.mal_id(),
                message: "check".into(),
                hint: Some("see check".into()),
            })
            .collect();
        Ok(BatchResult { outcomes, unstorable_entries, constraint_violations })
    }
}

fn load_rows(tables: &StoreTables, items: &[BatchItem]) -> ExistingRows {
    let ids = || items.iter().map(BatchItem::mal_id);
    let anime = ids().filter_map(|id| Some((id, (i64::from(id), tables.anime.get(&id)?.clone())))).collect();
    let entries = ids().filter_map(|id| Some((id, tables.entries.get(&id)?.clone()))).collect();
    ExistingRows { anime, entries, last_conflicts: std::collections::HashMap::new() }
}

fn apply_plan(tables: &mut StoreTables, plan: &WritePlan<'_>) {
    let anime = plan.new_anime.iter().copied().chain(plan.changed_anime.iter().map(|(_, anime)| *anime));
    for anime in anime {
        tables.anime.insert(anime.mal_id, anime.clone());
        tables.rows_written += 1;
    }
    for entry in plan.new_entries.iter().chain(&plan.changed_entries) {
        tables.entries.insert(entry.mal_id, StoredEntry { id: i64::from(entry.mal_id), ..entry.clone() });
        tables.rows_written += 1;
    }
    let changes_of_run = tables.changes.split_off(tables.earlier_changes);
    let is_kept = |change: &FieldChange| !plan.ids_to_record_anew.contains(&change.mal_id);
    tables.changes.extend(changes_of_run.into_iter().filter(is_kept));
    tables.changes.extend(plan.outcomes.iter().flat_map(|outcome| outcome.changes.clone()));
}

impl SyncStore for InMemoryStore {
    type Error = FakeError;
    type RunLock = ();

    async fn now(&self) -> Result<DateTime<Utc>, FakeError> {
        Ok(time_at(self.now_seconds))
    }

    async fn lock_run(&self, _: UserId) -> Result<Option<()>, FakeError> {
        Ok(Some(()))
    }

    async fn begin_run(&self, run: &NewRun) -> Result<(RunId, DateTime<Utc>), FakeError> {
        let mut tables = self.tables.lock().unwrap();
        tables.runs.push((run.mode, RunStatus::Running, RunCounters::default()));
        tables.earlier_changes = tables.changes.len();
        Ok((RunId(i64::try_from(tables.runs.len()).unwrap()), time_at(self.now_seconds)))
    }

    async fn merge_batch(&self, batch: &EntryBatch<'_>) -> Result<BatchResult, FakeError> {
        tokio::task::yield_now().await;
        self.merge_once(batch)
    }

    async fn entry_ids_from_mal(&self, _: UserId) -> Result<Vec<(i32, bool)>, FakeError> {
        let tables = self.tables.lock().unwrap();
        let from_mal = tables.entries.values().filter(|entry| entry.base.is_some());
        Ok(from_mal.map(|entry| (entry.mal_id, entry.removed_at.is_some())).collect())
    }

    async fn load_entries(&self, _: UserId, ids: &[i32]) -> Result<Vec<StoredEntry>, FakeError> {
        let tables = self.tables.lock().unwrap();
        Ok(ids.iter().filter_map(|id| tables.entries.get(id).cloned()).collect())
    }

    async fn load_titles(&self, ids: &[i32]) -> Result<Vec<(i32, String)>, FakeError> {
        let tables = self.tables.lock().unwrap();
        Ok(ids.iter().filter_map(|id| tables.anime.get(id)).map(|anime| (anime.mal_id, anime.title.clone())).collect())
    }

    async fn count_entries_from_mal(&self, user: UserId) -> Result<i64, FakeError> {
        let from_mal = self.entry_ids_from_mal(user).await?;
        Ok(i64::try_from(from_mal.iter().filter(|(_, removed)| !removed).count()).unwrap())
    }

    /// Returns all entries that are not removed: the port allows too many ids.
    async fn entries_differing_from_base(&self, _: UserId) -> Result<Vec<i32>, FakeError> {
        let tables = self.tables.lock().unwrap();
        let active = tables.entries.values().filter(|entry| entry.base.is_some() && entry.removed_at.is_none());
        Ok(active.map(|entry| entry.mal_id).collect())
    }

    async fn remove_entries(&self, removal: &EntryRemoval<'_>) -> Result<(), FakeError> {
        self.check_account(removal.account_id)?;
        let mut tables = self.tables.lock().unwrap();
        for id in removal.ids_to_mark {
            tables.entries.get_mut(id).unwrap().removed_at = Some(time_at(self.now_seconds));
        }
        for id in removal.ids_to_delete {
            tables.entries.remove(id).unwrap();
        }
        tables.changes.extend(removal.changes.iter().cloned());
        tables.runs.last_mut().unwrap().2 = removal.counters;
        Ok(())
    }

    async fn set_run_mode(&self, _: RunId, mode: SyncMode) -> Result<(), FakeError> {
        self.tables.lock().unwrap().runs.last_mut().unwrap().0 = mode;
        Ok(())
    }

    async fn finish_run(&self, finished_run: &FinishedRun<'_>) -> Result<DateTime<Utc>, FakeError> {
        self.check_account(finished_run.account_id)?;
        if self.refuses_error_texts && (!finished_run.errors.is_empty() || finished_run.failure.is_some()) {
            return Err(FakeError { message: "texts are refused", exit: Exit::Database, is_fatal: false });
        }
        let mut tables = self.tables.lock().unwrap();
        *tables.runs.last_mut().unwrap() = (finished_run.mode, finished_run.status, finished_run.counters);
        tables.checkpoint = finished_run.checkpoint.or(tables.checkpoint);
        if let Some(missing) = &finished_run.missing_entries {
            tables.missing_entries.clone_from(missing);
        }
        tables.listing_gap = finished_run.listing_gap.unwrap_or(tables.listing_gap);
        Ok(time_at(self.now_seconds))
    }
}
