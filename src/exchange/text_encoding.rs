//! Decodes a file to UTF-8. The encoding is, in this order:
//!
//! 1. that of the byte order mark;
//! 2. UTF-16 if one of the first two bytes is zero;
//! 3. the one that the XML declaration names;
//! 4. UTF-8.
//!
//! Invariant: the output is always valid UTF-8. An invalid sequence becomes one U+FFFD and is counted.

use std::io::{self, BufRead, Read};

/// Number of bytes that are read to detect the encoding and the kind of a file.
const HEAD_BYTES: usize = 64 * 1024;

/// How the bytes of a file stand for characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TextEncoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    /// A superset of ISO-8859-1 for printable characters.
    Windows1252,
}

/// Characters of windows-1252 for the bytes 0x80 to 0x9f.
const WINDOWS_1252_HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Reader of a file's text as UTF-8, without a byte order mark.
pub(super) struct Utf8Reader<R> {
    inner: R,
    encoding: TextEncoding,
    /// Bytes that are read and not decoded yet.
    undecoded: Vec<u8>,
    /// The error that ended the detection; it is returned after the bytes read before it.
    pending_error: Option<io::Error>,
    decoded: String,
    position: usize,
    replacement_count: u64,
    is_at_end: bool,
}

impl<R: Read> Utf8Reader<R> {
    /// Reads the start of the file and detects the encoding. Fails with the name of an unknown encoding.
    pub(super) fn open(mut source: R) -> Result<Self, String> {
        let (mut head, mut pending_error) = (Vec::new(), None);
        if let Err(error) = source.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head) {
            pending_error = Some(error);
        }
        let (encoding, mark_length) = detect_encoding(&head)?;
        head.drain(..mark_length);
        Ok(Self {
            inner: source,
            encoding,
            undecoded: head,
            pending_error,
            decoded: String::new(),
            position: 0,
            replacement_count: 0,
            is_at_end: false,
        })
    }

    /// Returns the start of the file, as long as nothing was read from it.
    pub(super) fn head_bytes(&self) -> &[u8] {
        &self.undecoded
    }

    /// Returns the number of invalid sequences that were replaced.
    pub(super) fn replacement_count(&self) -> u64 {
        self.replacement_count
    }

    /// Decodes the next part of the file.
    fn decode_more(&mut self) -> io::Result<()> {
        self.decoded.clear();
        self.position = 0;
        while self.decoded.is_empty() && !self.is_at_end {
            // An incomplete character leaves at most 3 bytes; more than that is not decoded yet.
            if self.undecoded.len() < 4 {
                if let Some(error) = self.pending_error.take() {
                    return Err(error);
                }
                let mut chunk = [0; 16 * 1024];
                let bytes_read = self.inner.read(&mut chunk)?;
                self.is_at_end = bytes_read == 0;
                self.undecoded.extend_from_slice(&chunk[..bytes_read]);
            }
            let undecoded = std::mem::take(&mut self.undecoded);
            let decoded_bytes = match self.encoding {
                TextEncoding::Utf8 => self.decode_utf8(&undecoded),
                TextEncoding::Utf16Le => self.decode_utf16(&undecoded, u16::from_le_bytes),
                TextEncoding::Utf16Be => self.decode_utf16(&undecoded, u16::from_be_bytes),
                TextEncoding::Windows1252 => {
                    self.decoded.extend(undecoded.iter().map(|byte| windows_1252_char(*byte)));
                    undecoded.len()
                }
            };
            self.undecoded = undecoded[decoded_bytes..].to_vec();
        }
        Ok(())
    }

    /// Returns the number of decoded bytes. A character that the next part may complete is left.
    fn decode_utf8(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        loop {
            let error = match std::str::from_utf8(rest) {
                Ok(valid) => {
                    self.decoded.push_str(valid);
                    return bytes.len();
                }
                Err(error) => error,
            };
            let (valid, invalid) = rest.split_at(error.valid_up_to());
            self.decoded.push_str(&String::from_utf8_lossy(valid));
            let invalid_length = match error.error_len() {
                Some(length) => length,
                None if self.is_at_end => invalid.len(),
                None => return bytes.len() - invalid.len(),
            };
            self.push_replacement();
            rest = &invalid[invalid_length..];
        }
    }

    fn decode_utf16(&mut self, bytes: &[u8], to_unit: fn([u8; 2]) -> u16) -> usize {
        let mut units: Vec<u16> = bytes.chunks_exact(2).map(|pair| to_unit([pair[0], pair[1]])).collect();
        if !self.is_at_end && units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit)) {
            units.pop();
        }
        for decoded in char::decode_utf16(units.iter().copied()) {
            match decoded {
                Ok(char) => self.decoded.push(char),
                Err(_) => self.push_replacement(),
            }
        }
        if self.is_at_end && bytes.len() % 2 == 1 {
            self.push_replacement();
            return bytes.len();
        }
        units.len() * 2
    }

    fn push_replacement(&mut self) {
        self.decoded.push(char::REPLACEMENT_CHARACTER);
        self.replacement_count += 1;
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?.read(into)?;
        self.consume(bytes);
        Ok(bytes)
    }
}

impl<R: Read> BufRead for Utf8Reader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.position == self.decoded.len() {
            self.decode_more()?;
        }
        Ok(&self.decoded.as_bytes()[self.position..])
    }

    fn consume(&mut self, bytes: usize) {
        self.position = (self.position + bytes).min(self.decoded.len());
    }
}

fn windows_1252_char(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252_HIGH[usize::from(byte - 0x80)],
        other => other.into(),
    }
}

/// Returns the encoding and the length of the byte order mark.
fn detect_encoding(head: &[u8]) -> Result<(TextEncoding, usize), String> {
    match head {
        [0xef, 0xbb, 0xbf, ..] => return Ok((TextEncoding::Utf8, 3)),
        [0xff, 0xfe, ..] => return Ok((TextEncoding::Utf16Le, 2)),
        [0xfe, 0xff, ..] => return Ok((TextEncoding::Utf16Be, 2)),
        // A list begins with a character of ASCII, which has one zero byte in UTF-16.
        [1..=0x7f, 0, ..] => return Ok((TextEncoding::Utf16Le, 0)),
        [0, 1..=0x7f, ..] => return Ok((TextEncoding::Utf16Be, 0)),
        _ => {}
    }
    let Some(name) = declared_encoding(head) else { return Ok((TextEncoding::Utf8, 0)) };
    match name.to_ascii_lowercase().as_str() {
        // A file that declares UTF-16 but is not: someone converted it and left the declaration.
        "utf-8" | "utf8" | "us-ascii" | "ascii" | "utf-16" | "utf16" | "utf-16le" | "utf-16be" => {
            Ok((TextEncoding::Utf8, 0))
        }
        "iso-8859-1" | "iso8859-1" | "iso_8859-1" | "latin1" | "latin-1" | "windows-1252" | "cp1252" => {
            Ok((TextEncoding::Windows1252, 0))
        }
        _ => Err(format!(
            "its encoding is {}; supported: UTF-8, UTF-16, ISO-8859-1 and windows-1252",
            crate::domain::text::excerpt(&name)
        )),
    }
}

/// Returns the encoding that the XML declaration names.
fn declared_encoding(head: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(head);
    let declaration = text.trim_start().strip_prefix("<?xml")?.split_once("?>")?.0;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Some(value[1..].split_once(quote)?.0.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(bytes: &[u8]) -> (String, u64) {
        let mut reader = Utf8Reader::open(bytes).unwrap();
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        (text, reader.replacement_count())
    }

    fn to_utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn marks_and_declared_encodings_are_honoured() {
        let declared = |name: &str| [format!("<?xml encoding='{name}'?>").as_bytes(), b"caf\xe9 \x80"].concat();
        for name in ["ISO-8859-1", "windows-1252", "Latin1"] {
            assert_eq!(decode(&declared(name)), (format!("<?xml encoding='{name}'?>café €"), 0));
        }
        assert_eq!(decode(b"\xef\xbb\xbf[]"), ("[]".to_owned(), 0));
        assert_eq!(decode(b"<\0a\0>\0"), ("<a>".to_owned(), 0));
        let error = Utf8Reader::open(&declared("Shift_JIS")[..]).err().unwrap();
        assert!(error.starts_with("its encoding is Shift_JIS; "), "{error}");
    }

    #[test]
    fn invalid_bytes_become_replacement_characters() {
        assert_eq!(decode(b"a\xe9b\xff"), ("a\u{fffd}b\u{fffd}".to_owned(), 2));
        assert_eq!(decode(b"\xff\xfea\0\x00\xd8b\0c"), ("a\u{fffd}b\u{fffd}".to_owned(), 2));
    }

    proptest! {
        #[test]
        fn text_of_any_length_is_decoded_exactly(text in "[a-z]([a-zé進😀]{0,9}){0,3000}") {
            prop_assert_eq!(decode(text.as_bytes()), (text.clone(), 0));
            for (mark, to_bytes) in [(&[0xff, 0xfe], u16::to_le_bytes as fn(u16) -> [u8; 2]), (&[0xfe, 0xff], u16::to_be_bytes)] {
                prop_assert_eq!(decode(&[&mark[..], &to_utf16(&text, to_bytes)].concat()), (text.clone(), 0));
            }
        }
    }
}
