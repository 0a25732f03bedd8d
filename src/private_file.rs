//! Creates files and directories that no other user of the machine can read: modes 0600 and 0700. On systems other than
//! Unix they have the system's default access.
//!
//! `file_permissions` checks the access to existing files.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io::{self, Read as _},
    path::Path,
};

/// Returns options that create a file with mode 0600 and never follow a symbolic link.
#[must_use]
pub fn private_options() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix sets an option"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600).custom_flags(libc::O_NOFOLLOW);
    }
    options
}

/// Creates a file with mode 0600, open for writing.
///
/// # Errors
///
/// Fails if the path exists, even as a link, or if the file cannot be created.
pub fn create_private_file(path: &Path) -> io::Result<File> {
    private_options().write(true).create_new(true).open(path)
}

/// Creates a directory with mode 0700, and its missing parents. An existing directory keeps its mode.
///
/// # Errors
///
/// Fails if the directory cannot be created.
pub fn create_private_dir(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Opens a file for reading. A named pipe is opened at once, even if no program writes to it.
///
/// # Errors
///
/// Fails if the file cannot be opened.
pub fn open_without_waiting(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options.open(path)
}

/// Returns the content of a regular file. Never waits for another program, whatever is at the path.
///
/// # Errors
///
/// - The file cannot be read, or is no regular file.
/// - It is larger than `max_bytes`.
pub fn read_regular_file(path: &Path, max_bytes: u64) -> io::Result<Vec<u8>> {
    let file = open_without_waiting(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a plain file"));
    }
    let mut bytes = Vec::new();
    file.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > max_bytes) {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {max_bytes} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::{
        fs,
        os::unix::fs::{PermissionsExt as _, symlink},
    };

    use super::*;

    fn permission_bits(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn created_file_and_directories_are_private() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("a/b");
        create_private_dir(&directory).unwrap();
        create_private_file(&directory.join("x")).unwrap();
        let created = [home.path().join("a"), directory.clone(), directory.join("x")];
        assert_eq!(created.map(|path| permission_bits(&path)), [0o700, 0o700, 0o600]);
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
        create_private_dir(&directory).unwrap();
        assert_eq!(permission_bits(&directory), 0o755);
    }

    #[test]
    fn existing_file_is_not_replaced_and_no_link_is_followed() {
        let home = tempfile::tempdir().unwrap();
        let (file, link, dangling) = (home.path().join("x"), home.path().join("link"), home.path().join("dangling"));
        fs::write(&file, "old").unwrap();
        symlink(&file, &link).unwrap();
        symlink("nowhere", &dangling).unwrap();
        for path in [&file, &link, &dangling] {
            assert_eq!(
                create_private_file(path).unwrap_err().kind(),
                io::ErrorKind::AlreadyExists,
                "{}",
                path.display()
            );
        }
        assert!(private_options().read(true).open(&link).is_err());
        assert_eq!(fs::read_to_string(&file).unwrap(), "old");
    }
}
