//! Decompresses gzip, detected by content, with a limit on the output size.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Returns a reader of the decompressed bytes. Reading more than `max_bytes` bytes fails. Input that is not gzip is
/// passed through, with the same limit.
///
/// # Errors
/// Fails if the first bytes cannot be read.
pub fn gunzip_bounded(source: impl Read + 'static, max_bytes: u64) -> io::Result<Box<dyn BufRead>> {
    let mut source = source;
    let mut start = Vec::new();
    source.by_ref().take(GZIP_MAGIC.len() as u64).read_to_end(&mut start)?;
    let is_gzip = start == GZIP_MAGIC;
    let full = BufReader::new(io::Cursor::new(start).chain(source));
    let bounded = |inner: Box<dyn Read>| BoundedReader { inner, max_bytes, remaining_bytes: max_bytes };
    let inner: Box<dyn Read> =
        if is_gzip { Box::new(GzipMembers { current: Some(GzDecoder::new(full)) }) } else { Box::new(full) };
    Ok(Box::new(BufReader::new(bounded(inner))))
}

/// Reader of all gzip members of a file. Bytes behind the last one are ignored.
struct GzipMembers<R> {
    current: Option<GzDecoder<R>>,
}

impl<R: BufRead> Read for GzipMembers<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.current {
            let bytes_read = decoder.read(into)?;
            if bytes_read > 0 || into.is_empty() {
                return Ok(bytes_read);
            }
            let Some(mut rest) = self.current.take().map(GzDecoder::into_inner) else { break };
            // One byte decides: the buffer may end behind it, and padding is zeros.
            if rest.fill_buf()?.first() == GZIP_MAGIC.first() {
                self.current = Some(GzDecoder::new(rest));
            }
        }
        Ok(0)
    }
}

struct BoundedReader<R> {
    inner: R,
    max_bytes: u64,
    remaining_bytes: u64,
}

impl<R: Read> Read for BoundedReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes_read = self.inner.read(into)?;
        match self.remaining_bytes.checked_sub(bytes_read as u64) {
            Some(left) => self.remaining_bytes = left,
            None => {
                let message = format!("it is too large: more than {} MiB", self.max_bytes >> 20);
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
            }
        }
        Ok(bytes_read)
    }
}
