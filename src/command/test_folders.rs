//! What the unit tests of commands ask of a folder.

use std::{fs, path::Path};

/// Returns the names of all files of a folder, sorted.
pub(super) fn file_names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
