//! The documents name only files, decisions and error messages that exist.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::layers::{repository, rust_sources};

/// Folders whose files the documents name by their path from the root.
const NAMED_FOLDERS: [&str; 10] =
    ["benches/", "completions/", "docs/", "examples/", "fuzz/", "mal-sim/", "man/", "migrations/", "src/", "tests/"];

/// Returns every Markdown file of the repository's own documents, with its text.
fn documents() -> Vec<(PathBuf, String)> {
    let mut paths: Vec<_> = [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "mal-sim/README.md",
        "benches/compare/README.md",
        "tests/it/support/README.md",
    ]
    .iter()
    .map(|name| repository().join(name))
    .collect();
    for folder in ["docs", "docs/decisions"] {
        let entries = fs::read_dir(repository().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        paths.extend(entries.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    }
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(&path).unwrap())).collect()
}

/// Returns the text between backticks that looks like a path of the repository. `{a,b}` stands for two names; a path
/// with a placeholder in capitals (`migrations/NAME/`) is none.
fn named_paths(text: &str) -> Vec<String> {
    let spans = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    let is_path = |span: &&str| {
        NAMED_FOLDERS.iter().any(|folder| span.starts_with(folder))
            && span
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "/._-{},".contains(letter))
    };
    spans.filter(is_path).flat_map(expand_braces).collect()
}

fn expand_braces(path: &str) -> Vec<String> {
    match path.split_once('{').and_then(|(start, rest)| Some((start, rest.split_once('}')?))) {
        Some((start, (names, end))) => names.split(',').map(|name| format!("{start}{name}{end}")).collect(),
        None => vec![path.to_owned()],
    }
}

/// Returns the targets of the Markdown links, without anchors and without addresses of the web.
fn link_targets(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let files = targets.filter_map(|target| target.split('#').next()).filter(|file| !file.is_empty());
    files.filter(|file| !file.contains("://")).map(str::to_owned).collect()
}

#[test]
fn documents_name_only_files_that_exist() {
    let mut missing = Vec::new();
    for (document, text) in documents() {
        let folder = document.parent().unwrap_or(Path::new(""));
        let named = named_paths(&text).into_iter().map(|path| (repository().join(&path), path));
        let linked = link_targets(&text).into_iter().map(|path| (folder.join(&path), path));
        let absent = named.chain(linked).filter(|(path, _)| !path.exists());
        missing.extend(absent.map(|(_, path)| format!("{}: {path}", document.display())));
    }
    assert!(missing.is_empty(), "named, but not there:\n{}", missing.join("\n"));
}

#[test]
fn comments_name_only_decisions_and_documents_that_exist() {
    let records: BTreeSet<u32> = fs::read_dir(repository().join("docs/decisions"))
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.split('-').next()?.parse().ok())
        .collect();
    assert_eq!(
        records.iter().copied().collect::<Vec<_>>(),
        (1..=u32::try_from(records.len()).unwrap()).collect::<Vec<_>>()
    );
    let mut missing = Vec::new();
    for (path, text) in rust_sources("src") {
        let comments: String = text
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix("//"))
            .map(|comment| comment.trim_start_matches(['/', '!']).to_owned() + "\n")
            .collect();
        let numbers = comments.split("decision ").skip(1).filter_map(|rest| {
            rest.split(|letter: char| !letter.is_ascii_digit()).next().and_then(|number| number.parse::<u32>().ok())
        });
        missing.extend(
            numbers.filter(|number| !records.contains(number)).map(|number| format!("{path}: decision {number}")),
        );
        let words = comments.split(|letter: char| letter.is_whitespace() || "`()<>".contains(letter));
        let files = words.filter(|word| word.starts_with("docs/")).map(|word| word.trim_end_matches([',', '.', ':']));
        missing.extend(files.filter(|file| !repository().join(file).exists()).map(|file| format!("{path}: {file}")));
    }
    assert!(missing.is_empty(), "named, but not there:\n{}", missing.join("\n"));
}

#[test]
fn paths_and_links_are_found_in_a_document() {
    let text = "see `src/sync/{edit,import}.rs` and `migrations/NAME/`, [here](../src/lib.rs#l1), [web](https://x.y/z)";
    assert_eq!(named_paths(text), ["src/sync/edit.rs", "src/sync/import.rs"]);
    assert_eq!(link_targets(text), ["../src/lib.rs"]);
}

/// Returns the quoted messages of the troubleshooting tables: the code spans of each first cell.
fn quoted_messages(text: &str) -> Vec<String> {
    let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned)).collect()
}

/// A message may be put together from parts, with values between them: half of its pairs of words are enough.
#[test]
fn messages_in_troubleshooting_are_messages_of_the_program() {
    /// Messages of PostgreSQL, and one that is put together from single words.
    const EXCEPTIONS: [&str; 4] = [
        "Connection refused",
        "password authentication failed",
        "database \"…\" does not exist",
        "… through the proxy http://… of HTTPS_PROXY",
    ];
    let sources = rust_sources("src").into_iter().map(|(_, text)| text).collect::<String>();
    // A string may continue on the next line.
    let sources: String = sources.split("\\\n").map(str::trim_start).collect();
    let document = fs::read_to_string(repository().join("docs/troubleshooting.md")).unwrap();
    let is_known = |message: &String| {
        let words: Vec<_> = message.split_whitespace().filter(|word| !word.contains('…')).collect();
        let known = words.windows(2).filter(|pair| sources.contains(&pair.join(" "))).count();
        EXCEPTIONS.contains(&message.as_str()) || 2 * known + 1 >= words.len()
    };
    let unknown: Vec<_> = quoted_messages(&document).into_iter().filter(|message| !is_known(message)).collect();
    assert!(unknown.is_empty(), "docs/troubleshooting.md quotes what no message says:\n{}", unknown.join("\n"));
}
