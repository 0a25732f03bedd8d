//! Lone surrogates in JSON text: `\ud83d` without its other half, as a string cut in the middle leaves it. JSON readers
//! refuse the whole text for one; here it becomes U+FFFD before reading.

use std::borrow::Cow;

/// An escape with the same length that stands for the replacement character.
const REPLACEMENT_ESCAPE: &str = "\\ufffd";

/// The same JSON with every escape that is half a pair replaced. Anything else is left as it is, valid or not.
pub(super) fn replace_lone_surrogates(json: &str) -> Cow<'_, str> {
    let lone = find_lone_surrogates(json);
    if lone.is_empty() {
        return Cow::Borrowed(json);
    }
    let mut mended = json.to_owned();
    for at in lone {
        mended.replace_range(at..at + REPLACEMENT_ESCAPE.len(), REPLACEMENT_ESCAPE);
    }
    Cow::Owned(mended)
}

fn find_lone_surrogates(json: &str) -> Vec<usize> {
    let (bytes, mut lone, mut at) = (json.as_bytes(), Vec::new(), 0);
    // Every backslash of JSON stands in a string and begins an escape of at least two bytes.
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'\\')) {
        at += found;
        match parse_unicode_escape(bytes, at) {
            Some(0xD800..=0xDBFF) if matches!(parse_unicode_escape(bytes, at + 6), Some(0xDC00..=0xDFFF)) => at += 12,
            Some(0xD800..=0xDFFF) => {
                lone.push(at);
                at += 6;
            }
            Some(_) => at += 6,
            None => at += 2,
        }
    }
    lone
}

/// The UTF-16 unit of the `\uXXXX` that begins here.
fn parse_unicode_escape(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
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
        for (sent, mended) in table {
            assert_eq!(replace_lone_surrogates(sent), mended, "{sent}");
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
