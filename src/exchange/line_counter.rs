//! Counts the lines of a file while it is read, for the position in an error message.

use std::io::{self, BufRead};

/// Reader that counts the lines read.
pub(super) struct LineCounter<R> {
    pub(super) inner: R,
    pub(super) lines: u64,
}

impl<R: BufRead> io::Read for LineCounter<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let bytes = available.len().min(into.len());
        into[..bytes].copy_from_slice(&available[..bytes]);
        self.consume(bytes);
        Ok(bytes)
    }
}

impl<R: BufRead> BufRead for LineCounter<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        if bytes > 0
            && let Ok(available) = self.inner.fill_buf()
        {
            let available = &available[..bytes.min(available.len())];
            self.lines += available.iter().filter(|byte| **byte == b'\n').count() as u64;
        }
        self.inner.consume(bytes);
    }
}
