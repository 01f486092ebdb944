//! The sample events: each is read, and read as its golden result says.

use std::{fmt::Debug, fs, path::Path};

#[test]
fn every_sample_is_read_as_its_golden_result_says() {
    every_sample("metrics-publisher", metrics_publisher::read);
}

fn every_sample<T: Debug, E: Debug>(function: &str, read: fn(&[u8]) -> Result<T, E>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let folder = folder.join(function);
    let mut seen = 0;
    let mut entries: Vec<_> = fs::read_dir(&folder)
        .expect("the samples are part of the repository")
        .map(|entry| entry.expect("a folder can be listed").path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let bytes = fs::read(&path).expect("a sample can be read");
        let tick = read(&bytes);
        insta::assert_debug_snapshot!(format!("{function}_{name}"), tick);
        assert!(tick.is_ok(), "{name}");
        seen += 1;
    }
    assert!(seen >= 3, "{seen} samples");
}
