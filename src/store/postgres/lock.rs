//! Session advisory locks, all of this process's on one connection that does nothing else: freed by the server as soon as
//! the connection is gone.
//!
//! The rules: however many users are synced at once, one connection holds their locks; the session counts a lock twice that
//! it takes twice, so what this process holds is known here too, and no second one has it. A pooler that hands the session
//! on after each transaction would break the promise; a direct connection is needed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sqlx::{PgConnection, postgres::PgConnectOptions};

use super::connect;
use crate::{
    domain::user::UserId,
    store::{
        error::{Error, Kind},
        lock::{Done, Patience, Purpose},
        retry::retried,
    },
};

/// Whether anybody holds the lock of class `$1` for `$2`; takes none.
pub(in crate::store) const IS_LOCKED: &str = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' \
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
    AND classid::bigint = $1 AND objid::bigint = $2 AND objsubid = 2 AND granted) AS held";

/// How long a broken session's locks are asked for again: the server may take the old one for alive a little longer.
const RETAKE: Duration = Duration::from_secs(5);

/// How often a user is chosen whose lock turns out to be taken, before somebody else is waited for.
const CHOICES: u32 = 3;

/// Which lock: what for, and whose.
type Key = (Purpose, UserId);

/// What became of a lock that was taken here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// The session of this number holds it.
    Held(u64),
    /// The session broke, and another process had it before it could be taken again.
    Lost,
}

/// The locks of this process, and the session that holds them.
pub(in crate::store) struct Locks {
    options: PgConnectOptions,
    session: tokio::sync::Mutex<Session>,
    held: Mutex<HashMap<Key, Standing>>,
}

/// Without the options, which have the password.
impl std::fmt::Debug for Locks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Locks").field("held", &self.held).finish_non_exhaustive()
    }
}

/// The connection, made when the first lock is wanted, and anew where it broke.
#[derive(Default)]
struct Session {
    connection: Option<PgConnection>,
    /// Grows with every connection: what one held is nothing to the next.
    number: u64,
}

/// What is asked of the session.
enum Wanted<'a> {
    /// This lock.
    Lock(Key),
    /// The run lock of any of these users who is due.
    AnyOf(&'a [UserId], Done),
}

/// A lock that the session holds until this goes.
#[derive(Debug)]
pub(in crate::store) struct SessionLock {
    key: Key,
    locks: Arc<Locks>,
}

impl Drop for SessionLock {
    fn drop(&mut self) {
        let Some(Standing::Held(number)) = self.locks.held().remove(&self.key) else { return };
        // Where no runtime is left, the connection goes in a moment, and the lock with it.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (locks, key) = (Arc::clone(&self.locks), self.key);
            runtime.spawn(async move { locks.let_go(key, number).await });
        }
    }
}

/// The first of the two numbers that name a lock; the second is the user's id. In the ASCII codes of `mal`.
pub(in crate::store) const fn class(purpose: Purpose) -> i32 {
    match purpose {
        Purpose::Run => 0x6d61_6c01,
        Purpose::Refresh => 0x6d61_6c02,
    }
}

impl Locks {
    pub(super) fn new(options: PgConnectOptions) -> Arc<Self> {
        Arc::new(Self { options, session: tokio::sync::Mutex::default(), held: Mutex::default() })
    }

    /// Takes a lock, for which it waits so long.
    pub(in crate::store) async fn take(
        self: &Arc<Self>,
        purpose: Purpose,
        user: UserId,
        wait: Duration,
    ) -> Result<Option<SessionLock>, Error> {
        let patience = Patience::of(wait);
        loop {
            let taken = self.ask(&Wanted::Lock((purpose, user))).await?;
            if taken.is_some() || !patience.lasts().await {
                return Ok(taken.map(|(_, lock)| lock));
            }
        }
    }

    /// Takes the run lock of the first of these users who is due and whom nobody holds.
    pub(in crate::store) async fn claim(
        self: &Arc<Self>,
        among: &[UserId],
        done: Done,
    ) -> Result<Option<(UserId, SessionLock)>, Error> {
        self.ask(&Wanted::AnyOf(among, done)).await
    }

    async fn ask(self: &Arc<Self>, wanted: &Wanted<'_>) -> Result<Option<(UserId, SessionLock)>, Error> {
        let mut session = self.session.lock().await;
        if matches!(wanted, Wanted::Lock(key) if self.held().contains_key(key)) {
            return Ok(None);
        }
        let mut anew = false;
        loop {
            if session.connection.is_none() {
                self.renew(&mut session).await?;
                anew = true;
            }
            let connection = session.connection.as_mut().expect("it was made a moment ago");
            let answer = tokio::time::timeout(super::CONNECT, wanted.asked_of(connection)).await.unwrap_or_else(|_| {
                Err(Error::new(Kind::Lost, "out of reach: the session that holds the locks does not answer"))
            });
            match answer {
                Ok(taken) => {
                    return Ok(taken.map(|key| {
                        self.held().insert(key, Standing::Held(session.number));
                        (key.1, SessionLock { key, locks: Arc::clone(self) })
                    }));
                }
                Err(error) if error.kind == Kind::Lost && !anew => session.connection = None,
                Err(error) => return Err(error),
            }
        }
    }

    /// Makes sure that a run lock taken here is still held. A broken connection is made anew, and its locks taken again,
    /// but for those that another process has by now.
    pub(in crate::store) async fn keep(&self, user: UserId) -> Result<(), Error> {
        let key = (Purpose::Run, user);
        let mut session = self.session.lock().await;
        let Some(standing) = self.held().get(&key).copied() else { return Ok(()) };
        if standing != Standing::Lost {
            if let Some(connection) = &mut session.connection {
                match tokio::time::timeout(super::CONNECT, holds(connection, key)).await {
                    Ok(Ok(true)) => return Ok(()),
                    Ok(Ok(false)) => {
                        let what = "the session with the run lock became another one: a pooler in transaction mode is in between";
                        return Err(
                            Error::fatal(what).hint("give malsync a direct connection, or a pooler in session mode")
                        );
                    }
                    // It broke, or does not answer.
                    Ok(Err(_)) | Err(_) => {}
                }
            }
            tracing::debug!(%user, "the connection that holds the locks broke");
            retried!(self.renew(&mut session).await)?;
        }
        match self.held().get(&key) {
            Some(Standing::Lost) => {
                Err(Error::fatal(format!("the lock of user {user} was lost, and another sync has it now")))
            }
            Some(Standing::Held(_)) | None => Ok(()),
        }
    }

    /// Connects anew, and takes again whatever was held.
    async fn renew(&self, session: &mut Session) -> Result<(), Error> {
        session.connection = None;
        let mut connection = connect(&self.options).await?;
        session.number += 1;
        let mut missing: Vec<Key> = self.held().keys().copied().collect();
        let patience = Patience::of(RETAKE);
        loop {
            let mut still = Vec::new();
            for key in missing {
                if !try_lock(&mut connection, key).await? {
                    still.push(key);
                } else if !self.note(key, Standing::Held(session.number)) {
                    // Its holder went meanwhile.
                    unlock(&mut connection, key).await?;
                }
            }
            missing = still;
            if missing.is_empty() || !patience.lasts().await {
                break;
            }
        }
        for key in missing {
            self.note(key, Standing::Lost);
        }
        session.connection = Some(connection);
        Ok(())
    }

    /// Notes what became of a lock, where it is still wanted.
    fn note(&self, key: Key, standing: Standing) -> bool {
        self.held().get_mut(&key).map(|noted| *noted = standing).is_some()
    }

    async fn let_go(&self, key: Key, number: u64) {
        let mut session = self.session.lock().await;
        // What a session before held went with it.
        if session.number == number
            && let Some(connection) = &mut session.connection
            && unlock(connection, key).await.is_err()
        {
            session.connection = None;
        }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<Key, Standing>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wanted<'_> {
    /// Asks for it once; the lock that was taken.
    async fn asked_of(&self, session: &mut PgConnection) -> Result<Option<Key>, Error> {
        match *self {
            Self::Lock(key) => Ok(try_lock(session, key).await?.then_some(key)),
            Self::AnyOf(among, done) => Ok(claim(session, among, done).await?.map(|user| (Purpose::Run, user))),
        }
    }
}

/// Whether this very session holds the lock.
async fn holds(session: &mut PgConnection, (purpose, user): Key) -> Result<bool, sqlx::Error> {
    let held = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() \
        AND classid::bigint = $1 AND objid::bigint = $2 AND objsubid = 2 AND granted)";
    sqlx::query_scalar(held).bind(i64::from(class(purpose))).bind(i64::from(user.0)).fetch_one(session).await
}

async fn try_lock(session: &mut PgConnection, (purpose, user): Key) -> Result<bool, Error> {
    let taken = sqlx::query_scalar("SELECT pg_try_advisory_lock($1, $2)").bind(class(purpose)).bind(user.0);
    Ok(taken.fetch_one(session).await?)
}

async fn unlock(session: &mut PgConnection, (purpose, user): Key) -> Result<(), Error> {
    sqlx::query("SELECT pg_advisory_unlock($1, $2)").bind(class(purpose)).bind(user.0).execute(session).await?;
    Ok(())
}

/// The advisory lock is the claim. The row is locked for no longer than the statement takes, so that of many who choose at
/// once each is given another user (`SKIP LOCKED`), and whoever waits to be chosen is judged by his marks as they are now.
const CLAIM: &str = "WITH due AS MATERIALIZED (
        SELECT u.id FROM unnest($1::int[]) WITH ORDINALITY AS among (id, place) JOIN users u ON u.id = among.id
        WHERE ($2::timestamp IS NULL OR u.last_mal_sync IS NULL OR u.last_mal_sync <= $2)
            AND ($3::timestamp IS NULL OR u.last_full_sync IS NULL OR u.last_full_sync <= $3)
            AND NOT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND classid::bigint = $4::int AND objid::bigint = u.id)
        ORDER BY among.place LIMIT 1 FOR NO KEY UPDATE OF u SKIP LOCKED
    )
    SELECT id, pg_try_advisory_lock($4::int, id) AS taken FROM due";

/// The first of these users who is due, with the run lock taken; none where nobody is to be had at this moment.
async fn claim(session: &mut PgConnection, among: &[UserId], done: Done) -> Result<Option<UserId>, Error> {
    let ids: Vec<i32> = among.iter().map(|user| user.0).collect();
    let (sync, full) = done.after();
    // Somebody who did not choose but asked for this very lock may come in between.
    for _ in 0..CHOICES {
        let chosen: Option<(i32, bool)> = sqlx::query_as(CLAIM)
            .bind(&ids)
            .bind(sync.map(|time| time.naive_utc()))
            .bind(full.map(|time| time.naive_utc()))
            .bind(class(Purpose::Run))
            .fetch_optional(&mut *session)
            .await?;
        match chosen {
            None => break,
            Some((id, true)) => return Ok(Some(UserId(id))),
            Some((_, false)) => {}
        }
    }
    Ok(None)
}
