//! Reading the files named on the command line.

use std::{
    io,
    path::{Path, PathBuf},
};

use picket_shared::report::ErrorChain;

use crate::{exit::Exit, output::Output};

/// A file that was named and read.
pub(crate) struct Named {
    /// The path as it was given.
    pub(crate) path: String,
    /// The content.
    pub(crate) bytes: Vec<u8>,
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
struct Unreadable {
    path: PathBuf,
    source: io::Error,
}

/// Every file that can be read, in order; each that cannot is complained about and makes the exit status 2.
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

fn read_one(path: &Path) -> Result<Named, Unreadable> {
    let bytes = std::fs::read(path).map_err(|source| Unreadable {
        path: path.to_owned(),
        source,
    })?;
    Ok(Named {
        path: path.to_string_lossy().into_owned(),
        bytes,
    })
}
