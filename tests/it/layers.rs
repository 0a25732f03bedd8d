//! The direction of the code: who may name whom.

use std::{fs, path::Path};

/// Every Rust source below a folder: its path and its text.
pub(crate) fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path.display().to_string(), text));
        }
    }
    found
}

/// A source up to its tests.
fn code_of(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or_default()
}

/// A line without what stands between quotes.
fn unquoted(line: &str) -> String {
    line.split('"').step_by(2).collect()
}

/// Which modules of the crate, and which libraries, each module may not name.
const FORBIDDEN: [(&str, &str); 11] = [
    ("domain", "auth cli command config mal store sync ui; sqlx reqwest indicatif clap::"),
    ("sync", "auth cli command config mal store ui; sqlx reqwest indicatif clap::"),
    ("schedule", "auth cli command config mal store sync ui; sqlx reqwest indicatif clap::"),
    ("monitor", "auth cli command config store sync ui; sqlx indicatif clap::"),
    ("exchange", "auth cli command config mal store sync ui; sqlx reqwest indicatif clap::"),
    ("mal", "auth cli command config store ui; sqlx indicatif clap::"),
    ("store", "cli command config mal ui; reqwest indicatif clap::"),
    ("auth", "cli command config store ui; sqlx indicatif clap::"),
    ("config", "auth cli command mal store sync ui; sqlx reqwest clap::"),
    ("cli", "auth command config mal store sync ui; sqlx reqwest"),
    ("ui", "auth command mal store; sqlx reqwest clap::"),
];

#[test]
fn each_module_names_only_what_lies_below_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (module, forbidden) in FORBIDDEN {
        let (modules, libraries) = forbidden.split_once("; ").unwrap();
        let modules = modules.split(' ').map(|name| format!("crate::{name}"));
        let names: Vec<_> = modules.chain(libraries.split(' ').map(str::to_owned)).collect();
        let sources = sources(&src.join(module));
        assert!(!sources.is_empty(), "{module} has moved");
        for (path, code) in sources {
            let code = code_of(&code).lines().filter(|line| !line.trim_start().starts_with("//")).map(unquoted);
            for line in code {
                let named = names.iter().find(|name| line.contains(*name));
                assert_eq!(named, None, "{path}: {line}");
            }
        }
    }
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |dialect: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(dialect);
        let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names("postgres"), names("sqlite"));
}

/// P73. Values go into a statement as parameters; the few places that make one from text of malsync's own are known.
#[test]
fn no_other_place_makes_a_statement_from_text() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut places: Vec<_> = sources(&src)
        .into_iter()
        .filter(|(_, code)| code_of(code).contains("AssertSqlSafe(") || code_of(code).contains("format!(\"'"))
        .map(|(path, _)| path.trim_start_matches(&src.display().to_string()).to_owned())
        .collect();
    places.sort();
    assert_eq!(
        places,
        ["/store/postgres/migrate.rs", "/store/sql.rs", "/store/sqlite/drop_not_null.rs", "/store/sqlite/migrate.rs"]
    );
}
