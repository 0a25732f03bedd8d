//! Colors and marks of all output.
//!
//! Views style text with [`paint`] regardless of the terminal; `Ui` removes the styles where colors are off.
//!
//! Invariant: color is never the only sign. A status stands beside its color in words, a mark (`✓`, `!`, `✗`) before its word.

use std::fmt::Display;

use anstyle::{AnsiColor, Effects, Style};

const fn colored(color: AnsiColor) -> Style {
    color.on_default()
}

/// Unstyled text.
pub(super) const PLAIN: Style = Style::new();
/// Headers and titles.
pub(super) const BOLD: Style = Style::new().effects(Effects::BOLD);
/// What matters less: dates, ids, labels.
pub(super) const DIM: Style = Style::new().effects(Effects::DIMMED);
/// Success.
pub(super) const GOOD: Style = colored(AnsiColor::Green);
/// What needs attention.
pub(super) const CAUTION: Style = colored(AnsiColor::Yellow);
/// Failure.
pub(super) const BAD: Style = colored(AnsiColor::Red);
/// Hints and commands to type.
pub(super) const HINT: Style = colored(AnsiColor::Cyan);

/// Bars of a chart.
pub(super) const BAR: Style = colored(AnsiColor::Cyan);

/// Mark of a success.
pub(super) const GOOD_MARK: &str = "✓";
/// Mark of a warning.
pub(super) const CAUTION_MARK: &str = "!";
/// Mark of a failure.
pub(super) const BAD_MARK: &str = "✗";

/// Returns the text in this style. The text must be escaped already.
pub(super) fn paint(text: impl Display, style: Style) -> String {
    format!("{style}{text}{style:#}")
}

/// Returns the color of a list status, as MAL shows it. An unknown status is plain.
pub(super) fn status_style(status: &str) -> Style {
    match status {
        "watching" => GOOD,
        "completed" => colored(AnsiColor::Blue),
        "on_hold" => CAUTION,
        "dropped" => BAD,
        "plan_to_watch" => colored(AnsiColor::BrightBlack),
        _ => PLAIN,
    }
}

/// Returns the color of a score from 1 to 10.
pub(super) const fn score_style(score: i32) -> Style {
    match score {
        8.. => GOOD,
        5..8 => CAUTION,
        1..5 => BAD,
        _ => PLAIN,
    }
}

/// Returns the page of an anime on MAL.
#[must_use]
pub fn anime_url(mal_id: i32) -> String {
    format!("https://myanimelist.net/anime/{mal_id}")
}

/// Returns the label as a hyperlink (OSC 8) to the URL. Both must be escaped already.
pub(super) fn hyperlink(label: &str, url: &str) -> String {
    format!("\x1b]8;;{url}\x1b\\{label}\x1b]8;;\x1b\\")
}

/// Returns the text without styles and hyperlinks.
#[must_use]
pub(crate) fn strip_styles(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stripped_text_has_neither_styles_nor_links() {
        let styled =
            format!("{} {}", paint("a", BOLD), hyperlink(&paint("進撃", status_style("dropped")), "https://x/1"));
        assert!(
            styled.contains("\x1b[1m") && styled.contains("\x1b[31m") && styled.contains("https://x/1"),
            "{styled:?}"
        );
        assert_eq!(strip_styles(&styled), "a 進撃");
        assert_eq!(paint("a", PLAIN), "a");
    }
}
