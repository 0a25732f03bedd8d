//! Session advisory locks. One dedicated connection holds all locks of this process; the server releases them when
//! the connection ends.
//!
//! Invariants:
//! 1. One connection holds the locks of all users that are synced at once.
//! 2. PostgreSQL lets one session take a lock twice. Therefore the locks of this process are also tracked here, so
//!    that it takes none twice.
//! 3. The lock session needs a server process of its own. A pooler in transaction mode gives it none and is refused
//!    before the first lock.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sqlx::{Connection as _, PgConnection, Row as _};

use super::{connect::CONNECT_TIMEOUT, connection_pool::ConnectionPool};
use crate::{
    domain::user::UserId,
    store::{
        error::{Error, StoreErrorKind},
        lock_request::{LockKind, PollDeadline, SkipCriterion},
        retry::with_retry,
    },
};

/// Returns true if any session holds the lock of class `$1` for user `$2`. Takes no lock.
pub(in crate::store) const IS_LOCKED_SQL: &str = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' \
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
    AND classid::bigint = $1 AND objid::bigint = $2 AND objsubid = 2 AND granted) AS held";

/// How long the locks of a broken session are requested again: the server may still consider the old session alive.
const REACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// How often a user is chosen whose lock turns out to be taken, before the claim gives up.
const MAX_CLAIM_ATTEMPTS: u32 = 3;

/// Identifies a lock: kind and user.
type LockKey = (LockKind, UserId);

/// State of a lock that this process took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LockState {
    /// Held by the session with this number.
    Held(u64),
    /// The session broke, and another process took the lock first.
    Lost,
}

/// Locks of this process and the session that holds them.
pub(in crate::store) struct AdvisoryLocks {
    pool: Arc<ConnectionPool>,
    session: tokio::sync::Mutex<LockSession>,
    held_locks: Mutex<HashMap<LockKey, LockState>>,
    /// Dropped locks whose release is pending.
    pending_releases: Mutex<Vec<(LockKey, u64)>>,
}

/// Omits the pool, whose options contain the password.
impl std::fmt::Debug for AdvisoryLocks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AdvisoryLocks").field("held_locks", &self.held_locks).finish_non_exhaustive()
    }
}

/// The lock connection: opened for the first lock, and again after it broke.
#[derive(Default)]
struct LockSession {
    connection: Option<PgConnection>,
    /// Incremented with every connection: locks of an earlier connection are gone.
    number: u64,
}

/// A request to the lock session.
enum LockRequest<'a> {
    /// One particular lock.
    Single(LockKey),
    /// The run lock of the first user that is due.
    FirstDue(&'a [UserId], SkipCriterion),
}

/// Guard of an advisory lock. Releases the lock on drop.
#[derive(Debug)]
pub(in crate::store) struct AdvisoryLockGuard {
    key: LockKey,
    locks: Arc<AdvisoryLocks>,
}

impl Drop for AdvisoryLockGuard {
    fn drop(&mut self) {
        let Some(LockState::Held(session_number)) = self.locks.held_locks().remove(&self.key) else { return };
        self.locks.pending_releases().push((self.key, session_number));
        // Without a runtime the process is ending: the connection closes soon, which releases the lock.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let locks = Arc::clone(&self.locks);
            runtime.spawn(async move { locks.release_pending().await });
        }
    }
}

/// Returns the first of the two numbers that identify a lock; the second is the user id. The upper bytes are `mal` in
/// ASCII.
pub(in crate::store) const fn lock_class(kind: LockKind) -> i32 {
    match kind {
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

    /// Takes a lock. Returns `None` if another session holds it for longer than `wait`.
    pub(in crate::store) async fn acquire(
        self: &Arc<Self>,
        kind: LockKind,
        user: UserId,
        wait: Duration,
    ) -> Result<Option<AdvisoryLockGuard>, Error> {
        let deadline = PollDeadline::after(wait);
        loop {
            let acquired = self.request_lock(&LockRequest::Single((kind, user))).await?;
            if acquired.is_some() || !deadline.wait_and_check().await {
                return Ok(acquired.map(|(_, lock)| lock));
            }
        }
    }

    /// Takes the run lock of the first user that is due and not locked. Returns `None` if there is none.
    pub(in crate::store) async fn claim_next_user(
        self: &Arc<Self>,
        users: &[UserId],
        criterion: SkipCriterion,
    ) -> Result<Option<(UserId, AdvisoryLockGuard)>, Error> {
        self.request_lock(&LockRequest::FirstDue(users, criterion)).await
    }

    async fn request_lock(
        self: &Arc<Self>,
        request: &LockRequest<'_>,
    ) -> Result<Option<(UserId, AdvisoryLockGuard)>, Error> {
        let mut session = self.session.lock().await;
        if matches!(request, LockRequest::Single(key) if self.held_locks().contains_key(key)) {
            return Ok(None);
        }
        let mut is_new_connection = false;
        loop {
            if session.connection.is_none() {
                self.reconnect_and_reacquire(&mut session).await?;
                is_new_connection = true;
            }
            let connection = session.connection.as_mut().expect("connected above");
            let result =
                tokio::time::timeout(CONNECT_TIMEOUT, request.try_acquire(connection)).await.unwrap_or_else(|_| {
                    Err(Error::new(
                        StoreErrorKind::ConnectionLost,
                        "out of reach: the session that holds the locks does not answer",
                    ))
                });
            match result {
                Ok(acquired) => {
                    return Ok(acquired.map(|key| {
                        self.held_locks().insert(key, LockState::Held(session.number));
                        (key.1, AdvisoryLockGuard { key, locks: Arc::clone(self) })
                    }));
                }
                Err(error) if error.kind == StoreErrorKind::ConnectionLost && !is_new_connection => {
                    session.connection = None;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Fails if this process no longer holds the user's run lock. Replaces a broken connection and re-acquires its
    /// locks, except those that another process has taken.
    pub(in crate::store) async fn ensure_run_lock(&self, user: UserId) -> Result<(), Error> {
        let key = (LockKind::Run, user);
        let mut session = self.session.lock().await;
        let Some(state) = self.held_locks().get(&key).copied() else { return Ok(()) };
        if state != LockState::Lost {
            if let Some(connection) = &mut session.connection {
                match tokio::time::timeout(CONNECT_TIMEOUT, session_holds_lock(connection, key)).await {
                    Ok(Ok(true)) => return Ok(()),
                    Ok(Ok(false)) => return Err(transaction_pooler_error()),
                    // The connection broke or does not answer.
                    Ok(Err(_)) | Err(_) => {}
                }
            }
            tracing::debug!(%user, "lock connection broke, reconnecting");
            with_retry!(self.reconnect_and_reacquire(&mut session).await)?;
        }
        match self.held_locks().get(&key) {
            Some(LockState::Lost) => {
                Err(Error::fatal(format!("the lock of user {user} was lost, and another sync has it now")))
            }
            Some(LockState::Held(_)) | None => Ok(()),
        }
    }

    /// Reconnects and re-acquires all held locks.
    async fn reconnect_and_reacquire(&self, session: &mut LockSession) -> Result<(), Error> {
        session.connection = None;
        // The first session may use a pooled connection. After a break no pooled connection is trusted.
        let mut connection = match session.number {
            0 => {
                let mut connection = self.pool.take_connection().await?;
                refuse_transaction_pooler(&mut connection, &self.pool).await?;
                connection
            }
            _ => self.pool.connect_new().await?,
        };
        session.number += 1;
        let mut missing: Vec<LockKey> = self.held_locks().keys().copied().collect();
        let deadline = PollDeadline::after(REACQUIRE_TIMEOUT);
        loop {
            let mut still_missing = Vec::new();
            for key in missing {
                if !try_advisory_lock(&mut connection, key).await? {
                    still_missing.push(key);
                } else if !self.set_state_if_wanted(key, LockState::Held(session.number)) {
                    // The guard was dropped in the meantime.
                    advisory_unlock(&mut connection, key).await?;
                }
            }
            missing = still_missing;
            if missing.is_empty() || !deadline.wait_and_check().await {
                break;
            }
        }
        for key in missing {
            self.set_state_if_wanted(key, LockState::Lost);
        }
        session.connection = Some(connection);
        Ok(())
    }

    /// Sets the state of a lock. Returns false if its guard was dropped.
    fn set_state_if_wanted(&self, key: LockKey, state: LockState) -> bool {
        self.held_locks().get_mut(&key).map(|current| *current = state).is_some()
    }

    /// Releases the locks whose guards were dropped.
    async fn release_pending(&self) {
        let mut session = self.session.lock().await;
        loop {
            let Some((key, session_number)) = self.pending_releases().pop() else { return };
            let current_number = session.number;
            // An earlier session's locks ended with it.
            let Some(connection) = session.connection.as_mut().filter(|_| session_number == current_number) else {
                continue;
            };
            if advisory_unlock(connection, key).await.is_err() {
                // The locks end with the connection.
                session.connection = None;
            }
        }
    }

    /// Releases pending locks and closes the session.
    pub(super) async fn close(&self) {
        self.release_pending().await;
        if let Some(connection) = self.session.lock().await.connection.take() {
            let _ = connection.close().await;
        }
    }

    fn pending_releases(&self) -> MutexGuard<'_, Vec<(LockKey, u64)>> {
        self.pending_releases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn held_locks(&self) -> MutexGuard<'_, HashMap<LockKey, LockState>> {
        self.held_locks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LockRequest<'_> {
    /// Tries the request once. Returns the lock that was taken. Returns `None` if it is not available.
    async fn try_acquire(&self, session: &mut PgConnection) -> Result<Option<LockKey>, Error> {
        match *self {
            Self::Single(key) => Ok(try_advisory_lock(session, key).await?.then_some(key)),
            Self::FirstDue(users, criterion) => {
                Ok(claim_user(session, users, criterion).await?.map(|user| (LockKind::Run, user)))
            }
        }
    }
}

/// Returns true if this session holds the lock.
async fn session_holds_lock(session: &mut PgConnection, (kind, user): LockKey) -> Result<bool, sqlx::Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() \
        AND classid::bigint = $1 AND objid::bigint = $2 AND objsubid = 2 AND granted)";
    sqlx::query_scalar(sql).bind(i64::from(lock_class(kind))).bind(i64::from(user.0)).fetch_one(session).await
}

/// Fails if a pooler in transaction mode is in between: the same server process then serves two sessions, or two
/// processes serve one session. A lock taken there would stay with a process that serves other clients.
async fn refuse_transaction_pooler(session: &mut PgConnection, pool: &Arc<ConnectionPool>) -> Result<(), Error> {
    let session_pid = backend_pid(session).await?;
    let mut other_session = pool.acquire().await?;
    let other_pid = backend_pid(other_session.start_statement()).await;
    let other_pid = other_session.record_statement_result(other_pid)?;
    if other_pid == session_pid || backend_pid(session).await? != session_pid {
        return Err(transaction_pooler_error());
    }
    Ok(())
}

/// Returns the id of the server process that serves the session now. Not a prepared statement, because a pooler may
/// not support those.
async fn backend_pid(session: &mut PgConnection) -> Result<i32, Error> {
    let row = sqlx::raw_sql("SELECT pg_backend_pid()::text").fetch_one(session).await?;
    let pid = row.try_get::<String, _>(0)?;
    pid.parse().map_err(|_| Error::fatal(format!("{pid} is no process id")))
}

fn transaction_pooler_error() -> Error {
    Error::fatal("the session with the locks changes its server process: a pooler in transaction mode is in between")
        .with_hint("give malsync a direct connection, or a pooler in session mode")
}

/// Takes a lock and returns true. Returns false if another session holds it.
async fn try_advisory_lock(session: &mut PgConnection, (kind, user): LockKey) -> Result<bool, Error> {
    let sql = "SELECT pg_try_advisory_lock($1, $2)";
    Ok(sqlx::query_scalar(sql).bind(lock_class(kind)).bind(user.0).fetch_one(session).await?)
}

async fn advisory_unlock(session: &mut PgConnection, (kind, user): LockKey) -> Result<(), Error> {
    let query = sqlx::query("SELECT pg_advisory_unlock($1, $2)").bind(lock_class(kind)).bind(user.0);
    Ok(query.execute(session).await.map(drop)?)
}

/// The advisory lock is the claim. The row lock lasts only for the statement: concurrent claims get different users
/// (`SKIP LOCKED`), and each user is judged by the current sync times.
const CLAIM_USER_SQL: &str = "WITH due AS MATERIALIZED (
        SELECT u.id FROM unnest($1::int[]) WITH ORDINALITY AS among (id, place) JOIN users u ON u.id = among.id
        WHERE ($2::timestamp IS NULL OR u.last_mal_sync IS NULL OR u.last_mal_sync <= $2)
            AND ($3::timestamp IS NULL OR u.last_full_sync IS NULL OR u.last_full_sync <= $3)
            AND NOT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND classid::bigint = $4::int AND objid::bigint = u.id)
        ORDER BY among.place LIMIT 1 FOR NO KEY UPDATE OF u SKIP LOCKED
    )
    SELECT id, pg_try_advisory_lock($4::int, id) AS taken FROM due";

/// Returns the first due user with the run lock taken. Returns `None` if no user is available now.
async fn claim_user(
    session: &mut PgConnection,
    users: &[UserId],
    criterion: SkipCriterion,
) -> Result<Option<UserId>, Error> {
    let ids: Vec<i32> = users.iter().map(|user| user.0).collect();
    let (synced_limit, full_limit) = criterion.column_times();
    // A process that requests this particular lock, without a claim, may come in between.
    for _ in 0..MAX_CLAIM_ATTEMPTS {
        let chosen: Option<(i32, bool)> = sqlx::query_as(CLAIM_USER_SQL)
            .bind(&ids)
            .bind(synced_limit.map(|time| time.naive_utc()))
            .bind(full_limit.map(|time| time.naive_utc()))
            .bind(lock_class(LockKind::Run))
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
