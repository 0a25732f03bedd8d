//! Texts from MAL, made fit for every database, and cut to what one row or one line of a message can take.
//!
//! The rule: what is made fit once is fit, so that a second sync finds it unchanged. Whoever makes it fit says so.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::secret::redact_tokens;

/// The longest text that is stored, in bytes. A title has 300 at most, a synopsis some thousands.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;

/// The longest text in a message, in characters.
const EXCERPT_CHARS: usize = 60;

/// What was done to a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sanitized {
    /// It held NUL, which PostgreSQL cannot hold: U+FFFD stands for it.
    pub replaced_nul: bool,
    /// It was longer than [`LONGEST`].
    pub truncated: bool,
}

impl Sanitized {
    /// Says what was done, in words about `what`.
    pub fn report(self, what: &str, warn: &mut dyn FnMut(&str)) {
        if self.replaced_nul {
            warn(&format!("{what} holds a NUL character, which is replaced"));
        }
        if self.truncated {
            warn(&format!("{what} holds more than {} KiB of text, which is cut", MAX_TEXT_BYTES / 1024));
        }
    }
}

impl std::ops::BitOrAssign for Sanitized {
    fn bitor_assign(&mut self, other: Self) {
        self.replaced_nul |= other.replaced_nul;
        self.truncated |= other.truncated;
    }
}

/// Replaces NUL, and cuts what is too long.
pub fn sanitize(text: &mut String) -> Sanitized {
    let mut mended = Sanitized::default();
    if text.contains('\0') {
        *text = text.replace('\0', "\u{FFFD}");
        mended.replaced_nul = true;
    }
    if text.len() > MAX_TEXT_BYTES {
        text.truncate(truncation_point(text));
        mended.truncated = true;
    }
    mended
}

/// Where a long text is cut: at the last edge of what is read as one character, and before an HTML entity rather than in it.
fn truncation_point(text: &str) -> usize {
    let most = text.floor_char_boundary(MAX_TEXT_BYTES);
    // The edge is decided by what stands beyond it too.
    let beyond = text.floor_char_boundary(MAX_TEXT_BYTES + EXCERPT_CHARS);
    let graphemes = text[..beyond].grapheme_indices(true).map(|(at, _)| at);
    let at = graphemes.take_while(|at| *at <= most).last().unwrap_or(0);
    // Thousands of marks on one letter have no edge.
    let at = if at == 0 { most } else { at };
    let tail = text.floor_char_boundary(at.saturating_sub(EXCERPT_CHARS / 2));
    match text[tail..at].rfind('&') {
        Some(amp) if !text[tail + amp..at].contains(';') && text[tail + amp..beyond].contains(';') => tail + amp,
        _ => at,
    }
}

/// A text as it is searched for: without accents, in lower case, wide letters narrow.
#[must_use]
pub fn normalize_for_search(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // Latin, Greek and Cyrillic accents; the marks of kana stay, which make other syllables.
    let is_accent = |c: &char| ('\u{300}'..='\u{36f}').contains(c);
    text.nfkd().filter(|c| !is_accent(c)).nfc().collect::<String>().to_lowercase()
}

/// The one of these words that is nearest to a text, where one is near enough to be meant.
#[must_use]
pub fn closest_match<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let text = normalize_for_search(text);
    let near = known.into_iter().map(|word| (strsim::jaro_winkler(&normalize_for_search(word), &text), word));
    near.filter(|(near, _)| *near >= MIN_SIMILARITY).max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, word)| word)
}

/// How near a word must be, from 0 to 1, to be taken for what was meant.
const MIN_SIMILARITY: f64 = 0.85;

/// How much of a text is looked at to quote its beginning, in bytes.
const EXCERPT_SCAN_BYTES: usize = 4096;

/// A text as a message quotes it: cut to what one line can take, without what may be a token.
#[must_use]
pub fn excerpt(text: &str) -> Cow<'_, str> {
    // Before the cut, which might leave the beginning of one.
    let told = redact_tokens(&text[..text.floor_char_boundary(EXCERPT_SCAN_BYTES)]);
    Cow::Owned(truncate_chars(&told, EXCERPT_CHARS).into_owned())
}

/// A text of at most so many characters, with a `…` where something is missing.
#[must_use]
pub fn truncate_chars(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
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
        let mended = sanitize(&mut text);
        (text, mended)
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
            let (text, mended) = sanitize_text(&unit.repeat(MAX_TEXT_BYTES + 1));
            assert_eq!(text.len(), MAX_TEXT_BYTES / unit.len() * unit.len(), "{unit:?}");
            assert!(mended.truncated && !mended.replaced_nul);
        }
        let (zalgo, _) = sanitize_text(&format!("a{}", "\u{301}".repeat(MAX_TEXT_BYTES)));
        assert_eq!(zalgo.len(), MAX_TEXT_BYTES - 1, "a text that is one character all the same is not lost");
    }

    #[test]
    fn sanitize_does_not_split_html_entity() {
        let text = |before: usize| format!("{}&amp;{}", "x".repeat(before), "y".repeat(99));
        assert_eq!(sanitize_text(&text(MAX_TEXT_BYTES - 3)).0.len(), MAX_TEXT_BYTES - 3);
        assert!(sanitize_text(&text(MAX_TEXT_BYTES - 5)).0.ends_with("&amp;"));
        let lone = format!("{}& {}", "x".repeat(MAX_TEXT_BYTES - 2), "y".repeat(99));
        assert_eq!(sanitize_text(&lone).0.len(), MAX_TEXT_BYTES, "an ampersand alone is none");
    }

    #[test]
    fn sanitize_replaces_nul_before_measuring_length() {
        let (text, mended) = sanitize_text(&"\0".repeat(MAX_TEXT_BYTES));
        assert_eq!((text.len(), mended), (MAX_TEXT_BYTES - 1, Sanitized { replaced_nul: true, truncated: true }));
    }

    proptest! {
        #[test]
        fn sanitize_is_idempotent(part in "[a&;#x\u{301}あ👨\u{200d}\0]{1,40}", times in 1_usize..9_000) {
            let (once, _) = sanitize_text(&part.repeat(times));
            prop_assert!(once.len() <= MAX_TEXT_BYTES && !once.is_empty());
            let (again, done) = sanitize_text(&once);
            prop_assert_eq!((again, done), (once, Sanitized::default()));
        }
    }
}
