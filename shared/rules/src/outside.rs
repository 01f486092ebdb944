//! Workloads: those of a checkout, and those of folders outside it. The build script includes this file, so that it
//! takes the standard library alone.

use std::{
    collections::BTreeMap,
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

/// The environment variable that names folders of workloads outside the checkout, parted as those of `PATH` are. A
/// relative one is seen from the root of the checkout.
pub const VARIABLE: &str = "WORKLOADS";

/// The kinds of files that are compiled in, by the file's name without `.yaml`.
pub const KINDS: [&str; 5] = ["metrics", "probes", "health", "prices", "playbooks"];

/// The folder of the workloads in a checkout.
const OF_CHECKOUT: &str = "workloads";

/// The workloads of a checkout, each with its folder.
pub fn of_checkout(root: &Path) -> BTreeMap<String, PathBuf> {
    subfolders(&root.join(OF_CHECKOUT)).collect()
}

/// The workloads of the folders that [`VARIABLE`] names, each with its folder. The error is a sentence.
pub fn outside(root: &Path) -> Result<BTreeMap<String, PathBuf>, String> {
    let named = env::var_os(VARIABLE).unwrap_or_default();
    of_folders(&folders(&named, root), root)
}

/// The folders that a value of [`VARIABLE`] names.
pub fn folders(named: &OsStr, root: &Path) -> Vec<PathBuf> {
    env::split_paths(named)
        .filter(|path| !path.as_os_str().is_empty())
        .map(|path| root.join(path))
        .collect()
}

/// The workloads of folders, beside those of the checkout.
pub fn of_folders(folders: &[PathBuf], root: &Path) -> Result<BTreeMap<String, PathBuf>, String> {
    let own = of_checkout(root);
    let mut all = BTreeMap::new();
    for folder in folders {
        let shown = folder.display();
        if !folder.is_dir() {
            return Err(format!(
                "{VARIABLE} names {shown}, and there is no such folder"
            ));
        }
        if is_workload(folder) {
            return Err(format!(
                "{VARIABLE} names {shown}, which is a workload itself: name the folder around it"
            ));
        }
        let mut found = subfolders(folder)
            .filter(|(_, path)| is_workload(path))
            .peekable();
        if found.peek().is_none() {
            return Err(format!(
                "{VARIABLE} names {shown}, in which no folder is a workload: one has metrics.yaml or template.yaml"
            ));
        }
        for (name, path) in found {
            is_name(&name, &path)?;
            let other = own.get(&name).or_else(|| all.get(&name));
            if let Some(other) = other {
                let (path, other) = (path.display(), other.display());
                return Err(format!(
                    "two workloads have the name {name}: {other} and {path}"
                ));
            }
            all.insert(name, path);
        }
    }
    Ok(all)
}

/// Whether a folder has a file of a workload.
pub fn is_workload(folder: &Path) -> bool {
    let mut files = KINDS.iter().chain(&["template"]);
    files.any(|kind| folder.join(format!("{kind}.yaml")).is_file())
}

/// The name is part of those of resources, alarms and parameters.
fn is_name(name: &str, path: &Path) -> Result<(), String> {
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.bytes().all(legal) && name.starts_with(|first: char| first.is_ascii_lowercase()) {
        return Ok(());
    }
    let path = path.display();
    Err(format!(
        "{path} has no name for a workload: lower-case letters, digits and hyphens, a letter first"
    ))
}

/// The folders in a folder, by name. None where it cannot be read.
fn subfolders(folder: &Path) -> impl Iterator<Item = (String, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let named = |entry: fs::DirEntry| Some((entry.file_name().into_string().ok()?, entry.path()));
    let is_visible = |(name, path): &(String, PathBuf)| !name.starts_with('.') && path.is_dir();
    entries.filter_map(named).filter(is_visible)
}
