//! The database's file: made by us, so that it is nobody else's to read from the first instant.
//!
//! The rule: what is there and is no database is left as it is. A folder is made only where it is malsync's own.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use crate::store::error::Error;

/// Makes the file where it is missing (mode 0600), its folder too where asked to (0700); answers the file's real name.
pub(super) fn create_private(path: &Path, make_folder: bool) -> Result<PathBuf, Error> {
    if let (true, Some(folder)) = (make_folder, path.parent()) {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(|why| io_error(folder, "the folder cannot be made", &why))?;
    }
    match private_options().create_new(true).write(true).open(path) {
        Ok(_) => {}
        Err(why) if why.kind() == ErrorKind::AlreadyExists => {}
        Err(why) if why.kind() == ErrorKind::NotFound => {
            return Err(Error::fatal("the folder of the file does not exist").with_hint(directory_hint(path)));
        }
        Err(why) => return Err(io_error(path, "the file cannot be made", &why)),
    }
    existing_file(path)
}

/// The real name of the file, which is there and can be written. Makes nothing.
pub(super) fn existing_file(path: &Path) -> Result<PathBuf, Error> {
    let kind = fs::metadata(path).map_err(|why| io_error(path, "the file cannot be opened", &why))?;
    if kind.is_dir() {
        return Err(Error::fatal("it is a directory, not a file").with_hint("name a file in it in DATABASE_URL"));
    }
    if !kind.is_file() {
        return Err(Error::fatal("it is no regular file").with_hint("name another file in DATABASE_URL"));
    }
    // Opened for writing here, as SQLite would go on read-only without a word.
    OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .map_err(|why| io_error(path, "the file cannot be written", &why))?;
    fs::canonicalize(path).map_err(|why| io_error(path, "the file cannot be opened", &why))
}

/// How files beside the database are opened: made with mode 0600, and never through a link that somebody put there.
pub(super) fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600).custom_flags(libc::O_NOFOLLOW);
    }
    options
}

pub(super) fn io_error(path: &Path, what: &str, why: &io::Error) -> Error {
    let hint = match why.kind() {
        ErrorKind::StorageFull => "free some space, and run again".to_owned(),
        _ => format!("check owner and mode of {}", path.display()),
    };
    Error::fatal(format!("{what}: {why}")).with_hint(hint)
}

fn directory_hint(path: &Path) -> String {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => format!("mkdir -p {}", folder.display()),
        None => "name a file in DATABASE_URL".to_owned(),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn permission_bits(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn created_file_and_directory_are_private() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data/malsync.db");
        create_private(&path, true).unwrap();
        assert_eq!((permission_bits(&path), permission_bits(path.parent().unwrap())), (0o600, 0o700));
    }

    #[test]
    fn missing_directory_is_created_only_if_asked() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data/malsync.db");
        assert!(create_private(&path, false).unwrap_err().to_string().contains("folder"));
        assert!(!path.parent().unwrap().exists());
    }

    #[test]
    fn directory_is_refused_and_existing_file_keeps_its_mode() {
        let dir = tempfile::tempdir().unwrap();
        assert!(create_private(dir.path(), false).unwrap_err().to_string().contains("directory"));
        let path = dir.path().join("there.db");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        create_private(&path, false).unwrap();
        assert_eq!(permission_bits(&path), 0o644);
    }
}
