//! Attributes that register a test of `tests/it` for one database or for both.
//!
//! [`macro@on_both`] turns a function into two tests, `NAME::sqlite` and `NAME::postgres`. [`macro@on_sqlite`] and
//! [`macro@on_postgres`] make only one of them. A synchronous function gets the
//! `DatabaseKind`, an async one an open `TestDatabase`. A function without a parameter gets nothing; the attribute then
//! only puts the database into the name of the test.
//!
//! ```text
//! #[on_both]
//! fn first_sync_stores_whole_list(kind: DatabaseKind) { … }         // end to end: opens a TestEnv of this kind
//!
//! #[on_both]
//! async fn second_merge_writes_no_row(db: TestDatabase) { … } // store contract
//!
//! #[on_postgres]
//! async fn role_without_rights_is_refused() { … }                   // no parameter
//! ```
//!
//! `#[ignore]` and `#[should_panic]` below the attribute apply to the tests.

use std::fmt::Write as _;

use proc_macro::{Delimiter, TokenStream, TokenTree};

/// Makes a test on SQLite and one on PostgreSQL.
#[proc_macro_attribute]
pub fn on_both(_: TokenStream, function: TokenStream) -> TokenStream {
    register(function, &[("sqlite", "Sqlite"), ("postgres", "Postgres")])
}

/// Makes a test on SQLite.
#[proc_macro_attribute]
pub fn on_sqlite(_: TokenStream, function: TokenStream) -> TokenStream {
    register(function, &[("sqlite", "Sqlite")])
}

/// Makes a test on PostgreSQL.
#[proc_macro_attribute]
pub fn on_postgres(_: TokenStream, function: TokenStream) -> TokenStream {
    register(function, &[("postgres", "Postgres")])
}

/// Returns the function and, in a module of the same name, a test for each database: its name, its `DatabaseKind`.
fn register(function: TokenStream, databases: &[(&str, &str)]) -> TokenStream {
    let function = TestFunction::parse(function);
    let TestFunction { name, test_attributes, .. } = &function;
    let mut tests = String::new();
    for (database, kind) in databases {
        let kind = format!("crate::support::test_env::DatabaseKind::{kind}");
        let test = match (function.is_async, function.has_parameter) {
            (false, false) => format!("#[test] fn {database}() {{ super::{name}(); }}"),
            (false, true) => format!("#[test] fn {database}() {{ super::{name}({kind}); }}"),
            (true, false) => format!("#[tokio::test] async fn {database}() {{ super::{name}().await; }}"),
            (true, true) => {
                let run = "crate::store::test_database::run_with_database";
                format!("#[tokio::test] async fn {database}() {{ {run}({kind}, super::{name}).await; }}")
            }
        };
        let _ = write!(tests, "{test_attributes} {test} ");
    }
    let module = format!("mod {name} {{ {tests} }}").parse::<TokenStream>();
    let mut output = function.tokens;
    output.extend(module.expect("valid Rust"));
    output
}

/// A function that becomes a test.
struct TestFunction {
    /// The function, without the attributes that belong to the tests.
    tokens: TokenStream,
    test_attributes: String,
    name: String,
    is_async: bool,
    has_parameter: bool,
}

impl TestFunction {
    fn parse(function: TokenStream) -> Self {
        let all: Vec<TokenTree> = function.into_iter().collect();
        let (mut kept, mut test_attributes) = (Vec::new(), String::new());
        let mut at = 0;
        while at < all.len() {
            match all.get(at..at + 2) {
                Some([hash, attribute]) if is_punct(hash, '#') && is_test_attribute(attribute) => {
                    let _ = write!(test_attributes, "#{attribute} ");
                    at += 2;
                }
                _ => {
                    kept.push(all[at].clone());
                    at += 1;
                }
            }
        }
        let keyword = kept.iter().position(|token| is_ident(token, "fn")).expect("a function");
        let parameters = kept[keyword..].iter().find_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => Some(group.stream()),
            _ => None,
        });
        Self {
            name: kept[keyword + 1].to_string(),
            is_async: keyword > 0 && is_ident(&kept[keyword - 1], "async"),
            has_parameter: parameters.is_some_and(|parameters| !parameters.is_empty()),
            test_attributes,
            tokens: kept.into_iter().collect(),
        }
    }
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

fn is_ident(token: &TokenTree, wanted: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident.to_string() == wanted)
}

/// Returns true for the brackets of `#[ignore…]` and `#[should_panic…]`.
fn is_test_attribute(token: &TokenTree) -> bool {
    let TokenTree::Group(group) = token else { return false };
    let first = group.stream().into_iter().next();
    first.is_some_and(|word| is_ident(&word, "ignore") || is_ident(&word, "should_panic"))
}
