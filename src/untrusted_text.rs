//! Sanitizes text from outside sources for messages and logs.
//!
//! Invariant: such text is sanitized once, when it becomes an [`UntrustedText`]. Errors that quote MAL hold no other
//! text.

use std::fmt;

use crate::{control_chars::is_terminal_control, secret::redact_tokens};

/// Sanitized text from an outside source: one line, at most 200 characters, no terminal control characters, no possible
/// tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UntrustedText(String);

impl UntrustedText {
    /// Maximum length.
    const MAX_CHARS: usize = 200;

    /// Sanitizes a text.
    #[must_use]
    pub fn sanitize(text: &str) -> Self {
        let is_invisible = |c: char| is_terminal_control(c) || matches!(c, '\u{200b}'..='\u{200d}' | '\u{feff}');
        let text = redact_tokens(text).split_whitespace().collect::<Vec<_>>().join(" ");
        Self(text.chars().filter(|&c| !is_invisible(c)).take(Self::MAX_CHARS).collect())
    }

    /// Appends malsync's own text, which is not truncated.
    #[must_use]
    pub fn with_suffix(mut self, suffix: &str) -> Self {
        self.0.push_str(suffix);
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
        let sanitized = UntrustedText::sanitize(&format!("to https://evil.example/?t={}", "def502".repeat(20)));
        assert_eq!(sanitized.to_string(), "to https://evil.example/?…");
        assert!(UntrustedText::sanitize(&"x ".repeat(500)).with_suffix("; enough").to_string().ends_with("; enough"));
    }
}
