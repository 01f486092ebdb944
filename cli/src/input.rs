//! Reading the files named on the command line.

mod blocks;
mod encoding;

use std::{
    io::{self, Read},
    path::{Path, PathBuf},
};

use picket_shared::report::ErrorChain;

use self::encoding::Undecodable;
use crate::{exit::Exit, output::Output};

pub(crate) use self::{blocks::Blocks, encoding::Encoding};

/// A file that was named and read.
pub(crate) struct Named {
    /// The path as it was given.
    pub(crate) path: String,
    /// The content: UTF-8 without a byte order mark, where it is text.
    pub(crate) bytes: Vec<u8>,
    /// How the file was encoded.
    pub(crate) encoding: Encoding,
}

impl Named {
    /// The content as text.
    pub(crate) fn text(&self) -> Result<&str, NotUtf8> {
        if self.encoding != Encoding::Utf8 {
            return Err(NotUtf8::Encoded(self.encoding));
        }
        std::str::from_utf8(&self.bytes).map_err(|error| {
            let before = &self.bytes[..error.valid_up_to()];
            NotUtf8::Byte(1 + memchr::memchr_iter(b'\n', before).count())
        })
    }

    /// Whether the path ends in `.extension`, in any case.
    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        let own = Path::new(&self.path).extension();
        own.is_some_and(|own| own.eq_ignore_ascii_case(extension))
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{} cannot be read", path.display())]
pub(crate) struct Unreadable {
    path: PathBuf,
    source: Problem,
}

#[derive(Debug, thiserror::Error)]
#[error(transparent)]
enum Problem {
    Io(#[from] io::Error),
    Encoding(#[from] Undecodable),
}

/// Why a file is no text for Picket. What is deployed is UTF-8, so other encodings are refused here too.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotUtf8 {
    #[error("the file is {0}, and Picket reads UTF-8: save it as UTF-8")]
    Encoded(Encoding),
    #[error("line {0} has a byte that is not UTF-8: save the file as UTF-8")]
    Byte(usize),
}

/// Every file that can be read, in order, `-` standard input; each that cannot is complained about and makes the exit
/// status 2.
pub(crate) fn read_all(
    files: &[PathBuf],
    output: &mut Output<'_>,
) -> io::Result<(Vec<Named>, Exit)> {
    let mut read = Vec::with_capacity(files.len());
    let mut exit = Exit::Done;
    for file in files {
        match read_one(file) {
            Ok(named) => read.push(named),
            Err(unreadable) => {
                output.complain(ErrorChain(&unreadable))?;
                exit = Exit::Unreadable;
            }
        }
    }
    Ok((read, exit))
}

/// What stands for standard input among the files.
const STANDARD_INPUT: &str = "-";

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    if path != Path::new(STANDARD_INPUT) {
        return std::fs::read(path);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a file, or a sentence with its path on why there is none.
pub(crate) fn text(path: &Path) -> Result<String, String> {
    let named = read_one(path).map_err(|unreadable| ErrorChain(&unreadable).to_string())?;
    let text = named.text();
    let text = text.map_err(|error| format!("{}: {error}", named.path))?;
    Ok(text.to_owned())
}

fn read_one(path: &Path) -> Result<Named, Unreadable> {
    let read = || Ok(encoding::decoded(bytes(path)?)?);
    let (bytes, encoding) = read().map_err(|source| Unreadable {
        path: path.to_owned(),
        source,
    })?;
    Ok(Named {
        path: path.to_string_lossy().into_owned(),
        bytes,
        encoding,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_that_is_not_utf_8_is_named_by_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rules.yaml");
        for (bytes, expected) in [
            (&b"a: 1\n# caf\xe9\n"[..], "rules.yaml: line 2 has a byte"),
            (
                b"\xff\xfea\0",
                "rules.yaml: the file is UTF-16 (little endian)",
            ),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let refused = text(&path).unwrap_err();
            assert!(refused.contains(expected), "{refused}");
        }
        std::fs::write(&path, "\u{feff}a: é").unwrap();
        assert_eq!(text(&path).unwrap(), "a: é");
        std::fs::remove_file(&path).unwrap();
        let missing = text(&path).unwrap_err();
        assert!(missing.contains("rules.yaml cannot be read: "), "{missing}");
    }
}
