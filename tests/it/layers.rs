//! The direction of the code: who may name whom.

use std::{fs, path::Path};

/// Every Rust source below a folder: its path and its text up to the tests.
fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap().to_owned();
            found.push((path.display().to_string(), code));
        }
    }
    found
}

#[test]
fn each_module_names_only_what_lies_below_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (module, forbidden) in [
        ("domain", &["crate::auth", "crate::cli", "crate::command", "crate::config", "crate::mal", "crate::store", "crate::sync", "crate::ui", "sqlx", "reqwest", "indicatif", "clap::"][..]),
        ("sync", &["crate::auth", "crate::cli", "crate::command", "crate::config", "crate::mal", "crate::store", "crate::ui", "sqlx", "reqwest", "indicatif", "clap::"]),
        ("mal", &["crate::auth", "crate::cli", "crate::command", "crate::config", "crate::store", "crate::ui", "sqlx", "indicatif", "clap::"]),
        ("store", &["crate::cli", "crate::command", "crate::config", "crate::mal", "crate::ui", "reqwest", "indicatif", "clap::"]),
        ("auth", &["crate::cli", "crate::command", "crate::config", "crate::store", "crate::ui", "sqlx", "indicatif", "clap::"]),
        ("config", &["crate::auth", "crate::cli", "crate::command", "crate::mal", "crate::store", "crate::sync", "crate::ui", "sqlx", "reqwest", "clap::"]),
        ("cli", &["crate::auth", "crate::command", "crate::config", "crate::mal", "crate::store", "crate::sync", "crate::ui", "sqlx", "reqwest"]),
        ("ui", &["crate::auth", "crate::command", "crate::mal", "crate::store", "sqlx", "reqwest", "clap::"]),
    ] {
        let sources = sources(&src.join(module));
        assert!(!sources.is_empty(), "{module} has moved");
        for (path, code) in sources {
            for name in forbidden {
                let line = code.lines().find(|line| line.contains(name) && !line.trim_start().starts_with("//"));
                assert_eq!(line, None, "{path} names {name}");
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
