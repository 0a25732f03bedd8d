//! Words from elsewhere, made fit to be told: whatever somebody else's text says in a message or a log goes through here, once,
//! when it becomes [`Words`]; errors that quote MAL hold nothing else.

use std::fmt;

use crate::secret::without_tokens;

/// A text from elsewhere in one line: at most 200 characters, none that steers a terminal, nothing that may be a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(String);

impl Words {
    /// The longest that is repeated, in characters.
    const LIMIT: usize = 200;

    /// Cleans a text.
    #[must_use]
    pub fn clean(text: &str) -> Self {
        let invisible = |c: char| {
            c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        };
        let words = without_tokens(text).split_whitespace().collect::<Vec<_>>().join(" ");
        Self(words.chars().filter(|&c| !invisible(c)).take(Self::LIMIT).collect())
    }

    /// Adds what is said of them in words of our own, which are not cut.
    #[must_use]
    pub fn with(mut self, own: &str) -> Self {
        self.0.push_str(own);
        self
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_reach_a_terminal_without_control_characters_and_not_without_end() {
        assert_eq!(Words::clean("a\x1b[2Jb\r\n  c\u{202e}d").to_string(), "a[2Jb cd");
        assert_eq!(Words::clean(&"x ".repeat(10_000)).to_string().len(), 200);
    }

    #[test]
    fn no_token_is_among_them_and_our_own_words_are_not_cut() {
        let told = Words::clean(&format!("to https://evil.example/?t={}", "def502".repeat(20)));
        assert_eq!(told.to_string(), "to https://evil.example/?…");
        assert!(Words::clean(&"x ".repeat(500)).with("; enough").to_string().ends_with("; enough"));
    }
}
