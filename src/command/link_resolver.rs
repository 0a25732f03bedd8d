//! Resolves the links of a path that is to be written, and determines what is there. Entry point: [`resolve`].
//!
//! Links that other accounts planted in a shared folder are refused, like the Linux kernel does if
//! `fs.protected_symlinks` is set. Containers often lack that setting.

use std::{
    collections::VecDeque,
    ffi::OsString,
    fs::{self, Metadata},
    io,
    path::{Component, Path, PathBuf},
};

use crate::file_permissions::read_own_uid;

/// Maximum number of links in one path, as in the Linux kernel.
const MAX_LINKS: usize = 40;

/// Whether a path that is itself a link is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FinalLink {
    /// The file that it leads to is written, and the link stays.
    Follow,
    /// It is an error.
    Refuse,
}

/// What is at a path that is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathKind {
    Missing,
    RegularFile,
    /// A device or a pipe, or a file that is open already (`/dev/stdout`).
    Stream,
}

/// Returns the path without links, and what is there.
///
/// # Errors
///
/// - The path is a link, and `link` says to refuse it.
/// - A link leads nowhere, or another account planted it or a special file in a shared folder.
/// - It is a folder or a socket.
pub(super) fn resolve(path: &Path, link: FinalLink) -> io::Result<(PathBuf, PathKind)> {
    if link == FinalLink::Refuse && fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) {
        return Err(invalid_target("it is a link"));
    }
    if is_open_stream(path) {
        // Opened by this name, it is the stream itself. The path that the name stands for would be another open file.
        fs::metadata(path)?;
        return Ok((path.to_owned(), PathKind::Stream));
    }
    let own_uid = read_own_uid();
    let resolved = follow_links(path, own_uid)?;
    let metadata = match fs::symlink_metadata(&resolved) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
            return if is_link {
                Err(invalid_target("it is a link to nothing"))
            } else {
                Ok((resolved, PathKind::Missing))
            };
        }
        Err(error) => return Err(error),
    };
    if metadata.is_dir() {
        return Err(invalid_target("it is a directory"));
    }
    if metadata.is_file() {
        return Ok((resolved, PathKind::RegularFile));
    }
    if !is_stream(&metadata) {
        return Err(invalid_target("it is not a plain file, device or pipe"));
    }
    if is_planted(&resolved, &metadata, own_uid) {
        return Err(planted_error("special file", &resolved));
    }
    Ok((resolved, PathKind::Stream))
}

/// Returns true if another account put this file into a folder that everybody may write and that is sticky.
#[cfg(unix)]
pub(super) fn is_planted(path: &Path, metadata: &Metadata, own_uid: Option<u32>) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    const STICKY_AND_WRITABLE_FOR_ALL: u32 = 0o1002;
    let Ok(folder) = fs::metadata(parent_of(path)) else { return false };
    folder.mode() & STICKY_AND_WRITABLE_FOR_ALL == STICKY_AND_WRITABLE_FOR_ALL
        && own_uid.is_some_and(|own_uid| metadata.uid() != own_uid)
        && metadata.uid() != folder.uid()
}

/// Returns true if another account put this file into a folder that everybody may write and that is sticky.
#[cfg(not(unix))]
pub(super) fn is_planted(_: &Path, _: &Metadata, _: Option<u32>) -> bool {
    false
}

#[cfg(unix)]
fn is_stream(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    let file_type = metadata.file_type();
    file_type.is_char_device() || file_type.is_block_device() || file_type.is_fifo()
}

#[cfg(not(unix))]
fn is_stream(_: &Metadata) -> bool {
    false
}

/// Returns true for a name of a file that this process, or the shell for it, has open already.
fn is_open_stream(path: &Path) -> bool {
    ["/dev/stdout", "/dev/stderr"].iter().any(|name| path == Path::new(name))
        || path.starts_with("/dev/fd")
        || path.starts_with("/proc/self/fd")
}

/// Returns the error of a path that cannot be written, with the reason.
pub(super) fn invalid_target(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, reason.to_owned())
}

fn planted_error(what: &str, path: &Path) -> io::Error {
    invalid_target(&format!("{} is a {what} that another account created in a shared directory", path.display()))
}

/// Returns the folder that contains this path.
pub(super) fn parent_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Follows the links of every component. A component that does not exist stays as it is.
fn follow_links(path: &Path, own_uid: Option<u32>) -> io::Result<PathBuf> {
    let names_of = |path: &Path| path.components().map(|name| name.as_os_str().to_owned()).collect::<Vec<OsString>>();
    let mut rest = VecDeque::from(names_of(path));
    let mut resolved = PathBuf::new();
    let mut link_count = 0;
    while let Some(name) = rest.pop_front() {
        if matches!(Path::new(&name).components().next(), Some(Component::ParentDir)) {
            // The links before it are resolved, so that this is the folder that the system would go to.
            resolved =
                if resolved.file_name().is_some() { parent_of(&resolved).to_owned() } else { resolved.join("..") };
            continue;
        }
        let next = resolved.join(&name);
        let Ok(metadata) = fs::symlink_metadata(&next) else {
            resolved = next;
            continue;
        };
        if !metadata.is_symlink() {
            resolved = next;
            continue;
        }
        link_count += 1;
        if link_count > MAX_LINKS {
            return Err(invalid_target("it is a link to itself"));
        }
        if is_planted(&next, &metadata, own_uid) {
            return Err(planted_error("link", &next));
        }
        // Joining an absolute target starts anew at the root.
        for name in names_of(&fs::read_link(&next)?).into_iter().rev() {
            rest.push_front(name);
        }
    }
    Ok(resolved)
}
