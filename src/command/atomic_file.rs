//! A file that appears or is replaced as a whole, and a folder of dated ones.
//!
//! The rules: whoever reads the file reads the old one or the new one, never a part; where it cannot be written, the old one
//! stays and nothing is left beside it. Only a plain file is ever replaced. Of a folder's files, only those of exactly the
//! dated name are deleted.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use chrono::NaiveDate;

/// Puts these bytes into the file. A new one can be read by its owner alone; one that is replaced keeps its mode. Where the
/// path is a link to a plain file, that file is replaced and the link stays.
pub(super) fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let refused = |what: &str| Err(invalid_target(what));
    let (target, mode) = match fs::symlink_metadata(path) {
        Ok(there) if there.is_file() => (path.to_owned(), Some(there.permissions())),
        Ok(there) if there.is_symlink() => {
            let Ok(target) = fs::canonicalize(path) else { return refused("it is a link to nothing") };
            match fs::metadata(&target)? {
                there if there.is_file() => (target, Some(there.permissions())),
                _ => return refused("it is a link, and not to a plain file"),
            }
        }
        Ok(there) if there.is_dir() => return refused("it is a folder"),
        Ok(_) => return refused("it is no plain file"),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (path.to_owned(), None),
        Err(error) => return Err(error),
    };
    write_and_rename(&target, mode, bytes)
}

/// Puts these bytes into a file whose name anybody can guess: it is its owner's alone, whoever made one of that name before,
/// and a link there is not followed.
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(there) if !there.is_file() => Err(invalid_target("it is no plain file")),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => write_and_rename(path, None, bytes),
    }
}

/// Likewise, and anybody may read it.
pub(super) fn write_shared(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let there = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file).map(|there| there.permissions());
    #[cfg(unix)]
    let there = there.or_else(|| Some(std::os::unix::fs::PermissionsExt::from_mode(0o644)));
    write_and_rename(path, there, bytes)
}

fn invalid_target(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, what.to_owned())
}

fn write_and_rename(target: &Path, mode: Option<fs::Permissions>, bytes: &[u8]) -> io::Result<()> {
    let Some(name) = target.file_name() else { return Err(invalid_target("it has no name")) };
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut draft_name = std::ffi::OsString::from(".");
    // A name has 255 bytes at most on nearly every file system.
    draft_name.push(if name.len() > 200 { "malsync".as_ref() } else { name });
    // Whoever collects files by how their names end passes this one by.
    draft_name.push(format!(".{:016x}", fastrand::u64(..)));
    let mut draft = TempFile::create(folder.join(draft_name))?;
    draft.file.write_all(bytes)?;
    if let Some(mode) = mode {
        draft.file.set_permissions(mode)?;
    }
    draft.file.sync_all()?;
    fs::rename(&draft.path, target)?;
    draft.is_renamed = true;
    // What a folder cannot be asked to do, another system does by itself.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// The new file before it has its name; gone again where it never gets it.
struct TempFile {
    path: PathBuf,
    file: File,
    is_renamed: bool,
}

impl TempFile {
    fn create(path: PathBuf) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self { file: options.open(&path)?, path, is_renamed: false })
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        if !self.is_renamed {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The name of dated files.
pub(super) struct DatedFileName {
    prefix: String,
    suffix: String,
}

impl DatedFileName {
    /// The files of a user, with this ending.
    pub(super) fn for_user(user: &str, ending: &str) -> Self {
        let mut prefix = "malsync-".to_owned();
        for byte in user.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => prefix.push(byte.into()),
                // No two users share a name, and none leaves the folder.
                other => prefix.push_str(&format!("%{other:02X}")),
            }
        }
        prefix.push('-');
        Self { prefix, suffix: format!(".{ending}") }
    }

    /// The file of this day.
    pub(super) fn file_name(&self, day: NaiveDate) -> String {
        format!("{}{}{}", self.prefix, day.format("%Y-%m-%d"), self.suffix)
    }

    /// The day of such a file; none where the name is another one.
    fn parse_day(&self, name: &str) -> Option<NaiveDate> {
        let day = name.strip_prefix(&self.prefix)?.strip_suffix(&self.suffix)?;
        let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?;
        (self.file_name(day) == name).then_some(day)
    }

    /// Deletes all but the newest so many of these files; `written` is one of those that stay, whatever the others' dates
    /// are. Answers how many went.
    pub(super) fn prune(&self, folder: &Path, keep: u32, written: NaiveDate) -> io::Result<usize> {
        let mut days = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_file()
                && let Some(day) = entry.file_name().to_str().and_then(|name| self.parse_day(name))
                && day != written
            {
                days.push(day);
            }
        }
        days.sort_unstable();
        let others = usize::try_from(keep).unwrap_or(usize::MAX).saturating_sub(1);
        let old = days.len().saturating_sub(others);
        days[..old].iter().try_for_each(|day| fs::remove_file(folder.join(self.file_name(*day))))?;
        Ok(old)
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

    fn file_names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
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
        assert_ne!(after.ino(), before, "a whole new file, not the old one written over");
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
        // Stands for whatever is no plain file; a device would not survive a mistake here.
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
        // Nothing can be written into this one, whoever asks.
        assert!(write_atomically(Path::new("/proc/self/x"), b"new").is_err());
        let home = TempDir::new().unwrap();
        let path = home.path().join("x".repeat(300));
        assert!(write_atomically(&path, b"new").is_err());
        assert!(file_names(home.path()).is_empty());
    }

    #[test]
    fn prune_deletes_only_oldest_files_of_the_exact_name() {
        let home = TempDir::new().unwrap();
        let others = [
            "malsync-ann-2001-01-01.xml",
            "malsync-ann-2001-01-01.xml.gz.bak",
            "malsync-ann-2001-02-30.xml.gz",
            "malsync-ann-2001-1-1.xml.gz",
            "malsync-ann-b-2001-01-01.xml.gz",
            "malsync-bob-2001-01-01.xml.gz",
            "other",
        ];
        let ours =
            ["2001-01-01", "2001-01-02", "2002-01-01", "2999-01-01"].map(|day| format!("malsync-ann-{day}.xml.gz"));
        others.iter().copied().chain(ours.iter().map(String::as_str)).for_each(|name| {
            fs::write(home.path().join(name), "").unwrap();
        });
        fs::create_dir(home.path().join("malsync-ann-2000-01-01.xml.gz")).unwrap();
        let dated = DatedFileName::for_user("ann", "xml.gz");
        let written = NaiveDate::from_ymd_opt(2002, 1, 1).unwrap();
        assert_eq!(dated.prune(home.path(), 9, written).unwrap(), 0);
        assert_eq!(dated.prune(home.path(), 2, written).unwrap(), 2);
        let left = file_names(home.path());
        assert!(others.iter().all(|name| left.contains(&(*name).to_owned())), "{left:?}");
        assert!(left.contains(&ours[2]) && left.contains(&ours[3]) && left.len() == others.len() + 3, "{left:?}");
        assert_eq!(dated.prune(home.path(), 1, written).unwrap(), 1, "the one just written stays");
        assert!(file_names(home.path()).contains(&ours[2]));
    }

    #[test]
    fn file_name_escapes_username_without_collisions() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 2).unwrap();
        assert_eq!(DatedFileName::for_user("../a b", "csv.gz").file_name(day), "malsync-..%2Fa%20b-2026-01-02.csv.gz");
        assert_ne!(
            DatedFileName::for_user("a%20b", "csv").file_name(day),
            DatedFileName::for_user("a b", "csv").file_name(day)
        );
    }
}
