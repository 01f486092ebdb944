//! The files that alarms are read from.

use std::{
    io,
    path::{Path, PathBuf},
};

use picket_alarms::inventory::Inventory;

use crate::{
    arguments::{Sources, by_name},
    checkout,
    exit::Exit,
    input,
    output::Output,
    refusal::Refusal,
};

/// The templates of a checkout that are no nested stacks.
const ROOTS: [&str; 3] = ["template.yaml", "service-events.yaml", "account.yaml"];

/// The alarms of the files, or of the checkout's templates. A file that is no source of alarms is an answer.
pub(super) fn inventory(
    sources: &Sources,
    output: &mut Output<'_>,
) -> io::Result<(Inventory, Exit)> {
    let mut inventory = Inventory::default();
    let files = match files(sources) {
        Ok(files) => files,
        Err(sentence) => {
            output.complain(sentence)?;
            return Ok((inventory, Exit::Unreadable));
        }
    };
    let (named, mut exit) = input::read_all(&files, output)?;
    let parameters = by_name(&sources.parameters);
    for named in named {
        let text = String::from_utf8_lossy(&named.bytes);
        if let Err(reason) = inventory.add(&named.path, &text, &parameters, &nested) {
            exit = exit.max(output.refuse(&Refusal::of_file(&named.path, reason))?);
        }
    }
    Ok((inventory, exit))
}

fn files(sources: &Sources) -> Result<Vec<PathBuf>, String> {
    if !sources.files.is_empty() {
        return Ok(sources.files.clone());
    }
    let root = checkout()
        .map_err(|error| format!("{error}, or name templates or answers of describe-alarms"))?;
    let roots = ROOTS.iter().map(|name| root.join(name));
    Ok(roots.filter(|path| path.is_file()).collect())
}

/// The root of the checkout around the working directory.
pub(crate) fn checkout() -> Result<PathBuf, String> {
    checkout::here().ok_or_else(|| {
        let here = std::env::current_dir().unwrap_or_default();
        let here = here.display();
        format!("{here} is not inside a checkout of Picket: run it there")
    })
}

/// Reads the template of a nested stack.
pub(crate) fn nested(path: &Path) -> Result<String, String> {
    input::text(path)
}
