//! gzip compression of responses, and decompression bombs: small gzip files that decompress to large ones.

use std::io::Write as _;

use flate2::{Compression, Crc, write::DeflateEncoder, write::GzEncoder};

/// Compresses a body, fast rather than small.
pub(crate) fn compress(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    // Writing to a vector cannot fail.
    let _ = encoder.write_all(body);
    encoder.finish().unwrap_or_default()
}

const BLOCK_BYTES: usize = 1 << 20;
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];

/// Returns a gzip file that decompresses to `{"data":[],"paging":{}}`, with spaces inside the brackets up to `size`
/// bytes.
///
/// Compresses one megabyte of spaces once and repeats the result, which saves time and memory.
pub(crate) fn build_bomb(size: u64) -> Vec<u8> {
    let (open, close) = (b"{\"data\":[", b"],\"paging\":{}}");
    let spaces = size.saturating_sub((open.len() + close.len()) as u64);
    let mut out = GZIP_HEADER.to_vec();
    let mut crc = Crc::new();
    write_stored_block(&mut out, &mut crc, open, false);
    let block = vec![b' '; BLOCK_BYTES];
    let packed_block = deflate_block(&block);
    let mut block_crc = Crc::new();
    block_crc.update(&block);
    for _ in 0..spaces / BLOCK_BYTES as u64 {
        out.extend_from_slice(&packed_block);
        crc.combine(&block_crc);
    }
    let remainder = usize::try_from(spaces % BLOCK_BYTES as u64).unwrap_or(0);
    if remainder > 0 {
        out.extend(self::deflate_block(&block[..remainder]));
        crc.update(&block[..remainder]);
    }
    write_stored_block(&mut out, &mut crc, close, true);
    out.extend(crc.sum().to_le_bytes());
    out.extend(crc.amount().to_le_bytes());
    out
}

/// Returns a deflate block that ends on a byte boundary and does not refer to earlier data.
fn deflate_block(block: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    let _ = encoder.write_all(block);
    let _ = encoder.flush();
    encoder.get_ref().clone()
}

/// Writes an uncompressed block of at most 65535 bytes.
fn write_stored_block(out: &mut Vec<u8>, crc: &mut Crc, bytes: &[u8], is_last: bool) {
    let len = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    out.push(u8::from(is_last));
    out.extend(len.to_le_bytes());
    out.extend((!len).to_le_bytes());
    out.extend_from_slice(bytes);
    crc.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    fn decompress(packed: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        flate2::read::GzDecoder::new(packed).read_to_end(&mut out).unwrap();
        out
    }

    #[test]
    fn compress_round_trips() {
        let body = "{\"a\":1}".repeat(1000);
        let packed = compress(body.as_bytes());
        assert!(packed.len() < body.len() / 10);
        assert_eq!(decompress(&packed), body.as_bytes());
    }

    #[test]
    fn bomb_decompresses_to_json_of_the_requested_size() {
        for size in [23, 1000, 70_000, 3_500_000] {
            let packed = build_bomb(size);
            let decompressed = decompress(&packed);
            assert_eq!(decompressed.len() as u64, size);
            let json: serde_json::Value = serde_json::from_slice(&decompressed).unwrap();
            assert_eq!(json, serde_json::json!({"data": [], "paging": {}}));
        }
        assert!(build_bomb(1 << 30).len() < 8 << 20, "a gigabyte fits in a few megabytes");
    }
}
