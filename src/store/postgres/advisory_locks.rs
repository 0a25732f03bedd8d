//! Session advisory locks. One dedicated connection holds all locks of this process; the server releases them when
//! the connection ends.
//!
//! Invariants:
//! 1. One connection holds the locks of all users that are synced at once.
//! 2. PostgreSQL lets one session take a lock twice. Therefore the locks of this process are also tracked here, so
//!    that it takes none twice.
//! 3. The lock session needs a server process of its own. A pooler in transaction mode gives it none and was refused
//!    when connecting (`pooler`).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sqlx::PgConnection;

use super::{
    connect,
    connection_pool::ConnectionPool,
    pooler_error::transaction_pooler_error,
    statement_limit::{connect_timeout, with_statement_limit},
};
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

/// The two numbers of a lock: its class (see [`lock_class`]) and the user id.
#[derive(Clone, Copy)]
struct LockNumber(i32, i32);

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
    /// Id of the schema with the table `users`.
    schema_id: u32,
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

/// Returns the first of the two numbers that identify a lock; the second is the user id. It depends on the schema,
/// because the schemas of a database share the advisory locks, and each has its own users. Never negative.
const fn lock_class(kind: LockKind, schema_id: u32) -> i32 {
    /// `mal` in ASCII.
    const MALSYNC: u32 = 0x6d61_6c00;
    /// An odd number, so that different schemas get different products.
    const MIXER: u32 = 0x9e37_79b1;
    let kind = match kind {
        LockKind::Run => 1,
        LockKind::Refresh => 2,
        LockKind::Login => 3,
    };
    let class = (((schema_id.wrapping_mul(MIXER) ^ MALSYNC) & !3) | kind) & 0x7fff_ffff;
    class.cast_signed()
}

impl AdvisoryLocks {
    pub(super) fn new(connections: Arc<ConnectionPool>, schema_id: u32) -> Arc<Self> {
        Arc::new(Self {
            pool: connections,
            schema_id,
            session: tokio::sync::Mutex::default(),
            held_locks: Mutex::default(),
            pending_releases: Mutex::default(),
        })
    }

    /// Returns the first number of the locks of this kind, see [`lock_class`].
    pub(in crate::store) const fn class(&self, kind: LockKind) -> i32 {
        lock_class(kind, self.schema_id)
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
            let result = tokio::time::timeout(connect_timeout(), request.try_acquire(connection, self.schema_id))
                .await
                .unwrap_or_else(|_| {
                    Err(Error::new(
                        StoreErrorKind::ConnectionLost,
                        "cannot connect: the session that holds the locks does not respond",
                    ))
                });
            match result {
                Ok(acquired) => {
                    return Ok(acquired.map(|key| {
                        self.held_locks().insert(key, LockState::Held(session.number));
                        (key.1, AdvisoryLockGuard { key, locks: Arc::clone(self) })
                    }));
                }
                Err(error) if error.is_unreachable() && !is_new_connection => {
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
                match tokio::time::timeout(connect_timeout(), session_holds_lock(connection, self.number(key))).await {
                    Ok(Ok(true)) => return Ok(()),
                    Ok(Ok(false)) => return Err(transaction_pooler_error()),
                    // The connection broke or does not answer.
                    Ok(Err(_)) | Err(_) => {}
                }
            }
            tracing::debug!(%user, "lock connection lost, reconnecting");
            with_retry!(self.reconnect_and_reacquire(&mut session).await)?;
        }
        match self.held_locks().get(&key) {
            Some(LockState::Lost) => {
                Err(Error::fatal(format!("the lock of user {user} was lost, and another sync has taken it")))
            }
            Some(LockState::Held(_)) | None => Ok(()),
        }
    }

    /// Reconnects and re-acquires all held locks.
    async fn reconnect_and_reacquire(&self, session: &mut LockSession) -> Result<(), Error> {
        session.connection = None;
        // The first session may use a pooled connection. After a break no pooled connection is trusted.
        let mut connection = match session.number {
            0 => self.pool.take_connection().await?,
            _ => self.pool.connect_new().await?,
        };
        session.number += 1;
        let mut missing: Vec<LockKey> = self.held_locks().keys().copied().collect();
        let deadline = PollDeadline::after(REACQUIRE_TIMEOUT);
        loop {
            let mut still_missing = Vec::new();
            for key in missing {
                if !try_advisory_lock(&mut connection, self.number(key)).await? {
                    still_missing.push(key);
                } else if !self.set_state_if_wanted(key, LockState::Held(session.number)) {
                    // The guard was dropped in the meantime.
                    advisory_unlock(&mut connection, self.number(key)).await?;
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

    /// Returns the two numbers of a lock.
    const fn number(&self, (kind, user): LockKey) -> LockNumber {
        LockNumber(self.class(kind), user.0)
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
            if advisory_unlock(connection, self.number(key)).await.is_err() {
                // The locks end with the connection.
                session.connection = None;
            }
        }
    }

    /// Releases pending locks and closes the session.
    pub(super) async fn close(&self) {
        self.release_pending().await;
        if let Some(connection) = self.session.lock().await.connection.take() {
            connect::close(connection).await;
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
    async fn try_acquire(&self, session: &mut PgConnection, schema_id: u32) -> Result<Option<LockKey>, Error> {
        match *self {
            Self::Single(key @ (kind, user)) => {
                let number = LockNumber(lock_class(kind, schema_id), user.0);
                Ok(try_advisory_lock(session, number).await?.then_some(key))
            }
            Self::FirstDue(users, criterion) => {
                Ok(claim_user(session, users, criterion, lock_class(LockKind::Run, schema_id))
                    .await?
                    .map(|user| (LockKind::Run, user)))
            }
        }
    }
}

/// Returns true if this session holds the lock.
async fn session_holds_lock(
    session: &mut PgConnection,
    LockNumber(class, user): LockNumber,
) -> Result<bool, sqlx::Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() \
        AND classid::bigint = $1 AND objid::bigint = $2 AND objsubid = 2 AND granted)";
    sqlx::query_scalar(sql).bind(i64::from(class)).bind(i64::from(user)).fetch_one(session).await
}

/// Takes a lock and returns true. Returns false if another session holds it.
async fn try_advisory_lock(session: &mut PgConnection, LockNumber(class, user): LockNumber) -> Result<bool, Error> {
    let query = sqlx::query_scalar("SELECT pg_try_advisory_lock($1, $2)").bind(class).bind(user);
    with_statement_limit(query.fetch_one(session)).await
}

async fn advisory_unlock(session: &mut PgConnection, LockNumber(class, user): LockNumber) -> Result<(), Error> {
    let query = sqlx::query("SELECT pg_advisory_unlock($1, $2)").bind(class).bind(user);
    with_statement_limit(query.execute(session)).await.map(drop)
}

/// The advisory lock is the claim. The row lock lasts only for the statement: concurrent claims get different users
/// (`SKIP LOCKED`), and each user is judged by the current sync times. A time in the future is not believed.
const CLAIM_USER_SQL: &str = "WITH due AS MATERIALIZED (
        SELECT u.id FROM unnest($1::int[]) WITH ORDINALITY AS among (id, place) JOIN users u ON u.id = among.id
        WHERE ($2::timestamp IS NULL OR u.last_mal_sync IS NULL OR u.last_mal_sync <= $2
                OR u.last_mal_sync > clock_timestamp() AT TIME ZONE 'UTC')
            AND ($3::timestamp IS NULL OR u.last_full_sync IS NULL OR u.last_full_sync <= $3
                OR u.last_full_sync > clock_timestamp() AT TIME ZONE 'UTC')
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
    class: i32,
) -> Result<Option<UserId>, Error> {
    let ids: Vec<i32> = users.iter().map(|user| user.0).collect();
    let (synced_limit, full_limit) = criterion.column_times();
    // A process that requests this particular lock, without a claim, may come in between.
    for _ in 0..MAX_CLAIM_ATTEMPTS {
        let chosen: Option<(i32, bool)> = sqlx::query_as(CLAIM_USER_SQL)
            .bind(&ids)
            .bind(synced_limit.map(|time| time.naive_utc()))
            .bind(full_limit.map(|time| time.naive_utc()))
            .bind(class)
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
