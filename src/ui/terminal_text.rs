//! Text from outside, made fit for a terminal.
//!
//! A title may hold anything, sequences that drive a terminal or turn the line round included. Every text from outside
//! passes [`clean`] on its way to a person; JSON escapes the same characters instead.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Whether a character steers a terminal or the order of what is read, rather than being read itself: C0 (tab and line
/// ends included), DEL, C1, and the marks, embeddings, overrides and isolates of bidirectional text, with the line and
/// paragraph separators.
#[must_use]
pub(super) const fn is_terminal_control(c: char) -> bool {
    matches!(c, '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text with every character that steers a terminal made visible: control characters as their pictures (`␛`), the others as
/// `�`. Always one line.
#[must_use]
pub fn escape_controls(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_terminal_control) {
        Cow::Owned(text.chars().map(control_picture).collect())
    } else {
        Cow::Borrowed(text)
    }
}

fn control_picture(c: char) -> char {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\x7f' => '␡',
        c if is_terminal_control(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

/// How many columns of a terminal a clean text takes.
#[must_use]
pub fn display_width(text: &str) -> usize {
    text.width()
}

/// The text without what makes terminals disagree on its width: the marks that ask for an emoji's coloured shape, skin
/// tones, and the joiners that make one emoji of several. In words of Indic scripts joiners mean something, and stay.
#[must_use]
pub(super) fn strip_ambiguous_width(text: &str) -> Cow<'_, str> {
    const ZERO_WIDTH_JOINER: char = '\u{200d}';
    let odd = |c: char| matches!(c, ZERO_WIDTH_JOINER | '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}');
    if !text.chars().any(odd) {
        return Cow::Borrowed(text);
    }
    let mut steady = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let joins_letters = c == ZERO_WIDTH_JOINER && rest.peek().is_none_or(|next| next.is_alphabetic());
        // A skin tone by itself is a patch of colour.
        if !odd(c) || joins_letters || (steady.is_empty() && c != ZERO_WIDTH_JOINER) {
            steady.push(c);
        }
    }
    Cow::Owned(steady)
}

/// Takes no room, and ends a piece of text from right to left.
const LEFT_TO_RIGHT_MARK: char = '\u{200e}';

/// Whether a letter is one of those written from right to left: Hebrew, Arabic, Syriac, Thaana, N'Ko and their like.
const fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Closes a clean text that is written from right to left, where something stands beside it on a terminal.
pub(super) fn terminate_rtl(text: &mut String) {
    if text.chars().any(is_right_to_left) {
        text.push(LEFT_TO_RIGHT_MARK);
    }
}

/// The text cut to so many columns, with a `…` where something is missing.
#[must_use]
pub fn truncate_to_width(text: &str, columns: usize) -> Cow<'_, str> {
    if display_width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let mut short = String::new();
    let mut taken = 0;
    // What is seen as one character is kept or cut as a whole.
    for seen in text.graphemes(true) {
        taken += display_width(seen);
        if taken + 1 > columns {
            break;
        }
        short.push_str(seen);
    }
    if columns > 0 {
        short.push('…');
    }
    Cow::Owned(short)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_control_character_becomes_visible() {
        let steering = ('\0'..='\x1f')
            .chain('\x7f'..='\u{9f}')
            .chain(['\u{61c}', '\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}'])
            .chain('\u{202a}'..='\u{202e}')
            .chain('\u{2066}'..='\u{2069}');
        for c in steering {
            let text = format!("a{c}b");
            let cleaned = escape_controls(&text);
            assert!(!cleaned.contains(c) && cleaned.chars().count() == 3, "{c:?} became {cleaned:?}");
        }
        assert_eq!(escape_controls("\x1b[2J\n\t\x7f\u{202e}"), "␛[2J␊␉␡\u{fffd}");
    }

    #[test]
    fn printable_text_is_unchanged() {
        for text in ["Cowboy Bebop", "進撃の巨人", "Ümläut – “…”", "👨‍👩‍👧", "\u{a0}\u{ad}"]
        {
            assert!(matches!(escape_controls(text), Cow::Borrowed(same) if same == text));
        }
    }

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
        fn escaping_is_complete_and_idempotent(text in any::<String>()) {
            let once = escape_controls(&text).into_owned();
            prop_assert!(!once.chars().any(is_terminal_control));
            prop_assert_eq!(escape_controls(&once), once.as_str());
        }

        #[test]
        fn truncated_text_never_exceeds_the_width(text in any::<String>(), columns in 0_usize..40) {
            prop_assert!(display_width(&truncate_to_width(&escape_controls(&text), columns)) <= columns);
        }
    }
}
