//! Fits text from outside to a terminal: width, truncation and direction. The control characters in it are escaped
//! before, by `control_chars`.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Returns the number of terminal columns of an escaped text.
#[must_use]
pub fn display_width(text: &str) -> usize {
    text.width()
}

/// Removes characters on whose width terminals disagree: emoji variation selectors, skin tones, and joiners between emoji.
/// Keeps joiners before letters, which are significant in Indic scripts.
#[must_use]
pub(super) fn strip_ambiguous_width(text: &str) -> Cow<'_, str> {
    const ZERO_WIDTH_JOINER: char = '\u{200d}';
    let is_ambiguous = |c: char| matches!(c, ZERO_WIDTH_JOINER | '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}');
    if !text.chars().any(is_ambiguous) {
        return Cow::Borrowed(text);
    }
    let mut stripped = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let joins_letters = c == ZERO_WIDTH_JOINER && rest.peek().is_none_or(|next| next.is_alphabetic());
        // A skin tone at the beginning is a visible color patch. It is kept, and so is a variation selector there.
        if !is_ambiguous(c) || joins_letters || (stripped.is_empty() && c != ZERO_WIDTH_JOINER) {
            stripped.push(c);
        }
    }
    Cow::Owned(stripped)
}

/// Zero-width mark that ends a run of right-to-left text.
const LEFT_TO_RIGHT_MARK: char = '\u{200e}';

/// Returns true for letters of right-to-left scripts: Hebrew, Arabic, Syriac, Thaana, N'Ko and similar.
const fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Appends a left-to-right mark to escaped text with right-to-left letters, so it does not reorder the text beside it.
pub(super) fn terminate_rtl(text: &mut String) {
    if text.chars().any(is_right_to_left) {
        text.push(LEFT_TO_RIGHT_MARK);
    }
}

/// Truncates the text to `columns` terminal columns; a truncated text ends in `…`.
#[must_use]
pub fn truncate_to_width(text: &str, columns: usize) -> Cow<'_, str> {
    if display_width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let mut truncated = String::new();
    let mut used = 0;
    // Keep or cut grapheme clusters as a whole.
    for character in text.graphemes(true) {
        used += display_width(character);
        if used + 1 > columns {
            break;
        }
        truncated.push_str(character);
    }
    if columns > 0 {
        truncated.push('…');
    }
    Cow::Owned(truncated)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::control_chars::escape_controls;

    #[test]
    fn truncated_text_ends_in_ellipsis_and_counts_wide_characters_twice() {
        for (text, columns, expected) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("進撃の巨人", 10, "進撃の巨人"),
            ("進撃の巨人", 6, "進撃…"),
            ("進撃の巨人", 5, "進撃…"),
            ("Poke\u{301}mon", 5, "Poke\u{301}…"),
            ("a👨‍👩‍👧b c", 4, "a👨‍👩‍👧…"),
            ("a👨‍👩‍👧b c", 3, "a…"),
            ("abc", 1, "…"),
            ("abc", 0, ""),
        ] {
            assert_eq!(truncate_to_width(text, columns), expected, "{text} in {columns}");
        }
    }

    proptest! {
        #[test]
        fn truncated_text_never_exceeds_the_width(text in any::<String>(), columns in 0_usize..40) {
            prop_assert!(display_width(&truncate_to_width(&escape_controls(&text), columns)) <= columns);
        }
    }
}
