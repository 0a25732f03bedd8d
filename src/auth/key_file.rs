//! The file that holds the encryption key, if `MALSYNC_TOKEN_KEY` is not set.
//!
//! Invariants:
//! 1. The key file is created only when a token is first encrypted, atomically, and is readable only by its owner.
//! 2. Anything but a regular file owned by this user is rejected, never followed.

use std::{
    fs::{self, File, Metadata},
    io::{self, ErrorKind, Read, Write},
    path::{Path, PathBuf},
};

use chacha20poly1305::aead::Generate;
use zeroize::Zeroizing;

use crate::{
    domain::encryption_key::{EncryptionKey, KEY_BYTES},
    file_permissions::FilePermissions,
    private_file::{create_private_dir, create_private_file},
};

/// Maximum size of a key file that is read, in bytes. A key file has about 45.
const MAX_KEY_FILE_BYTES: u64 = 4096;

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It is a directory, a symbolic link or a pipe, belongs to another user, or holds no key.
    #[error("the key file {} is {what}", path.display())]
    Unusable {
        /// Path of the key file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A system call failed.
    #[error("the key file {}", path.display())]
    Io {
        /// Path of the key file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
}

/// Reads the key from its file. Returns `None` if there is no file. Warns if others can read it.
///
/// # Errors
/// The file exists and cannot be used.
pub fn read_key_file(path: &Path) -> Result<Option<EncryptionKey>, KeyFileError> {
    let unusable = |what| KeyFileError::Unusable { path: path.to_owned(), what };
    let io = |source| KeyFileError::Io { path: path.to_owned(), source };
    // Check before opening: a pipe would block, a link would lead elsewhere.
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        metadata => metadata.map_err(io)?,
    };
    if !metadata.is_file() {
        return Err(unusable("not a plain file"));
    }
    let file = File::open(path).map_err(io)?;
    let opened_metadata = file.metadata().map_err(io)?;
    if !is_same_file(&metadata, &opened_metadata) {
        return Err(unusable("being replaced by another process"));
    }
    let permissions = FilePermissions::from_metadata(&opened_metadata);
    if permissions.has_foreign_owner {
        return Err(unusable("owned by another user"));
    }
    if permissions.is_accessible_to_others() {
        tracing::warn!(path = %path.display(), "the key file can be read by other users: run chmod 600 on it");
    }
    let mut text = Zeroizing::new(String::new());
    file.take(MAX_KEY_FILE_BYTES).read_to_string(&mut text).map_err(io)?;
    EncryptionKey::parse(text.trim()).map(Some).ok_or_else(|| unusable("not base64 of 32 bytes"))
}

/// Reads the key from its file, or creates the file (mode 0600, its directory 0700). If another process creates it at
/// the same time, its key is used.
///
/// # Errors
/// The file cannot be used, or cannot be created.
pub fn load_or_create(path: &Path) -> Result<EncryptionKey, KeyFileError> {
    if let Some(key) = read_key_file(path)? {
        return Ok(key);
    }
    let io = |source| KeyFileError::Io { path: path.to_owned(), source };
    match create_key_file(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(io(error)),
        _ => {}
    }
    read_key_file(path)?.ok_or_else(|| io(ErrorKind::NotFound.into()))
}

/// Returns a new key from the system's random number generator.
fn generate_key() -> EncryptionKey {
    EncryptionKey::new(<[u8; KEY_BYTES]>::generate())
}

/// Creates a new key file in one step: no process ever reads half a key.
fn create_key_file(path: &Path) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        create_private_dir(directory)?;
    }
    let line = Zeroizing::new(format!("{}\n", generate_key().to_base64().as_str()));
    let temp_path = path.with_extension(format!("{}.new", generate_key().id()));
    let mut file = create_private_file(&temp_path)?;
    let result = file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).and_then(|()| {
        fs::hard_link(&temp_path, path).or_else(|error| match error.kind() {
            ErrorKind::AlreadyExists => Err(error),
            // The file system has no hard links: slightly less atomic.
            _ if path.exists() => Err(ErrorKind::AlreadyExists.into()),
            _ => fs::rename(&temp_path, path),
        })
    });
    match fs::remove_file(&temp_path) {
        Err(error) if error.kind() != ErrorKind::NotFound => result.and(Err(error)),
        _ => result,
    }
}

#[cfg(unix)]
fn is_same_file(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn is_same_file(_: &Metadata, _: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn temp_dir() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn key_file_is_created_once_and_then_reused() {
        let dir = temp_dir();
        let path = dir.path().join("deep/er/token.key");
        assert!(read_key_file(&path).unwrap().is_none(), "reading creates nothing");
        assert!(!path.parent().unwrap().exists());
        let key = load_or_create(&path).unwrap();
        assert_eq!(read_key_file(&path).unwrap().unwrap().expose(), key.expose());
        assert_eq!(load_or_create(&path).unwrap().id(), key.id());
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn concurrent_creation_yields_one_key() {
        let dir = temp_dir();
        let path = dir.path().join("token.key");
        let ids: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| load_or_create(&path).unwrap().id())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }

    #[cfg(unix)]
    #[test]
    fn key_file_and_directory_are_private() {
        use std::os::unix::fs::MetadataExt;
        let dir = temp_dir();
        let path = dir.path().join("data/token.key");
        load_or_create(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().mode() & 0o777, 0o700);
    }

    #[cfg(unix)]
    #[test]
    fn symlink_and_directory_are_refused_and_world_readable_file_is_read() {
        use std::os::unix::fs::PermissionsExt;
        let dir = temp_dir();
        let real = dir.path().join("real");
        let key = load_or_create(&real).unwrap();
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        assert!(matches!(read_key_file(&link), Err(KeyFileError::Unusable { .. })));
        assert!(matches!(load_or_create(dir.path()), Err(KeyFileError::Unusable { .. })));
        fs::set_permissions(&real, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(read_key_file(&real).unwrap().unwrap().id(), key.id());
        fs::write(&real, "not a key").unwrap();
        assert!(matches!(read_key_file(&real), Err(KeyFileError::Unusable { what: "not base64 of 32 bytes", .. })));
    }
}
