//! A store and a MAL in memory, for the tests of the core. They keep the ports' laws and can be told to fail.

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
        change::Change,
        entry::{Local, Remote},
        list_status::ListStatus,
        run::{Counters, EntryError, Mode, RunId, RunStatus},
        user::UserId,
    },
    exit::Exit,
    failure::Failure,
};

use super::port::*;

pub(super) fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
}

/// An entry as MAL sends it: changed by MAL at `second`, with these keys of `list_status` set.
pub(super) fn remote(mal_id: i32, second: i64, keys: &Value) -> Remote {
    let mut list = json!({"status": "watching", "score": 0, "num_episodes_watched": 1, "is_rewatching": false,
        "updated_at": at(second).to_rfc3339()});
    for (key, value) in keys.as_object().into_iter().flatten() {
        list[key] = value.clone();
    }
    let list = ListStatus::read(list, &mut |_| {}).unwrap();
    Remote { anime: anime(mal_id), list }
}

pub(super) fn anime(mal_id: i32) -> Anime {
    Anime { mal_id, title: format!("Anime {mal_id:05}"), ..Anime::default() }
}

/// What a fake reports when it is told to fail.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub(super) struct Trouble {
    what: &'static str,
    exit: Exit,
    ends: bool,
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        let exit = trouble.exit;
        Self::new(exit, trouble)
    }
}

impl StoreFault for Trouble {
    fn ends_the_run(&self) -> bool {
        self.ends
    }

    fn violations(&self) -> i64 {
        i64::from(!self.ends)
    }

    fn is_another_accounts(&self) -> bool {
        self.exit == Exit::Guard
    }
}

/// MAL in memory.
#[derive(Default)]
pub(super) struct Mal {
    pub(super) list: Mutex<Vec<Remote>>,
    pub(super) rejected: Mutex<Vec<EntryError>>,
    pub(super) num_items: Mutex<Option<i64>>,
    pub(super) page_size: usize,
    /// How long a page takes.
    pub(super) takes: Duration,
    pub(super) fails_at: Option<u64>,
    pub(super) account: i64,
    pub(super) asked: Mutex<Vec<(Sort, u64)>>,
    pub(super) on_page: Option<Box<dyn Fn(u64) + Send + Sync>>,
}

impl Mal {
    pub(super) fn with(list: Vec<Remote>) -> Self {
        Self { list: Mutex::new(list), page_size: 10, account: 7, ..Self::default() }
    }

    pub(super) fn put(&self, remote: Remote) {
        let mut list = self.list.lock().unwrap();
        list.retain(|known| known.mal_id() != remote.mal_id());
        list.push(remote);
    }

    pub(super) fn take(&self, mal_id: i32) {
        self.list.lock().unwrap().retain(|known| known.mal_id() != mal_id);
    }

    pub(super) fn pages(&self) -> usize {
        std::mem::take(&mut *self.asked.lock().unwrap()).len()
    }

    fn answer(&self, sort: Sort, offset: u64) -> Result<ListPage, Trouble> {
        self.asked.lock().unwrap().push((sort, offset));
        if let Some(hook) = &self.on_page {
            hook(offset);
        }
        if self.fails_at == Some(offset) {
            return Err(Trouble { what: "MyAnimeList API temporarily unavailable", exit: Exit::Mal, ends: false });
        }
        let mut list = self.list.lock().unwrap().clone();
        match sort {
            Sort::Title => list.sort_by(|a, b| a.anime.title.cmp(&b.anime.title)),
            Sort::Updated => list.sort_by_key(|entry| std::cmp::Reverse(entry.list.updated_at)),
        }
        let from = usize::try_from(offset).unwrap();
        let entries: Vec<_> = list.iter().skip(from).take(self.page_size).cloned().collect();
        let next = (from + self.page_size < list.len()).then(|| offset + u64::try_from(self.page_size).unwrap());
        let rejected = if offset == 0 { self.rejected.lock().unwrap().clone() } else { Vec::new() };
        Ok(ListPage { entries, rejected, next })
    }
}

impl Source for Mal {
    type Error = Trouble;

    fn account(&self) -> impl Future<Output = Result<Account, Trouble>> + Send {
        let listed = self.list.lock().unwrap().len() + self.rejected.lock().unwrap().len();
        let num_items = self.num_items.lock().unwrap().or(i64::try_from(listed).ok());
        let account = Account { id: self.account, name: "alice".into(), joined_at: None, num_items };
        async { Ok(account) }
    }

    async fn page(&self, sort: Sort, offset: u64) -> Result<ListPage, Trouble> {
        // A round trip: whoever stores gets a turn.
        tokio::task::yield_now().await;
        if !self.takes.is_zero() {
            tokio::time::sleep(self.takes).await;
        }
        self.answer(sort, offset)
    }

    fn traffic(&self) -> Traffic {
        let requests = i64::try_from(self.asked.lock().unwrap().len()).unwrap();
        Traffic { requests, ..Traffic::default() }
    }
}

/// What the store in memory holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tables {
    pub(super) anime: BTreeMap<i32, Anime>,
    pub(super) locals: BTreeMap<i32, Local>,
    pub(super) changes: Vec<Change>,
    pub(super) runs: Vec<(Mode, RunStatus, Counters)>,
    pub(super) marks: Option<Marks>,
    /// Rows of anime and entries written so far.
    pub(super) writes: usize,
}

/// A database in memory.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) tables: Mutex<Tables>,
    /// How many entries a run's row said had come, each time that a batch had it told.
    pub(super) told: Mutex<Vec<i64>>,
    /// Entries that a constraint refuses.
    pub(super) refuses: BTreeSet<i32>,
    /// A batch with this entry is refused whole.
    pub(super) refuses_batch_of: Option<i32>,
    /// The database goes away at a batch with this entry.
    pub(super) gone_at: Option<i32>,
    /// The MAL account in the user's row.
    pub(super) account: Arc<Mutex<Option<i64>>>,
    pub(super) now: i64,
}

impl Memory {
    pub(super) fn edit(&self, mal_id: i32, edit: impl FnOnce(&mut Local)) {
        edit(self.tables.lock().unwrap().locals.get_mut(&mal_id).unwrap());
    }

    fn owned(&self, owner: Option<i64>) -> Result<(), Trouble> {
        match *self.account.lock().unwrap() {
            Some(account) if owner.is_some_and(|owner| owner != account) => {
                Err(Trouble { what: "another account's", exit: Exit::Guard, ends: true })
            }
            _ => Ok(()),
        }
    }

    fn attempt(&self, batch: &Batch<'_>) -> Result<Merged, Trouble> {
        let has = |id: Option<i32>| id.is_some_and(|id| batch.items.iter().any(|item| item.mal_id() == id));
        assert!(batch.items.windows(2).all(|pair| pair[0].mal_id() < pair[1].mal_id()), "batches are in order");
        self.owned(batch.owner)?;
        if has(self.gone_at) {
            return Err(Trouble { what: "the database is gone", exit: Exit::Database, ends: true });
        }
        if has(self.refuses_batch_of) {
            return Err(Trouble { what: "the batch was refused", exit: Exit::Database, ends: false });
        }
        let mut tables = self.tables.lock().unwrap();
        let (taken, refused): (Vec<_>, Vec<_>) =
            batch.items.iter().cloned().partition(|item| !self.refuses.contains(&item.mal_id()));
        let mut rows = rows(&tables, &taken);
        let wanted: HashSet<_> = batch.planner.wants_history(&taken, &rows).into_iter().collect();
        for change in tables.changes.iter().filter(|change| change.conflict && wanted.contains(&change.mal_id)) {
            let Change { local, mal, kept, .. } = change.clone();
            rows.history.insert((change.mal_id, change.field), LastConflict { local, mal, kept });
        }
        let plan = batch.planner.plan(&taken, &rows);
        let outcomes = plan.outcomes.clone();
        if batch.run.is_some() {
            write(&mut tables, &plan);
            if batch.tell || !outcomes.iter().all(Outcome::is_quiet) || !refused.is_empty() {
                let counters = batch.planner.counters(&outcomes, refused.len());
                self.told.lock().unwrap().push(counters.anime_fetched);
                tables.runs.last_mut().unwrap().2 = counters;
            }
        }
        let violations = i64::try_from(refused.len()).unwrap();
        let refused = refused.iter().map(|item| Refused { mal_id: item.mal_id(), message: "check".into() }).collect();
        Ok(Merged { outcomes, refused, violations })
    }
}

fn rows(tables: &Tables, items: &[Item]) -> Rows {
    let ids = || items.iter().map(Item::mal_id);
    let anime = ids().filter_map(|id| Some((id, (i64::from(id), tables.anime.get(&id)?.clone())))).collect();
    let locals = ids().filter_map(|id| Some((id, tables.locals.get(&id)?.clone()))).collect();
    Rows { anime, locals, history: std::collections::HashMap::new() }
}

fn write(tables: &mut Tables, plan: &Plan<'_>) {
    let anime = plan.anime_new.iter().copied().chain(plan.anime_changed.iter().map(|(_, anime)| *anime));
    for anime in anime {
        tables.anime.insert(anime.mal_id, anime.clone());
        tables.writes += 1;
    }
    for entry in plan.entries_new.iter().chain(&plan.entries_changed) {
        let local = Local {
            id: i64::from(entry.mal_id),
            mal_id: entry.mal_id,
            values: entry.values.clone(),
            base: Some(entry.base.clone()),
            mal_updated_at: entry.mal_updated_at,
            removed_at: None,
            pinned: tables.locals.get(&entry.mal_id).map(|known| known.pinned.clone()).unwrap_or_default(),
        };
        tables.locals.insert(entry.mal_id, local);
        tables.writes += 1;
    }
    tables.changes.extend(plan.outcomes.iter().flat_map(|outcome| outcome.changes.clone()));
}

impl Store for Memory {
    type Error = Trouble;
    type RunLock = ();

    async fn now(&self) -> Result<DateTime<Utc>, Trouble> {
        Ok(at(self.now))
    }

    async fn lock_run(&self, _: UserId) -> Result<Option<()>, Trouble> {
        Ok(Some(()))
    }

    async fn begin_run(&self, run: &NewRun) -> Result<(RunId, DateTime<Utc>), Trouble> {
        let mut tables = self.tables.lock().unwrap();
        tables.runs.push((run.mode, RunStatus::Running, Counters::default()));
        Ok((RunId(i64::try_from(tables.runs.len()).unwrap()), at(self.now)))
    }

    async fn merge(&self, batch: &Batch<'_>) -> Result<Merged, Trouble> {
        tokio::task::yield_now().await;
        self.attempt(batch)
    }

    async fn entries_from_mal(&self, _: UserId) -> Result<Vec<(i32, bool)>, Trouble> {
        let tables = self.tables.lock().unwrap();
        let from_mal = tables.locals.values().filter(|local| local.base.is_some());
        Ok(from_mal.map(|local| (local.mal_id, local.removed_at.is_some())).collect())
    }

    async fn entries(&self, _: UserId, ids: &[i32]) -> Result<Vec<Local>, Trouble> {
        let tables = self.tables.lock().unwrap();
        Ok(ids.iter().filter_map(|id| tables.locals.get(id).cloned()).collect())
    }

    async fn titles(&self, ids: &[i32]) -> Result<Vec<(i32, String)>, Trouble> {
        let tables = self.tables.lock().unwrap();
        Ok(ids.iter().filter_map(|id| tables.anime.get(id)).map(|anime| (anime.mal_id, anime.title.clone())).collect())
    }

    async fn count_from_mal(&self, user: UserId) -> Result<i64, Trouble> {
        let from_mal = self.entries_from_mal(user).await?;
        Ok(i64::try_from(from_mal.iter().filter(|(_, removed)| !removed).count()).unwrap())
    }

    async fn unsettled(&self, _: UserId) -> Result<Vec<i32>, Trouble> {
        let tables = self.tables.lock().unwrap();
        let live = tables.locals.values().filter(|local| local.base.is_some() && local.removed_at.is_none());
        Ok(live.map(|local| local.mal_id).collect())
    }

    async fn remove(&self, removal: &Removal<'_>) -> Result<(), Trouble> {
        self.owned(removal.owner)?;
        let mut tables = self.tables.lock().unwrap();
        for id in removal.mark {
            tables.locals.get_mut(id).unwrap().removed_at = Some(at(self.now));
        }
        for id in removal.delete {
            tables.locals.remove(id).unwrap();
        }
        tables.changes.extend(removal.changes.iter().cloned());
        tables.runs.last_mut().unwrap().2 = removal.counters;
        Ok(())
    }

    async fn set_mode(&self, _: RunId, mode: Mode) -> Result<(), Trouble> {
        self.tables.lock().unwrap().runs.last_mut().unwrap().0 = mode;
        Ok(())
    }

    async fn finish_run(&self, finish: &Finish<'_>) -> Result<DateTime<Utc>, Trouble> {
        self.owned(finish.owner)?;
        let mut tables = self.tables.lock().unwrap();
        *tables.runs.last_mut().unwrap() = (finish.mode, finish.status, finish.counters);
        tables.marks = finish.marks.or(tables.marks);
        Ok(at(self.now))
    }
}
