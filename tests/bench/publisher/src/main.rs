//! A hundred thousand series of one namespace, sent to a CloudWatch that takes everything at once: what is measured is
//! the sender. `picket-bench-publisher run` prints a table; each line is the best of several processes of its own, so
//! that one's memory is not another's. `picket-bench-publisher one WAY` is such a process. `picket-bench-publisher
//! cost` prints dollars a million events and an alert.

mod cloudwatch;
mod cost;
mod ours;
mod processor;
mod recorder;
mod series;

use std::{
    env, fs,
    process::{Command, ExitCode},
    time::Duration,
};

use cloudwatch::CloudWatch;
use cost::Measured;
use rust_decimal::dec;

/// Processes for each variant; the fastest is reported, in which the machine did the least else.
const ROUNDS: usize = 5;

/// From docs/benchmarks.md and docs/cost.md: five kilobytes a slice; a batch of 7,000 events; a second of waiting a
/// tick, and as much an alert, which nothing here can measure.
const MEASURED: Measured = Measured {
    slice: dec!(5),
    batch: dec!(0.021),
    tick: dec!(1),
    alert: dec!(1),
};

const WAYS: [&str; 4] = ["input", "ours", "twenty", "recorder"];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["run"] => {
            run();
            ExitCode::SUCCESS
        }
        ["cost"] => {
            cost::print(MEASURED);
            ExitCode::SUCCESS
        }
        ["one", way] if WAYS.contains(&way) => {
            one(way);
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("picket-bench-publisher run | cost | one {}", WAYS.join("|"));
            ExitCode::from(2)
        }
    }
}

fn run() {
    let program = env::current_exe().expect("this program has a path");
    println!(
        "{} series; at least {} requests by the limits",
        series::SERIES,
        ours::least()
    );
    println!("way\trequests\tmegabytes sent\tmilliseconds of a core\tof them packing\tpeak MB");
    for way in WAYS {
        let figures = (0..ROUNDS).map(|_| {
            let output = Command::new(&program).args(["one", way]).output();
            let output = output.expect("this program starts again");
            String::from_utf8(output.stdout).expect("figures are text")
        });
        let fastest = figures.min_by_key(|line| milliseconds(line));
        print!("{}", fastest.unwrap_or_default());
    }
}

/// The fourth figure, in microseconds so that it can be compared.
fn milliseconds(line: &str) -> u64 {
    let figure = line
        .split('\t')
        .nth(3)
        .and_then(|text| text.parse::<f64>().ok());
    figure.map_or(u64::MAX, |ms| (ms * 1e3) as u64)
}

fn one(way: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime of one thread");
    let cloudwatch = CloudWatch::default();
    let (all, packing) = runtime.block_on(async {
        match way {
            "ours" => ours::send(&cloudwatch, None).await,
            "twenty" => ours::send(&cloudwatch, Some(20)).await,
            "recorder" => recorder::send(&cloudwatch).await,
            _ => {
                let begun = processor::time();
                std::hint::black_box(series::all(jiff::Timestamp::now()));
                (processor::time() - begun, Duration::ZERO)
            }
        }
    });
    let (requests, bytes) = cloudwatch.counted();
    println!(
        "{way}\t{requests}\t{:.2}\t{:.1}\t{:.1}\t{}",
        bytes as f64 / 1e6,
        all.as_secs_f64() * 1e3,
        packing.as_secs_f64() * 1e3,
        peak()
    );
}

/// The most memory this process ever had, in MB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1_024
}
