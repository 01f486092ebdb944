//! One deflate stream (RFC 1951): stored blocks, then compressed ones.

use flate2::{Compression, Decompress, FlushDecompress, write::DeflateEncoder};
use std::io::Write;

/// A stored block's length has sixteen bits.
const LONGEST_STORED: usize = u16::MAX as usize;
/// A stored block's header, aligned to a byte: the type, the length, and the length inverted.
const STORED_HEADER: usize = 5;
/// The room that [`inflate`] begins with, and the least that it adds: above the message of nearly every slice.
const ROOM: usize = 64 << 10;

/// Appends one deflate stream of `stored` and `text`. Hashes have no redundancy to find, and looking for it takes as
/// long as reading the records they come from.
///
/// The stored blocks come first: each ends at a byte, so that a stream which the library writes from beginning to end
/// can follow.
pub(super) fn deflate(
    mut bytes: Vec<u8>,
    stored: &[u8],
    text: &[u8],
    level: Compression,
) -> Vec<u8> {
    for block in stored.chunks(LONGEST_STORED) {
        let length = u16::try_from(block.len()).expect("a chunk has at most as many bytes");
        // Type 00, not the last block.
        bytes.push(0);
        bytes.extend(length.to_le_bytes());
        bytes.extend((!length).to_le_bytes());
        bytes.extend(block);
    }
    let mut encoder = DeflateEncoder::new(bytes, level);
    encoder
        .write_all(text)
        .and_then(|()| encoder.finish())
        .expect("writing to a Vec cannot fail")
}

/// At least how many bytes [`deflate`] appends for so many in both parts: no literal takes more than nine bits.
pub(crate) fn longest(bytes: usize) -> usize {
    bytes + bytes / 8 + (bytes / LONGEST_STORED + 2) * STORED_HEADER + 64
}

/// The reason why bytes are not a deflate stream of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum InflateError {
    #[error("its deflate stream is corrupt")]
    Corrupt,
    #[error("its deflate stream ends early")]
    Truncated,
    #[error("it inflates to more than {0} bytes")]
    TooLong(usize),
}

/// Inflates a stream of at most `most` bytes. Returns the bytes after the stream too.
pub(super) fn inflate(bytes: &[u8], most: usize) -> Result<(Vec<u8>, &[u8]), InflateError> {
    let mut decompress = Decompress::new(false);
    let mut message = Vec::with_capacity(ROOM.min(most + 1));
    let mut rest = bytes;
    loop {
        let before = (rest.len(), message.len());
        let read = decompress.total_in();
        let status = decompress
            .decompress_vec(rest, &mut message, FlushDecompress::None)
            .map_err(|_| InflateError::Corrupt)?;
        let read = usize::try_from(decompress.total_in() - read)
            .expect("no more is read than the slice has");
        rest = &rest[read..];
        if message.len() > most {
            return Err(InflateError::TooLong(most));
        }
        if status == flate2::Status::StreamEnd {
            return Ok((message, rest));
        }
        if message.len() == message.capacity() {
            // Doubled, and one byte beyond the limit at the end, which shows that there is more.
            let room = message.len().max(ROOM).min(most + 1 - message.len());
            message.reserve_exact(room);
        } else if before == (rest.len(), message.len()) {
            return Err(InflateError::Truncated);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(length: usize, step: u64) -> Vec<u8> {
        let mix = |n: u64| (n / step).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes()[2];
        (0..).map(mix).take(length).collect()
    }

    #[test]
    fn both_parts_are_one_stream_that_ends_where_it_says() {
        for (stored, text) in [
            (0, 0),
            (9, 0),
            (0, 9),
            (65_535, 70_000),
            (65_536, 300),
            (200_000, 7),
            (1 << 20, 1 << 20),
        ] {
            let (stored, text) = (noise(stored, 1), noise(text, 7));
            let bytes = deflate(vec![7], &stored, &text, Compression::fast());
            assert!(bytes.len() <= 1 + longest(stored.len() + text.len()));
            let followed = [&bytes[1..], b"after"].concat();
            let (message, rest) = inflate(&followed, 1 << 22).unwrap();
            assert!(message == [stored, text].concat());
            assert_eq!(rest, b"after");
        }
    }

    /// The library ends a block of literals after about 58,000 bytes. Where a text ends within 4 KB behind one, a flush
    /// of one pass leaves its tail out.
    #[test]
    fn a_text_that_ends_anywhere_around_a_block_comes_back_whole() {
        // Six random bits a byte: literals, and no matches.
        let mut state = 1_u64;
        let letters: Vec<u8> = std::iter::repeat_with(|| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            b' ' + state.to_be_bytes()[0] % 64
        })
        .take(63_000)
        .collect();
        for length in (56_000..letters.len()).step_by(500) {
            let text = &letters[..length];
            let bytes = deflate(Vec::new(), &[7; 80], text, Compression::fast());
            let (message, rest) = inflate(&bytes, 1 << 20).map_err(|e| (length, e)).unwrap();
            assert!(
                message.len() == 80 + length && message.ends_with(text),
                "{length}"
            );
            assert_eq!(rest, b"");
        }
    }

    #[test]
    fn a_stream_that_ends_early_is_an_error_wherever_it_ends() {
        let bytes = deflate(
            Vec::new(),
            &noise(3_000, 1),
            &noise(3_000, 7),
            Compression::fast(),
        );
        for end in 0..bytes.len() {
            let inflated = inflate(&bytes[..end], 1 << 20);
            assert_eq!(inflated.unwrap_err(), InflateError::Truncated, "{end}");
        }
    }

    #[test]
    fn a_stream_of_the_limit_is_read_and_one_byte_more_is_an_error() {
        for most in [0, 1, ROOM - 1, ROOM, ROOM + 1, 3 * ROOM] {
            let bytes = |length| deflate(Vec::new(), &[], &vec![b'a'; length], Compression::fast());
            let (message, _) = inflate(&bytes(most), most).map_err(|e| (most, e)).unwrap();
            assert_eq!(message.len(), most);
            let more = bytes(most + 1);
            assert_eq!(inflate(&more, most), Err(InflateError::TooLong(most)));
        }
    }
}
