//! The path by which a scheduled job starts this program.

use std::{
    env,
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};

use crate::config::Environment;

/// Returns the path of this program as it was called, if that is absolute or found on PATH: a package manager keeps that
/// link, and replaces the file behind it with each version. Otherwise returns the file itself.
pub(in crate::command) fn find_own_program(environment: &Environment) -> io::Result<PathBuf> {
    let file = env::current_exe()?;
    let called = env::args_os().next().unwrap_or_default();
    Ok(stable_path(&called, environment.get_os("PATH"), &file).unwrap_or(file))
}

/// Returns true if both paths lead to the same file, or are equal.
pub(in crate::command) fn is_same_program(first: &Path, second: &Path) -> bool {
    first == second
        || fs::canonicalize(first).is_ok_and(|first| fs::canonicalize(second).is_ok_and(|second| first == second))
}

/// Returns the absolute path by which `file` was called as `called`. Returns `None` if the path is relative, or leads to
/// another file.
fn stable_path(called: &OsStr, search_path: Option<&OsStr>, file: &Path) -> Option<PathBuf> {
    let called = Path::new(called);
    let candidates = match called.components().count() {
        // As the shell found it: the first of that name.
        1 if called.is_relative() => env::split_paths(search_path?).map(|directory| directory.join(called)).collect(),
        _ => vec![called.to_owned()],
    };
    let found = candidates.into_iter().find(|path| path.is_file())?;
    (found.is_absolute() && is_same_program(&found, file)).then_some(found)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn path_is_kept_as_called_if_absolute_or_on_path() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let (cellar, bin, other) = (root.join("cellar/1.0"), root.join("bin"), root.join("other"));
        for directory in [&cellar, &bin, &other] {
            fs::create_dir_all(directory).unwrap();
        }
        let file = cellar.join("malsync");
        fs::write(&file, "").unwrap();
        fs::write(other.join("malsync"), "another").unwrap();
        symlink(&file, bin.join("malsync")).unwrap();
        let path_of = |directories: &[&Path]| env::join_paths(directories).unwrap();
        let link = Some(bin.join("malsync"));
        let search_path = path_of(&[&root.join("none"), &bin, &other]);
        let search = |called: &OsStr, path: &OsStr| stable_path(called, Some(path), &file);
        assert_eq!(search(OsStr::new("malsync"), &search_path), link);
        assert_eq!(search(bin.join("malsync").as_os_str(), OsStr::new("")), link);
        assert_eq!(search(file.as_os_str(), &search_path), Some(file.clone()));
        assert_eq!(search(OsStr::new("malsync"), &path_of(&[&other, &bin])), None, "another program of that name");
        assert_eq!(search(OsStr::new("./malsync"), &search_path), None);
        assert_eq!(search(OsStr::new("bin/malsync"), &search_path), None);
        assert_eq!(search(OsStr::new("malsync"), OsStr::new("")), None);
        assert_eq!(search(other.join("malsync").as_os_str(), &search_path), None);
        assert!(is_same_program(&bin.join("malsync"), &file) && !is_same_program(&other.join("malsync"), &file));
        assert!(is_same_program(Path::new("/no/such"), Path::new("/no/such")));
    }
}
