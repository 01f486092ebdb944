//! docs/local-line.md lists what the parameter `Emulated` leaves out of the templates, and the list is true.

use std::{collections::BTreeSet, fs, path::PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The root's template, and every function's and workload's.
fn templates() -> Vec<String> {
    let nested = ["functions", "workloads"].into_iter().flat_map(|parent| {
        let folders = fs::read_dir(root().join(parent)).expect("the folder can be listed");
        folders.map(move |folder| {
            let name = folder.expect("the folder can be listed").file_name();
            format!("{parent}/{}/template.yaml", name.display())
        })
    });
    std::iter::once("template.yaml".to_owned())
        .chain(nested.filter(|path| root().join(path).exists()))
        .collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("the file is in this repository")
}

/// The logical ids in a template's Resources whose `Condition` is false under the emulator: `OnAws` and what is named
/// after it.
fn left_out(template: &str) -> BTreeSet<&str> {
    let (_, resources) = template
        .split_once("\nResources:\n")
        .expect("a template has resources");
    let mut id = "";
    let mut found = BTreeSet::new();
    for line in resources.lines() {
        let indent = line.len() - line.trim_start().len();
        if indent == 2 && line.ends_with(':') {
            id = line.trim().trim_end_matches(':');
        }
        if line
            .strip_prefix("    Condition: ")
            .is_some_and(|condition| condition.ends_with("OnAws"))
        {
            found.insert(id);
        }
    }
    found
}

/// The names in back quotes of the document's entry for a template; none where it has no entry.
fn listed<'a>(document: &'a str, template: &str) -> BTreeSet<&'a str> {
    let marker = format!("- `{template}` leaves out");
    let Some((_, entry)) = document.split_once(&marker) else {
        return BTreeSet::new();
    };
    let entry = entry.split("\n- ").next().unwrap_or(entry);
    entry.split('`').skip(1).step_by(2).collect()
}

#[test]
fn the_document_lists_every_resource_that_the_local_line_leaves_out() {
    let document = read("docs/local-line.md");
    for path in templates() {
        let template = read(&path);
        assert_eq!(listed(&document, &path), left_out(&template), "{path}");
    }
}

#[test]
fn nothing_but_alarm_actions_and_the_mapping_is_switched_by_the_condition() {
    for path in templates() {
        for line in read(&path)
            .lines()
            .filter(|line| line.contains("!If [OnAws,"))
        {
            let property = line.trim().split(':').next().unwrap_or_default();
            assert!(
                ["ActionsEnabled", "Enabled", "PicketBlind"].contains(&property),
                "{path}: {line}"
            );
        }
    }
}
