//! The normal form of MAL's comments, which the `notes` column stores, and the comparison of two notes.
//!
//! MAL's API sends comments with HTML entities, and each line break as `<br />` and CRLF. MAL's XML export has plain
//! CRLF; that of 2014 had `<br />` and LF.
//!
//! Invariants:
//!
//! 1. A text from MAL or from an XML file is decoded exactly once, by [`decode_comments`].
//! 2. A stored text is never replaced by its decoded form; it is decoded only to recognize MAL's own text.
//!    [`is_same_text`] ignores how line breaks are spelled, and white space at the end of lines, because a user or an
//!    earlier version may have written them differently.

use std::borrow::Cow;

/// The tags that MAL sends as a line break, in lower case.
const LINE_BREAK_TAGS: [&str; 3] = ["<br>", "<br/>", "<br />"];

/// Decodes comments: line break tags become LF, then HTML entities are resolved, then CRLF and CR become LF.
///
/// The order matters: an encoded tag (`&lt;br /&gt;`) was typed by the user and stays text. Entities for unknown or
/// control characters stay unchanged.
#[must_use]
pub fn decode_comments(sent: &str) -> Cow<'_, str> {
    let with_breaks = replace_line_break_tags(sent);
    let decoded = if with_breaks.contains('&') {
        Cow::Owned(html_escape::decode_html_entities(&*with_breaks).into_owned())
    } else {
        with_breaks
    };
    map_cow(decoded, with_unix_line_ends)
}

/// Replaces line break tags, CRLF and CR by LF.
#[must_use]
pub fn normalize_line_breaks(text: &str) -> Cow<'_, str> {
    map_cow(replace_line_break_tags(text), with_unix_line_ends)
}

/// Returns true if two texts are equal up to the spelling of line breaks and white space at the end.
#[must_use]
pub fn is_same_text(a: &str, b: &str) -> bool {
    a == b || normalize_line_breaks(a).trim_end() == normalize_line_breaks(b).trim_end()
}

/// Replaces each line break tag, with the line break that may follow it, by LF.
fn replace_line_break_tags(text: &str) -> Cow<'_, str> {
    let mut replaced = String::new();
    let mut rest = text;
    let mut copied = text;
    while let Some(start) = rest.find('<') {
        let Some(tag) = LINE_BREAK_TAGS.iter().find(|tag| has_prefix_ignoring_case(&rest[start..], tag)) else {
            rest = &rest[start + 1..];
            continue;
        };
        let end = text.len() - rest.len() + start;
        replaced.push_str(&text[text.len() - copied.len()..end]);
        replaced.push('\n');
        rest = strip_line_break(&rest[start + tag.len()..]);
        copied = rest;
    }
    if copied.len() == text.len() {
        return Cow::Borrowed(text);
    }
    replaced.push_str(copied);
    Cow::Owned(replaced)
}

fn has_prefix_ignoring_case(text: &str, prefix: &str) -> bool {
    text.as_bytes().get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}

fn strip_line_break(text: &str) -> &str {
    ["\r\n", "\n", "\r"].into_iter().find_map(|line_break| text.strip_prefix(line_break)).unwrap_or(text)
}

/// Replaces CRLF and CR by LF. Line break tags stay: they are text.
#[must_use]
pub fn with_unix_line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { Cow::Borrowed(text) }
}

/// Applies a text function to a `Cow`. A borrowed text stays borrowed if the function does not change it.
fn map_cow<'a>(text: Cow<'a, str>, change: impl Fn(&str) -> Cow<'_, str>) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => change(text),
        Cow::Owned(text) => match change(&text) {
            Cow::Borrowed(_) => Cow::Owned(text),
            Cow::Owned(changed) => Cow::Owned(changed),
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decode_comments_resolves_tags_then_entities_then_line_ends() {
        for (sent, decoded) in [
            ("plain", "plain"),
            ("", ""),
            (
                "first line<br />\r\n<br />\r\nI&rsquo;d say <3 &amp; it&#039;s &gt; good",
                "first line\n\nI’d say <3 & it's > good",
            ),
            ("a<br>b<BR/>c<Br />\nd<br>\re", "a\nb\nc\nd\ne"),
            ("a<br /><br />\r\n\r\nb", "a\n\n\nb"),
            ("a\r\nb\rc\nd", "a\nb\nc\nd"),
            ("typed &lt;br /&gt; &amp;lt; &amp;amp;", "typed <br /> &lt; &amp;"),
            ("<b>a</b> <br", "<b>a</b> <br"),
            ("<<br>あ<", "<\nあ<"),
            ("&unknown; &#0; &", "&unknown; &#0; &"),
        ] {
            assert_eq!(decode_comments(sent), decoded, "{sent:?}");
        }
    }

    #[test]
    fn same_text_ignores_spelling_of_line_breaks_and_white_space_at_the_end() {
        for (a, b, is_same) in [
            ("a\n\nb", "a<br />\r\n<br />\r\nb", true),
            ("a\r\nb", "a\rb \n\t", true),
            ("a", "a<BR>", true),
            ("", " \n", true),
            ("a b", "a\nb", false),
            (" a", "a", false),
            ("a & b", "a &amp; b", false),
            ("a\n\nb", "a\nb", false),
        ] {
            assert_eq!((is_same_text(a, b), is_same_text(b, a)), (is_same, is_same), "{a:?} {b:?}");
        }
    }

    /// A text as a user types it, with characters that HTML, XML and line ends treat specially.
    fn any_typed_text() -> impl Strategy<Value = String> {
        let part = prop::sample::select(vec![
            "a", "あ", " ", "\n", "&", ";", "<", ">", "\"", "'", "#", "amp", "lt", "<br />", "<br>", "br", "/", "&amp;",
        ]);
        prop::collection::vec(part, 0..20).prop_map(|parts| parts.concat())
    }

    fn encode_like_api(text: &str) -> String {
        let encoded = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        encoded.replace('"', "&quot;").replace('\'', "&#039;").replace('\n', "<br />\r\n")
    }

    proptest! {
        #[test]
        fn normalizing_twice_equals_normalizing_once(text in "(<br ?/?>|<BR>|[<>br/ &;\r\na]){0,30}") {
            let once = normalize_line_breaks(&text).into_owned();
            prop_assert_eq!(normalize_line_breaks(&once), once.as_str());
            prop_assert!(is_same_text(&text, &once) && !once.contains('\r'));
        }

        #[test]
        fn api_form_decodes_to_the_typed_text(text in any_typed_text()) {
            let decoded = decode_comments(&encode_like_api(&text)).into_owned();
            prop_assert_eq!(&decoded, &text);
        }

        #[test]
        fn every_spelling_of_line_breaks_is_the_same_text(lines in prop::collection::vec("[a&あ ]{0,5}", 1..6)) {
            let spelled = |line_break: &str| lines.join(line_break);
            for line_break in ["\r\n", "\r", "<br />\r\n", "<br>", "<BR/>\n"] {
                let text = spelled(line_break);
                prop_assert!(is_same_text(&spelled("\n"), &text));
                prop_assert_eq!(normalize_line_breaks(&text).into_owned(), spelled("\n"));
            }
        }
    }
}
