//! Wraps text to lines of a given width.
//!
//! Lines break at spaces. A word longer than a line (Japanese has no spaces) breaks between characters. Widths are terminal
//! columns: some characters take two, some none.

use unicode_segmentation::UnicodeSegmentation as _;

use super::{style::strip_styles, terminal_text::display_width};
use crate::control_chars::escape_controls;

/// Returns the text as escaped lines of at most `columns` columns (at least 2). Keeps existing line breaks.
#[must_use]
pub fn wrap_text(text: &str, columns: usize) -> Vec<String> {
    text.lines().flat_map(|line| wrap_paragraph(&escape_controls(line), columns.max(2))).collect()
}

/// Returns the text with its lines wrapped to `columns` columns. The text is escaped already, and may have styles. Lines that
/// fit stay as they are.
///
/// Further lines of a paragraph begin below its text: behind the label of a line `label  text`, behind a mark, or at its
/// indentation. A word that is longer than a line, such as a URL, is not broken, nor is a command to type: both must stay one
/// piece to be copied.
#[must_use]
pub(super) fn wrap_prose(text: &str, columns: usize) -> String {
    text.split_inclusive('\n').map(|line| wrap_line(line, columns)).collect()
}

/// Returns a line, with its line break if it has one, as lines of at most `columns` columns.
fn wrap_line(line: &str, columns: usize) -> String {
    if styled_width(line.trim_end()) <= columns {
        return line.to_owned();
    }
    let (content, line_end) = line.split_at(line.trim_end_matches('\n').len());
    let indent = hanging_indent(&strip_styles(content), columns);
    let (mut wrapped, text) = split_at_column(content, indent);
    let mut used = indent;
    let pieces = unbreakable_pieces(text).into_iter().flat_map(|piece| break_wide_text(piece, columns - indent));
    for (index, (piece, gap)) in pieces.enumerate() {
        let width = styled_width(&piece);
        if index > 0 && used + gap.len() + width > columns {
            wrapped.push_str(&format!("\n{:indent$}", ""));
            used = indent;
        } else if index > 0 {
            wrapped.push_str(gap);
            used += gap.len();
        }
        wrapped.push_str(&piece);
        used += width;
    }
    wrapped + line_end
}

/// Splits a piece that is longer than a line between its characters, if it is in a script without spaces. Returns the parts,
/// each with what separates it from the one before.
fn break_wide_text(piece: String, columns: usize) -> Vec<(String, &'static str)> {
    let is_wide = display_width(&piece) > piece.chars().count();
    if !is_wide || display_width(&piece) <= columns {
        return vec![(piece, " ")];
    }
    let parts = wrap_paragraph(&piece, columns.max(2)).into_iter().enumerate();
    parts.map(|(index, part)| (part, if index == 0 { " " } else { "" })).collect()
}

fn styled_width(text: &str) -> usize {
    display_width(&strip_styles(text))
}

/// Returns the column at which the text of a line begins. A label that takes more than half of the line does not count.
fn hanging_indent(line: &str, columns: usize) -> usize {
    let indent = line.len() - line.trim_start().len();
    let text = &line[indent..];
    let gap_end = |gap: usize| gap + text[gap..].len() - text[gap..].trim_start().len();
    let after_mark = text.char_indices().nth(1).filter(|(_, second)| *second == ' ').map(|(index, _)| index);
    let is_mark = text.chars().next().is_some_and(|first| !first.is_alphanumeric());
    let label_end = text.find("  ").or(after_mark.filter(|_| is_mark));
    let column = label_end.map_or(indent, |gap| indent + display_width(&text[..gap_end(gap)]));
    if column <= columns / 2 { column } else { indent.min(columns / 2) }
}

/// Splits styled text before the given column.
fn split_at_column(text: &str, column: usize) -> (String, &str) {
    let split = text.char_indices().map(|(index, _)| index).find(|index| styled_width(&text[..*index]) == column);
    let (before, after) = text.split_at(split.unwrap_or(0));
    (before.to_owned(), after)
}

/// Programs whose command lines are not broken.
const PROGRAMS: [&str; 9] =
    ["malsync", "ssh", "loginctl", "systemctl", "journalctl", "crontab", "chmod", "createdb", "schtasks"];
/// Subcommands of malsync that have subcommands.
const COMMANDS_WITH_SUBCOMMANDS: [&str; 4] = ["config", "schedule", "token", "users"];

/// Splits a text into words, and keeps the words of a command together.
fn unbreakable_pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut command = CommandScanner::default();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match pieces.last_mut() {
            Some(piece) if command.takes(&strip_styles(word)) => piece.push_str(&format!(" {word}")),
            _ => pieces.push(word.to_owned()),
        }
        command.step(&strip_styles(word));
    }
    pieces
}

/// Recognizes the words of a command line within a sentence: `malsync changes --run 5 (see malsync config edit)`.
#[derive(Default)]
struct CommandScanner {
    /// The word before, if it belongs to a command that goes on.
    last: Option<String>,
    is_quoted: bool,
}

impl CommandScanner {
    /// Returns true if the next word belongs to the command before it.
    fn takes(&self, word: &str) -> bool {
        let Some(last) = &self.last else { return false };
        let is_argument =
            word.starts_with(['-', '\'', '"', '<', '/']) || !word.contains(|c: char| c.is_ascii_lowercase());
        let is_expected = PROGRAMS.contains(&last.as_str())
            || COMMANDS_WITH_SUBCOMMANDS.contains(&last.as_str())
            || (last.starts_with('-') && !last.contains('='))
            || last.chars().all(|c| c.is_ascii_digit());
        self.is_quoted || is_expected || is_argument
    }

    fn step(&mut self, word: &str) {
        let name = word.trim_start_matches(['(', '`', '"']);
        let is_in_command = PROGRAMS.contains(&name) || self.takes(word);
        self.is_quoted = is_in_command && (self.is_quoted ^ (word.matches('\'').count() % 2 == 1));
        let ends = !self.is_quoted && word.ends_with([',', ';', '.', ':', ')', '`']);
        self.last = (is_in_command && !ends).then(|| name.to_owned());
    }
}

fn wrap_paragraph(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let last = lines.last_mut().expect("there is a line from the start on");
        let gap = usize::from(!last.is_empty());
        if display_width(last) + gap + display_width(word) <= columns {
            last.extend(std::iter::repeat_n(' ', gap));
            last.push_str(word);
            continue;
        }
        if !last.is_empty() {
            lines.push(String::new());
        }
        for character in word.graphemes(true) {
            let last = lines.last_mut().expect("there is a line from the start on");
            if display_width(last) + display_width(character) > columns && !last.is_empty() {
                lines.push(character.to_owned());
            } else {
                last.push_str(character);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_break_at_spaces_and_long_words_between_characters() {
        for (text, columns, expected) in [
            ("one two three", 8, &["one two", "three"][..]),
            ("one\n\ntwo", 8, &["one", "", "two"]),
            ("進撃の巨人", 4, &["進撃", "の巨", "人"]),
            ("👨‍👩‍👧👨‍👩‍👧", 3, &["👨‍👩‍👧", "👨‍👩‍👧"]),
            ("a 進撃の巨人", 5, &["a", "進撃", "の巨", "人"]),
            ("\x1b[2J", 8, &["␛[2J"]),
            ("", 8, &[]),
        ] {
            assert_eq!(wrap_text(text, columns), expected, "{text:?}");
        }
    }

    #[test]
    fn prose_breaks_at_words_and_continues_below_its_text() {
        for (text, columns, expected) in [
            ("one two three", 8, "one two\nthree"),
            ("one two\nthree", 8, "one two\nthree"),
            ("  one two three\n", 8, "  one\n  two\n  three\n"),
            ("key  one two", 10, "key  one\n     two"),
            ("a long label  one two", 10, "a long\nlabel one\ntwo"),
            ("✓ one two", 8, "✓ one\n  two"),
            ("open https://example.org/long now", 8, "open\nhttps://example.org/long\nnow"),
            ("\x1b[2mkey\x1b[0m  one \x1b[1mtwo\x1b[0m", 10, "\x1b[2mkey\x1b[0m  one\n     \x1b[1mtwo\x1b[0m"),
            ("key  a 進撃の巨人", 10, "key  a\n     進撃\n     の巨\n     人"),
            ("", 8, ""),
        ] {
            assert_eq!(wrap_prose(text, columns), expected, "{text:?}");
        }
    }

    #[test]
    fn command_to_type_is_not_broken() {
        for (text, expected) in [
            (
                "3 (list them with: malsync changes --run 5 --conflicts) now",
                &["malsync changes --run 5 --conflicts)", "now"][..],
            ),
            ("Next, run: malsync config edit, and set it", &["malsync config edit,", "and", "set", "it"]),
            ("run malsync show 'Cowboy Bebop' and see", &["malsync show 'Cowboy Bebop'", "and", "see"]),
            ("type malsync pin 28 score to keep it", &["malsync pin 28 score", "to", "keep", "it"]),
            ("type `malsync list` to see", &["`malsync list`", "to", "see"]),
            ("type ssh -L 3005:[::1]:3005 THIS-HOST there", &["ssh -L 3005:[::1]:3005 THIS-HOST", "there"]),
        ] {
            let pieces = unbreakable_pieces(text);
            assert!(
                pieces.ends_with(&expected.iter().map(|piece| (*piece).to_owned()).collect::<Vec<_>>()),
                "{pieces:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn wrapped_lines_fit_and_lose_only_whitespace(text in "[a-z進 \n]{0,80}", columns in 2_usize..20) {
            let lines = wrap_text(&text, columns);
            prop_assert!(lines.iter().all(|line| display_width(line) <= columns));
            let without_whitespace = |text: &str| text.replace([' ', '\n'], "");
            prop_assert_eq!(without_whitespace(&lines.concat()), without_whitespace(&text));
        }
    }
}
