//! Lock files beside the database: `NAME.sync-ID.lock`, `NAME.refresh-ID.lock`, `NAME.lock`. The system frees a lock with
//! the process that holds it; the files stay.

use std::{
    fs::{File, TryLockError},
    io::ErrorKind,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{SqliteBackend, database_file};
use crate::{
    domain::user::UserId,
    store::{
        error::Error,
        lock::{LockKind, PollDeadline},
    },
};

impl SqliteBackend {
    pub(in crate::store) async fn acquire_lock(
        &self,
        purpose: LockKind,
        user: UserId,
        wait: Duration,
    ) -> Result<Option<File>, Error> {
        lock_file(&self.lock_path(purpose, user), wait).await
    }

    /// Looks with a shared lock for an instant: two that look do not take each other for a run, and a run that begins
    /// meanwhile waits longer than that.
    pub(in crate::store) fn is_locked(&self, purpose: LockKind, user: UserId) -> Result<bool, Error> {
        let path = self.lock_path(purpose, user);
        let file = match database_file::private_options().read(true).open(&path) {
            Ok(file) => file,
            Err(why) if why.kind() == ErrorKind::NotFound => return Ok(false),
            Err(why) => return Err(database_file::io_error(&path, "a lock file cannot be opened", &why)),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(why)) => Err(database_file::io_error(&path, "a lock cannot be read", &why)),
        }
    }

    fn lock_path(&self, purpose: LockKind, user: UserId) -> PathBuf {
        let purpose = match purpose {
            LockKind::Run => "sync",
            LockKind::Refresh => "refresh",
        };
        with_suffix(&self.path, &format!(".{purpose}-{user}.lock"))
    }
}

/// The lock file of this name, taken; none where another process has it for so long.
pub(super) async fn lock_file(path: &Path, wait: Duration) -> Result<Option<File>, Error> {
    let opened = database_file::private_options().create(true).truncate(false).read(true).write(true).open(path);
    let file = opened.map_err(|why| database_file::io_error(path, "a lock file cannot be made", &why))?;
    let patience = PollDeadline::after(wait);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if patience.wait_and_check().await => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(why)) => return Err(database_file::io_error(path, "a lock cannot be taken", &why)),
        }
    }
}

/// The database's name with something after it.
pub(super) fn with_suffix(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
