//! Refuses the configuration file, the folder that holds it, and the data directory, if another account may change
//! them: whoever changes them decides what malsync runs and where it sends tokens.
//!
//! Access of a group may be intended. Only `doctor` reports it.

use std::{fs, path::Path};

use super::error::ConfigError;
use crate::file_permissions::FilePermissions;

/// Returns the error if another account may change this folder. A missing folder causes no error.
pub(super) fn check_folder(folder: &Path) -> Option<ConfigError> {
    let metadata = fs::metadata(folder).ok().filter(fs::Metadata::is_dir)?;
    to_error(folder, FilePermissions::from_metadata(&metadata))
}

/// Returns the error if another account may change the opened regular file, or replace it in its folder.
pub(super) fn check_file(path: &Path, permissions: FilePermissions) -> Option<ConfigError> {
    let real_path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folders = [path, &real_path].map(|path| match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => Path::new("/"),
    });
    to_error(path, permissions).or_else(|| folders.into_iter().find_map(check_folder))
}

fn to_error(path: &Path, permissions: FilePermissions) -> Option<ConfigError> {
    let (reason, command) = permissions.distrust_reason(path)?;
    Some(ConfigError::Untrusted { reason, command })
}
