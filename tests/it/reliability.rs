//! docs/reliability.md matches the tests: every row of the fault catalogue exists, every test that it names exists,
//! and every test named after a row is mentioned.

use std::{collections::BTreeSet, fs};

use crate::layers::{repository, rust_sources};

/// Number of rows in each area of the catalogue.
const ROWS_BY_AREA: [(char, u32); 8] =
    [('L', 33), ('T', 28), ('H', 31), ('D', 22), ('P', 31), ('S', 13), ('C', 18), ('R', 8)];

/// Returns the words of a text that begin with `f_`, a letter and two digits.
fn find_test_names(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let is_row = |word: &&str| {
        let mut letters = word.strip_prefix("f_").unwrap_or_default().chars();
        letters.next().is_some_and(|letter| letter.is_ascii_lowercase())
            && letters.by_ref().take(2).filter(char::is_ascii_digit).count() == 2
            && letters.next() == Some('_')
    };
    words.filter(is_row).map(str::to_owned).collect()
}

#[test]
fn fault_catalogue_has_every_row_and_names_every_test() {
    let root = repository();
    let document = fs::read_to_string(root.join("docs/reliability.md")).unwrap();
    for (area, rows) in ROWS_BY_AREA {
        for row in 1..=rows {
            let line = document.lines().find(|line| line.starts_with(&format!("| F-{area}{row:02} | ")));
            let cell = line.unwrap_or_else(|| panic!("F-{area}{row:02} is not in docs/reliability.md"));
            assert!(cell.len() > "| F-L01 |  |".len() + 3, "F-{area}{row:02} says nothing");
        }
    }
    let code: String = ["src", "tests/it"].into_iter().flat_map(rust_sources).map(|(_, code)| code).collect();
    let defined: BTreeSet<_> = code
        .lines()
        .filter_map(|line| line.trim_start().trim_start_matches("async ").strip_prefix("fn "))
        .flat_map(find_test_names)
        .collect();
    // A name that ends in `_` is abbreviated in the text (`f_l22_…`).
    let named: BTreeSet<_> = find_test_names(&document).into_iter().filter(|name| !name.ends_with('_')).collect();
    assert_eq!(
        named.difference(&defined).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "in docs/reliability.md without a test"
    );
    assert_eq!(defined.difference(&named).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in docs/reliability.md");
}
