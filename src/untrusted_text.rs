//! Words from elsewhere, made fit to be told: whatever somebody else's text says in a message or a log goes through here, once,
//! when it becomes [`Words`]; errors that quote MAL hold nothing else.

use std::fmt;

use crate::secret::redact_tokens;

/// A text from elsewhere in one line: at most 200 characters, none that steers a terminal, nothing that may be a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UntrustedText(String);

impl UntrustedText {
    /// The longest that is repeated, in characters.
    const MAX_CHARS: usize = 200;

    /// Cleans a text.
    #[must_use]
    pub fn sanitize(text: &str) -> Self {
        let invisible = |c: char| {
            c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        };
        let words = redact_tokens(text).split_whitespace().collect::<Vec<_>>().join(" ");
        Self(words.chars().filter(|&c| !invisible(c)).take(Self::MAX_CHARS).collect())
    }

    /// Adds what is said of them in words of our own, which are not cut.
    #[must_use]
    pub fn with_suffix(mut self, own: &str) -> Self {
        self.0.push_str(own);
        self
    }
}

impl fmt::Display for UntrustedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sanitize_removes_control_characters_and_truncates() {
        assert_eq!(UntrustedText::sanitize("a\x1b[2Jb\r\n  c\u{202e}d").to_string(), "a[2Jb cd");
        assert_eq!(UntrustedText::sanitize(&"x ".repeat(10_000)).to_string().len(), 200);
    }

    #[test]
    fn sanitize_redacts_tokens_and_suffix_is_not_truncated() {
        let told = UntrustedText::sanitize(&format!("to https://evil.example/?t={}", "def502".repeat(20)));
        assert_eq!(told.to_string(), "to https://evil.example/?…");
        assert!(UntrustedText::sanitize(&"x ".repeat(500)).with_suffix("; enough").to_string().ends_with("; enough"));
    }
}
