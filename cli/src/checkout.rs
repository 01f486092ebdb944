//! The checkout of Picket around a file or the working directory.

use std::path::{Path, PathBuf};

use picket_rules::outside;

/// A file that a checkout has in its root, and no other project by this name.
const MARK: &str = "line/requirements.lock";

/// The folder of the workloads in a checkout.
pub(crate) const WORKLOADS: &str = "workloads";

/// The root of the checkout around the working directory, by a short path.
pub(crate) fn here() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let root = around(&here)?;
    let ups = here.strip_prefix(&root).ok()?.components().map(|_| "..");
    Some(ups.collect())
}

/// The path of a checkout's root where it is named: the working directory is the empty path, which nothing can open.
pub(crate) fn named(root: &Path) -> &Path {
    if root.as_os_str().is_empty() {
        Path::new(".")
    } else {
        root
    }
}

/// The root of the checkout that a file or folder lies in.
pub(crate) fn around(path: &Path) -> Option<PathBuf> {
    let path = path.canonicalize().ok()?;
    let mut folders = path.ancestors();
    folders
        .find(|folder| folder.join(MARK).is_file())
        .map(Path::to_owned)
}

/// The folders of the workloads: a checkout's own by name, then those outside it. The error is a sentence.
pub(crate) fn workloads(root: &Path) -> Result<Vec<PathBuf>, String> {
    let mut folders = own_workloads(root);
    folders.extend(outside::outside(root)?.into_values());
    Ok(folders)
}

/// The folders of a checkout's own workloads, by name.
pub(crate) fn own_workloads(root: &Path) -> Vec<PathBuf> {
    listed(&root.join(WORKLOADS))
        .into_iter()
        .filter(|path| path.is_dir())
        .collect()
}

/// The entries of a folder in the order of their names; none where it cannot be read.
pub(crate) fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    paths
}
