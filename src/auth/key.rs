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

use crate::{rights::Rights, secret::Secret};

/// The bytes of a key.
const LENGTH: usize = 32;

/// A key file is some 45 bytes; whatever is longer than this is not one.
const FILE_LIMIT: u64 = 4096;

/// A sealing key, zeroed when it goes.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; LENGTH]>);

impl Key {
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
        Self(Zeroizing::new(<[u8; LENGTH]>::generate()))
    }

    /// The raw bytes, for the cipher.
    pub(super) fn bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }

    /// Names the key without giving it away: eight hexadecimal digits of a hash.
    #[must_use]
    pub fn id(&self) -> String {
        let hash = Sha256::new().chain_update(b"malsync key id").chain_update(self.0.as_slice()).finalize();
        hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }

    fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}\n", base64_engine::STANDARD.encode(self.0.as_slice())))
    }
}

/// Why a key file is of no use.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// A folder, a symbolic link, a pipe, another user's.
    #[error("the key file {} is {what}", path.display())]
    Unfit {
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
pub fn read(path: &Path) -> Result<Option<Key>, FileError> {
    let unfit = |what| FileError::Unfit { path: path.to_owned(), what };
    let io = |source| FileError::Io { path: path.to_owned(), source };
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
    if !same_file(&seen, &opened) {
        return Err(unfit("being exchanged by somebody"));
    }
    let rights = Rights::of(&opened);
    if rights.foreign {
        return Err(unfit("owned by another user"));
    }
    if rights.is_open() {
        tracing::warn!(path = %path.display(), "the key file can be read by others: chmod 600 it");
    }
    let mut text = Zeroizing::new(String::new());
    file.take(FILE_LIMIT).read_to_string(&mut text).map_err(io)?;
    Key::parse(&Secret::new(text.as_str())).map(Some).ok_or_else(|| unfit("not base64 of 32 bytes"))
}

/// Reads the key from its file, which is made where it is missing (mode 0600, its folder 0700). Where another process makes
/// it at the same moment, that one's key is taken.
///
/// # Errors
/// The file is of no use, or cannot be made.
pub fn read_or_make(path: &Path) -> Result<Key, FileError> {
    if let Some(key) = read(path)? {
        return Ok(key);
    }
    let io = |source| FileError::Io { path: path.to_owned(), source };
    match make(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(io(error)),
        _ => {}
    }
    read(path)?.ok_or_else(|| io(ErrorKind::NotFound.into()))
}

/// Puts a new key there in one step, so that nobody ever reads half a key.
fn make(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    let key = Key::generate();
    let draft = path.with_extension(format!("{}.new", Key::generate().id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    let put = file.write_all(key.text().as_bytes()).and_then(|()| file.sync_all()).and_then(|()| {
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

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(unix)]
fn same_file(a: &Metadata, b: &Metadata) -> bool {
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

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn every_form_of_base64_of_32_bytes_is_a_key_and_nothing_else_is() {
        let bytes = [0xfb_u8; 32];
        let key = |text: String| Key::parse(&Secret::new(text)).map(|key| *key.bytes());
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
    fn the_key_is_made_once_and_read_ever_after() {
        let folder = folder();
        let path = folder.path().join("deep/er/token.key");
        assert!(read(&path).unwrap().is_none(), "looking makes nothing");
        assert!(!path.parent().unwrap().exists());
        let key = read_or_make(&path).unwrap();
        assert_eq!(read(&path).unwrap().unwrap().bytes(), key.bytes());
        assert_eq!(read_or_make(&path).unwrap().id(), key.id());
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no draft stays behind");
    }

    #[test]
    fn a_lost_race_takes_the_winners_key() {
        let folder = folder();
        let path = folder.path().join("token.key");
        let ids: Vec<_> = std::thread::scope(|scope| {
            let racers: Vec<_> = (0..8).map(|_| scope.spawn(|| read_or_make(&path).unwrap().id())).collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).collect()
        });
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }

    #[cfg(unix)]
    #[test]
    fn file_and_folder_are_for_the_owner_alone() {
        use std::os::unix::fs::MetadataExt;
        let folder = folder();
        let path = folder.path().join("data/token.key");
        read_or_make(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().mode() & 0o777, 0o700);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_and_a_folder_are_refused_and_an_open_file_is_read() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder();
        let real = folder.path().join("real");
        let key = read_or_make(&real).unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        assert!(matches!(read(&link), Err(FileError::Unfit { .. })));
        assert!(matches!(read_or_make(folder.path()), Err(FileError::Unfit { .. })));
        fs::set_permissions(&real, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(read(&real).unwrap().unwrap().id(), key.id());
        fs::write(&real, "not a key").unwrap();
        assert!(matches!(read(&real), Err(FileError::Unfit { what: "not base64 of 32 bytes", .. })));
    }
}
