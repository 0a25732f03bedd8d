//! Texts from MAL, made fit for every database, and cut to what one row or one line of a message can take.
//!
//! The rule: what is made fit once is fit, so that a second sync finds it unchanged. Whoever makes it fit says so.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::secret::without_tokens;

/// The longest text that is stored, in bytes. A title has 300 at most, a synopsis some thousands.
pub const LONGEST: usize = 64 * 1024;

/// The longest text in a message, in characters.
const SHORT: usize = 60;

/// What was done to a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mended {
    /// It held NUL, which PostgreSQL cannot hold: U+FFFD stands for it.
    pub nul: bool,
    /// It was longer than [`LONGEST`].
    pub cut: bool,
}

impl Mended {
    /// Says what was done, in words about `what`.
    pub fn say(self, what: &str, warn: &mut dyn FnMut(&str)) {
        if self.nul {
            warn(&format!("{what} holds a NUL character, which is replaced"));
        }
        if self.cut {
            warn(&format!("{what} holds more than {} KiB of text, which is cut", LONGEST / 1024));
        }
    }
}

impl std::ops::BitOrAssign for Mended {
    fn bitor_assign(&mut self, other: Self) {
        self.nul |= other.nul;
        self.cut |= other.cut;
    }
}

/// Replaces NUL, and cuts what is too long.
pub fn mend(text: &mut String) -> Mended {
    let mut mended = Mended::default();
    if text.contains('\0') {
        *text = text.replace('\0', "\u{FFFD}");
        mended.nul = true;
    }
    if text.len() > LONGEST {
        text.truncate(edge(text));
        mended.cut = true;
    }
    mended
}

/// Where a long text is cut: at the last edge of what is read as one character, and before an HTML entity rather than in it.
fn edge(text: &str) -> usize {
    let most = text.floor_char_boundary(LONGEST);
    // The edge is decided by what stands beyond it too.
    let beyond = text.floor_char_boundary(LONGEST + SHORT);
    let graphemes = text[..beyond].grapheme_indices(true).map(|(at, _)| at);
    let at = graphemes.take_while(|at| *at <= most).last().unwrap_or(0);
    // Thousands of marks on one letter have no edge.
    let at = if at == 0 { most } else { at };
    let tail = text.floor_char_boundary(at.saturating_sub(SHORT / 2));
    match text[tail..at].rfind('&') {
        Some(amp) if !text[tail + amp..at].contains(';') && text[tail + amp..beyond].contains(';') => tail + amp,
        _ => at,
    }
}

/// A text as it is searched for: without accents, in lower case, wide letters narrow.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // Latin, Greek and Cyrillic accents; the marks of kana stay, which make other syllables.
    let is_accent = |c: &char| ('\u{300}'..='\u{36f}').contains(c);
    text.nfkd().filter(|c| !is_accent(c)).nfc().collect::<String>().to_lowercase()
}

/// The one of these words that is nearest to a text, where one is near enough to be meant.
#[must_use]
pub fn nearest<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let text = fold(text);
    let near = known.into_iter().map(|word| (strsim::jaro_winkler(&fold(word), &text), word));
    near.filter(|(near, _)| *near >= NEAR).max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, word)| word)
}

/// How near a word must be, from 0 to 1, to be taken for what was meant.
const NEAR: f64 = 0.85;

/// How much of a text is looked at to quote its beginning, in bytes.
const QUOTED: usize = 4096;

/// A text as a message quotes it: cut to what one line can take, without what may be a token.
#[must_use]
pub fn short(text: &str) -> Cow<'_, str> {
    // Before the cut, which might leave the beginning of one.
    let told = without_tokens(&text[..text.floor_char_boundary(QUOTED)]);
    Cow::Owned(cut(&told, SHORT).into_owned())
}

/// A text of at most so many characters, with a `…` where something is missing.
#[must_use]
pub fn cut(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mended(text: &str) -> (String, Mended) {
        let mut text = text.to_owned();
        let mended = mend(&mut text);
        (text, mended)
    }

    #[test]
    fn the_nearest_word_is_the_one_that_was_meant_or_none() {
        let known = ["Action", "Adventure", "Sci-Fi", "Slice of Life", "Pokémon"];
        for (text, expected) in [
            ("Acton", Some("Action")),
            ("scifi", Some("Sci-Fi")),
            ("slice of lief", Some("Slice of Life")),
            ("POKEMON", Some("Pokémon")),
            ("Horror", None),
            ("", None),
        ] {
            assert_eq!(nearest(text, known), expected, "{text}");
        }
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        for text in [String::new(), "進撃".into(), "x".repeat(LONGEST), "あ".repeat(LONGEST / 3)] {
            assert_eq!(mended(&text), (text.clone(), Mended::default()));
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters_as_people_see_them() {
        let family = "👨‍👩‍👧‍👦";
        for unit in ["a", "あ", family, "e\u{301}", "\r\n"] {
            let (text, mended) = mended(&unit.repeat(LONGEST + 1));
            assert_eq!(text.len(), LONGEST / unit.len() * unit.len(), "{unit:?}");
            assert!(mended.cut && !mended.nul);
        }
        let (zalgo, _) = mended(&format!("a{}", "\u{301}".repeat(LONGEST)));
        assert_eq!(zalgo.len(), LONGEST - 1, "a text that is one character all the same is not lost");
    }

    #[test]
    fn no_html_entity_is_cut_in_two() {
        let text = |before: usize| format!("{}&amp;{}", "x".repeat(before), "y".repeat(99));
        assert_eq!(mended(&text(LONGEST - 3)).0.len(), LONGEST - 3);
        assert!(mended(&text(LONGEST - 5)).0.ends_with("&amp;"));
        let lone = format!("{}& {}", "x".repeat(LONGEST - 2), "y".repeat(99));
        assert_eq!(mended(&lone).0.len(), LONGEST, "an ampersand alone is none");
    }

    #[test]
    fn nul_is_replaced_before_the_length_counts() {
        let (text, mended) = mended(&"\0".repeat(LONGEST));
        assert_eq!((text.len(), mended), (LONGEST - 1, Mended { nul: true, cut: true }));
    }

    proptest! {
        #[test]
        fn what_was_mended_once_is_fit(part in "[a&;#x\u{301}あ👨\u{200d}\0]{1,40}", times in 1_usize..9_000) {
            let (once, _) = mended(&part.repeat(times));
            prop_assert!(once.len() <= LONGEST && !once.is_empty());
            let (again, done) = mended(&once);
            prop_assert_eq!((again, done), (once, Mended::default()));
        }
    }
}
