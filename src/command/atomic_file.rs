//! Writes files atomically.
//!
//! Invariants:
//! 1. A reader sees the old file or the new one, never a part.
//! 2. If writing fails, the old file stays and no temporary file is left.
//! 3. Only a regular file is ever replaced.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use crate::private_file::create_private_file;

/// Writes `bytes` to the file. A new file is readable by its owner only; a replaced file keeps its mode. If `path` is a
/// link to a regular file, that file is replaced and the link stays.
pub(super) fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let reject = |reason: &str| Err(invalid_target(reason));
    let (target, mode) = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => (path.to_owned(), Some(metadata.permissions())),
        Ok(metadata) if metadata.is_symlink() => {
            let Ok(target) = fs::canonicalize(path) else { return reject("it is a link to nothing") };
            match fs::metadata(&target)? {
                metadata if metadata.is_file() => (target, Some(metadata.permissions())),
                _ => return reject("it is a link, and not to a plain file"),
            }
        }
        Ok(metadata) if metadata.is_dir() => return reject("it is a folder"),
        Ok(_) => return reject("it is no plain file"),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (path.to_owned(), None),
        Err(error) => return Err(error),
    };
    write_and_rename(&target, mode, bytes)
}

/// Writes `bytes` to a file with a predictable name. The file gets mode 0600, even if another account created it
/// before. Fails if the path is a link or anything else that is no regular file.
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.is_file() => Err(invalid_target("it is no plain file")),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => write_and_rename(path, None, bytes),
    }
}

/// Writes `bytes` to a world-readable file (mode 0644). An existing regular file keeps its mode; a link is replaced.
pub(super) fn write_shared(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let permissions =
        fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file).map(|metadata| metadata.permissions());
    #[cfg(unix)]
    let permissions = permissions.or_else(|| Some(std::os::unix::fs::PermissionsExt::from_mode(0o644)));
    write_and_rename(path, permissions, bytes)
}

fn invalid_target(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, reason.to_owned())
}

fn write_and_rename(target: &Path, mode: Option<fs::Permissions>, bytes: &[u8]) -> io::Result<()> {
    let Some(name) = target.file_name() else { return Err(invalid_target("it has no name")) };
    let directory = target.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."));
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
    fs::rename(&temp_file.path, target)?;
    temp_file.is_renamed = true;
    // Make the rename durable. Systems that cannot sync a directory need no sync.
    let _ = File::open(directory).and_then(|directory| directory.sync_all());
    Ok(())
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

    fn file_names(directory: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn new_file_is_private_and_existing_file_keeps_mode() {
        let home = TempDir::new().unwrap();
        let path = home.path().join("x");
        write_atomically(&path, b"one").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let before = fs::metadata(&path).unwrap().ino();
        write_atomically(&path, b"two").unwrap();
        let after = fs::metadata(&path).unwrap();
        assert_eq!((after.mode() & 0o777, fs::read(&path).unwrap()), (0o644, b"two".to_vec()));
        assert_ne!(after.ino(), before, "a new file replaces the old one, which is not overwritten");
        assert_eq!(file_names(home.path()), ["x"]);
    }

    #[test]
    fn only_regular_files_are_replaced() {
        let home = TempDir::new().unwrap();
        let at = |name: &str| home.path().join(name);
        fs::write(at("plain"), "old").unwrap();
        fs::create_dir(at("folder")).unwrap();
        symlink("plain", at("to-plain")).unwrap();
        symlink("folder", at("to-folder")).unwrap();
        symlink("gone", at("to-nothing")).unwrap();
        // A socket stands for every non-regular file; a bug here could destroy a real device.
        let _socket = UnixListener::bind(at("socket")).unwrap();
        symlink("socket", at("to-socket")).unwrap();
        for name in ["folder", "to-folder", "to-nothing", "socket", "to-socket", "missing/x", "plain/x"] {
            assert!(write_atomically(&at(name), b"new").is_err(), "{name}");
        }
        assert_eq!(fs::read_to_string(at("plain")).unwrap(), "old");
        write_atomically(&at("to-plain"), b"new").unwrap();
        assert_eq!(fs::read_to_string(at("plain")).unwrap(), "new");
        assert!(fs::symlink_metadata(at("to-plain")).unwrap().is_symlink());
        assert_eq!(
            file_names(home.path()),
            ["folder", "plain", "socket", "to-folder", "to-nothing", "to-plain", "to-socket"]
        );
    }

    #[test]
    fn write_private_sets_mode_and_follows_no_link() {
        let home = TempDir::new().unwrap();
        let (victim, path) = (home.path().join("victim"), home.path().join("dated"));
        fs::write(&victim, "old").unwrap();
        symlink(&victim, &path).unwrap();
        assert!(write_private(&path, b"new").is_err());
        assert_eq!(fs::read_to_string(&victim).unwrap(), "old");
        fs::remove_file(&path).unwrap();
        fs::write(&path, "planted").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        write_private(&path, b"new").unwrap();
        assert_eq!((fs::metadata(&path).unwrap().mode() & 0o777, fs::read(&path).unwrap()), (0o600, b"new".to_vec()));
    }

    #[test]
    fn failed_write_leaves_nothing_behind() {
        // /proc/self accepts no new file, not even from root.
        assert!(write_atomically(Path::new("/proc/self/x"), b"new").is_err());
        let home = TempDir::new().unwrap();
        let path = home.path().join("x".repeat(300));
        assert!(write_atomically(&path, b"new").is_err());
        assert!(file_names(home.path()).is_empty());
    }
}
