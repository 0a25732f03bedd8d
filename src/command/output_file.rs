//! Writes the files that commands produce. Every such file is written here.
//!
//! Entry points: [`write_output`] for a path that the user chose, [`replace_file`] for a name that malsync chose.
//! Another account can guess such a name, and put a link or a pipe there before.
//!
//! Invariants:
//! 1. A reader of a regular file sees the old content or the new one, never a part.
//! 2. If writing fails, the old file stays and no temporary file is left.
//! 3. Only a regular file is ever replaced. A device or a pipe is written to. A folder or a socket is an error.
//! 4. In a sticky folder that everybody may write, links and special files of other accounts are refused.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{file_permissions::read_own_uid, private_file::create_private_file};

use super::link_resolver::{self, FinalLink, PathKind, invalid_target, parent_of};

/// Maximum wait for a program that reads from a named pipe.
const PIPE_READER_TIMEOUT: Duration = Duration::from_secs(60);

/// How often a rename over a file that another program has open is retried.
const MAX_RENAME_RETRIES: u32 = 10;
/// The delay between two of these retries.
const RENAME_RETRY_DELAY: Duration = Duration::from_millis(100);

/// Who may read a file that did not exist before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NewFileAccess {
    /// Its owner only (mode 0600).
    Private,
    /// Every account (mode 0644).
    Shared,
}

/// Writes `bytes` to a path that the user chose: replaces a regular file, or writes to a device or a pipe.
///
/// Waits for a program that reads from a named pipe, for at most [`PIPE_READER_TIMEOUT`].
pub(super) async fn write_output(path: &Path, bytes: Vec<u8>, access: NewFileAccess) -> io::Result<()> {
    let (target, kind) = link_resolver::resolve(path, FinalLink::Follow)?;
    match kind {
        PathKind::Stream => write_to_stream(target, bytes).await,
        kind => write_and_rename(&target, choose_mode(&target, kind, access)?, &bytes),
    }
}

/// Replaces a regular file, or creates it. Anything else at this path is an error.
pub(super) fn replace_file(path: &Path, bytes: &[u8], access: NewFileAccess, link: FinalLink) -> io::Result<()> {
    let (target, kind) = link_resolver::resolve(path, link)?;
    write_and_rename(&target, choose_mode(&target, kind, access)?, bytes)
}

/// Returns the mode of the written file. A replaced file keeps its mode, unless another account planted it
/// ([`link_resolver::is_planted`]). Any other file gets the mode of `access`. `None` is 0600, the mode of the temporary
/// file.
///
/// # Errors
///
/// Fails for a device or a pipe, or if the replaced file is gone.
fn choose_mode(target: &Path, kind: PathKind, access: NewFileAccess) -> io::Result<Option<fs::Permissions>> {
    match kind {
        PathKind::Stream => return Err(invalid_target("it is not a plain file")),
        PathKind::RegularFile => {
            let metadata = fs::symlink_metadata(target)?;
            if !link_resolver::is_planted(target, &metadata, read_own_uid()) {
                return Ok(Some(metadata.permissions()));
            }
        }
        PathKind::Missing => {}
    }
    Ok(if access == NewFileAccess::Shared { shared_permissions() } else { None })
}

/// Returns mode 0644. Returns `None` where files have no mode.
#[cfg(unix)]
fn shared_permissions() -> Option<fs::Permissions> {
    Some(std::os::unix::fs::PermissionsExt::from_mode(0o644))
}

#[cfg(not(unix))]
const fn shared_permissions() -> Option<fs::Permissions> {
    None
}

/// Writes to a device or a pipe. Opening and writing may block, so that a thread of its own does it.
async fn write_to_stream(path: PathBuf, bytes: Vec<u8>) -> io::Result<()> {
    let opening = tokio::task::spawn_blocking(move || OpenOptions::new().append(true).open(path));
    let Ok(opened) = tokio::time::timeout(PIPE_READER_TIMEOUT, opening).await else {
        return Err(io::Error::new(io::ErrorKind::TimedOut, "no program is reading from this pipe"));
    };
    let mut stream = opened.map_err(io::Error::other)??;
    tokio::task::spawn_blocking(move || stream.write_all(&bytes)).await.map_err(io::Error::other)?
}

fn write_and_rename(target: &Path, mode: Option<fs::Permissions>, bytes: &[u8]) -> io::Result<()> {
    let Some(name) = target.file_name() else { return Err(invalid_target("it has no name")) };
    let directory = parent_of(target);
    let mut temp_name = std::ffi::OsString::from(".");
    // File names are limited to 255 bytes on nearly every file system.
    temp_name.push(if name.len() > 200 { "malsync".as_ref() } else { name });
    // The suffix keeps programs that select files by extension from picking up the temporary file.
    temp_name.push(format!(".{:016x}", fastrand::u64(..)));
    let mut temp_file = TempFile::create(directory.join(temp_name))?;
    temp_file.file.write_all(bytes)?;
    if let Some(mode) = mode {
        temp_file.file.set_permissions(mode)?;
    }
    temp_file.file.sync_all()?;
    rename_over(&temp_file.path, target)?;
    temp_file.is_renamed = true;
    // Make the rename durable. Systems that cannot sync a directory need no sync.
    let _ = File::open(directory).and_then(|directory| directory.sync_all());
    Ok(())
}

/// Renames a file over another one. On Windows a file that another program has open cannot be replaced; an indexer or a
/// virus scanner has it open for a moment only.
#[expect(clippy::disallowed_methods, reason = "called on a blocking thread; the wait is that of another program")]
fn rename_over(source: &Path, target: &Path) -> io::Result<()> {
    let is_busy = |error: &io::Error| cfg!(windows) && error.kind() == io::ErrorKind::PermissionDenied;
    for _ in 0..MAX_RENAME_RETRIES {
        match fs::rename(source, target) {
            Err(error) if is_busy(&error) => std::thread::sleep(RENAME_RETRY_DELAY),
            result => return result,
        }
    }
    fs::rename(source, target).map_err(|error| {
        let reason = "another program has it open, or it is write-protected";
        if is_busy(&error) { io::Error::new(error.kind(), reason) } else { error }
    })
}

/// A file before its rename. Deleted on drop unless it was renamed.
struct TempFile {
    path: PathBuf,
    file: File,
    is_renamed: bool,
}

impl TempFile {
    fn create(path: PathBuf) -> io::Result<Self> {
        Ok(Self { file: create_private_file(&path)?, path, is_renamed: false })
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        if !self.is_renamed {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _, symlink},
        net::UnixListener,
    };

    use tempfile::TempDir;

    use super::*;
    use crate::command::test_folders::file_names;

    fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(write_output(path, bytes.to_vec(), NewFileAccess::Private))
    }

    fn replace_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
        replace_file(path, bytes, NewFileAccess::Private, FinalLink::Refuse)
    }

    #[test]
    fn new_file_is_private_and_existing_file_keeps_mode() {
        let home = TempDir::new().unwrap();
        let path = home.path().join("x");
        write(&path, b"one").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let before = fs::metadata(&path).unwrap().ino();
        write(&path, b"two").unwrap();
        let after = fs::metadata(&path).unwrap();
        assert_eq!((after.mode() & 0o777, fs::read(&path).unwrap()), (0o644, b"two".to_vec()));
        assert_ne!(after.ino(), before, "a new file replaces the old one, which is not overwritten");
        assert_eq!(file_names(home.path()), ["x"]);
        let shared = home.path().join("shared");
        replace_file(&shared, b"one", NewFileAccess::Shared, FinalLink::Refuse).unwrap();
        assert_eq!(fs::metadata(&shared).unwrap().mode() & 0o777, 0o644);
    }

    #[test]
    fn folder_socket_and_link_to_nothing_are_errors() {
        let home = TempDir::new().unwrap();
        let at = |name: &str| home.path().join(name);
        fs::write(at("plain"), "old").unwrap();
        fs::create_dir(at("folder")).unwrap();
        symlink("plain", at("to-plain")).unwrap();
        symlink("folder", at("to-folder")).unwrap();
        symlink("gone", at("to-nothing")).unwrap();
        symlink("circle", at("circle")).unwrap();
        let _socket = UnixListener::bind(at("socket")).unwrap();
        symlink("socket", at("to-socket")).unwrap();
        let names = ["folder", "to-folder", "to-nothing", "circle", "socket", "to-socket", "missing/x", "plain/x"];
        for name in names {
            assert!(write(&at(name), b"new").is_err(), "{name}");
            assert!(replace_private(&at(name), b"new").is_err(), "{name}");
        }
        assert!(replace_private(&at("to-plain"), b"new").is_err());
        assert_eq!(fs::read_to_string(at("plain")).unwrap(), "old");
        for path in [at("to-plain"), at("to-folder/../folder/../to-plain")] {
            fs::write(at("plain"), "old").unwrap();
            write(&path, b"new").unwrap();
            assert_eq!(fs::read_to_string(at("plain")).unwrap(), "new");
            assert!(fs::symlink_metadata(at("to-plain")).unwrap().is_symlink());
        }
        assert_eq!(
            file_names(home.path()),
            ["circle", "folder", "plain", "socket", "to-folder", "to-nothing", "to-plain", "to-socket"]
        );
    }

    #[test]
    fn pipe_is_written_to_and_stays() {
        let home = TempDir::new().unwrap();
        let (pipe, link) = (home.path().join("pipe"), home.path().join("link"));
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        symlink(&pipe, &link).unwrap();
        for path in [&pipe, &link] {
            let reader = std::thread::spawn({
                let pipe = pipe.clone();
                move || fs::read(pipe).unwrap()
            });
            // Longer than the pipe holds at once.
            write(path, &[b'x'; 200_000]).unwrap();
            assert_eq!(reader.join().unwrap().len(), 200_000);
            assert!(replace_private(path, b"new").is_err(), "a guessable name is never a pipe");
        }
        assert_eq!(file_names(home.path()), ["link", "pipe"]);
    }

    #[test]
    fn planted_mode_is_not_kept() {
        let home = TempDir::new().unwrap();
        let path = home.path().join("dated");
        fs::write(&path, "planted").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        let is_root = read_own_uid() == Some(0);
        if is_root {
            fs::set_permissions(home.path(), fs::Permissions::from_mode(0o1777)).unwrap();
            std::os::unix::fs::chown(&path, Some(65_534), None).unwrap();
            replace_private(&path, b"new").unwrap();
            assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn failed_write_leaves_nothing_behind() {
        // /proc/self accepts no new file, not even from root.
        assert!(write(Path::new("/proc/self/x"), b"new").is_err());
        let home = TempDir::new().unwrap();
        let path = home.path().join("x".repeat(300));
        assert!(write(&path, b"new").is_err());
        assert!(file_names(home.path()).is_empty());
    }
}
