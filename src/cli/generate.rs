//! Completion scripts and manual pages, made from the same description that the arguments are read by.

use clap::{Command, CommandFactory};
use clap_complete::Shell;

use super::Cli;

/// What a page says it is of.
const SOURCE: &str = concat!("malsync ", env!("CARGO_PKG_VERSION"));

/// The completion script of a shell.
#[must_use]
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "malsync", &mut script);
    script
}

/// The manual pages, one a command: file name (`malsync.1`, `malsync-sync.1`, …) and content. The first is `malsync.1`.
/// The pages are the same wherever and whenever they are made.
#[must_use]
pub fn man_pages() -> Vec<(String, Vec<u8>)> {
    let mut root = Cli::command().disable_help_subcommand(true);
    root.build();
    let mut pages = Vec::new();
    add_pages(&root, &mut pages);
    pages
}

/// The page as mandoc wants it: the empty date in quotes, lest the source be taken for it, and no line break beside a blank
/// line, which is one already.
fn mended(page: &str) -> String {
    page.replacen(&format!(" 1  \"{SOURCE}\" "), &format!(" 1 \"\" \"{SOURCE}\""), 1)
        .replace("\n.br\n\n.br\n", "\n.sp\n")
}

fn add_pages(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) {
    let page = clap_mangen::Man::new(command.clone()).source(SOURCE);
    let mut text = Vec::new();
    page.render(&mut text).expect("writing to memory does not fail");
    let text = String::from_utf8(text).expect("a page is made of UTF-8");
    pages.push((page.get_filename(), mended(&text).into_bytes()));
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        add_pages(sub, pages);
    }
}
