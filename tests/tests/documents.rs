//! What the documents link to is there.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn documents() -> Vec<PathBuf> {
    let list = |folder: &Path| fs::read_dir(folder).expect("the folder is in this repository");
    let workloads = list(&root().join("workloads"))
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.is_dir());
    let folders = ["", "docs", "docs/decisions"].map(|folder| root().join(folder));
    let mut found = Vec::new();
    for folder in folders.into_iter().chain(workloads) {
        let entries = list(&folder);
        found.extend(
            entries
                .map(|entry| entry.expect("the folder can be listed").path())
                .filter(|path| path.extension().is_some_and(|extension| extension == "md")),
        );
    }
    found
}

/// The targets of a document's links inside the repository, without their anchors.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| !target.contains("://") && !target.starts_with('#'))
        .map(|target| target.split('#').next().unwrap_or(target))
}

#[test]
fn every_link_inside_the_repository_leads_somewhere() {
    for document in documents() {
        let text = fs::read_to_string(&document).expect("the document can be read");
        let folder = document.parent().unwrap_or(Path::new(""));
        for link in links(&text) {
            assert!(
                folder.join(link).exists(),
                "{} links to {link}",
                document.display()
            );
        }
    }
}
