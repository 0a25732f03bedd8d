//! Lock files beside the database: `NAME.sync-ID.lock`, `NAME.refresh-ID.lock`, `NAME.lock`. The system frees a lock with
//! the process that holds it; the files stay.

use std::{
    fs::{File, TryLockError},
    io::ErrorKind,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{Sqlite, file};
use crate::{
    domain::user::UserId,
    store::{
        error::Error,
        lock::{Patience, Purpose},
    },
};

impl Sqlite {
    pub(in crate::store) async fn lock(
        &self,
        purpose: Purpose,
        user: UserId,
        wait: Duration,
    ) -> Result<Option<File>, Error> {
        take(&self.beside(purpose, user), wait).await
    }

    /// Looks with a shared lock for an instant: two that look do not take each other for a run, and a run that begins
    /// meanwhile waits longer than that.
    pub(in crate::store) fn is_locked(&self, purpose: Purpose, user: UserId) -> Result<bool, Error> {
        let path = self.beside(purpose, user);
        let file = match file::private().read(true).open(&path) {
            Ok(file) => file,
            Err(why) if why.kind() == ErrorKind::NotFound => return Ok(false),
            Err(why) => return Err(file::refused(&path, "a lock file cannot be opened", &why)),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(why)) => Err(file::refused(&path, "a lock cannot be read", &why)),
        }
    }

    fn beside(&self, purpose: Purpose, user: UserId) -> PathBuf {
        let purpose = match purpose {
            Purpose::Run => "sync",
            Purpose::Refresh => "refresh",
        };
        named(&self.path, &format!(".{purpose}-{user}.lock"))
    }
}

/// The lock file of this name, taken; none where another process has it for so long.
pub(super) async fn take(path: &Path, wait: Duration) -> Result<Option<File>, Error> {
    let opened = file::private().create(true).truncate(false).read(true).write(true).open(path);
    let file = opened.map_err(|why| file::refused(path, "a lock file cannot be made", &why))?;
    let patience = Patience::of(wait);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if patience.lasts().await => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(why)) => return Err(file::refused(path, "a lock cannot be taken", &why)),
        }
    }
}

/// The database's name with something after it.
pub(super) fn named(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
