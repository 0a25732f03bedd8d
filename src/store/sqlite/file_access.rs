//! How an existing file can be opened: a file that may not be written is read all the same.
//!
//! Invariant: nothing here is called while this process has a connection to the file. To close any handle of a file drops
//! all POSIX locks that the process has on it, those of SQLite too (<https://www.sqlite.org/howtocorrupt.html>, 2.2).

use std::{
    fs::{self, OpenOptions},
    io::Read as _,
    path::{Path, PathBuf},
};

use sqlx::sqlite::SqliteConnectOptions;

use super::{backend::connect_options, database_file, lock_files};
use crate::store::{error::Error, missing_schema::DatabaseAccess};

/// How an existing file can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileAccess {
    /// Read and written, with the files that SQLite keeps beside it.
    ReadWrite,
    /// Read (`mode=ro`), with the locks and the `-wal` file of other programs.
    ReadOnly,
    /// Read as a file that does not change (`immutable=1`). SQLite cannot read a file in WAL mode otherwise if no `-wal`
    /// and `-shm` file can be made.
    Immutable,
}

impl FileAccess {
    /// Returns how the file can be opened for reading. A file that this account may not write is never opened in a way
    /// that makes SQLite create files beside it: its owner could not write those.
    pub(super) fn for_reading(path: &Path) -> Self {
        let sidecar = |ending| lock_files::with_suffix(path, ending);
        let is_writable = |path: &Path| OpenOptions::new().write(true).open(path).is_ok();
        let has_content = |path: &Path| fs::metadata(path).is_ok_and(|file| file.len() > 0);
        let has_writable_sidecars = || is_writable(&sidecar("-wal")) && is_writable(&sidecar("-shm"));
        if is_writable(path) && (path.parent().is_some_and(is_writable_directory) || has_writable_sidecars()) {
            return Self::ReadWrite;
        }
        if is_in_wal_mode(path) && !has_content(&sidecar("-wal")) { Self::Immutable } else { Self::ReadOnly }
    }
}

#[cfg(unix)]
fn is_writable_directory(directory: &Path) -> bool {
    rustix::fs::access(directory, rustix::fs::Access::WRITE_OK).is_ok()
}

#[cfg(not(unix))]
fn is_writable_directory(directory: &Path) -> bool {
    fs::metadata(directory).is_ok_and(|metadata| !metadata.permissions().readonly())
}

/// Returns true if the file's header says that the file is in WAL mode.
fn is_in_wal_mode(path: &Path) -> bool {
    /// Position of the file format version for reading; 2 is WAL.
    const READ_VERSION: usize = 19;
    let mut header = [0; READ_VERSION + 1];
    fs::File::open(path).and_then(|mut file| file.read_exact(&mut header)).is_ok() && header[READ_VERSION] == 2
}

/// Returns the real path of an existing file, and how it can be opened.
pub(super) fn locate_file(path: &Path, access: DatabaseAccess) -> Result<(PathBuf, FileAccess), Error> {
    match access {
        DatabaseAccess::Write => Ok((database_file::writable_file(path)?, FileAccess::ReadWrite)),
        DatabaseAccess::Read => {
            let path = database_file::readable_file(path)?;
            let access = FileAccess::for_reading(&path);
            Ok((path, access))
        }
    }
}

/// Returns the options to open a file with this access.
pub(super) fn options_for(path: &Path, access: FileAccess) -> SqliteConnectOptions {
    let options = connect_options(path);
    match access {
        FileAccess::ReadWrite => options,
        FileAccess::ReadOnly => options.read_only(true),
        FileAccess::Immutable => options.read_only(true).immutable(true),
    }
}

/// Explains why a file that may not be written cannot be read: SQLite would have to write first.
pub(super) fn explain_read_error(error: Error, access: FileAccess) -> Error {
    if access != FileAccess::ReadOnly || !error.needs_writable_file {
        return error;
    }
    Error::fatal(
        "the last program that wrote the file did not close it, and recovering it needs write access \
        (its -wal or -journal file is left)",
    )
    .with_hint("run once with write access to the database: malsync status")
}
