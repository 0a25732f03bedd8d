//! The Rust sources of the repository.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The repository's root folder.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns every Rust source below a folder of the repository, as its path from the root and its text, sorted.
pub(crate) fn rust_sources(folder: &str) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    collect_sources(&repository().join(folder), &mut paths);
    paths.sort();
    assert!(!paths.is_empty(), "{folder} has no Rust source");
    paths
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(repository()).expect("below the root").display().to_string();
            (name, fs::read_to_string(&path).expect("a readable source"))
        })
        .collect()
}

fn collect_sources(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository") {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() && !path.ends_with("target") {
            collect_sources(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

/// Returns the part of a source before its test module, which comes last.
pub(crate) fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default()
}
