//! Reader that can go back to the start of the present entry, to find the next one after a broken entry.

use std::io::{self, BufRead, Read};

/// Maximum number of bytes kept of an entry. Behind a longer broken entry, the search goes on where the parser stopped.
const MAX_KEPT_BYTES: usize = 4 << 20;

/// Number of bytes at the end of a part in which the start of an entry may be cut.
const MAX_TAG_BYTES: usize = 16;

/// Reader that keeps the bytes read since [`ReplayReader::mark`].
pub(super) struct ReplayReader<R> {
    inner: R,
    kept: Vec<u8>,
    /// Bytes to be read again, before those of `inner`.
    replayed: Vec<u8>,
    replay_position: usize,
}

impl<R: BufRead> ReplayReader<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, kept: Vec::new(), replayed: Vec::new(), replay_position: 0 }
    }

    /// Returns the inner reader.
    pub(super) fn inner(&self) -> &R {
        &self.inner
    }

    /// Forgets the bytes read so far.
    pub(super) fn mark(&mut self) {
        self.kept.clear();
    }

    /// Moves to the next `<anime>` or `</myanimelist>` behind the mark, after `skipped_bytes`. Returns false if there
    /// is none.
    pub(super) fn seek_next_entry(&mut self, skipped_bytes: usize) -> io::Result<bool> {
        let mut pending = std::mem::take(&mut self.kept);
        pending.extend_from_slice(&self.replayed[self.replay_position..]);
        self.replay_position = 0;
        self.replayed.clear();
        pending.drain(..skipped_bytes.min(pending.len()));
        loop {
            if let Some(position) = find_entry_or_end(&pending) {
                pending.drain(..position);
                self.replayed = pending;
                return Ok(true);
            }
            pending.drain(..pending.len().saturating_sub(MAX_TAG_BYTES));
            let more = self.inner.fill_buf()?;
            let bytes = more.len();
            if bytes == 0 {
                return Ok(false);
            }
            pending.extend_from_slice(more);
            self.inner.consume(bytes);
        }
    }

    fn keep(kept: &mut Vec<u8>, bytes: &[u8]) {
        if kept.len() + bytes.len() <= MAX_KEPT_BYTES {
            kept.extend_from_slice(bytes);
        } else {
            kept.clear();
        }
    }
}

/// Returns the position of the first `<anime>` or `</myanimelist>`.
fn find_entry_or_end(bytes: &[u8]) -> Option<usize> {
    let is_tag_end =
        |byte: Option<&u8>| byte.is_some_and(|byte| matches!(byte, b'>' | b'/') || byte.is_ascii_whitespace());
    let is_start = |rest: &[u8]| {
        [&b"<anime"[..], b"</myanimelist"]
            .into_iter()
            .any(|tag| rest.starts_with(tag) && is_tag_end(rest.get(tag.len())))
    };
    (0..bytes.len()).find(|position| bytes[*position] == b'<' && is_start(&bytes[*position..]))
}

impl<R: BufRead> Read for ReplayReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?.read(into)?;
        self.consume(bytes);
        Ok(bytes)
    }
}

impl<R: BufRead> BufRead for ReplayReader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.replay_position < self.replayed.len() {
            Ok(&self.replayed[self.replay_position..])
        } else {
            self.inner.fill_buf()
        }
    }

    fn consume(&mut self, bytes: usize) {
        if self.replay_position < self.replayed.len() {
            let end = (self.replay_position + bytes).min(self.replayed.len());
            Self::keep(&mut self.kept, &self.replayed[self.replay_position..end]);
            self.replay_position = end;
        } else {
            if let Ok(available) = self.inner.fill_buf() {
                Self::keep(&mut self.kept, &available[..bytes.min(available.len())]);
            }
            self.inner.consume(bytes);
        }
    }
}
