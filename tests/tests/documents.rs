//! Links between documents lead somewhere, and documents can be read without scrolling sideways.

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

/// A reader sees the whole README on three screens.
const README_LINES: usize = 120;
/// Characters of a line.
const LINE: usize = 120;

#[test]
fn the_readme_has_120_lines_at_most() {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README can be read");
    let lines = readme.lines().count();
    assert!(
        lines <= README_LINES,
        "README.md has {lines} lines: move details to docs/"
    );
}

/// The lines outside code blocks, where a sample is as long as it is, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    text.lines().enumerate().filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

#[test]
fn no_line_of_a_document_has_more_than_120_characters() {
    let mut long = Vec::new();
    for document in documents() {
        let text = fs::read_to_string(&document).expect("the document can be read");
        let lines = prose(&text).filter(|(_, line)| line.chars().count() > LINE);
        long.extend(lines.map(|(at, _)| format!("{}:{}", document.display(), at + 1)));
    }
    assert!(long.is_empty(), "wrap these lines: {long:#?}");
}

/// The names of functions in a document: words in backquotes with at least two underscores.
fn function_names(text: &str) -> impl Iterator<Item = &str> {
    let is_name = |word: &&str| {
        let legal =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        word.matches('_').count() >= 2 && word.chars().all(legal)
    };
    text.split('`').skip(1).step_by(2).filter(is_name)
}

/// The text of every Rust file in a folder.
fn sources(folder: &Path, found: &mut String) {
    for entry in fs::read_dir(folder).expect("the folder is in this repository") {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() && !path.ends_with("target") {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push_str(&fs::read_to_string(&path).expect("a source can be read"));
        }
    }
}

#[test]
fn every_test_that_the_threat_model_names_exists() {
    let model = root().join("docs/threat-model.md");
    let model = fs::read_to_string(model).expect("the document can be read");
    let mut code = String::new();
    for folder in ["functions", "shared", "cli", "line", "tests"] {
        sources(&root().join(folder), &mut code);
    }
    let names: Vec<_> = function_names(&model).collect();
    assert!(names.len() >= 30, "{} names", names.len());
    for name in names {
        assert!(
            code.contains(&format!("fn {name}(")),
            "docs/threat-model.md names {name}, which is not a function"
        );
    }
}

/// The titles of steps in the text of a source: what is given to `see` and `must`, and lists of three of them.
fn step_titles(source: &str) -> Vec<&str> {
    let given = source
        .split(".see(")
        .skip(1)
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
    let lists = source
        .split('[')
        .skip(1)
        .filter_map(|rest| rest.split(']').next());
    let lists = lists.filter(|list| list.matches('"').count() == 6 && !list.contains('{'));
    let listed = lists.flat_map(|list| list.split('"').skip(1).step_by(2));
    given.chain(listed).collect()
}

/// The recording is made again when the scenario changes: `docs/local-line.md` has the command.
#[test]
fn the_recording_of_the_demo_has_the_steps_of_the_scenario() {
    let read = |path: &str| fs::read_to_string(root().join(path)).expect("it can be read");
    let recording = read("docs/demo.txt");
    let sources = ["line/src/demo/scenario.rs", "line/src/demo/repairs.rs"].map(read);
    let in_order = ["Start the line", "Deploy with SAM"].into_iter();
    let expected: Vec<&str> = in_order
        .chain(sources.iter().flat_map(|source| step_titles(source)))
        .collect();
    let seen: Vec<&str> = recording
        .lines()
        .filter_map(|line| line.strip_prefix("✓ ")?.split(": ").next())
        .collect();
    let missing: Vec<_> = expected
        .iter()
        .filter(|title| !seen.contains(title))
        .collect();
    let unknown: Vec<_> = seen
        .iter()
        .filter(|title| !expected.contains(title))
        .collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "{missing:?}, {unknown:?}"
    );
    let summary = format!("{0} of {0} steps were seen to happen", seen.len());
    assert!(recording.contains(&summary), "{summary}");
}
