//! Events of the inquiry pipeline as the publisher sends their metrics to Prometheus.

use std::fs;

use event_processor::{ingest::Ingest, rules::RuleSet};
use jiff::Timestamp;
use metrics_publisher::prometheus::{cumulative::Cumulative, samples, timeline::Step};
use picket_shared::{
    chain::{Body, ChainId, Slice},
    position::Position,
    series::SeriesMinute,
};

use crate::files::root;

/// The time that a file of events is counted at, which is not that of its samples.
const COUNTED: &str = "2026-11-20T07:00:00Z";
/// The stack in the labels.
const STACK: &str = "picket-dev";
/// Milliseconds.
pub(crate) const MINUTE: i64 = 60_000;

fn ingest() -> Ingest {
    Ingest::new(RuleSet::built_in("dev", STACK), COUNTED.parse().unwrap())
}

/// The series of the sample events of a workload.
pub(crate) fn samples(workload: &str) -> Vec<SeriesMinute> {
    let path = format!("events/event-processor/{workload}.json");
    let mut ingest = ingest();
    ingest.event(&fs::read(root().join(path)).unwrap()).unwrap();
    ingest.minutes()
}

/// The series of so many requests, of which the first fail.
pub(crate) fn http(requests: usize, failed: usize) -> Vec<SeriesMinute> {
    let line = |number: usize| {
        let status = if number < failed { 503 } else { 200 };
        format!(
            r#"{{"timestamp":"{COUNTED}","event_id":"r{number}","event":"inquiry.http_request","route":"/api/v1/stats","status":{status},"duration_ms":20}}"#
        )
    };
    let lines: Vec<String> = (0..requests).map(line).collect();
    let mut ingest = ingest();
    ingest.payloads("requests", lines.join("\n").as_bytes());
    ingest.minutes()
}

/// The values that grow with the traffic.
#[derive(Default)]
pub(crate) struct Traffic(Cumulative);

impl Traffic {
    /// The bodies of the requests of remote write after one more commit, at a time in milliseconds since 1970.
    pub(crate) fn commit(&mut self, series: Vec<SeriesMinute>, at: i64) -> Vec<Vec<u8>> {
        let slice = Slice {
            chain: ChainId::new("events", "shard-0").unwrap(),
            before: Position::start(),
            first: Position::start(),
            after: Position::start(),
            committed_at: Timestamp::from_millisecond(at).unwrap(),
            body: Body {
                series,
                ..Body::default()
            },
        };
        let step = Step {
            at,
            slices: vec![&slice],
        };
        let advance = samples::advance(&mut self.0, &[step], STACK);
        assert!(advance.dropped.is_empty(), "{:?}", advance.dropped);
        let batches = samples::batches(advance.samples);
        batches.map(|batch| batch.request().to_bytes()).collect()
    }
}
