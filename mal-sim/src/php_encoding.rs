//! JSON, URL and HTML encoding as MAL's PHP does it.
//!
//! MAL's JSON is PHP's `json_encode` with default options (observed in raw recordings): compact, `/` as `\/`, non-ASCII
//! characters as `\uXXXX` with lower-case digits and surrogate pairs.

use std::fmt::Write as _;

use serde_json::Value;

/// Appends `text` as a JSON string.
pub(crate) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(escape_at) = rest.bytes().position(needs_escape) {
        out.push_str(&rest[..escape_at]);
        rest = &rest[escape_at..];
        let Some(c) = rest.chars().next() else { break };
        write_escaped_char(out, c);
        rest = &rest[c.len_utf8()..];
    }
    out.push_str(rest);
    out.push('"');
}

/// Returns `text` as a JSON string.
pub(crate) fn quote_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    write_string(&mut out, text);
    out
}

/// Appends any JSON value.
pub(crate) fn write_value(out: &mut String, json: &Value) {
    match json {
        Value::String(text) => write_string(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(out, item);
            }
            out.push(']');
        }
        Value::Object(map) => {
            let mut object = JsonObjectWriter::begin(out);
            for (key, item) in map {
                write_value(object.write_key(key), item);
            }
            object.end();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            let _ = write!(out, "{json}");
        }
    }
}

/// Returns any JSON value as text.
pub(crate) fn value_to_text(json: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, json);
    out
}

/// Writes a JSON object, key by key.
pub(crate) struct JsonObjectWriter<'a> {
    out: &'a mut String,
    is_empty: bool,
}

impl<'a> JsonObjectWriter<'a> {
    /// Writes the opening brace.
    pub(crate) fn begin(out: &'a mut String) -> Self {
        out.push('{');
        Self { out, is_empty: true }
    }

    /// Writes the key and a colon, after a comma if needed. Returns the output for the value.
    pub(crate) fn write_key(&mut self, key: &str) -> &mut String {
        if !self.is_empty {
            self.out.push(',');
        }
        self.is_empty = false;
        write_string(self.out, key);
        self.out.push(':');
        self.out
    }

    /// Writes a key and a value that is already JSON.
    pub(crate) fn write_raw(&mut self, key: &str, json: &str) {
        self.write_key(key).push_str(json);
    }

    /// Writes a key and a number or boolean.
    pub(crate) fn write_display(&mut self, key: &str, display: impl std::fmt::Display) {
        let _ = write!(self.write_key(key), "{display}");
    }

    /// Writes a key and a string.
    pub(crate) fn write_string(&mut self, key: &str, text: &str) {
        write_string(self.write_key(key), text);
    }

    /// Writes the closing brace.
    pub(crate) fn end(self) {
        self.out.push('}');
    }
}

/// Appends a name or value as PHP's `http_build_query` encodes it: letters, digits, `-`, `_`, `.` stay, a space becomes
/// `+`.
pub(crate) fn write_percent_encoded(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
}

/// Returns the query string of the pairs.
pub(crate) fn build_query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        write_percent_encoded(&mut out, name);
        out.push('=');
        write_percent_encoded(&mut out, value);
    }
    out
}

/// Escapes HTML like PHP's `htmlspecialchars` with quotes. MAL returns comments in this form (observed: `&quot;`,
/// `&#039;`).
pub(crate) fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#039;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push(c),
        }
    }
    out
}

fn needs_escape(byte: u8) -> bool {
    !(0x20..0x80).contains(&byte) || matches!(byte, b'"' | b'\\' | b'/')
}

fn write_escaped_char(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '/' => out.push_str("\\/"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ => {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn strings_are_escaped_like_php() {
        for (input, expected) in [
            ("plain", r#""plain""#),
            ("http://a/b", r#""http:\/\/a\/b""#),
            ("say \"hi\" \\", r#""say \"hi\" \\""#),
            ("∬", r#""\u222c""#),
            ("🐉!", r#""\ud83d\udc09!""#),
            ("é", r#""\u00e9""#),
            ("\u{0}\u{1b}\u{8}\u{c}\n\r\t\u{7f}", "\"\\u0000\\u001b\\b\\f\\n\\r\\t\u{7f}\""),
            ("", r#""""#),
        ] {
            assert_eq!(quote_string(input), expected, "{input:?}");
            let decoded: String = serde_json::from_str(expected).unwrap();
            assert_eq!(decoded, input, "a JSON parser must restore the text");
        }
    }

    #[test]
    fn values_are_compact_and_keep_key_order() {
        let input = json!({"z": [1, null, {}], "a": {"b": "/", "c": 7.46}});
        assert_eq!(value_to_text(&input), r#"{"z":[1,null,{}],"a":{"b":"\/","c":7.46}}"#);
    }

    #[test]
    fn queries_are_encoded_like_php() {
        // Recorded: offset=3&fields=rank%2Cpopularity&q=hokuto+no+ken and fields=list_status%7B%7D.
        assert_eq!(
            build_query([("fields", "list_status{},a"), ("q", "hokuto no ken"), ("x", "@~*")]),
            "fields=list_status%7B%7D%2Ca&q=hokuto+no+ken&x=%40%7E%2A"
        );
    }

    #[test]
    fn escape_html_encodes_quotes_and_brackets() {
        assert_eq!(escape_html("\"Tom\" & 'Ann' <3>"), "&quot;Tom&quot; &amp; &#039;Ann&#039; &lt;3&gt;");
    }
}
