//! Every sample under events/ is read by its own function and refused by the others.

use std::{fs, path::PathBuf};

/// A function, by its folder under events/, and its reader: what it made of the bytes, or why it refused them.
struct Function {
    name: &'static str,
    read: fn(&[u8]) -> Result<(), String>,
}

macro_rules! function {
    ($name:literal, $read:path) => {
        Function {
            name: $name,
            read: |bytes| $read(bytes).map(drop).map_err(|error| error.to_string()),
        }
    };
}

const FUNCTIONS: [Function; 6] = [
    function!("event-processor", event_processor::read),
    function!("metrics-publisher", metrics_publisher::read),
    function!("probe-runner", probe_runner::event::read),
    function!("slack-forwarder", slack_forwarder::read),
    function!("cost-reporter", cost_reporter::read),
    function!("alarm-remediator", alarm_remediator::read),
];

/// The two that subscribe to the same topics and so read the same events.
const SUBSCRIBERS: [&str; 2] = ["slack-forwarder", "alarm-remediator"];

fn samples(function: &Function) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../events")
        .join(function.name);
    let entries =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut samples: Vec<_> = entries
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| (path.clone(), fs::read(&path).expect("a sample can be read")))
        .collect();
    samples.sort();
    samples
}

#[test]
fn every_function_has_at_least_three_samples() {
    for function in &FUNCTIONS {
        let count = samples(function).len();
        assert!(count >= 3, "{} has {count}", function.name);
    }
}

#[test]
fn every_sample_is_read_by_its_own_function() {
    for function in &FUNCTIONS {
        for (path, bytes) in samples(function) {
            if let Err(refusal) = (function.read)(&bytes) {
                panic!(
                    "{} refuses its own {}: {refusal}",
                    function.name,
                    path.display()
                );
            }
        }
    }
}

#[test]
fn every_sample_is_refused_by_the_other_functions_with_a_sentence() {
    for own in &FUNCTIONS {
        for (path, bytes) in samples(own) {
            for other in FUNCTIONS
                .iter()
                .filter(|other| are_strangers(own.name, other.name))
            {
                match (other.read)(&bytes) {
                    Ok(()) => panic!("{} reads {}", other.name, path.display()),
                    Err(sentence) => assert!(sentence.contains(' '), "{}: {sentence}", other.name),
                }
            }
        }
    }
}

#[test]
fn what_is_no_event_at_all_is_refused_by_every_function() {
    for function in &FUNCTIONS {
        for bytes in [
            &b""[..],
            b"null",
            b"[]",
            b"{}",
            b"\"text\"",
            b"{\"Records\":[]",
            b"\xff\xfe",
        ] {
            let text = String::from_utf8_lossy(bytes);
            assert!(
                (function.read)(bytes).is_err(),
                "{} reads {text:?}",
                function.name
            );
        }
    }
}

fn are_strangers(one: &str, other: &str) -> bool {
    let both_subscribe = SUBSCRIBERS.contains(&one) && SUBSCRIBERS.contains(&other);
    one != other && !both_subscribe
}
