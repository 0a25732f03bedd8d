//! Migrations and SQL texts.

use std::fs;

use super::source_files::{repository, rust_sources, without_tests};

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |dialect: &str| {
        let folder = repository().join("migrations").join(dialect);
        let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names("postgres"), names("sqlite"));
}

/// Values reach a statement as parameters. The files that build a statement from their own text are listed here.
#[test]
fn only_known_files_build_a_statement_from_text() {
    let files: Vec<_> = rust_sources("src")
        .into_iter()
        .filter(|(_, text)| {
            let code = without_tests(text);
            code.contains("AssertSqlSafe(") || code.contains("format!(\"'")
        })
        .map(|(path, _)| path)
        .collect();
    assert_eq!(
        files,
        [
            "src/store/postgres/connect.rs",
            "src/store/postgres/migrate.rs",
            "src/store/postgres/run_statements.rs",
            "src/store/sqlite/drop_not_null.rs",
            "src/store/sqlite/migrate.rs",
            "src/store/sqlite/run_statements.rs",
        ]
    );
}

/// A comparison with `==` or `if let` would take a new database for one of the others without a word of the compiler.
#[test]
fn databases_are_told_apart_only_by_match() {
    for (path, text) in rust_sources("src/store") {
        let code = without_tests(&text);
        let is_comparison = |line: &&str| {
            ["Dialect::", "Backend::"].iter().any(|name| {
                let comparisons = [format!("== {name}"), format!("!= {name}"), format!("let {name}")];
                line.contains(name)
                    && (line.contains("matches!(") || comparisons.iter().any(|comparison| line.contains(comparison)))
            })
        };
        assert_eq!(code.lines().find(is_comparison), None, "{path}");
    }
}
