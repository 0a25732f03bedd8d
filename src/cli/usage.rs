//! Wrong usage in the one form that every failure has: one line of what, one line of what to do.
//!
//! clap explains on several lines, in paragraphs: the first is what is wrong, those that begin with `tip:` its
//! suggestions, `Usage:` the command that was meant.

use clap::error::{Error, ErrorKind};

use crate::failure::Failure;

/// Why there are no arguments to act on.
#[derive(Debug)]
pub enum Usage {
    /// Help or the version: print it on standard output, and exit with 0.
    Show(String),
    /// The arguments make no sense: exit code 2.
    Wrong(Failure),
}

/// Turns what clap says into a [`Usage`].
pub(super) fn from_clap(error: &Error) -> Usage {
    let text = error.render().to_string();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return Usage::Show(text);
    }
    let paragraphs: Vec<String> = text.split("\n\n").map(one_line).collect();
    let what = paragraphs.first().map_or("", |first| first.trim_start_matches("error: "));
    let tips: Vec<&str> = paragraphs.iter().filter_map(|part| part.strip_prefix("tip: ")).collect();
    let help = format!("`{} --help` shows what can be typed", command(&paragraphs));
    let hint = if tips.is_empty() { help } else { format!("{}; {help}", tips.join("; ")) };
    Usage::Wrong(Failure::usage(what).hint(hint))
}

/// The command that was meant: the words of the usage line before its first placeholder.
fn command(paragraphs: &[String]) -> String {
    let usage = paragraphs.iter().find_map(|part| part.strip_prefix("Usage: ")).unwrap_or("malsync");
    let words: Vec<&str> = usage.split(' ').take_while(|word| !word.starts_with(['[', '<', '-', '('])).collect();
    words.join(" ")
}

fn one_line(paragraph: &str) -> String {
    paragraph.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
