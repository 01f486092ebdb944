//! The facts about a stream, and the reads that collect them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_aws::Fault;

use super::{
    ports::{ReadPorts, ShardLimit, Stream},
    target,
};
use crate::{
    actions::{
        series::{most, sum},
        window::{WINDOW_MINUTES, before},
    },
    audit::ReadAudit,
    guards::last_changed,
    model::{Candidate, Home},
    reads::{MetricQuery, ReadMetrics, ReadTags},
};

const NAMESPACE: &str = "AWS/Kinesis";

/// A stream and the account around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamFacts {
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// The stream as `DescribeStreamSummary` has it.
    pub stream: Stream,
    /// The account's shards.
    pub limit: ShardLimit,
    /// The metrics of the last [`WINDOW_MINUTES`].
    pub measured: Measured,
    /// When the remediator last began a change of it.
    pub last_changed: Option<Timestamp>,
}

/// The metrics of a stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measured {
    /// Throttled writes.
    pub write_throttles: u64,
    /// Throttled reads.
    pub read_throttles: u64,
    /// The bytes that were put in the busiest minute.
    pub bytes_a_minute: u64,
    /// The records that were put in the busiest minute.
    pub records_a_minute: u64,
    /// The greatest age of a record that a consumer read by `GetRecords`, in milliseconds; `None` where no consumer did:
    /// those with enhanced fan-out do not.
    pub iterator_age_ms: Option<u64>,
}

/// The metrics, and the statistic of a minute, in which Kinesis publishes them
/// (<https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html>).
pub(crate) const METRICS: [(&str, &str); 5] = [
    ("WriteProvisionedThroughputExceeded", "Sum"),
    ("ReadProvisionedThroughputExceeded", "Sum"),
    ("IncomingBytes", "Sum"),
    ("IncomingRecords", "Sum"),
    ("GetRecords.IteratorAgeMilliseconds", "Maximum"),
];

/// Reads the facts; `None` where the stream does not exist.
pub(crate) async fn read_facts(
    candidate: &Candidate<'_>,
    home: &Home,
    ports: &(impl ReadPorts + ReadTags + ReadMetrics + ReadAudit),
    now: Timestamp,
) -> Result<Option<StreamFacts>, Fault> {
    let name = target::name(&candidate.target);
    let Some(stream) = ports.stream(name).await? else {
        return Ok(None);
    };
    let arn = home.arn("kinesis", &format!("stream/{name}"));
    let queries = queries(name);
    let from = before(now, WINDOW_MINUTES);
    let (tags, limit, values, last_changed) = tokio::try_join!(
        ports.tags(&arn),
        ports.shard_limit(),
        ports.metrics(&queries, from, now),
        last_changed(candidate, ports, now),
    )?;
    Ok(Some(StreamFacts {
        tags,
        stream,
        limit,
        measured: measured(&values),
        last_changed,
    }))
}

/// The queries of [`METRICS`].
pub(crate) fn queries(stream: &str) -> [MetricQuery; METRICS.len()] {
    METRICS.map(|(name, statistic)| MetricQuery {
        namespace: NAMESPACE,
        name,
        dimensions: vec![("StreamName", stream.to_owned())],
        statistic,
    })
}

/// The metrics out of the values of [`queries`].
pub(crate) fn measured(values: &[Vec<f64>]) -> Measured {
    let of = |number: usize| values.get(number).map(Vec::as_slice).unwrap_or_default();
    Measured {
        write_throttles: sum(of(0)),
        read_throttles: sum(of(1)),
        bytes_a_minute: most(of(2)),
        records_a_minute: most(of(3)),
        iterator_age_ms: (!of(4).is_empty()).then(|| most(of(4))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_in_the_order_of_their_queries() {
        let values = [
            vec![3.0, 4.0],
            vec![1.0],
            vec![10.0, 70.0, 20.0],
            vec![5.0, 2.0],
            vec![900.0, 1_200.0],
        ];
        let expected = Measured {
            write_throttles: 7,
            read_throttles: 1,
            bytes_a_minute: 70,
            records_a_minute: 5,
            iterator_age_ms: Some(1_200),
        };
        assert_eq!(measured(&values), expected);
        assert_eq!(measured(&[]), Measured::default());
    }
}
