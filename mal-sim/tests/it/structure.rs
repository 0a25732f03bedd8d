//! The structure of the crate: which file uses which.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

type FileUses = BTreeMap<String, BTreeSet<String>>;

/// Returns each source file, without `lib.rs` and tests, and the files that it uses.
fn collect_file_uses() -> FileUses {
    let mut uses = FileUses::new();
    for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.extension().is_some_and(|extension| extension == "rs") && name != "lib" && !name.ends_with("_tests") {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            uses.insert(name, used_files(code));
        }
    }
    uses
}

/// Returns the files that the code names as `crate::file` or `crate::{file, ..}`.
fn used_files(code: &str) -> BTreeSet<String> {
    let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let mut names = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let list = rest.strip_prefix('{').and_then(|rest| rest.split('}').next());
        for item in list.unwrap_or(rest).split(',').take(if list.is_some() { usize::MAX } else { 1 }) {
            let name = item.trim().split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next();
            names.extend(name.map(str::to_owned));
        }
    }
    names
}

#[test]
fn files_do_not_use_each_other_in_a_circle() {
    let mut uses = collect_file_uses();
    assert!(uses.len() > 25, "the files were not found: {uses:?}");
    assert!(uses["router"].contains("state") && uses["router"].contains("api"), "the uses were not found: {uses:?}");
    let files: BTreeSet<String> = uses.keys().cloned().collect();
    uses.values_mut().for_each(|used| used.retain(|name| files.contains(name)));
    // Remove the files that use no other remaining file. What is left in the end is a circle.
    loop {
        let free: BTreeSet<String> =
            uses.iter().filter(|(_, used)| used.is_empty()).map(|(name, _)| name.clone()).collect();
        if free.is_empty() {
            break;
        }
        uses.retain(|name, _| !free.contains(name));
        uses.values_mut().for_each(|used| used.retain(|name| !free.contains(name)));
    }
    assert_eq!(uses, FileUses::new(), "these files use each other in a circle, or use one that does");
}
