//! Lock files beside the database: `NAME.sync-ID.lock`, `NAME.refresh-ID.lock`, `NAME.lock`.
//!
//! The system releases a lock when its process ends; the files stay.

use std::{
    fs::{File, TryLockError},
    io::ErrorKind,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{backend::SqliteBackend, database_file};
use crate::{
    domain::user::UserId,
    private_file::private_options,
    store::{
        error::Error,
        lock_request::{LockKind, PollDeadline},
    },
};

impl SqliteBackend {
    pub(in crate::store) async fn acquire_lock(
        &self,
        kind: LockKind,
        user: UserId,
        wait: Duration,
    ) -> Result<Option<File>, Error> {
        lock_file(&self.lock_path(kind, user), wait).await
    }

    /// Returns true if another process holds the lock. Takes a shared lock for a moment: two checks do not mistake
    /// each other for a run, and a starting run waits longer than that.
    pub(in crate::store) fn is_locked(&self, kind: LockKind, user: UserId) -> Result<bool, Error> {
        let path = self.lock_path(kind, user);
        let file = match private_options().read(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            // Another account's file: its row is believed.
            Err(error) if error.kind() == ErrorKind::PermissionDenied => return Ok(true),
            Err(error) => return Err(database_file::io_error(&path, "cannot open a lock file", &error)),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(database_file::io_error(&path, "cannot read a lock", &error)),
        }
    }

    fn lock_path(&self, kind: LockKind, user: UserId) -> PathBuf {
        let kind = match kind {
            LockKind::Run => "sync",
            LockKind::Refresh => "refresh",
            LockKind::Login => "login",
        };
        with_suffix(self.path(), &format!(".{kind}-{user}.lock"))
    }
}

/// Locks the file at `path`. Returns `None` if another process holds it for longer than `wait`.
pub(super) async fn lock_file(path: &Path, wait: Duration) -> Result<Option<File>, Error> {
    let opened = private_options().create(true).truncate(false).read(true).write(true).open(path);
    let file = opened.map_err(|error| database_file::io_error(path, "cannot create a lock file", &error))?;
    let deadline = PollDeadline::after(wait);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if deadline.wait_and_check().await => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => {
                return Err(database_file::io_error(path, "cannot acquire a lock", &error));
            }
        }
    }
}

/// Returns the path with a suffix appended to the file name.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
