//! The files that alarms are read from.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use picket_alarms::inventory::Inventory;
use picket_line::checkout::Checkout;

use crate::{
    arguments::{Sources, by_name},
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
    let (named, exit) = input::read_all(&files, output)?;
    let parameters = by_name(&sources.parameters);
    for named in named {
        let text = String::from_utf8_lossy(&named.bytes);
        if let Err(reason) = inventory.add(&named.path, &text, &parameters, &nested) {
            output.answer(&Refusal::of_file(&named.path, reason))?;
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
    let checkout = Checkout::find().map_err(|error| error.to_string())?;
    let here = std::env::current_dir().unwrap_or_default();
    Ok(relative(checkout.root(), &here))
}

/// The way from a folder up to one that it is in, so that paths in answers are short.
fn relative(root: &Path, here: &Path) -> PathBuf {
    match here.strip_prefix(root) {
        Ok(within) => within.components().map(|_| "..").collect(),
        Err(_) => root.to_owned(),
    }
}

/// Reads the template of a nested stack.
pub(crate) fn nested(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
