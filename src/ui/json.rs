//! JSON: one object a line, in plain ASCII as far as control goes.
//!
//! JSON demands escapes for C0 alone; here every character that steers a terminal is escaped, so that a line can be looked
//! at safely and still means the same.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

use super::terminal_text::is_terminal_control;

/// The value on one line, with the line's end.
///
/// # Panics
///
/// Where the value's own serialisation fails, which those of malsync do not.
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
    /// Called with what needs no escape by JSON's own rules.
    fn write_string_fragment<W: Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(is_terminal_control) {
            let (plain, tail) = rest.split_at(at);
            let c = tail.chars().next().unwrap_or_default();
            CompactFormatter.write_string_fragment(writer, plain)?;
            write!(writer, "\\u{:04x}", u32::from(c))?;
            rest = &tail[c.len_utf8()..];
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
