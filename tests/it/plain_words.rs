//! What people read has none of the words that the voice retires: messages, headings, manual pages and documents.

use std::{fs, path::PathBuf};

use crate::layers::{StringLiteral, repository, rust_sources, string_literals};

/// Words and phrases that no text for people has. Each is a sequence of words, compared without regard to case.
const RETIRED_PHRASES: [&str; 40] = [
    "told",
    "tells of",
    "stands",
    "apart",
    "gone",
    "made",
    "mend",
    "mended",
    "mends",
    "amiss",
    "anew",
    "in vain",
    "likewise",
    "alone",
    "all the same",
    "as they were",
    "as it stands",
    "nobody",
    "everybody",
    "somebody",
    "whoever",
    "begun",
    "it is no",
    "may not",
    "going on",
    "in doubt",
    "looked at",
    "worth a look",
    "seal",
    "seals",
    "sealed",
    "unsealed",
    "weather",
    "a text",
    "whole path",
    "rests",
    "where they rest",
    "left alone",
    "tried again",
    "as last seen",
];

/// Phrases that only messages avoid: "takes" for "accepts", and "it is no X" for "not an X".
const RETIRED_IN_MESSAGES: [&str; 4] = ["takes", "is no", "are no", "there is no"];

/// Places where a retired phrase stays, each with its reason.
const ALLOWED: [(&str, &str); 3] = [
    // The name of a label, which queries of a monitor have.
    ("src/command/metrics.rs", "begun"),
    ("docs/cron-and-systemd.md", "begun"),
    // Words that a setting and a column are named by.
    ("docs/glossary.md", "seal"),
];

/// A retired phrase is meant otherwise if this word follows.
const HARMLESS_SUCCESSORS: [(&str, &str); 5] =
    [("made", "by"), ("it is no", "longer"), ("is no", "longer"), ("are no", "longer"), ("a text", "file")];

/// Returns the words of a text, in lower case. The name of a setting or a column is one word.
fn words_of(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric() && !"_'’-".contains(letter));
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Returns those of the phrases that a text has.
fn find_phrases(phrases: &[&'static str], text: &str) -> Vec<&'static str> {
    let words = words_of(text);
    let has = |phrase: &&&'static str| {
        let wanted: Vec<&str> = phrase.split(' ').collect();
        words.windows(wanted.len()).enumerate().any(|(index, window)| {
            let successor = words.get(index + wanted.len()).map_or("", String::as_str);
            window == wanted && !HARMLESS_SUCCESSORS.contains(&(**phrase, successor))
        })
    };
    phrases.iter().filter(has).copied().collect()
}

/// Returns the complaints about one text of a file.
fn complaints(phrases: &[&'static str], file: &str, line: usize, text: &str) -> Vec<String> {
    let is_allowed = |phrase: &&str| !ALLOWED.contains(&(file, *phrase));
    let found = find_phrases(phrases, text).into_iter().filter(is_allowed);
    found.map(|phrase| format!("{file}:{line}: {phrase:?} in {text:?}")).collect()
}

/// Returns true if the file has only code that tests use.
fn is_test_source(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    let prefixes = ["fake", "test_", "model_", "in_memory", "sync_fixture", "failpoint"];
    name.ends_with("tests.rs")
        || prefixes.iter().any(|prefix| name.starts_with(prefix))
        || file.contains("/tests/")
        || file.contains("/fakes/")
}

/// Returns true if people can read the literal: it is a phrase or a heading, no SQL, and no reason of `expect`.
fn is_for_people(literal: &StringLiteral) -> bool {
    let is_sql = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WHERE ", "CREATE "]
        .iter()
        .any(|keyword| literal.text.contains(keyword));
    let is_reason =
        ["expect(", "reason=", "unreachable!(", "debug_assert!("].iter().any(|end| literal.before.ends_with(end));
    let is_heading = literal.before.contains("TableColumn::");
    (literal.text.contains(' ') || is_heading) && !is_sql && !is_reason
}

#[test]
fn messages_have_no_retired_word() {
    let phrases = [&RETIRED_PHRASES[..], &RETIRED_IN_MESSAGES].concat();
    let mut found = Vec::new();
    for (file, source) in rust_sources("src") {
        if is_test_source(&file) {
            continue;
        }
        let product = source.rsplit_once("#[cfg(test)]\nmod tests").map_or(source.as_str(), |(product, _)| product);
        for literal in string_literals(product).iter().filter(|literal| is_for_people(literal)) {
            found.extend(complaints(&phrases, &file, literal.line, &literal.text));
        }
    }
    assert!(found.is_empty(), "retired words:\n{}", found.join("\n"));
}

#[test]
fn headings_of_tables_name_local_and_mal() {
    let mut found = Vec::new();
    for (file, source) in rust_sources("src/ui/view") {
        // The preview of a push has the headings of the public interface: title, field, here, on MAL.
        if file.ends_with("/push.rs") {
            continue;
        }
        for literal in string_literals(&source).iter().filter(|literal| literal.before.contains("TableColumn::")) {
            if ["here", "there", "what", "would be", "gone", "new", "changed"].contains(&literal.text.as_str()) {
                found.push(format!("{file}:{}: {:?}", literal.line, literal.text));
            }
        }
    }
    assert!(found.is_empty(), "headings with a retired word:\n{}", found.join("\n"));
}

#[test]
fn documents_have_no_retired_word() {
    let mut found = Vec::new();
    for path in document_paths() {
        let file = path.strip_prefix(repository()).unwrap().display().to_string();
        let text = fs::read_to_string(&path).unwrap();
        for (index, line) in text.lines().enumerate() {
            found.extend(complaints(&RETIRED_PHRASES, &file, index + 1, line));
        }
    }
    assert!(found.is_empty(), "retired words:\n{}", found.join("\n"));
}

/// Returns what users read in files: the README, the documents, the manual pages and the descriptions of completions. The changelog keeps its history.
fn document_paths() -> Vec<PathBuf> {
    let mut paths = vec![repository().join("README.md")];
    for (folder, extension) in [("docs", "md"), ("man", "1"), ("completions", "fish")] {
        let files = fs::read_dir(repository().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        paths.extend(files.filter(|path| path.extension().is_some_and(|found| found == extension)));
    }
    paths.sort();
    paths
}

#[test]
fn retired_phrases_are_found_in_any_case_and_across_punctuation() {
    assert_eq!(find_phrases(&RETIRED_PHRASES, "Nobody was told."), ["told", "nobody"]);
    assert_eq!(find_phrases(&RETIRED_IN_MESSAGES, "it is no longer pinned"), [""; 0]);
    assert_eq!(find_phrases(&["it is no", "seal"], "it is no XML; MALSYNC_TOKEN_SEAL"), ["it is no"]);
}
