//! Sanitizes texts from MAL for storage, and truncates texts for messages.
//!
//! Invariants:
//!
//! 1. Sanitizing is idempotent, so a second sync sees no change.
//! 2. The caller reports what was changed ([`Sanitized::report`]).

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::secret::redact_tokens;

/// Maximum size of a stored text. A title has at most 300 bytes, a synopsis some thousands.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;

/// Maximum length of a quoted text in a message.
const EXCERPT_CHARS: usize = 60;

/// The changes that [`sanitize`] made to a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sanitized {
    /// True if NUL characters were replaced by U+FFFD, because PostgreSQL cannot store NUL.
    pub replaced_nul: bool,
    /// True if the text was longer than [`MAX_TEXT_BYTES`].
    pub truncated: bool,
}

impl Sanitized {
    /// Calls `warn` for each kind of change; `what` names the text.
    pub fn report(self, what: &str, warn: &mut dyn FnMut(&str)) {
        if self.replaced_nul {
            warn(&format!("{what} contains a NUL character, which is replaced"));
        }
        if self.truncated {
            warn(&format!("{what} is longer than {} KiB and is truncated", MAX_TEXT_BYTES / 1024));
        }
    }
}

impl std::ops::BitOrAssign for Sanitized {
    fn bitor_assign(&mut self, other: Self) {
        self.replaced_nul |= other.replaced_nul;
        self.truncated |= other.truncated;
    }
}

/// Replaces NUL characters and truncates to [`MAX_TEXT_BYTES`]. Returns what was changed.
pub fn sanitize(text: &mut String) -> Sanitized {
    let mut sanitized = Sanitized::default();
    if text.contains('\0') {
        *text = text.replace('\0', "\u{FFFD}");
        sanitized.replaced_nul = true;
    }
    if text.len() > MAX_TEXT_BYTES {
        text.truncate(truncation_point(text));
        sanitized.truncated = true;
    }
    sanitized
}

/// Returns the byte index at which to truncate: the last grapheme boundary within the limit, and not inside an HTML
/// entity.
fn truncation_point(text: &str) -> usize {
    let limit = text.floor_char_boundary(MAX_TEXT_BYTES);
    // Grapheme boundaries depend on the text behind them too.
    let lookahead_end = text.floor_char_boundary(MAX_TEXT_BYTES + EXCERPT_CHARS);
    let graphemes = text[..lookahead_end].grapheme_indices(true).map(|(index, _)| index);
    let index = graphemes.take_while(|index| *index <= limit).last().unwrap_or(0);
    // A letter with thousands of combining marks has no grapheme boundary within the limit.
    let index = if index == 0 { limit } else { index };
    let tail = text.floor_char_boundary(index.saturating_sub(EXCERPT_CHARS / 2));
    match text[tail..index].rfind('&') {
        Some(ampersand)
            if !text[tail + ampersand..index].contains(';') && text[tail + ampersand..lookahead_end].contains(';') =>
        {
            tail + ampersand
        }
        _ => index,
    }
}

/// Normalizes a text for search: without accents, in lower case, full-width letters replaced by narrow ones.
#[must_use]
pub fn normalize_for_search(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // Strips accents of Latin, Greek and Cyrillic letters. The voicing marks of kana are kept: they make other
    // syllables.
    let is_accent = |c: &char| ('\u{300}'..='\u{36f}').contains(c);
    text.nfkd().filter(|c| !is_accent(c)).nfc().collect::<String>().to_lowercase()
}

/// Returns the candidate most similar to `text`. Returns `None` if none reaches `MIN_SIMILARITY`.
#[must_use]
pub fn closest_match<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let text = normalize_for_search(text);
    let similarities =
        candidates.into_iter().map(|word| (strsim::jaro_winkler(&normalize_for_search(word), &text), word));
    similarities
        .filter(|(similarity, _)| *similarity >= MIN_SIMILARITY)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, word)| word)
}

/// Minimum similarity (0 to 1) for a candidate to count as the intended word.
const MIN_SIMILARITY: f64 = 0.85;

/// Number of bytes of a text that [`excerpt`] reads.
const EXCERPT_SCAN_BYTES: usize = 4096;

/// Returns the beginning of a text for use in a message, with possible tokens redacted.
#[must_use]
pub fn excerpt(text: &str) -> Cow<'_, str> {
    // Redact before truncating: a truncated token might not be recognized.
    let redacted = redact_tokens(&text[..text.floor_char_boundary(EXCERPT_SCAN_BYTES)]);
    Cow::Owned(truncate_chars(&redacted, EXCERPT_CHARS).into_owned())
}

/// Returns at most `max_chars` characters, followed by `…` if the text was longer.
#[must_use]
pub fn truncate_chars(text: &str, max_chars: usize) -> Cow<'_, str> {
    match text.char_indices().nth(max_chars) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sanitize_text(text: &str) -> (String, Sanitized) {
        let mut text = text.to_owned();
        let sanitized = sanitize(&mut text);
        (text, sanitized)
    }

    #[test]
    fn closest_match_returns_similar_word_or_none() {
        let known = ["Action", "Adventure", "Sci-Fi", "Slice of Life", "Pokémon"];
        for (text, expected) in [
            ("Acton", Some("Action")),
            ("scifi", Some("Sci-Fi")),
            ("slice of lief", Some("Slice of Life")),
            ("POKEMON", Some("Pokémon")),
            ("Horror", None),
            ("", None),
        ] {
            assert_eq!(closest_match(text, known), expected, "{text}");
        }
    }

    #[test]
    fn sanitize_keeps_text_within_limit() {
        for text in [String::new(), "進撃".into(), "x".repeat(MAX_TEXT_BYTES), "あ".repeat(MAX_TEXT_BYTES / 3)] {
            assert_eq!(sanitize_text(&text), (text.clone(), Sanitized::default()));
        }
    }

    #[test]
    fn sanitize_truncates_at_grapheme_boundary() {
        let family = "👨‍👩‍👧‍👦";
        for unit in ["a", "あ", family, "e\u{301}", "\r\n"] {
            let (text, sanitized) = sanitize_text(&unit.repeat(MAX_TEXT_BYTES + 1));
            assert_eq!(text.len(), MAX_TEXT_BYTES / unit.len() * unit.len(), "{unit:?}");
            assert!(sanitized.truncated && !sanitized.replaced_nul);
        }
        let (zalgo, _) = sanitize_text(&format!("a{}", "\u{301}".repeat(MAX_TEXT_BYTES)));
        assert_eq!(zalgo.len(), MAX_TEXT_BYTES - 1, "a text of a single grapheme is truncated, not dropped");
    }

    #[test]
    fn sanitize_does_not_split_html_entity() {
        let text = |before: usize| format!("{}&amp;{}", "x".repeat(before), "y".repeat(99));
        assert_eq!(sanitize_text(&text(MAX_TEXT_BYTES - 3)).0.len(), MAX_TEXT_BYTES - 3);
        assert!(sanitize_text(&text(MAX_TEXT_BYTES - 5)).0.ends_with("&amp;"));
        let lone = format!("{}& {}", "x".repeat(MAX_TEXT_BYTES - 2), "y".repeat(99));
        assert_eq!(sanitize_text(&lone).0.len(), MAX_TEXT_BYTES, "a lone ampersand is not an entity");
    }

    #[test]
    fn sanitize_replaces_nul_before_measuring_length() {
        let (text, sanitized) = sanitize_text(&"\0".repeat(MAX_TEXT_BYTES));
        assert_eq!((text.len(), sanitized), (MAX_TEXT_BYTES - 1, Sanitized { replaced_nul: true, truncated: true }));
    }

    proptest! {
        #[test]
        fn sanitize_is_idempotent(part in "[a&;#x\u{301}あ👨\u{200d}\0]{1,40}", times in 1_usize..9_000) {
            let (once, _) = sanitize_text(&part.repeat(times));
            prop_assert!(once.len() <= MAX_TEXT_BYTES && !once.is_empty());
            let (again, changes) = sanitize_text(&once);
            prop_assert_eq!((again, changes), (once, Sanitized::default()));
        }
    }
}
