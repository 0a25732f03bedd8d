//! Type names are unique in the workspace, and files are short. clippy.toml limits the length of functions.

use std::collections::{BTreeMap, BTreeSet};

use super::{rust_tokens::tokenize, source_files::rust_sources};

/// All folders with Rust sources.
const SOURCE_FOLDERS: [&str; 6] = ["src", "mal-sim", "tests", "benches", "fuzz/fuzz_targets", "examples"];

const MAX_FILE_LINES: usize = 400;

/// Type names that several files may define.
const SHARED_TYPE_NAMES: [&str; 1] = ["Error"];

/// Returns the names of the types that a source defines, associated types aside.
fn type_names(text: &str) -> BTreeSet<String> {
    let tokens = tokenize(text);
    let mut names = BTreeSet::new();
    let mut depth = 0_i32;
    for pair in tokens.windows(2) {
        depth += i32::from(pair[0].is_punct('{')) - i32::from(pair[0].is_punct('}'));
        let (Some(keyword), Some(name)) = (pair[0].ident(), pair[1].ident()) else { continue };
        let is_type = match keyword {
            "struct" | "enum" | "trait" | "union" => true,
            "type" => depth == 0,
            _ => false,
        };
        if is_type && name.starts_with(char::is_uppercase) {
            names.insert(name.to_owned());
        }
    }
    names
}

#[test]
fn type_names_are_unique_in_the_workspace() {
    let mut files_by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in SOURCE_FOLDERS.into_iter().flat_map(rust_sources) {
        for name in type_names(&text) {
            files_by_name.entry(name).or_default().push(path.clone());
        }
    }
    assert!(files_by_name.len() > 300, "the types were not found");
    files_by_name.retain(|name, files| files.len() > 1 && !SHARED_TYPE_NAMES.contains(&name.as_str()));
    assert!(files_by_name.is_empty(), "these type names are defined more than once: {files_by_name:#?}");
}

#[test]
fn files_have_at_most_400_lines() {
    let mut too_long = BTreeMap::new();
    for (path, text) in SOURCE_FOLDERS.into_iter().flat_map(rust_sources) {
        let lines = text.lines().count();
        if lines > MAX_FILE_LINES {
            too_long.insert(path, lines);
        }
    }
    assert!(too_long.is_empty(), "split these files: {too_long:?}");
}
