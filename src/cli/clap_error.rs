//! The text of clap's errors, in the form of every failure.
//!
//! clap explains in several paragraphs: the first says what is wrong, those that begin with `tip:` are suggestions.

use clap::error::Error;

use crate::failure::Failure;

/// Maximum length of a paragraph, in characters. A longer one is cut and ends with `…`.
const MAX_PARAGRAPH_CHARS: usize = 400;

/// Splits clap's rendered error into paragraphs. Each becomes one line of at most [`MAX_PARAGRAPH_CHARS`] characters.
pub(super) fn split_paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n").map(|paragraph| shorten(join_lines(paragraph))).collect()
}

/// Converts clap's error about a value of `--where` to a failure.
///
/// Users write `--where KEY=VALUE`. clap parses it as the flag `--KEY=VALUE`, so its message quotes the flag with dashes
/// that the user did not type.
pub(super) fn where_filter_failure(error: &Error) -> Failure {
    let text = error.render().to_string();
    let paragraphs = split_paragraphs(text.trim_start_matches("error: "));
    // Quote the flag without the dashes, as the user typed it.
    let message = paragraphs.first().map_or("", String::as_str).replace("'--", "'");
    Failure::usage_error(format!("--where: {message}")).with_hint("For help, run: malsync list --help")
}

/// Cuts a paragraph at [`MAX_PARAGRAPH_CHARS`]: it may quote an argument of any length.
fn shorten(paragraph: String) -> String {
    match paragraph.char_indices().nth(MAX_PARAGRAPH_CHARS) {
        Some((end, _)) => format!("{}…", &paragraph[..end]),
        None => paragraph,
    }
}

fn join_lines(paragraph: &str) -> String {
    paragraph.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
