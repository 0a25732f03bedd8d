//! Takes a user's run lock, or finds the run of the process that holds it.

use std::time::Duration;

use crate::{
    domain::{
        run::{Run, RunStatus},
        user::User,
    },
    exit::Exit,
    failure::Failure,
    store::{Database, RunLock},
    sync::port::SyncStore as _,
    ui::view,
};

/// How often the run lock is tried before it counts as held.
const LOCK_ATTEMPTS: usize = 20;
/// Pause between two attempts.
const LOCK_RETRY_INTERVAL: Duration = Duration::from_millis(100);

/// The result of an attempt to take a user's run lock.
pub(super) enum LockAttempt {
    Taken(RunLock),
    /// A dry run takes no lock.
    NotNeeded,
    /// Another process holds the lock. `None` if it has no run.
    Held(Option<Box<Run>>),
}

/// Takes the run lock. If another process holds it, returns that process's run.
///
/// The other process can hold the lock without a running row: it inserts the row after it takes the lock, and finishes
/// the row before it releases the lock. Then this function waits and retries.
///
/// A dry run takes no lock: it writes nothing that needs one, and a lock would make it look like a real run.
pub(super) async fn take_run_lock(database: &Database, user: &User, dry_run: bool) -> Result<LockAttempt, Failure> {
    for _ in 0..LOCK_ATTEMPTS {
        if dry_run {
            if !database.is_running(user.id).await? {
                return Ok(LockAttempt::NotNeeded);
            }
        } else if let Some(lock) = database.lock_run(user.id).await? {
            return Ok(LockAttempt::Taken(lock));
        }
        let latest = database.load_runs(Some(user.id), Some(1)).await?;
        if let Some(run) = latest.into_iter().find(|run| run.status == RunStatus::Running) {
            return Ok(LockAttempt::Held(Some(Box::new(run))));
        }
        tokio::time::sleep(LOCK_RETRY_INTERVAL).await;
    }
    Ok(LockAttempt::Held(None))
}

/// Returns the failure of a command that found the lock held by this run.
pub(super) fn lock_held_failure(run: Option<&Run>, user: &User) -> Failure {
    let since = run.map(|run| format!(" (since {})", view::format_time(run.started_at))).unwrap_or_default();
    let message = format!("another sync of {} is already running{since}", user.username);
    Failure::from_text(Exit::Busy, message).with_hint("see its progress with malsync status")
}
