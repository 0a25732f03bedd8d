//! Replaces lone surrogate escapes in JSON: `\ud83d` without its second half, as left by truncating a string.
//!
//! JSON parsers reject the whole text because of one. Here it becomes U+FFFD before parsing.

use std::borrow::Cow;

/// Escape of the replacement character; as long as the escape it replaces.
const REPLACEMENT_ESCAPE: &str = "\\ufffd";

/// Returns the JSON with every lone surrogate escape replaced. Anything else is unchanged, valid or not.
pub(super) fn replace_lone_surrogates(json: &str) -> Cow<'_, str> {
    // Most entries have no surrogate at all, and two searches for a fixed text take far less than a look at each
    // escape.
    if !json.contains("\\ud") && !json.contains("\\uD") {
        return Cow::Borrowed(json);
    }
    let positions = find_lone_surrogates(json);
    if positions.is_empty() {
        return Cow::Borrowed(json);
    }
    let mut replaced = json.to_owned();
    for position in positions {
        replaced.replace_range(position..position + REPLACEMENT_ESCAPE.len(), REPLACEMENT_ESCAPE);
    }
    Cow::Owned(replaced)
}

fn find_lone_surrogates(json: &str) -> Vec<usize> {
    let (bytes, mut positions, mut position) = (json.as_bytes(), Vec::new(), 0);
    // In JSON every backslash is inside a string and begins an escape of at least two bytes.
    while let Some(found) = bytes.get(position..).and_then(|rest| rest.iter().position(|byte| *byte == b'\\')) {
        position += found;
        match parse_unicode_escape(bytes, position) {
            Some(0xD800..=0xDBFF) if matches!(parse_unicode_escape(bytes, position + 6), Some(0xDC00..=0xDFFF)) => {
                position += 12;
            }
            Some(0xD800..=0xDFFF) => {
                positions.push(position);
                position += 6;
            }
            Some(_) => position += 6,
            None => position += 2,
        }
    }
    positions
}

/// Returns the UTF-16 unit of the `\uXXXX` at `position`, or `None` if there is none.
fn parse_unicode_escape(bytes: &[u8], position: usize) -> Option<u16> {
    let digits = bytes.get(position..position + 6)?.strip_prefix(b"\\u")?;
    let digits = digits.iter().all(u8::is_ascii_hexdigit).then_some(digits)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lone_surrogates_are_replaced_and_pairs_kept() {
        let table = [
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#),
            (r#""\uD83D\uD83D\uDE00é""#, r#""\ufffd\uD83D\uDE00é""#),
            (r#""\ud83d\\ude00""#, r#""\ufffd\\ude00""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\u3042\n\/""#, r#""\u3042\n\/""#),
            (r#""\ud8"#, r#""\ud8"#),
            (r"\", r"\"),
        ];
        for (json, expected) in table {
            assert_eq!(replace_lone_surrogates(json), expected, "{json}");
        }
    }

    proptest! {
        #[test]
        fn any_escaped_utf16_is_readable_after_replacement(units in proptest::collection::vec(any::<u16>(), 0..8)) {
            let escaped: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
            let json = format!("\"{escaped}\"");
            let read: String = serde_json::from_str(&replace_lone_surrogates(&json)).unwrap();
            prop_assert_eq!(read, String::from_utf16_lossy(&units));
        }
    }
}
