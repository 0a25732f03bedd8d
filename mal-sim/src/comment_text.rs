//! Comments: stored as plain text with LF, sent as HTML.
//!
//! Observed in lists, details and responses to writes alike: `&amp; &quot; &#039; &lt; &gt;`, and each line break as
//! `<br />` with CRLF after it.

use crate::php_encoding;

/// The entities of MAL's comments and their characters. The ampersand comes last, so that decoding resolves it last.
const ENTITIES: [(&str, &str); 5] = [("&quot;", "\""), ("&#039;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];

/// Returns the text with each line break as LF.
pub(crate) fn normalize_line_breaks(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Returns stored comments as MAL sends them.
pub(crate) fn encode_comments(plain: &str) -> String {
    php_encoding::escape_html(plain).replace('\n', "<br />\r\n")
}

/// Returns the plain text of comments as MAL sends them.
pub(crate) fn decode_comments(html: &str) -> String {
    let mut text = normalize_line_breaks(html).replace("<br />\n", "\n").replace("<br />", "\n");
    for (entity, character) in ENTITIES {
        text = text.replace(entity, character);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_encoded_as_observed_and_decoded_back() {
        for (plain, html) in [
            ("", ""),
            ("plain", "plain"),
            ("a\n\nb", "a<br />\r\n<br />\r\nb"),
            ("it's \"good\" & <b>", "it&#039;s &quot;good&quot; &amp; &lt;b&gt;"),
            ("&amp; &lt;", "&amp;amp; &amp;lt;"),
            ("<br />", "&lt;br /&gt;"),
            ("é 💙\n", "é 💙<br />\r\n"),
        ] {
            assert_eq!(encode_comments(plain), html);
            assert_eq!(decode_comments(html), plain);
        }
        assert_eq!(decode_comments("a<br />b\rc"), "a\nb\nc");
    }
}
