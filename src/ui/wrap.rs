//! Wraps text to lines of a given width.
//!
//! Lines break at spaces. A word longer than a line (Japanese has no spaces) breaks between characters. Widths are terminal
//! columns: some characters take two, some none.

use unicode_segmentation::UnicodeSegmentation as _;

use super::terminal_text::display_width;
use crate::control_chars::escape_controls;

/// Returns the text as escaped lines of at most `columns` columns (at least 2). Keeps existing line breaks.
#[must_use]
pub fn wrap_text(text: &str, columns: usize) -> Vec<String> {
    text.lines().flat_map(|line| wrap_paragraph(&escape_controls(line), columns.max(2))).collect()
}

/// Returns the text as escaped lines of at most `columns` columns. Line breaks are escaped too. A word that is longer than a
/// line, such as a URL, is not broken: it must stay one piece to be copied.
#[must_use]
pub(super) fn wrap_message(text: &str, columns: usize) -> Vec<String> {
    let text = escape_controls(text);
    let indent = &text[..text.len() - text.trim_start().len()];
    let mut lines: Vec<String> = vec![indent.to_owned()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let last = lines.last_mut().expect("there is a line from the start on");
        let is_empty = last.trim().is_empty();
        if is_empty || display_width(last) + 1 + display_width(word) <= columns {
            last.push_str(if is_empty { "" } else { " " });
            last.push_str(word);
        } else {
            lines.push(format!("{indent}{word}"));
        }
    }
    lines
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
    fn message_keeps_its_indentation_and_never_breaks_a_word() {
        for (text, columns, expected) in [
            ("one two three", 8, &["one two", "three"][..]),
            ("  one two three", 8, &["  one", "  two", "  three"]),
            ("open https://example.org/long now", 8, &["open", "https://example.org/long", "now"]),
            ("a\nerror: b", 80, &["a␊error: b"]),
            ("", 8, &[""]),
        ] {
            assert_eq!(wrap_message(text, columns), expected, "{text:?}");
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
