//! Bounds the memory that one entry of a file can take while it is read.

use std::{
    cell::Cell,
    io::{self, BufRead, Read},
    rc::Rc,
};

/// Maximum number of bytes between two entries. No entry comes near, and the parsers hold this much at once.
const MAX_BYTES_PER_ENTRY: u64 = 8 << 20;

/// Number of bytes read since the last entry.
#[derive(Clone, Debug, Default)]
pub(super) struct EntrySize(Rc<Cell<u64>>);

impl EntrySize {
    /// Notes the end of an entry.
    pub(super) fn reset(&self) {
        self.0.set(0);
    }
}

/// Reader that fails within an entry of more than [`MAX_BYTES_PER_ENTRY`].
pub(super) struct EntrySizeLimiter<R> {
    pub(super) inner: R,
    pub(super) size: EntrySize,
}

impl<R: BufRead> Read for EntrySizeLimiter<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?.read(into)?;
        self.consume(bytes);
        Ok(bytes)
    }
}

impl<R: BufRead> BufRead for EntrySizeLimiter<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.size.0.get() > MAX_BYTES_PER_ENTRY {
            let message = format!("an entry is larger than {} MiB", MAX_BYTES_PER_ENTRY >> 20);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.size.0.set(self.size.0.get().saturating_add(bytes as u64));
        self.inner.consume(bytes);
    }
}
