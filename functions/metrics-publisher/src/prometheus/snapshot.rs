//! All values in as few items as hold them.

use picket_aws::Fault;
use prost::Message;

use super::{
    cumulative::{Cumulative, Histogram, Total, Value},
    head::{Marks, WireMark, marks_from_wire, marks_to_wire},
    labels::Labels,
};
use crate::blob;

/// A DynamoDB item has 400 KB; the rest is for its names.
const MOST_BYTES: usize = 380_000;

/// Values, and how far the chains are in them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// How far.
    pub marks: Marks,
    /// The values.
    pub values: Cumulative,
}

impl Snapshot {
    /// As it is stored: items below DynamoDB's limit, one at least.
    pub fn encode(&self) -> Vec<Vec<u8>> {
        let series: Vec<WireSeries> = self.values.0.iter().map(to_wire).collect();
        let mut parts = vec![blob::encode(&Wire {
            marks: marks_to_wire(&self.marks),
            series: Vec::new(),
        })];
        encode_into(&mut parts, &series);
        parts
    }

    /// As it was stored.
    pub fn decode(parts: &[Vec<u8>]) -> Result<Self, Fault> {
        let what = "a part of Prometheus' stored values";
        let mut snapshot = Self::default();
        for part in parts {
            let wire: Wire = blob::decode(what, part)?;
            snapshot.marks.extend(marks_from_wire(what, &wire.marks)?);
            for series in wire.series {
                let (labels, value) = from_wire(&series).ok_or_else(|| {
                    Fault::permanent(format!(
                        "{what} names no series; delete it, and it is made anew"
                    ))
                })?;
                snapshot.values.0.insert(labels, value);
            }
        }
        Ok(snapshot)
    }
}

fn encode_into(parts: &mut Vec<Vec<u8>>, series: &[WireSeries]) {
    if series.is_empty() {
        return;
    }
    let part = blob::encode(&Wire {
        marks: Vec::new(),
        series: series.to_vec(),
    });
    if part.len() <= MOST_BYTES || series.len() == 1 {
        parts.push(part);
    } else {
        let (first, second) = series.split_at(series.len() / 2);
        encode_into(parts, first);
        encode_into(parts, second);
    }
}

#[derive(Clone, PartialEq, Message)]
struct Wire {
    #[prost(message, repeated, tag = "1")]
    marks: Vec<WireMark>,
    #[prost(message, repeated, tag = "2")]
    series: Vec<WireSeries>,
}

#[derive(Clone, PartialEq, Eq, Message)]
struct WireSeries {
    /// Names and values in turn.
    #[prost(string, repeated, tag = "1")]
    labels: Vec<String>,
    /// The sum's upper and lower half: protobuf has no integers of 128 bits.
    #[prost(sint64, tag = "2")]
    upper: i64,
    #[prost(fixed64, tag = "3")]
    lower: u64,
    /// A histogram's; none for a counter.
    #[prost(uint64, repeated, tag = "4")]
    counts: Vec<u64>,
    #[prost(bool, tag = "5")]
    time: bool,
}

fn to_wire((labels, value): (&Labels, &Value)) -> WireSeries {
    let (total, counts, time) = match value {
        Value::Counter(total) => (*total, Vec::new(), false),
        Value::Histogram(histogram) => (histogram.sum, histogram.counts.clone(), histogram.time),
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the halves of 128 bits"
    )]
    let (upper, lower) = ((total.0 >> 64) as i64, total.0 as u64);
    let pairs = labels.pairs().iter();
    WireSeries {
        labels: pairs
            .flat_map(|(name, value)| [name.clone(), value.clone()])
            .collect(),
        upper,
        lower,
        counts,
        time,
    }
}

fn from_wire(series: &WireSeries) -> Option<(Labels, Value)> {
    let labels = Labels::from_texts(&series.labels)?;
    let total = Total((i128::from(series.upper) << 64) | i128::from(series.lower));
    if series.counts.is_empty() {
        return Some((labels, Value::Counter(total)));
    }
    let mut histogram = Histogram::empty(series.time);
    // A build with other bounds would have to say how those of today become its own.
    if histogram.counts.len() != series.counts.len() {
        return None;
    }
    histogram.counts.clone_from(&series.counts);
    histogram.sum = total;
    Some((labels, Value::Histogram(histogram)))
}

#[cfg(test)]
mod tests {
    use picket_shared::{
        chain::ChainId,
        position::Position,
        series::{Aggregate, SeriesKey, SeriesMinute, Statistics},
        sketch::Sketch,
    };

    use super::*;

    fn snapshot(series: u32) -> Snapshot {
        let mut values = Cumulative::default();
        for i in 0..series {
            let aggregate = if i % 10 == 0 {
                Aggregate::Distribution(Sketch::of(f64::from(i)).unwrap())
            } else {
                Aggregate::Sum(Statistics::of(f64::from(i) * 1e12 + 0.123))
            };
            let minute = SeriesMinute {
                key: SeriesKey {
                    namespace: "Picket/BedrockUsage".into(),
                    name: "InputTokens".into(),
                    unit: "Count".into(),
                    dimensions: vec![
                        ("Environment".into(), "dev".into()),
                        ("AgentId".into(), format!("agent-{}", i * 7_919 % 104_729)),
                    ],
                },
                minute: 0,
                aggregate,
            };
            values.add(&minute, "picket-dev").unwrap();
        }
        let chain = ChainId::new("events", "shard-0").unwrap();
        Snapshot {
            marks: Marks::from([(chain, Position::start())]),
            values,
        }
    }

    #[test]
    fn values_come_back_as_they_went() {
        for series in [0, 1, 500] {
            let snapshot = snapshot(series);
            assert_eq!(Snapshot::decode(&snapshot.encode()).unwrap(), snapshot);
        }
    }

    #[test]
    fn ten_thousand_series_are_one_item_and_sixty_thousand_a_few_below_the_limit() {
        assert_eq!(
            snapshot(10_000).encode().len(),
            2,
            "the places, and the values"
        );
        let many = snapshot(60_000);
        let parts = many.encode();
        assert!(parts.len() <= 9, "{} parts", parts.len());
        assert!(parts.iter().all(|part| part.len() <= MOST_BYTES));
        assert_eq!(Snapshot::decode(&parts).unwrap(), many);
    }
}
