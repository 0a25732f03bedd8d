//! Which module of `src` uses which, as a table that equals both the code and docs/architecture.md.

use std::{collections::BTreeSet, fs};

use super::{
    file_graph::{FileGraph, module_of},
    source_files::repository,
};

/// The files below all modules: every module may use them.
const BASE_FILES: [&str; 14] = [
    "child_process",
    "clock",
    "control_chars",
    "exit",
    "failpoint",
    "failure",
    "file_permissions",
    "json_line",
    "loopback_host",
    "panic_handler",
    "private_file",
    "secret",
    "shell_quote",
    "untrusted_text",
];

/// Each module and what it uses beside the base files. `a::b` stands for that submodule alone.
const ARROWS: &[(&str, &[&str])] = &[
    ("lib", &["command", "config"]),
    (
        "command",
        &["auth", "cli", "config", "domain", "exchange", "http", "mal", "monitor", "schedule", "store", "sync", "ui"],
    ),
    ("ui", &["domain", "exchange"]),
    ("store", &["domain", "sync::port"]),
    ("auth", &["domain", "http", "sync::port"]),
    ("mal", &["domain", "http", "sync::port"]),
    ("sync", &["domain"]),
    ("monitor", &["domain", "http"]),
    ("http", &["domain"]),
    ("exchange", &["domain", "mal::decode"]),
    ("cli", &["domain", "schedule"]),
    ("schedule", &["domain"]),
    ("config", &["domain"]),
];

/// Libraries that only the named modules may use.
const LIBRARY_USERS: [(&str, &[&str]); 4] = [
    ("sqlx", &["store"]),
    ("reqwest", &["auth", "command", "http", "mal", "monitor"]),
    ("clap", &["cli"]),
    ("indicatif", &["ui"]),
];

/// Returns the module path of a file: `sync::port::batch` for `sync/port/batch.rs`.
fn module_path(file: &str) -> String {
    let path = file.strip_suffix("/mod.rs").or_else(|| file.strip_suffix(".rs")).unwrap_or(file);
    path.replace('/', "::")
}

/// Returns the entry of the table that allows this use.
fn allowing_entry(from: &str, to: &str) -> Option<(&'static str, &'static str)> {
    let (module, targets) = ARROWS.iter().find(|(module, _)| *module == from)?;
    let covers = |target: &str| to == target || to.strip_prefix(target).is_some_and(|rest| rest.starts_with("::"));
    targets.iter().copied().find(|target| covers(target)).map(|target| (*module, target))
}

#[test]
fn modules_use_exactly_what_the_table_of_arrows_says() {
    let graph = FileGraph::read(&repository().join("src"));
    let mut used = BTreeSet::new();
    let mut forbidden = Vec::new();
    for ((from, to), names) in &graph.uses {
        let (module, target) = (module_of(from), module_of(to));
        if module == target || BASE_FILES.contains(&target) {
            continue;
        }
        match allowing_entry(module, &module_path(to)) {
            Some(entry) => drop(used.insert(entry)),
            None => forbidden.push(format!("{from} uses {to}: {names:?}")),
        }
    }
    assert!(forbidden.is_empty(), "not in ARROWS:\n{}", forbidden.join("\n"));
    let all: BTreeSet<_> =
        ARROWS.iter().flat_map(|(module, targets)| targets.iter().map(|target| (*module, *target))).collect();
    let unused: Vec<_> = all.difference(&used).collect();
    assert!(unused.is_empty(), "nothing uses these arrows any more, take them out of ARROWS: {unused:?}");
}

#[test]
fn documentation_shows_the_table_of_arrows() {
    let text = fs::read_to_string(repository().join("docs/architecture.md")).unwrap();
    let lines: Vec<_> =
        ARROWS.iter().map(|(module, targets)| format!("    {module} → {}", targets.join(", "))).collect();
    let block = lines.join("\n");
    assert!(text.contains(&format!("\n\n{block}\n\n")), "docs/architecture.md lacks this block:\n\n{block}\n");
    for file in BASE_FILES {
        assert!(text.contains(&format!("`{file}`")), "docs/architecture.md does not name the base file {file}");
    }
}

#[test]
fn libraries_are_used_by_their_own_modules_only() {
    let graph = FileGraph::read(&repository().join("src"));
    for (library, users) in LIBRARY_USERS {
        let modules: BTreeSet<_> = graph
            .outside_names
            .iter()
            .filter(|(_, names)| names.contains(library))
            .map(|(file, _)| module_of(file))
            .collect();
        assert_eq!(modules, users.iter().copied().collect(), "modules that use {library}");
    }
}
