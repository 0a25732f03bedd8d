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

use sqlx::{Connection as _, PgConnection, Row as _};

use super::ConnectionPool;
use crate::{
    domain::user::UserId,
    store::{
        error::{Error, StoreErrorKind},
        lock::{LockKind, PollDeadline, SkipCriterion},
        retry::with_retry,
    },
};

/// Whether anybody holds the lock of class `$1` for `$2`; takes none.
pub(in crate::store) const IS_LOCKED_SQL: &str = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' \
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
    AND classid::bigint = $1 AND objid::bigint = $2 AND objsubid = 2 AND granted) AS held";

/// How long a broken session's locks are asked for again: the server may take the old one for alive a little longer.
const REACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// How often a user is chosen whose lock turns out to be taken, before somebody else is waited for.
const MAX_CLAIM_ATTEMPTS: u32 = 3;

/// How many connections of a pooler's are looked through for a lock that was left in one.
const MAX_POOLER_SESSIONS: usize = 20;

/// Which lock: what for, and whose.
type LockKey = (LockKind, UserId);

/// What became of a lock that was taken here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LockState {
    /// A session holds it.
    Held(LockOwner),
    /// The session broke, and another process had it before it could be taken again.
    Lost,
}

/// Who holds a lock: the session of this number, which the server's process of this id served when it was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LockOwner {
    session_number: u64,
    backend_pid: i32,
}

/// The locks of this process, and the session that holds them.
pub(in crate::store) struct AdvisoryLocks {
    pool: Arc<ConnectionPool>,
    session: tokio::sync::Mutex<LockSession>,
    held_locks: Mutex<HashMap<LockKey, LockState>>,
    /// Those that nobody wants any more, on their way back.
    pending_releases: Mutex<Vec<(LockKey, LockOwner)>>,
}

/// Without the connections, which have the password.
impl std::fmt::Debug for AdvisoryLocks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Locks").field("held", &self.held_locks).finish_non_exhaustive()
    }
}

/// The connection, made when the first lock is wanted, and anew where it broke.
#[derive(Default)]
struct LockSession {
    connection: Option<PgConnection>,
    /// Grows with every connection: what one held is nothing to the next.
    number: u64,
}

/// What is asked of the session.
enum LockRequest<'a> {
    /// This lock.
    Single(LockKey),
    /// The run lock of any of these users who is due.
    FirstDue(&'a [UserId], SkipCriterion),
}

/// A lock that the session holds until this goes.
#[derive(Debug)]
pub(in crate::store) struct AdvisoryLockGuard {
    key: LockKey,
    locks: Arc<AdvisoryLocks>,
}

impl Drop for AdvisoryLockGuard {
    fn drop(&mut self) {
        let Some(LockState::Held(holder)) = self.locks.held_locks().remove(&self.key) else { return };
        self.locks.pending_releases().push((self.key, holder));
        // Where no runtime is left, the connection goes in a moment, and the lock with it.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let locks = Arc::clone(&self.locks);
            runtime.spawn(async move { locks.release_pending().await });
        }
    }
}

/// The first of the two numbers that name a lock; the second is the user's id. In the ASCII codes of `mal`.
pub(in crate::store) const fn lock_class(purpose: LockKind) -> i32 {
    match purpose {
        LockKind::Run => 0x6d61_6c01,
        LockKind::Refresh => 0x6d61_6c02,
    }
}

impl AdvisoryLocks {
    pub(super) fn new(connections: Arc<ConnectionPool>) -> Arc<Self> {
        Arc::new(Self {
            pool: connections,
            session: tokio::sync::Mutex::default(),
            held_locks: Mutex::default(),
            pending_releases: Mutex::default(),
        })
    }

    /// Takes a lock, for which it waits so long.
    pub(in crate::store) async fn acquire(
        self: &Arc<Self>,
        purpose: LockKind,
        user: UserId,
        wait: Duration,
    ) -> Result<Option<AdvisoryLockGuard>, Error> {
        let patience = PollDeadline::after(wait);
        loop {
            let taken = self.request_lock(&LockRequest::Single((purpose, user))).await?;
            if taken.is_some() || !patience.wait_and_check().await {
                return Ok(taken.map(|(_, lock)| lock));
            }
        }
    }

    /// Takes the run lock of the first of these users who is due and whom nobody holds.
    pub(in crate::store) async fn claim_next_user(
        self: &Arc<Self>,
        among: &[UserId],
        done: SkipCriterion,
    ) -> Result<Option<(UserId, AdvisoryLockGuard)>, Error> {
        self.request_lock(&LockRequest::FirstDue(among, done)).await
    }

    async fn request_lock(
        self: &Arc<Self>,
        wanted: &LockRequest<'_>,
    ) -> Result<Option<(UserId, AdvisoryLockGuard)>, Error> {
        let mut session = self.session.lock().await;
        if matches!(wanted, LockRequest::Single(key) if self.held_locks().contains_key(key)) {
            return Ok(None);
        }
        let mut anew = false;
        loop {
            if session.connection.is_none() {
                self.reconnect_and_reacquire(&mut session).await?;
                anew = true;
            }
            let connection = session.connection.as_mut().expect("it was made a moment ago");
            let answer = tokio::time::timeout(super::CONNECT_TIMEOUT, wanted.try_acquire(connection))
                .await
                .unwrap_or_else(|_| {
                    Err(Error::new(
                        StoreErrorKind::ConnectionLost,
                        "out of reach: the session that holds the locks does not answer",
                    ))
                });
            match answer {
                Ok(taken) => {
                    return Ok(taken.map(|(key, process)| {
                        self.held_locks().insert(
                            key,
                            LockState::Held(LockOwner { session_number: session.number, backend_pid: process }),
                        );
                        (key.1, AdvisoryLockGuard { key, locks: Arc::clone(self) })
                    }));
                }
                Err(error) if error.kind == StoreErrorKind::ConnectionLost && !anew => session.connection = None,
                Err(error) => return Err(error),
            }
        }
    }

    /// Makes sure that a run lock taken here is still held. A broken connection is made anew, and its locks taken again,
    /// but for those that another process has by now.
    pub(in crate::store) async fn ensure_run_lock(&self, user: UserId) -> Result<(), Error> {
        let key = (LockKind::Run, user);
        let mut session = self.session.lock().await;
        let Some(standing) = self.held_locks().get(&key).copied() else { return Ok(()) };
        if standing != LockState::Lost {
            if let Some(connection) = &mut session.connection {
                match tokio::time::timeout(super::CONNECT_TIMEOUT, session_holds_lock(connection, key)).await {
                    Ok(Ok(true)) => return Ok(()),
                    Ok(Ok(false)) => return Err(pooler_error()),
                    // It broke, or does not answer.
                    Ok(Err(_)) | Err(_) => {}
                }
            }
            tracing::debug!(%user, "the connection that holds the locks broke");
            with_retry!(self.reconnect_and_reacquire(&mut session).await)?;
        }
        match self.held_locks().get(&key) {
            Some(LockState::Lost) => {
                Err(Error::fatal(format!("the lock of user {user} was lost, and another sync has it now")))
            }
            Some(LockState::Held(_)) | None => Ok(()),
        }
    }

    /// Makes sure that this process of the server's, which serves a transaction, is not the one that took a lock of ours: it
    /// would serve whoever comes, and the lock be nobody's.
    pub(in crate::store) fn ensure_not_lock_session(&self, process: i32) -> Result<(), Error> {
        let took = |standing: &LockState| matches!(standing, LockState::Held(holder) if holder.backend_pid == process);
        if self.held_locks().values().any(took) { Err(pooler_error()) } else { Ok(()) }
    }

    /// Lets a lock go that a process of the server's has which serves whoever comes: of transactions that are begun one beside
    /// the other, each keeps a process to itself, and one of them is that.
    async fn release_in_pooler_session(&self, process: i32, key: LockKey) {
        let mut busy = Vec::new();
        while busy.len() < MAX_POOLER_SESSIONS {
            let Ok(mut connection) = self.pool.connect_new().await else { return };
            let begun = sqlx::raw_sql("BEGIN; SELECT pg_backend_pid()").fetch_one(&mut connection).await;
            if begun.and_then(|row| row.try_get::<i32, _>(0)).is_ok_and(|serving| serving == process) {
                let _ = advisory_unlock(&mut connection, key).await;
                return;
            }
            busy.push(connection);
        }
    }

    /// Connects anew, and takes again whatever was held.
    async fn reconnect_and_reacquire(&self, session: &mut LockSession) -> Result<(), Error> {
        session.connection = None;
        // The first may be one that has served; after one that broke, none of them is trusted.
        let mut connection = match session.number {
            0 => self.pool.take_connection().await?,
            _ => self.pool.connect_new().await?,
        };
        session.number += 1;
        let mut missing: Vec<LockKey> = self.held_locks().keys().copied().collect();
        let patience = PollDeadline::after(REACQUIRE_TIMEOUT);
        loop {
            let mut still = Vec::new();
            for key in missing {
                let Some(process) = try_advisory_lock(&mut connection, key).await? else {
                    still.push(key);
                    continue;
                };
                if !self.set_state_if_wanted(
                    key,
                    LockState::Held(LockOwner { session_number: session.number, backend_pid: process }),
                ) {
                    // Whoever wanted it went meanwhile.
                    advisory_unlock(&mut connection, key).await?;
                }
            }
            missing = still;
            if missing.is_empty() || !patience.wait_and_check().await {
                break;
            }
        }
        for key in missing {
            self.set_state_if_wanted(key, LockState::Lost);
        }
        session.connection = Some(connection);
        Ok(())
    }

    /// Notes what became of a lock, where it is still wanted.
    fn set_state_if_wanted(&self, key: LockKey, standing: LockState) -> bool {
        self.held_locks().get_mut(&key).map(|noted| *noted = standing).is_some()
    }

    /// Lets go what nobody here wants any more.
    async fn release_pending(&self) {
        let mut session = self.session.lock().await;
        loop {
            let Some((key, holder)) = self.pending_releases().pop() else { return };
            let number = session.number;
            // What a session before held went with it.
            let Some(connection) = session.connection.as_mut().filter(|_| number == holder.session_number) else {
                continue;
            };
            match advisory_unlock(connection, key).await {
                Ok(true) => {}
                Err(error) if error.kind == StoreErrorKind::ConnectionLost => session.connection = None,
                Ok(false) | Err(_) => self.release_in_pooler_session(holder.backend_pid, key).await,
            }
        }
    }

    /// Lets go what is left, and the session.
    pub(super) async fn close(&self) {
        self.release_pending().await;
        if let Some(connection) = self.session.lock().await.connection.take() {
            let _ = connection.close().await;
        }
    }

    fn pending_releases(&self) -> MutexGuard<'_, Vec<(LockKey, LockOwner)>> {
        self.pending_releases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn held_locks(&self) -> MutexGuard<'_, HashMap<LockKey, LockState>> {
        self.held_locks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LockRequest<'_> {
    /// Asks for it once; the lock that was taken, and the server's process that took it.
    async fn try_acquire(&self, session: &mut PgConnection) -> Result<Option<(LockKey, i32)>, Error> {
        match *self {
            Self::Single(key) => Ok(try_advisory_lock(session, key).await?.map(|process| (key, process))),
            Self::FirstDue(among, done) => {
                let claimed = claim_user(session, among, done).await?;
                Ok(claimed.map(|(user, process)| ((LockKind::Run, user), process)))
            }
        }
    }
}

/// Whether this very session holds the lock.
async fn session_holds_lock(session: &mut PgConnection, (purpose, user): LockKey) -> Result<bool, sqlx::Error> {
    let held = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() \
        AND classid::bigint = $1 AND objid::bigint = $2 AND objsubid = 2 AND granted)";
    sqlx::query_scalar(held).bind(i64::from(lock_class(purpose))).bind(i64::from(user.0)).fetch_one(session).await
}

/// What is said of a session that others are served by too.
fn pooler_error() -> Error {
    Error::fatal("the session with the run lock became another one: a pooler in transaction mode is in between")
        .with_hint("give malsync a direct connection, or a pooler in session mode")
}

/// The server's process that took the lock; none where somebody has it.
async fn try_advisory_lock(session: &mut PgConnection, (purpose, user): LockKey) -> Result<Option<i32>, Error> {
    let taken = "SELECT CASE WHEN pg_try_advisory_lock($1, $2) THEN pg_backend_pid() END";
    Ok(sqlx::query_scalar(taken).bind(lock_class(purpose)).bind(user.0).fetch_one(session).await?)
}

/// Whether the session had it. Not by a statement that was prepared before, which a pooler may have lost.
async fn advisory_unlock(session: &mut PgConnection, (purpose, user): LockKey) -> Result<bool, Error> {
    let let_go = sqlx::query_scalar("SELECT pg_advisory_unlock($1, $2)").bind(lock_class(purpose)).bind(user.0);
    Ok(let_go.persistent(false).fetch_one(session).await?)
}

/// The advisory lock is the claim. The row is locked for no longer than the statement takes, so that of many who choose at
/// once each is given another user (`SKIP LOCKED`), and whoever waits to be chosen is judged by his marks as they are now.
const CLAIM_USER_SQL: &str = "WITH due AS MATERIALIZED (
        SELECT u.id FROM unnest($1::int[]) WITH ORDINALITY AS among (id, place) JOIN users u ON u.id = among.id
        WHERE ($2::timestamp IS NULL OR u.last_mal_sync IS NULL OR u.last_mal_sync <= $2)
            AND ($3::timestamp IS NULL OR u.last_full_sync IS NULL OR u.last_full_sync <= $3)
            AND NOT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND classid::bigint = $4::int AND objid::bigint = u.id)
        ORDER BY among.place LIMIT 1 FOR NO KEY UPDATE OF u SKIP LOCKED
    )
    SELECT id, CASE WHEN pg_try_advisory_lock($4::int, id) THEN pg_backend_pid() END AS taken FROM due";

/// The first of these users who is due, with the run lock taken; none where nobody is to be had at this moment.
async fn claim_user(
    session: &mut PgConnection,
    among: &[UserId],
    done: SkipCriterion,
) -> Result<Option<(UserId, i32)>, Error> {
    let ids: Vec<i32> = among.iter().map(|user| user.0).collect();
    let (sync, full) = done.column_times();
    // Somebody who did not choose but asked for this very lock may come in between.
    for _ in 0..MAX_CLAIM_ATTEMPTS {
        let chosen: Option<(i32, Option<i32>)> = sqlx::query_as(CLAIM_USER_SQL)
            .bind(&ids)
            .bind(sync.map(|time| time.naive_utc()))
            .bind(full.map(|time| time.naive_utc()))
            .bind(lock_class(LockKind::Run))
            .fetch_optional(&mut *session)
            .await?;
        match chosen {
            None => break,
            Some((id, Some(process))) => return Ok(Some((UserId(id), process))),
            Some((_, None)) => {}
        }
    }
    Ok(None)
}
