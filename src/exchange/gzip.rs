//! Decompresses gzip, detected by content, with a limit on the output size.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Returns a reader of the decompressed bytes. Reading more than `max_bytes` bytes fails. Input that is not gzip is
/// passed through, with the same limit.
///
/// # Errors
/// Fails if the first bytes cannot be read.
pub fn gunzip_bounded(source: impl Read + 'static, max_bytes: u64) -> io::Result<Box<dyn BufRead>> {
    let mut start = [0; 2];
    let mut bytes_read = 0;
    let mut source = source;
    while bytes_read < start.len() {
        match source.read(&mut start[bytes_read..]) {
            Ok(0) => break,
            Ok(bytes) => bytes_read += bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let is_gzip = start == GZIP_MAGIC;
    let full = BufReader::new(io::Cursor::new(start).take(bytes_read as u64).chain(source));
    Ok(if is_gzip {
        Box::new(BufReader::new(BoundedReader {
            inner: MultiGzDecoder::new(full),
            max_bytes,
            remaining_bytes: max_bytes,
        }))
    } else {
        Box::new(BufReader::new(BoundedReader { inner: full, max_bytes, remaining_bytes: max_bytes }))
    })
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
                let message = format!("it is larger than any list: more than {} MiB", self.max_bytes >> 20);
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
            }
        }
        Ok(bytes_read)
    }
}
