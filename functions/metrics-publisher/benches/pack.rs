//! Packing 100,000 series: requests against the least there can be, time, memory. `cargo bench -p metrics-publisher`.

use std::{collections::BTreeMap, fs};

use jiff::Timestamp;
use metrics_publisher::pack::{Packed, pack};
use picket_shared::{
    clock::{Clock, SystemClock},
    series::{Aggregate, SeriesKey, SeriesMinute, Statistics},
    sketch::Sketch,
};

const SERIES: u32 = 100_000;
/// Of an odd number of runs the fastest is told, in which the machine did the least else.
const RUNS: usize = 7;
/// What Vector's `aws_cloudwatch_metrics` sink sends a request where nothing is set.
const VECTORS_DEFAULT: usize = 20;

fn series(now: Timestamp, minutes: i64) -> Vec<SeriesMinute> {
    let newest = now.as_second().div_euclid(60);
    let mut all = Vec::new();
    for i in 0..SERIES {
        let key = SeriesKey {
            namespace: format!("Picket/Workload{}", i % 4),
            name: ["Requests", "Errors", "InputTokens", "LatencyMs"][i as usize / 4 % 4].into(),
            unit: "Count".into(),
            dimensions: vec![
                ("Environment".into(), "prod".into()),
                ("AgentId".into(), format!("agent-{i}")),
            ],
        };
        for minute in 0..minutes {
            all.push(SeriesMinute {
                key: key.clone(),
                minute: newest - minute,
                aggregate: aggregate(i),
            });
        }
    }
    all
}

/// Each tenth is a distribution of forty values.
fn aggregate(i: u32) -> Aggregate {
    if !i.is_multiple_of(10) {
        return Aggregate::Sum(Statistics::of(f64::from(i)));
    }
    let mut sketch = Sketch::of(1.5).expect("1.5 is finite");
    for value in 1..40 {
        sketch.add(f64::from(value) * 3.7);
    }
    Aggregate::Distribution(sketch)
}

/// What no plan can be below: data, and data of one metric, a namespace.
fn least(packed: &Packed) -> usize {
    let mut namespaces: BTreeMap<&str, (usize, usize, BTreeMap<_, usize>)> = BTreeMap::new();
    for request in &packed.requests {
        let (data, bytes, metrics) = namespaces.entry(&request.namespace).or_default();
        *data += request.data.len();
        *bytes += request.bytes();
        for datum in &request.data {
            *metrics.entry((&datum.name, &datum.dimensions)).or_default() += datum.values.len();
        }
    }
    namespaces
        .into_values()
        .map(|(data, bytes, metrics)| {
            let values = metrics.into_values().max().unwrap_or(0);
            data.div_ceil(1_000)
                .max(bytes.div_ceil(1_000_000))
                .max(values.div_ceil(150))
        })
        .sum()
}

/// The most memory this process ever had, in MB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1_024
}

#[expect(clippy::print_stdout, reason = "a benchmark's figures")]
fn main() {
    let clock = SystemClock;
    let now = clock.now();
    for minutes in [1, 5] {
        let all = series(now, minutes);
        let before = peak();
        let mut fastest = i128::MAX;
        let mut packed = Packed::default();
        for _ in 0..RUNS {
            let begun = clock.now();
            packed = pack(&all, now);
            fastest = fastest.min(clock.now().duration_since(begun).as_micros());
        }
        println!(
            "{SERIES} series x {minutes} minute(s): {} data in {} requests, {} at least, {} at {VECTORS_DEFAULT} a request; {}.{:03} ms; {} MB over the input's {before}",
            all.len(),
            packed.requests.len(),
            least(&packed),
            all.len().div_ceil(VECTORS_DEFAULT),
            fastest / 1_000,
            fastest % 1_000,
            peak() - before,
        );
    }
}
