//! Messages a second, and memory, from a Lambda event to the payload that would be posted: read, decoded, routed,
//! drawn, brought inside the limits and written as JSON. `cargo bench -p slack-forwarder --bench messages`.

#![expect(clippy::print_stdout, reason = "a benchmark's figures")]

use std::{fs, hint::black_box, path::Path};

use jiff::Timestamp;
use picket_shared::clock::{Clock, SystemClock};
use slack_forwarder::explain;

/// How often every sample is read in a round.
const REPEATS: usize = 20;
/// An odd number of rounds; the fastest is reported, in which the machine did the least else.
const ROUNDS: usize = 11;

struct Event {
    name: String,
    bytes: Vec<u8>,
}

fn main() {
    let events = events();
    let bytes: usize = events.iter().map(|event| event.bytes.len()).sum();
    println!("{} sample events, {bytes} bytes", events.len());
    println!("without an event: {}", memory());
    let mut least = f64::INFINITY;
    let mut messages = 0;
    for _ in 0..ROUNDS {
        let start = SystemClock.now();
        messages = 0;
        for _ in 0..REPEATS {
            messages += events
                .iter()
                .map(|event| posted(&event.bytes))
                .sum::<usize>();
        }
        least = least.min(SystemClock.now().duration_since(start).as_secs_f64());
    }
    let messages = u32::try_from(messages).unwrap_or(u32::MAX);
    println!(
        "{:.0} messages a second, {:.0} µs each",
        f64::from(messages) / least,
        least / f64::from(messages) * 1e6
    );
    println!("after {ROUNDS} rounds: {}", memory());
    let largest = "x\" <&> 漢".repeat(262_144 / 11);
    posted(sns(&largest).as_bytes());
    println!("after a message of 256 KB: {}", memory());
    slowest(&events);
}

/// How many messages an event became.
fn posted(event: &[u8]) -> usize {
    let explained = explain(black_box(event), Timestamp::UNIX_EPOCH);
    for message in &explained {
        black_box(message.slack.to_json());
    }
    explained.len()
}

fn slowest(events: &[Event]) {
    let mut times: Vec<(f64, &str)> = events
        .iter()
        .map(|event| {
            let start = SystemClock.now();
            for _ in 0..REPEATS {
                posted(&event.bytes);
            }
            let seconds = SystemClock.now().duration_since(start).as_secs_f64();
            (seconds / 20.0 * 1e6, event.name.as_str())
        })
        .collect();
    times.sort_by(|one, other| other.0.total_cmp(&one.0));
    for (microseconds, name) in times.iter().take(3) {
        println!("{name}: {microseconds:.0} µs an event");
    }
}

/// Every event of `events/slack-forwarder`, and every sample of a kind as SNS would bring it.
fn events() -> Vec<Event> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let whole = read(&root.join("../../events/slack-forwarder"));
    let carried = read(&root.join("tests/samples")).map(|(name, text)| (name, sns(&text)));
    let named = whole.chain(carried).map(|(name, text)| Event {
        name,
        bytes: text.into_bytes(),
    });
    named.collect()
}

fn read(folder: &Path) -> impl Iterator<Item = (String, String)> + use<> {
    let entries = fs::read_dir(folder).expect("the samples are in the checkout");
    entries.map(|entry| {
        let path = entry.expect("the folder can be listed").path();
        let text = fs::read_to_string(&path).expect("a sample is text");
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        (name.into_owned(), text)
    })
}

fn sns(message: &str) -> String {
    let topic = "arn:aws:sns:eu-west-1:111122223333:picket-critical";
    serde_json::json!({"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": {"Type": "Notification",
        "MessageId": "m", "TopicArn": topic, "Subject": null, "Message": message, "Timestamp": "2026-11-20T06:00:00.000Z"}}]})
    .to_string()
}

/// The most memory that the process has held.
fn memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes.map_or_else(
        || "memory is reported on Linux only".to_owned(),
        |kilobytes| format!("{kilobytes} KB of memory at most"),
    )
}
