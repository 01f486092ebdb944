//! One Kinesis event of 7,000 requests to a model, read in several ways. `picket-bench event FILE` writes the event, `picket-bench run`
//! times the Rust ways interleaved and prints the minimum of each, and `picket-bench one WAY` runs one way once, for an instruction count.

mod event;
mod floor;
mod ours;
mod stock;

use std::{env, fs, hint::black_box, process::ExitCode, time::Instant};

/// Rounds, interleaved so that a slow second of the machine falls on all alike.
const ROUNDS: usize = 31;

type Way = (&'static str, fn(&[u8]) -> usize);

const WAYS: [Way; 4] = [
    ("floor", floor::run),
    ("stock", stock::run),
    ("ours", ours::run),
    ("hundred-rules", ours::run_with_a_hundred_rules),
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
        _ => {
            eprintln!(
                "picket-bench event FILE | run | one {}",
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
    println!("{}", way(&event::event()));
    ExitCode::SUCCESS
}

fn compare() {
    let event = event::event();
    println!("event: {} bytes, {} records", event.len(), event::RECORDS);
    let mut least = [f64::INFINITY; WAYS.len()];
    for _ in 0..ROUNDS {
        for ((_, way), least) in WAYS.iter().zip(&mut least) {
            let start = Instant::now();
            black_box(way(black_box(&event)));
            *least = least.min(start.elapsed().as_secs_f64() * 1e3);
        }
    }
    for ((name, _), milliseconds) in WAYS.iter().zip(least) {
        println!(
            "{name}\t{milliseconds:.2} ms\t{:.2} × floor",
            milliseconds / least[0]
        );
    }
}
