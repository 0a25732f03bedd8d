//! Running text in lines of a given width.
//!
//! Parted at blanks; a word that is longer than a line (Japanese has no blanks) is parted between characters. Widths are
//! those of a terminal, where some characters take two columns and some none.

use unicode_segmentation::UnicodeSegmentation as _;

use super::terminal_text::{display_width, escape_controls};

/// The text in clean lines of so many columns, its own line ends kept.
#[must_use]
pub fn wrap_text(text: &str, columns: usize) -> Vec<String> {
    text.lines().flat_map(|line| wrap_paragraph(&escape_controls(line), columns.max(2))).collect()
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
        for seen in word.graphemes(true) {
            let last = lines.last_mut().expect("there is a line from the start on");
            if display_width(last) + display_width(seen) > columns && !last.is_empty() {
                lines.push(seen.to_owned());
            } else {
                last.push_str(seen);
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

    proptest! {
        #[test]
        fn wrapped_lines_fit_and_lose_only_whitespace(text in "[a-z進 \n]{0,80}", columns in 2_usize..20) {
            let lines = wrap_text(&text, columns);
            prop_assert!(lines.iter().all(|line| display_width(line) <= columns));
            let bare = |text: &str| text.replace([' ', '\n'], "");
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
        }
    }
}
