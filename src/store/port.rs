//! [`Database`] as the core and the login know it. Each method is one line: what it does is in the module of its table.

use chrono::{DateTime, Utc};

use super::{Database, Error, RefreshLock, RunLock};
use crate::{
    auth::port::{Logins, SignIn, TokenWrite},
    domain::{
        entry::Local,
        run::{Mode, RunId},
        user::{User, UserId},
    },
    sync::port::{Batch, Finish, Merged, NewRun, Removal, Store},
};

impl Store for Database {
    type Error = Error;
    type RunLock = RunLock;

    async fn now(&self) -> Result<DateTime<Utc>, Error> {
        self.clock().await
    }

    async fn lock_run(&self, user: UserId) -> Result<Option<RunLock>, Error> {
        self.take_run_lock(user).await
    }

    async fn begin_run(&self, run: &NewRun) -> Result<(RunId, DateTime<Utc>), Error> {
        self.insert_run(run).await
    }

    async fn merge(&self, batch: &Batch<'_>) -> Result<Merged, Error> {
        self.merge_batch(batch).await
    }

    async fn entries_from_mal(&self, user: UserId) -> Result<Vec<(i32, bool)>, Error> {
        self.entries_from_mal(user).await
    }

    async fn entries(&self, user: UserId, ids: &[i32]) -> Result<Vec<Local>, Error> {
        self.entries_named(user, ids).await
    }

    async fn titles(&self, ids: &[i32]) -> Result<Vec<(i32, String)>, Error> {
        self.titles_of(ids).await
    }

    async fn count_from_mal(&self, user: UserId) -> Result<i64, Error> {
        self.number_from_mal(user).await
    }

    async fn unsettled(&self, user: UserId) -> Result<Vec<i32>, Error> {
        self.entries_apart(user).await
    }

    async fn remove(&self, removal: &Removal<'_>) -> Result<(), Error> {
        self.remove_entries(removal).await
    }

    async fn set_mode(&self, run: RunId, mode: Mode) -> Result<(), Error> {
        self.write_mode(run, mode).await
    }

    async fn finish_run(&self, finish: &Finish<'_>) -> Result<DateTime<Utc>, Error> {
        self.end_run(finish).await
    }
}

impl Logins for Database {
    type Error = Error;
    type RefreshLock = RefreshLock;

    async fn now(&self) -> Result<DateTime<Utc>, Error> {
        self.clock().await
    }

    async fn row(&self, user: UserId) -> Result<User, Error> {
        self.user(user).await?.ok_or_else(|| Error::fatal(format!("user {user} is gone from the users table")))
    }

    async fn lock_refresh(&self, user: UserId) -> Result<Option<RefreshLock>, Error> {
        self.take_refresh_lock(user).await
    }

    async fn swap(&self, user: UserId, expected: i64, pair: &TokenWrite) -> Result<bool, Error> {
        self.swap_pair(user, expected, pair).await
    }

    async fn mark_needs_login(&self, user: UserId, generation: i64) -> Result<bool, Error> {
        self.mark_refused(user, generation).await
    }

    async fn sign_in(&self, login: &SignIn<'_>) -> Result<Option<User>, Error> {
        self.write_login(login).await
    }

    async fn clear(&self, user: UserId) -> Result<(), Error> {
        self.clear_login(user).await
    }

    async fn note_account(&self, user: UserId, mal_user_id: i64) -> Result<bool, Error> {
        self.write_account(user, mal_user_id).await
    }
}
