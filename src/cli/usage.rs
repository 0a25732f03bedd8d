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
const MAX_PARAGRAPH_CHARS: usize = 400;

/// Why there are no arguments to act on.
#[derive(Debug)]
pub enum ParseStop {
    /// Help or the version: print it on standard output, and exit with 0.
    ShowText(String),
    /// The arguments make no sense: exit code 2.
    WrongUsage(Failure),
}

/// Turns what clap says of these arguments into a [`Usage`].
pub(super) fn from_clap(error: &Error, args: &[OsString]) -> ParseStop {
    let text = error.render().to_string();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return ParseStop::ShowText(text);
    }
    let paragraphs: Vec<String> = text.split("\n\n").map(|paragraph| shorten(join_lines(paragraph))).collect();
    let what = paragraphs.first().map_or("", |first| first.trim_start_matches("error: "));
    // A number below 0 is nowhere a value that wants to be let through.
    let helps =
        |tip: &&str| !tip.strip_prefix("to pass '-").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let tips: Vec<&str> = paragraphs.iter().filter_map(|part| part.strip_prefix("tip: ")).filter(helps).collect();
    let help = format!("`{} --help` shows what can be typed", command_path(args));
    let hint = if tips.is_empty() { help } else { format!("{}; {help}", tips.join("; ")) };
    ParseStop::WrongUsage(Failure::usage_error(what).with_hint(hint))
}

/// What clap says of the flags behind `--where`.
pub(super) fn where_filter_failure(error: &Error) -> Failure {
    let text = error.render().to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    let what = shorten(join_lines(first.trim_start_matches("error: "))).replace("'--", "'");
    Failure::usage_error(format!("--where: {what}")).with_hint("`malsync list --help` shows what each flag takes")
}

/// The command that was meant, as far as the arguments name one.
fn command_path(args: &[OsString]) -> String {
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
fn shorten(paragraph: String) -> String {
    match paragraph.char_indices().nth(MAX_PARAGRAPH_CHARS) {
        Some((end, _)) => format!("{}…", &paragraph[..end]),
        None => paragraph,
    }
}

fn join_lines(paragraph: &str) -> String {
    paragraph.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
