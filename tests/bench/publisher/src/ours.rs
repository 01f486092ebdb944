//! The publisher's packing and its adapter; and the same adapter with so many a request.

use std::time::Duration;

use jiff::Timestamp;
use metrics_publisher::{adapters::Adapters, config::Config};
use picket_cloudwatch::{pack::{Request, pack}, ports::PutMetrics};

use crate::{
    cloudwatch::CloudWatch,
    processor,
    series::{self, NAMESPACE},
};

/// Time of all, and of the packing in it. With `most`, requests have that many data: Vector's `aws_cloudwatch_metrics`
/// sends twenty where nothing is set.
pub async fn send(cloudwatch: &CloudWatch, most: Option<usize>) -> (Duration, Duration) {
    let now = Timestamp::now();
    let all = series::all(now);
    let aws = Adapters::new(&cloudwatch.config(), &config());
    let begun = processor::time();
    let packed = pack(&all, now);
    assert!(packed.dropped.is_empty());
    let requests = match most {
        None => packed.requests,
        Some(most) => packed
            .requests
            .iter()
            .flat_map(|request| cut(request, most))
            .collect(),
    };
    let packing = processor::time() - begun;
    for request in &requests {
        aws.put_metrics(request)
            .await
            .expect("it says yes to everything");
    }
    (processor::time() - begun, packing)
}

fn cut(request: &Request, most: usize) -> impl Iterator<Item = Request> {
    request.data.chunks(most).map(|data| Request {
        namespace: NAMESPACE.to_owned(),
        data: data.to_vec(),
    })
}

/// What no plan can be below: data and bytes a request.
pub fn least() -> usize {
    let now = Timestamp::now();
    let packed = pack(&series::all(now), now);
    let data: usize = packed
        .requests
        .iter()
        .map(|request| request.data.len())
        .sum();
    let bytes: usize = packed.requests.iter().map(Request::bytes).sum();
    data.div_ceil(1_000).max(bytes.div_ceil(1_000_000))
}

fn config() -> Config {
    Config {
        environment: "prod".into(),
        stack: "bench".into(),
        chain_table: "chain".into(),
        ledger_table: "ledger".into(),
        stream: "events".into(),
        quarantine_bucket: "quarantine".into(),
        warning_topic: "arn:aws:sns:eu-west-1:111122223333:warning".into(),
        settle: Duration::ZERO,
        maximum_series: 1_000_000,
        maximum_ledger_rows: 1_000_000,
        override_bucket: None,
        prometheus: None,
    }
}
