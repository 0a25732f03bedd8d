//! Turns clap's errors into the form of every failure: one line of what is wrong, one hint.
//!
//! clap explains in several paragraphs: the first says what is wrong, those that begin with `tip:` are suggestions.

use std::ffi::OsString;

use clap::{
    CommandFactory,
    error::{Error, ErrorKind},
};

use super::Cli;
use crate::failure::Failure;

/// Length limit of a paragraph, in characters.
const MAX_PARAGRAPH_CHARS: usize = 400;

/// Why parsing did not produce arguments.
#[derive(Debug)]
pub enum ParseStop {
    /// Help or version text: print it on standard output and exit with 0.
    ShowText(String),
    /// The arguments are invalid: exit code 2.
    WrongUsage(Failure),
}

/// Converts clap's error for these arguments.
pub(super) fn from_clap(error: &Error, args: &[OsString]) -> ParseStop {
    let text = error.render().to_string();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return ParseStop::ShowText(text);
    }
    let paragraphs: Vec<String> = text.split("\n\n").map(|paragraph| shorten(join_lines(paragraph))).collect();
    let message = paragraphs.first().map_or("", |first| first.trim_start_matches("error: "));
    // Drop the tip on passing a negative number: no value may be negative.
    let is_helpful =
        |tip: &&str| !tip.strip_prefix("to pass '-").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let tips: Vec<&str> =
        paragraphs.iter().filter_map(|paragraph| paragraph.strip_prefix("tip: ")).filter(is_helpful).collect();
    let help = format!("`{} --help` shows what can be typed", command_path(args));
    let hint = if tips.is_empty() { help } else { format!("{}; {help}", tips.join("; ")) };
    ParseStop::WrongUsage(Failure::usage_error(message).with_hint(hint))
}

/// Converts clap's error for the flags of `--where`.
pub(super) fn where_filter_failure(error: &Error) -> Failure {
    let text = error.render().to_string();
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    let message = shorten(join_lines(paragraph.trim_start_matches("error: "))).replace("'--", "'");
    Failure::usage_error(format!("--where: {message}")).with_hint("`malsync list --help` shows what each flag takes")
}

/// Returns the command path named by the arguments, as far as it can be recognized.
fn command_path(args: &[OsString]) -> String {
    let root = Cli::command();
    let mut command = &root;
    let mut names = vec![root.get_name()];
    for arg in args.iter().skip(1).filter_map(|arg| arg.to_str()) {
        if let Some(subcommand) = command.find_subcommand(arg) {
            names.push(subcommand.get_name());
            command = subcommand;
        }
    }
    names.join(" ")
}

/// Shortens a paragraph, because it may quote an argument of any length.
fn shorten(paragraph: String) -> String {
    match paragraph.char_indices().nth(MAX_PARAGRAPH_CHARS) {
        Some((end, _)) => format!("{}…", &paragraph[..end]),
        None => paragraph,
    }
}

fn join_lines(paragraph: &str) -> String {
    paragraph.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
