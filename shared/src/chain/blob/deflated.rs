//! Deflate (RFC 1951) of which the second part is stored as it is.

use std::io::Write;

use flate2::{Compression, write::DeflateEncoder};

/// A stored block's length has sixteen bits.
const LONGEST_STORED: usize = u16::MAX as usize;
/// A stored block's header, aligned to a byte: the type, the length, and the length inverted.
const STORED_HEADER: usize = 5;

/// The first byte, then one deflate stream of `text` and `noise`. Hashes have no redundancy to find, and looking for it takes as long as reading
/// the records they come from.
pub(super) fn deflate(first: u8, text: &[u8], noise: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(vec![first], Compression::fast());
    let written = encoder.write_all(text);
    if noise.is_empty() {
        return written.and_then(|()| encoder.finish()).expect(NO_FAULT);
    }
    // A flush ends the compressed block at a byte, so that blocks can follow.
    written.and_then(|()| encoder.flush()).expect(NO_FAULT);
    let mut bytes = encoder.get_ref().clone();
    let mut blocks = noise.chunks(LONGEST_STORED).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).expect("a chunk has at most as many bytes");
        bytes.push(u8::from(blocks.peek().is_none()));
        bytes.extend(length.to_le_bytes());
        bytes.extend((!length).to_le_bytes());
        bytes.extend(block);
    }
    bytes
}

const NO_FAULT: &str = "writing to a Vec cannot fail";

/// At least the length of [`deflate`]'s answer for so many bytes in both parts: no literal takes more than nine bits.
pub(super) fn longest(bytes: usize) -> usize {
    bytes + bytes / 8 + (bytes / LONGEST_STORED + 2) * STORED_HEADER + 64
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::DeflateDecoder;

    use super::*;

    #[test]
    fn both_parts_are_one_stream() {
        for (text, noise) in [
            (0, 0),
            (9, 0),
            (0, 9),
            (70_000, 65_535),
            (300, 65_536),
            (7, 200_000),
        ] {
            let byte = |n: u32| n.to_le_bytes()[0];
            let text: Vec<u8> = (0..text).map(|n| byte(n / 7)).collect();
            let noise: Vec<u8> = (0..noise).map(|n| byte(n * 7_919)).collect();
            let bytes = deflate(1, &text, &noise);
            assert!(
                bytes.len() <= longest(text.len() + noise.len()),
                "{}",
                bytes.len()
            );
            let mut both = Vec::new();
            DeflateDecoder::new(&bytes[1..])
                .read_to_end(&mut both)
                .unwrap();
            assert!(both == [text, noise].concat(), "{}", both.len());
        }
    }
}
