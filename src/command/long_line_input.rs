//! Reads lines of any length from a terminal.
//!
//! A terminal collects a line before a program can read it, and drops what is beyond its limit: 4,095 characters on
//! Linux, 1,024 on macOS. A callback address has more. So the terminal passes on each character at once here, and the
//! editing keys that people use on a pasted line are handled by [`LineEditor`].

use std::io::{self, BufRead};

/// Passes on the characters of standard input at once, until it is dropped. Signals of the keyboard still work.
#[cfg(unix)]
pub(super) struct LongLineMode {
    saved: rustix::termios::Termios,
}

#[cfg(unix)]
impl LongLineMode {
    /// Enables the mode. Returns `None` if standard input is no terminal.
    pub(super) fn enable() -> Option<Self> {
        use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};

        let saved = tcgetattr(io::stdin()).ok()?;
        let mut mode = saved.clone();
        mode.local_modes.remove(LocalModes::ICANON);
        mode.special_codes[SpecialCodeIndex::VMIN] = 1;
        mode.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(io::stdin(), OptionalActions::Now, &mode).ok()?;
        Some(Self { saved })
    }
}

#[cfg(unix)]
impl Drop for LongLineMode {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};

        // Without the terminal there is nothing to restore.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.saved);
    }
}

/// Other systems have no such limit, and no such mode.
#[cfg(not(unix))]
pub(super) enum LongLineMode {}

#[cfg(not(unix))]
impl LongLineMode {
    pub(super) const fn enable() -> Option<Self> {
        None
    }
}

/// What a character did to the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LineState {
    /// The line goes on.
    Open,
    /// The line is complete.
    Complete,
    /// The input ended before a line began.
    EndOfInput,
}

/// A line that is being typed.
#[derive(Debug, Default)]
struct LineEditor {
    line: Vec<u8>,
}

impl LineEditor {
    fn push(&mut self, byte: u8) -> LineState {
        match byte {
            b'\n' | b'\r' => return LineState::Complete,
            // Ctrl-D.
            0x04 if self.line.is_empty() => return LineState::EndOfInput,
            0x04 => return LineState::Complete,
            // Backspace removes a character, with all bytes of it.
            0x08 | 0x7f => while self.line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {},
            // Ctrl-U.
            0x15 => self.line.clear(),
            byte => self.line.push(byte),
        }
        LineState::Open
    }
}

/// Reads a line in [`LongLineMode`]. Returns `None` at the end of the input.
pub(super) fn read_long_line(input: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut editor = LineEditor::default();
    loop {
        let Some(&byte) = input.fill_buf()?.first() else {
            return Ok(Some(editor.line).filter(|line| !line.is_empty()).map(|line| to_text(&line)));
        };
        input.consume(1);
        match editor.push(byte) {
            LineState::Open => {}
            LineState::Complete => return Ok(Some(to_text(&editor.line))),
            LineState::EndOfInput => return Ok(None),
        }
    }
}

fn to_text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_keys_edit_the_line() {
        for (typed, expected) in [
            ("abc\n", Some("abc")),
            ("abc\r", Some("abc")),
            ("ab\x7fc\n", Some("ac")),
            ("aあ\x7f\x08b\n", Some("b")),
            ("\x7f\n", Some("")),
            ("abc\x15d\n", Some("d")),
            ("abc\x04", Some("abc")),
            ("\x04", None),
            ("", None),
            ("abc", Some("abc")),
        ] {
            assert_eq!(read_long_line(&mut typed.as_bytes()).unwrap().as_deref(), expected, "{typed:?}");
        }
        let long = format!("{}\nnext\n", "x".repeat(100_000));
        let mut input = long.as_bytes();
        assert_eq!(read_long_line(&mut input).unwrap().unwrap().len(), 100_000);
        assert_eq!(read_long_line(&mut input).unwrap().as_deref(), Some("next"));
    }
}
