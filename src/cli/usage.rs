//! Wrong usage in the one form that every failure has: one line of what, one line of what to do.
//!
//! clap explains on several lines, in paragraphs: the first is what is wrong, those that begin with `tip:` are its
//! suggestions.

use std::ffi::OsString;

use clap::{
    CommandFactory,
    error::{Error, ErrorKind},
};

use super::Cli;
use crate::failure::Failure;

/// The longest paragraph, in characters.
const MOST: usize = 400;

/// Why there are no arguments to act on.
#[derive(Debug)]
pub enum Usage {
    /// Help or the version: print it on standard output, and exit with 0.
    Show(String),
    /// The arguments make no sense: exit code 2.
    Wrong(Failure),
}

/// Turns what clap says of these arguments into a [`Usage`].
pub(super) fn from_clap(error: &Error, args: &[OsString]) -> Usage {
    let text = error.render().to_string();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return Usage::Show(text);
    }
    let paragraphs: Vec<String> = text.split("\n\n").map(|paragraph| brief(one_line(paragraph))).collect();
    let what = paragraphs.first().map_or("", |first| first.trim_start_matches("error: "));
    // A number below 0 is nowhere a value that wants to be let through.
    let helps =
        |tip: &&str| !tip.strip_prefix("to pass '-").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let tips: Vec<&str> = paragraphs.iter().filter_map(|part| part.strip_prefix("tip: ")).filter(helps).collect();
    let help = format!("`{} --help` shows what can be typed", meant(args));
    let hint = if tips.is_empty() { help } else { format!("{}; {help}", tips.join("; ")) };
    Usage::Wrong(Failure::usage(what).hint(hint))
}

/// What clap says of the flags behind `--where`.
pub(super) fn where_failure(error: &Error) -> Failure {
    let text = error.render().to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    let what = brief(one_line(first.trim_start_matches("error: "))).replace("'--", "'");
    Failure::usage(format!("--where: {what}")).hint("`malsync list --help` shows what each flag takes")
}

/// The command that was meant, as far as the arguments name one.
fn meant(args: &[OsString]) -> String {
    let root = Cli::command();
    let mut command = &root;
    let mut words = vec![root.get_name()];
    for arg in args.iter().skip(1).filter_map(|arg| arg.to_str()) {
        if let Some(sub) = command.find_subcommand(arg) {
            words.push(sub.get_name());
            command = sub;
        }
    }
    words.join(" ")
}

/// An argument may be as long as the system allows: of a paragraph that quotes such a one, the beginning.
fn brief(paragraph: String) -> String {
    match paragraph.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &paragraph[..end]),
        None => paragraph,
    }
}

fn one_line(paragraph: &str) -> String {
    paragraph.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
