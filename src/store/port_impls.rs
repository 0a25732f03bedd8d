//! Implements the ports of `sync` and `auth` for [`Database`]. Each method forwards to an inherent method of [`Database`],
//! in general the one with the same name (inherent methods win, so this does not recurse).

use chrono::{DateTime, Utc};

use super::{
    database::Database,
    error::Error,
    lock::{RefreshLock, RunLock},
};
use crate::{
    domain::{
        entry::StoredEntry,
        run::{RunId, SyncMode},
        user::{User, UserId},
    },
    sync::port::{
        BatchResult, EntryBatch, EntryRemoval, FinishedRun, LoginRepository, NewLogin, NewRun, SyncStore, TokenWrite,
    },
};

impl SyncStore for Database {
    type Error = Error;
    type RunLock = RunLock;

    async fn now(&self) -> Result<DateTime<Utc>, Error> {
        self.database_now().await
    }

    async fn lock_run(&self, user: UserId) -> Result<Option<RunLock>, Error> {
        self.lock_run(user).await
    }

    async fn begin_run(&self, run: &NewRun) -> Result<(RunId, DateTime<Utc>), Error> {
        self.begin_run(run).await
    }

    async fn merge_batch(&self, batch: &EntryBatch<'_>) -> Result<BatchResult, Error> {
        self.merge_batch(batch).await
    }

    async fn entry_ids_from_mal(&self, user: UserId) -> Result<Vec<(i32, bool)>, Error> {
        self.entry_ids_from_mal(user).await
    }

    async fn load_entries(&self, user: UserId, ids: &[i32]) -> Result<Vec<StoredEntry>, Error> {
        self.load_entries(user, ids).await
    }

    async fn load_titles(&self, ids: &[i32]) -> Result<Vec<(i32, String)>, Error> {
        self.load_titles(ids).await
    }

    async fn count_entries_from_mal(&self, user: UserId) -> Result<i64, Error> {
        self.count_entries_from_mal(user).await
    }

    async fn entries_differing_from_base(&self, user: UserId) -> Result<Vec<i32>, Error> {
        self.entries_differing_from_base(user).await
    }

    async fn remove_entries(&self, removal: &EntryRemoval<'_>) -> Result<(), Error> {
        self.remove_entries(removal).await
    }

    async fn set_run_mode(&self, run: RunId, mode: SyncMode) -> Result<(), Error> {
        self.set_run_mode(run, mode).await
    }

    async fn finish_run(&self, finish: &FinishedRun<'_>) -> Result<DateTime<Utc>, Error> {
        self.finish_run(finish).await
    }
}

impl LoginRepository for Database {
    type Error = Error;
    type RefreshLock = RefreshLock;

    async fn now(&self) -> Result<DateTime<Utc>, Error> {
        self.database_now().await
    }

    async fn load_users(&self) -> Result<Vec<User>, Error> {
        self.load_users().await
    }

    async fn load_user(&self, user: UserId) -> Result<User, Error> {
        self.find_user(user).await?.ok_or_else(|| Error::user_gone(user))
    }

    async fn lock_refresh(&self, user: UserId) -> Result<Option<RefreshLock>, Error> {
        self.lock_refresh(user).await
    }

    async fn confirm_writable(&self, user: UserId) -> Result<(), Error> {
        self.confirm_writable(user).await
    }

    async fn compare_and_swap_tokens(&self, user: UserId, expected: i64, pair: &TokenWrite) -> Result<bool, Error> {
        self.compare_and_swap_tokens(user, expected, pair).await
    }

    async fn mark_needs_login(&self, user: UserId, generation: i64) -> Result<bool, Error> {
        self.mark_needs_login(user, generation).await
    }

    async fn store_login(&self, login: &NewLogin<'_>) -> Result<Option<User>, Error> {
        self.store_login(login).await
    }

    async fn delete_tokens(&self, user: UserId) -> Result<(), Error> {
        self.delete_tokens(user).await
    }

    async fn set_account_if_unset(&self, user: UserId, mal_user_id: i64) -> Result<bool, Error> {
        self.set_account_if_unset(user, mal_user_id).await
    }
}
