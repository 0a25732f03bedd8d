//! Creates and checks the database file, private to the user from the start.
//!
//! Invariant: an existing object that is not a database is left as it is. Only malsync's own directory is created.

use std::{
    fs::{self, OpenOptions},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use crate::{
    private_file::{create_private_dir, create_private_file},
    shell_quote::shell_quote,
    store::error::Error,
};

/// Creates a missing file (mode 0600), and its directory (0700) if `create_directory`. Returns the file's real path.
pub(super) fn create_private(path: &Path, create_directory: bool) -> Result<PathBuf, Error> {
    if let (true, Some(directory)) = (create_directory, path.parent()) {
        create_private_dir(directory).map_err(|error| io_error(directory, "cannot create the directory", &error))?;
    }
    match create_private_file(path) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(Error::fatal("the directory of the file does not exist").with_hint(directory_hint(path)));
        }
        Err(error) => return Err(io_error(path, "cannot create the file", &error)),
    }
    writable_file(path)
}

/// Returns the real path of an existing, writable file. Creates nothing.
pub(super) fn writable_file(path: &Path) -> Result<PathBuf, Error> {
    check_is_file(path)?;
    // Open for writing here, because SQLite would silently continue read-only.
    OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .map_err(|error| io_error(path, "cannot write the file", &error))?;
    real_path(path)
}

/// Returns the real path of an existing, readable file. Creates nothing.
pub(super) fn readable_file(path: &Path) -> Result<PathBuf, Error> {
    check_is_file(path)?;
    fs::File::open(path).map_err(|error| io_error(path, "cannot read the file", &error))?;
    real_path(path)
}

fn real_path(path: &Path) -> Result<PathBuf, Error> {
    fs::canonicalize(path).map_err(|error| io_error(path, "cannot open the file", &error))
}

fn check_is_file(path: &Path) -> Result<(), Error> {
    let metadata = fs::metadata(path).map_err(|error| io_error(path, "cannot open the file", &error))?;
    if metadata.is_dir() {
        return Err(Error::fatal("it is a directory, not a file").with_hint("set DATABASE_URL to a file in it"));
    }
    if !metadata.is_file() {
        return Err(Error::fatal("it is not a regular file").with_hint("set DATABASE_URL to another file"));
    }
    Ok(())
}

pub(super) fn io_error(path: &Path, message: &str, error: &io::Error) -> Error {
    let hint = match error.kind() {
        ErrorKind::StorageFull => "free some space, then try again".to_owned(),
        _ if cfg!(windows) => {
            format!("check who can change {}, and whether another program has it open", path.display())
        }
        _ => format!("check the owner and mode of {}", shell_quote(&path.display().to_string())),
    };
    Error::fatal(format!("{message}: {error}")).with_hint(hint)
}

fn directory_hint(path: &Path) -> String {
    match path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        Some(directory) if directory.starts_with("~") => {
            "`~` is not expanded in a URL: use an absolute path in DATABASE_URL, like sqlite:///home/me/list.db"
                .to_owned()
        }
        Some(directory) if cfg!(windows) => format!("mkdir \"{}\"", directory.display()),
        Some(directory) => format!("mkdir -p {}", shell_quote(&directory.display().to_string())),
        None => "set DATABASE_URL to a file".to_owned(),
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
    fn hint_for_a_missing_directory_can_be_typed() {
        for (path, expected) in [
            ("/no/such/list.db", "mkdir -p /no/such"),
            ("my lists/x.db", "mkdir -p 'my lists'"),
            ("it's/$HOME/x.db", "mkdir -p \"it's/\"'$HOME'"),
            ("a~/x.db", "mkdir -p 'a~'"),
        ] {
            assert_eq!(directory_hint(Path::new(path)), expected);
        }
        for path in ["~/x.db", "~/lists/x.db"] {
            let hint = directory_hint(Path::new(path));
            assert!(hint.starts_with("`~` is not expanded") && !hint.contains("mkdir"), "{hint}");
        }
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
        assert!(create_private(&path, false).unwrap_err().to_string().contains("directory"));
        assert!(!path.parent().unwrap().exists());
    }

    #[test]
    fn directory_is_refused_and_writable_file_keeps_its_mode() {
        let dir = tempfile::tempdir().unwrap();
        assert!(create_private(dir.path(), false).unwrap_err().to_string().contains("directory"));
        let path = dir.path().join("there.db");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        create_private(&path, false).unwrap();
        assert_eq!(permission_bits(&path), 0o644);
    }
}
