//! Characters that control a terminal or the direction of text, and how they become visible.
//!
//! A title may contain anything, including terminal escape sequences and bidirectional overrides. Every text from outside
//! passes [`escape_controls`] before a person sees it; JSON escapes the same characters instead.

use std::borrow::Cow;

/// Returns true if the character controls a terminal or the text direction: C0 (including tab and line ends), DEL, C1,
/// bidirectional marks, embeddings, overrides and isolates, and the line and paragraph separators.
#[must_use]
pub const fn is_terminal_control(c: char) -> bool {
    matches!(c, '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns true if the character is never visible: zero-width spaces, invisible operators, and tags, in which a text of
/// its own can be hidden.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns true for a joiner or non-joiner of zero width, unless it stands between two characters that are not ASCII.
/// Emoji, Arabic and Indic scripts need it there.
fn is_useless_joiner(c: char, previous: Option<char>, next: Option<char>) -> bool {
    let is_joined = |neighbor: Option<char>| neighbor.is_some_and(|c| !c.is_ascii());
    matches!(c, '\u{200c}' | '\u{200d}') && !(is_joined(previous) && is_joined(next))
}

/// Replaces every terminal control character: C0 and DEL by their pictures (`␛`), all others by `�`. Invisible characters
/// become `�` too. The result is always one line.
#[must_use]
pub fn escape_controls(text: &str) -> Cow<'_, str> {
    let may_need_escape = |c: char| is_terminal_control(c) || is_invisible(c) || matches!(c, '\u{200c}' | '\u{200d}');
    if !text.contains(may_need_escape) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len());
    let (mut previous, mut rest) = (None, text.chars());
    while let Some(c) = rest.next() {
        let is_hidden = is_invisible(c) || is_useless_joiner(c, previous, rest.clone().next());
        escaped.push(if is_hidden { char::REPLACEMENT_CHARACTER } else { control_picture(c) });
        previous = Some(c);
    }
    Cow::Owned(escaped)
}

fn control_picture(c: char) -> char {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\x7f' => '␡',
        c if is_terminal_control(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_control_character_becomes_visible() {
        let controls = ('\0'..='\x1f')
            .chain('\x7f'..='\u{9f}')
            .chain(['\u{61c}', '\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}'])
            .chain('\u{202a}'..='\u{202e}')
            .chain('\u{2066}'..='\u{2069}');
        for c in controls {
            let text = format!("a{c}b");
            let escaped = escape_controls(&text);
            assert!(!escaped.contains(c) && escaped.chars().count() == 3, "{c:?} became {escaped:?}");
        }
        assert_eq!(escape_controls("\x1b[2J\n\t\x7f\u{202e}"), "␛[2J␊␉␡\u{fffd}");
    }

    #[test]
    fn printable_text_is_unchanged() {
        for text in ["Cowboy Bebop", "進撃の巨人", "Ümläut – “…”", "👨‍👩‍👧", "\u{a0}\u{ad}"]
        {
            assert_eq!(escape_controls(text), text);
        }
    }

    #[test]
    fn f_e11_invisible_characters_become_visible() {
        for c in ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{e0041}', '\u{e007f}'] {
            assert_eq!(escape_controls(&format!("ad{c}min")), "ad\u{fffd}min", "{c:?}");
            assert_eq!(escape_controls(&c.to_string()), "\u{fffd}", "{c:?}");
        }
        assert_eq!(escape_controls("می\u{200c}خواهم 👩\u{200d}🚀"), "می\u{200c}خواهم 👩\u{200d}🚀");
    }

    proptest! {
        #[test]
        fn escaping_is_complete_and_idempotent(text in any::<String>()) {
            let once = escape_controls(&text).into_owned();
            prop_assert!(!once.chars().any(is_terminal_control));
            prop_assert_eq!(escape_controls(&once), once.as_str());
        }
    }
}
