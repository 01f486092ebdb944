//! The usual Rust function: `aws_lambda_events` and `serde_json`, with sums in a map by agent and model.

use std::collections::HashMap;

use aws_lambda_events::kinesis::KinesisEvent;
use serde::Deserialize;

#[derive(Deserialize)]
struct Request {
    timestamp: String,
    request_id: String,
    agent_id: String,
    model_id: String,
    input_tokens: u64,
    output_tokens: u64,
    latency_ms: f64,
    status: u16,
}

/// Requests, errors, input, output, milliseconds.
type Sums = (u64, u64, u64, u64, f64);

pub fn run(event: &[u8]) -> usize {
    let event: KinesisEvent = serde_json::from_slice(event).expect("a Kinesis event");
    let mut sums: HashMap<(String, String), Sums> = HashMap::new();
    let mut failures = Vec::new();
    for record in event.records {
        let Ok(request) = serde_json::from_slice::<Request>(&record.kinesis.data) else {
            failures.push(record.kinesis.sequence_number);
            continue;
        };
        assert!(!request.timestamp.is_empty() && !request.request_id.is_empty());
        let sum = sums
            .entry((request.agent_id, request.model_id))
            .or_default();
        sum.0 += 1;
        sum.1 += u64::from(request.status >= 400);
        sum.2 += request.input_tokens;
        sum.3 += request.output_tokens;
        sum.4 += request.latency_ms;
    }
    sums.len() + failures.len()
}
