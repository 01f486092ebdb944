//! One Kinesis event of 7,000 requests to a model, read in several ways. `picket-bench event FILE` writes the event;
//! `run` times the Rust ways interleaved and prints the least processor time of each; `one WAY` runs one way once, for
//! an instruction count; `memory` says what counting the event takes above holding its bytes.

mod event;
mod floor;
mod memory;
mod ours;
mod stock;

use std::{env, fs, hint::black_box, process::ExitCode};

use rustix::time::{ClockId, clock_gettime};

/// Rounds, interleaved so that a slow second of the machine falls on all alike.
const ROUNDS: usize = 31;

type Way = (&'static str, fn(&[u8]) -> usize);

const WAYS: [Way; 6] = [
    ("floor", floor::run),
    ("stock", stock::run),
    ("ours", ours::run),
    ("three", ours::three),
    ("one-rule", ours::one_rule),
    ("hundred-rules", ours::hundred_rules),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["event", path] => {
            fs::write(path, event::event()).map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
        }
        ["run"] => {
            compare();
            ExitCode::SUCCESS
        }
        ["one", name] => one(name),
        ["memory"] => memory::compare(),
        ["memory", name] => memory::of(name),
        _ => {
            eprintln!(
                "picket-bench event FILE | run | memory | one {}",
                WAYS.map(|(name, _)| name).join("|")
            );
            ExitCode::from(2)
        }
    }
}

fn one(name: &str) -> ExitCode {
    let Some((_, way)) = WAYS.iter().find(|(known, _)| *known == name) else {
        return ExitCode::from(2);
    };
    ours::prepare();
    println!("{}", way(&event::event()));
    ExitCode::SUCCESS
}

fn compare() {
    ours::prepare();
    let event = event::event();
    println!("event: {} bytes, {} records", event.len(), event::RECORDS);
    let mut least = [f64::INFINITY; WAYS.len()];
    for _ in 0..ROUNDS {
        for ((_, way), least) in WAYS.iter().zip(&mut least) {
            let start = processor_time();
            black_box(way(black_box(&event)));
            *least = least.min(processor_time() - start);
        }
    }
    for ((name, _), milliseconds) in WAYS.iter().zip(least) {
        println!(
            "{name}\t{milliseconds:.2} ms\t{:.2} × floor",
            milliseconds / least[0]
        );
    }
}

/// Milliseconds that this thread has run: what others do on the machine shows less than in the time of day.
fn processor_time() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}
