//! The files of cases.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{checkout, commands::alarms::sources};

const CASES: &str = ".test.yaml";
const TEMPLATE: &str = "template.yaml";

/// Whether a file has cases, by its name.
pub(super) fn is_cases(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.ends_with(CASES))
}

/// The files of cases in the folders, or in the checkout's workloads. Of a folder without cases its template, so that
/// its alarms are seen as untested.
pub(super) fn files(folders: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    if folders.is_empty() {
        let root = sources::checkout()
            .map_err(|error| format!("{error}, or name folders with alarms and cases"))?;
        let folders = checkout::workloads(&root)?;
        let all = folders.iter().map(|folder| in_folder(folder));
        return Ok(all.collect::<Result<Vec<_>, _>>()?.concat());
    }
    let mut files = Vec::new();
    for folder in folders {
        let found = if folder.is_dir() {
            in_folder(folder)?
        } else {
            vec![folder.clone()]
        };
        if found.is_empty() {
            return Err(format!(
                "{} has neither {TEMPLATE} nor *{CASES}",
                folder.display()
            ));
        }
        files.extend(found);
    }
    Ok(files)
}

fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let cases: Vec<PathBuf> = listed(folder)?
        .into_iter()
        .filter(|path| is_cases(path))
        .collect();
    let template = folder.join(TEMPLATE);
    if cases.is_empty() && template.is_file() {
        return Ok(vec![template]);
    }
    Ok(cases)
}

/// The entries of a folder in the order of their names.
fn listed(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let cannot = |error| format!("{} cannot be read: {error}", folder.display());
    let entries = fs::read_dir(folder).map_err(cannot)?;
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(cannot)?;
    paths.sort();
    Ok(paths)
}
