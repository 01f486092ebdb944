//! The samples of `events/`: ours give their golden results, the neighbours' are refused.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use event_processor::{ingest::Ingest, read, rules::RuleSet};

fn events() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events")
}

/// The files of a folder of samples, by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    files.sort();
    files
}

#[test]
fn each_sample_has_its_golden_result() {
    let files = files(&events().join("event-processor"));
    assert!(files.len() >= 5);
    for file in files {
        let now = "2026-11-20T07:00:00Z".parse().unwrap();
        let mut ingest = Ingest::new(RuleSet::built_in("dev", "picket-dev"), now);
        ingest.event(&fs::read(&file).unwrap()).unwrap();
        let name = file.file_stem().unwrap().to_str().unwrap();
        insta::assert_json_snapshot!(name, ingest.finish());
    }
}

#[test]
fn the_neighbours_samples_are_refused() {
    let folders = fs::read_dir(events())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    for folder in folders.filter(|path| path.is_dir() && !path.ends_with("event-processor")) {
        for file in files(&folder) {
            let bytes = fs::read(&file).unwrap();
            assert!(read(&bytes).is_err(), "{}", file.display());
        }
    }
}
