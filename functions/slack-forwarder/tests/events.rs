//! The sample events: each is decoded, and what is made of it is a golden file; those of the other functions are
//! refused.

use std::{fs, path::PathBuf};

use jiff::Timestamp;
use slack_forwarder::{Explained, explain, read};

fn samples(function: &str) -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../events")
        .join(function);
    let mut samples: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| {
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            (name, fs::read(&path).expect("the sample can be read"))
        })
        .collect();
    samples.sort();
    samples
}

#[test]
fn every_sample_is_recognised_and_becomes_its_golden_message() {
    let samples = samples("slack-forwarder");
    assert!(samples.len() >= 6, "{} samples", samples.len());
    for (name, bytes) in samples {
        assert!(read(&bytes).is_ok(), "{name}");
        let explained: Vec<Explained> = explain(&bytes, Timestamp::UNIX_EPOCH);
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_json_snapshot!(name, explained);
        });
    }
}

#[test]
fn the_other_functions_samples_are_not_ours() {
    for function in ["event-processor", "metrics-publisher", "cost-reporter"] {
        for (name, bytes) in samples(function) {
            assert!(read(&bytes).is_err(), "{function}/{name}");
            let explained = explain(&bytes, Timestamp::UNIX_EPOCH);
            assert!(
                explained.iter().all(|message| !message.dedicated),
                "{function}/{name}"
            );
        }
    }
}
