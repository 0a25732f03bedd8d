//! gzip undone, where there is any: told by the content, not by a name. What comes out is bounded, whatever went in.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The bytes as they were before they were packed, and an error beyond `most` of them.
///
/// # Errors
/// The bytes cannot be read.
pub fn gunzip_bounded(sent: impl Read + 'static, most: u64) -> io::Result<Box<dyn BufRead>> {
    let mut start = [0; 2];
    let mut read = 0;
    let mut sent = sent;
    while read < start.len() {
        match sent.read(&mut start[read..]) {
            Ok(0) => break,
            Ok(bytes) => read += bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let packed = start == GZIP_MAGIC;
    let whole = BufReader::new(io::Cursor::new(start).take(read as u64).chain(sent));
    Ok(if packed {
        Box::new(BufReader::new(BoundedReader {
            inner: MultiGzDecoder::new(whole),
            max_bytes: most,
            remaining_bytes: most,
        }))
    } else {
        Box::new(BufReader::new(BoundedReader { inner: whole, max_bytes: most, remaining_bytes: most }))
    })
}

struct BoundedReader<R> {
    inner: R,
    max_bytes: u64,
    remaining_bytes: u64,
}

impl<R: Read> Read for BoundedReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        match self.remaining_bytes.checked_sub(read as u64) {
            Some(left) => self.remaining_bytes = left,
            None => {
                let what = format!("it is larger than any list: more than {} MiB", self.max_bytes >> 20);
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, what));
            }
        }
        Ok(read)
    }
}
