//! A stream: its mode and state, what comes in, what is throttled, and how far behind its consumers are.

use jiff::Timestamp;

use super::part::{Known, known};
use crate::{
    actions::{
        raise_shards::{METRICS, Measured, ReadStream, Stream, measured, queries},
        series::sum,
        window::WINDOW_MINUTES,
    },
    reads::ReadMetrics,
};

/// What was read about a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamFacts {
    /// The stream; `None` where it does not exist.
    pub stream: Known<Option<Stream>>,
    /// Its metrics, with the records of the whole window.
    pub measured: Known<(Measured, u64)>,
}

/// Reads the parts.
pub(super) async fn read(
    name: &str,
    ports: &(impl ReadStream + ReadMetrics),
    from: Timestamp,
    now: Timestamp,
) -> StreamFacts {
    let queries = queries(name);
    let (stream, values) = tokio::join!(ports.stream(name), ports.metrics(&queries, from, now));
    StreamFacts {
        stream: known(stream),
        measured: known(values).map(|values| {
            let records = METRICS
                .iter()
                .position(|(metric, _)| *metric == "IncomingRecords")
                .and_then(|number| values.get(number));
            let records = records.map_or(0, |values| sum(values));
            (measured(&values), records)
        }),
    }
}

impl StreamFacts {
    /// What an operator reads.
    pub(super) fn sentences(&self) -> Vec<String> {
        let stream = match &self.stream {
            Err(sentence) => sentence.clone(),
            Ok(None) => "There is no such stream in this account and region.".to_owned(),
            Ok(Some(stream)) => format!(
                "The stream is {}, {}, with {} open shards.",
                if stream.active {
                    "active"
                } else {
                    "being changed"
                },
                if stream.on_demand {
                    "on-demand"
                } else {
                    "provisioned"
                },
                stream.shards
            ),
        };
        let measured = match &self.measured {
            Err(sentence) => sentence.clone(),
            Ok((measured, 0)) => format!(
                "No record came in in the last {WINDOW_MINUTES} minutes: look at its producers; {}.",
                behind(measured)
            ),
            Ok((measured, records)) => format!(
                "In the last {WINDOW_MINUTES} minutes {records} records came in, {} writes and {} reads were throttled; {}.",
                measured.write_throttles,
                measured.read_throttles,
                behind(measured)
            ),
        };
        vec![stream, measured]
    }
}

/// How far behind the consumers were. Those with enhanced fan-out have no iterator age
/// (<https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html>).
fn behind(measured: &Measured) -> String {
    match measured.iterator_age_ms {
        Some(age) => format!("consumers were at most {} s behind", age / 1_000),
        None => {
            "no consumer's iterator age is known (those with enhanced fan-out have none)".into()
        }
    }
}
