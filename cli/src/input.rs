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
