//! The key that seals the tokens: where it comes from, and how its file is kept.
//!
//! Rules: the file is made only when something is first sealed, whole or not at all, readable by its owner alone; what is
//! not a plain file of this user is refused, never followed. Nothing here knows what is sealed.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{self, ErrorKind, Read, Write},
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose as base64_engine};
use chacha20poly1305::aead::Generate;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{file_permissions::FilePermissions, secret::Secret};

/// The bytes of a key.
const KEY_BYTES: usize = 32;

/// A key file is some 45 bytes; whatever is longer than this is not one.
const MAX_KEY_FILE_BYTES: u64 = 4096;

/// A sealing key, zeroed when it goes.
#[derive(Clone)]
pub struct EncryptionKey(Zeroizing<[u8; KEY_BYTES]>);

impl EncryptionKey {
    /// Reads a key from base64 of 32 bytes: standard or URL-safe alphabet, padded or not, white space around it ignored.
    #[must_use]
    pub fn parse(text: &Secret) -> Option<Self> {
        let text = text.expose().trim().trim_end_matches('=');
        let bytes = base64_engine::STANDARD_NO_PAD
            .decode(text)
            .or_else(|_| base64_engine::URL_SAFE_NO_PAD.decode(text))
            .map(Zeroizing::new)
            .ok()?;
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// A new key, from the system's source of chance.
    fn generate() -> Self {
        Self(Zeroizing::new(<[u8; KEY_BYTES]>::generate()))
    }

    /// The raw bytes, for the cipher.
    pub(super) fn as_bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// Names the key without giving it away: eight hexadecimal digits of a hash.
    #[must_use]
    pub fn id(&self) -> String {
        let hash = Sha256::new().chain_update(b"malsync key id").chain_update(self.0.as_slice()).finalize();
        hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }

    fn to_base64_line(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}\n", base64_engine::STANDARD.encode(self.0.as_slice())))
    }
}

/// Why a key file is of no use.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// A folder, a symbolic link, a pipe, another user's.
    #[error("the key file {} is {what}", path.display())]
    Unusable {
        /// Which file.
        path: PathBuf,
        /// What it is instead of a plain file of this user with a key in it.
        what: &'static str,
    },
    /// The system did not let us.
    #[error("the key file {}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

/// Reads the key from its file; none where there is no file. Warns when others may read it.
///
/// # Errors
/// The file is there and is of no use.
pub fn read_key_file(path: &Path) -> Result<Option<EncryptionKey>, KeyFileError> {
    let unfit = |what| KeyFileError::Unusable { path: path.to_owned(), what };
    let io = |source| KeyFileError::Io { path: path.to_owned(), source };
    // Looked at before it is opened: a pipe would block, a link would lead elsewhere.
    let seen = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        seen => seen.map_err(io)?,
    };
    if !seen.is_file() {
        return Err(unfit("not a plain file"));
    }
    let file = File::open(path).map_err(io)?;
    let opened = file.metadata().map_err(io)?;
    if !is_same_file(&seen, &opened) {
        return Err(unfit("being exchanged by somebody"));
    }
    let rights = FilePermissions::from_metadata(&opened);
    if rights.has_foreign_owner {
        return Err(unfit("owned by another user"));
    }
    if rights.is_accessible_to_others() {
        tracing::warn!(path = %path.display(), "the key file can be read by others: chmod 600 it");
    }
    let mut text = Zeroizing::new(String::new());
    file.take(MAX_KEY_FILE_BYTES).read_to_string(&mut text).map_err(io)?;
    EncryptionKey::parse(&Secret::new(text.as_str())).map(Some).ok_or_else(|| unfit("not base64 of 32 bytes"))
}

/// Reads the key from its file, which is made where it is missing (mode 0600, its folder 0700). Where another process makes
/// it at the same moment, that one's key is taken.
///
/// # Errors
/// The file is of no use, or cannot be made.
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

/// Puts a new key there in one step, so that nobody ever reads half a key.
fn create_key_file(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        create_private_dir(folder)?;
    }
    let key = EncryptionKey::generate();
    let draft = path.with_extension(format!("{}.new", EncryptionKey::generate().id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    let put = file.write_all(key.to_base64_line().as_bytes()).and_then(|()| file.sync_all()).and_then(|()| {
        fs::hard_link(&draft, path).or_else(|error| match error.kind() {
            ErrorKind::AlreadyExists => Err(error),
            // A file system without hard links: a little less atomic.
            _ if path.exists() => Err(ErrorKind::AlreadyExists.into()),
            _ => fs::rename(&draft, path),
        })
    });
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => put.and(Err(error)),
        _ => put,
    }
}

fn create_private_dir(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(unix)]
fn is_same_file(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn same_file(_: &Metadata, _: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn temp_dir() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn base64_of_32_bytes_in_any_alphabet_is_a_key() {
        let bytes = [0xfb_u8; 32];
        let key = |text: String| EncryptionKey::parse(&Secret::new(text)).map(|key| *key.as_bytes());
        assert_eq!(key(base64_engine::STANDARD.encode(bytes)), Some(bytes));
        assert_eq!(key(base64_engine::STANDARD_NO_PAD.encode(bytes)), Some(bytes));
        assert_eq!(key(base64_engine::URL_SAFE.encode(bytes)), Some(bytes));
        assert_eq!(key(base64_engine::URL_SAFE_NO_PAD.encode(bytes)), Some(bytes));
        assert_eq!(key(format!(" {}\n", base64_engine::STANDARD.encode(bytes))), Some(bytes));
        assert_eq!(key(base64_engine::STANDARD.encode([1; 31])), None);
        assert_eq!(key(base64_engine::STANDARD.encode([1; 33])), None);
        assert_eq!(key("hunter2".into()), None);
        assert_eq!(key(String::new()), None);
    }

    #[test]
    fn key_file_is_created_once_and_then_reused() {
        let folder = temp_dir();
        let path = folder.path().join("deep/er/token.key");
        assert!(read_key_file(&path).unwrap().is_none(), "looking makes nothing");
        assert!(!path.parent().unwrap().exists());
        let key = load_or_create(&path).unwrap();
        assert_eq!(read_key_file(&path).unwrap().unwrap().as_bytes(), key.as_bytes());
        assert_eq!(load_or_create(&path).unwrap().id(), key.id());
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no draft stays behind");
    }

    #[test]
    fn concurrent_creation_yields_one_key() {
        let folder = temp_dir();
        let path = folder.path().join("token.key");
        let ids: Vec<_> = std::thread::scope(|scope| {
            let racers: Vec<_> = (0..8).map(|_| scope.spawn(|| load_or_create(&path).unwrap().id())).collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).collect()
        });
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }

    #[cfg(unix)]
    #[test]
    fn key_file_and_directory_are_private() {
        use std::os::unix::fs::MetadataExt;
        let folder = temp_dir();
        let path = folder.path().join("data/token.key");
        load_or_create(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().mode() & 0o777, 0o700);
    }

    #[cfg(unix)]
    #[test]
    fn symlink_and_directory_are_refused_and_world_readable_file_is_read() {
        use std::os::unix::fs::PermissionsExt;
        let folder = temp_dir();
        let real = folder.path().join("real");
        let key = load_or_create(&real).unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        assert!(matches!(read_key_file(&link), Err(KeyFileError::Unusable { .. })));
        assert!(matches!(load_or_create(folder.path()), Err(KeyFileError::Unusable { .. })));
        fs::set_permissions(&real, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(read_key_file(&real).unwrap().unwrap().id(), key.id());
        fs::write(&real, "not a key").unwrap();
        assert!(matches!(read_key_file(&real), Err(KeyFileError::Unusable { what: "not base64 of 32 bytes", .. })));
    }
}
