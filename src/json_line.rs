//! JSON output: one value per line.
//!
//! JSON requires escapes only for C0 controls. Here every terminal control character is escaped, so a line is safe to print
//! on a terminal and still has the same meaning.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

use crate::control_chars::is_terminal_control;

/// Returns the value as one line of JSON, including the newline.
///
/// # Panics
///
/// Panics if serialization of the value fails; malsync's own types never fail.
#[must_use]
pub fn to_json_line(value: &impl Serialize) -> String {
    let mut text = Vec::new();
    value
        .serialize(&mut Serializer::with_formatter(&mut text, EscapingFormatter))
        .expect("malsync's values can be serialised");
    text.push(b'\n');
    String::from_utf8(text).expect("JSON is UTF-8")
}

struct EscapingFormatter;

impl Formatter for EscapingFormatter {
    /// Writes a fragment that needs no escaping by JSON's own rules.
    fn write_string_fragment<W: Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(index) = rest.find(is_terminal_control) {
            let (plain, from_control) = rest.split_at(index);
            let c = from_control.chars().next().unwrap_or_default();
            CompactFormatter.write_string_fragment(writer, plain)?;
            write!(writer, "\\u{:04x}", u32::from(c))?;
            rest = &from_control[c.len_utf8()..];
        }
        CompactFormatter.write_string_fragment(writer, rest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn control_characters_are_escaped_in_values_and_keys() {
        let text = to_json_line(&json!({"a\u{202e}": "\x1b[2J\n\u{7f}\u{85}\u{2028}é進\"\\"}));
        assert_eq!(text, "{\"a\\u202e\":\"\\u001b[2J\\n\\u007f\\u0085\\u2028é進\\\"\\\\\"}\n");
    }

    proptest! {
        #[test]
        fn json_line_reads_back_and_has_no_control_characters(text in any::<String>()) {
            let line = to_json_line(&text);
            prop_assert!(!line.trim_end_matches('\n').chars().any(is_terminal_control));
            prop_assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), Value::String(text));
        }
    }
}
