//! A file of lines, block by block, so that memory does not grow with the file.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use super::{
    Problem, STANDARD_INPUT, Unreadable,
    encoding::{Encoding, decoded},
};

/// The bytes of a block, without the rest of its last line: a block and what is counted of it take some 40 MB.
const BLOCK: u64 = 8 << 20;

/// Whole lines of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// The number of its first line, from 1.
    pub(crate) first_line: u64,
    /// UTF-8 without a byte order mark, where it is text.
    pub(crate) bytes: Vec<u8>,
}

/// The blocks of a file, in order. Text in UTF-16 is one block.
pub(crate) struct Blocks {
    path: PathBuf,
    reader: Box<dyn BufRead>,
    next_line: u64,
    size: Option<u64>,
    most: u64,
}

impl Blocks {
    /// Opens a file; `-` is standard input.
    pub(crate) fn open(path: &Path) -> Result<Self, Unreadable> {
        let mut blocks = Self {
            path: path.to_owned(),
            reader: Box::new(io::empty()),
            next_line: 1,
            size: None,
            most: BLOCK,
        };
        if path == Path::new(STANDARD_INPUT) {
            blocks.reader = Box::new(BufReader::new(io::stdin()));
        } else {
            let file = File::open(path).map_err(|error| blocks.unreadable(error))?;
            blocks.size = file.metadata().ok().map(|metadata| metadata.len());
            blocks.reader = Box::new(BufReader::new(file));
        }
        Ok(blocks)
    }

    /// The bytes of the file, where they are known.
    pub(crate) fn size(&self) -> Option<u64> {
        self.size
    }

    fn unreadable(&self, source: impl Into<Problem>) -> Unreadable {
        Unreadable {
            path: self.path.clone(),
            source: source.into(),
        }
    }

    fn read(&mut self) -> Result<Vec<u8>, Problem> {
        let mut bytes = Vec::new();
        self.reader
            .by_ref()
            .take(self.most)
            .read_to_end(&mut bytes)?;
        self.reader.read_until(b'\n', &mut bytes)?;
        if self.next_line > 1 {
            return Ok(bytes);
        }
        // Two characters show UTF-16, whose lines do not end with a byte.
        let head = bytes[..bytes.len().min(4)].to_vec();
        if !matches!(decoded(head), Ok((_, Encoding::Utf8))) {
            self.reader.read_to_end(&mut bytes)?;
        }
        Ok(decoded(bytes)?.0)
    }
}

impl Iterator for Blocks {
    type Item = Result<Block, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        let first_line = self.next_line;
        match self.read() {
            Ok(bytes) if bytes.is_empty() => None,
            Ok(bytes) => {
                let lines = memchr::memchr_iter(b'\n', &bytes).count();
                self.next_line += u64::try_from(lines).unwrap_or(u64::MAX);
                Some(Ok(Block { first_line, bytes }))
            }
            Err(problem) => {
                self.reader = Box::new(io::empty());
                Some(Err(self.unreadable(problem)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &[u8], most: u64) -> Vec<Result<(u64, String), ()>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines");
        std::fs::write(&path, text).unwrap();
        let mut blocks = Blocks::open(&path).unwrap();
        blocks.most = most;
        let pair = |block: Block| (block.first_line, String::from_utf8(block.bytes).unwrap());
        blocks.map(|block| block.map(pair).map_err(drop)).collect()
    }

    #[test]
    fn a_block_ends_with_a_line_and_knows_the_number_of_its_first() {
        let all = |pairs: &[(u64, &str)]| -> Vec<Result<(u64, String), ()>> {
            let owned = |(line, text): &(u64, &str)| Ok((*line, (*text).to_owned()));
            pairs.iter().map(owned).collect()
        };
        let text = b"one\ntwo\n\nfour\nfive";
        assert_eq!(
            blocks(text, 2),
            all(&[(1, "one\n"), (2, "two\n"), (3, "\nfour\n"), (5, "five")])
        );
        assert_eq!(
            blocks(text, 5),
            all(&[(1, "one\ntwo\n"), (3, "\nfour\n"), (5, "five")])
        );
        assert_eq!(blocks(text, 100), all(&[(1, "one\ntwo\n\nfour\nfive")]));
        assert_eq!(blocks(b"", 100), []);
        assert_eq!(
            blocks(b"\xef\xbb\xbfone\ntwo", 1),
            all(&[(1, "one\n"), (2, "two")])
        );
    }

    #[test]
    fn utf_16_is_one_block_and_half_a_pair_is_refused() {
        let utf16: Vec<u8> = "\u{feff}one\ntwo\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(blocks(&utf16, 4), [Ok((1, "one\ntwo\n".to_owned()))]);
        assert_eq!(blocks(b"\xff\xfeo", 100), [Err(())]);
    }
}
