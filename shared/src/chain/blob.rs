//! The body of a slice as bytes: a version, then deflated protobuf.

mod deflated;
mod series;
mod size;
mod usage;

use std::io::Read;

use flate2::read::DeflateDecoder;
use prost::Message;

pub use size::longest;

use super::{Body, Quarantined, wire};

const VERSION: u8 = 1;
/// A DynamoDB item is at most 400 KB and deflate gains at most about a thousandfold; far below that, far above any slice.
const MOST_INFLATED: u64 = 64 << 20;

/// Why a blob cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// Written by a newer Picket: a passing fault, which ends with the deployment.
    #[error(
        "the chain item has format version {0}, and this build reads version {VERSION} and the next: finish the deployment"
    )]
    Version(u8),
    /// Not a blob of ours.
    #[error("the chain item cannot be read: {0}")]
    Damaged(String),
}

/// Bytes of a body.
pub fn encode(body: &Body) -> Vec<u8> {
    // The parts of a protobuf message, one after another, are the message.
    let event_ids = wire::Body {
        event_ids: body.event_ids.clone(),
        ..wire::Body::default()
    };
    let rest = to_wire(body).encode_to_vec();
    deflated::deflate(VERSION, &rest, &event_ids.encode_to_vec())
}

/// The body of bytes. Version n reads n-1 and n+1: protobuf passes what it does not know.
pub fn decode(bytes: &[u8]) -> Result<Body, BlobError> {
    let (&version, deflated) = bytes
        .split_first()
        .ok_or_else(|| BlobError::Damaged("it is empty".to_owned()))?;
    if !(1..=VERSION + 1).contains(&version) {
        return Err(BlobError::Version(version));
    }
    let damaged = |error: &dyn std::fmt::Display| BlobError::Damaged(error.to_string());
    let mut message = Vec::new();
    DeflateDecoder::new(deflated)
        .take(MOST_INFLATED)
        .read_to_end(&mut message)
        .map_err(|error| damaged(&error))?;
    from_wire(wire::Body::decode(message.as_slice()).map_err(|error| damaged(&error))?)
}

/// All but the ids.
fn to_wire(body: &Body) -> wire::Body {
    wire::Body {
        series: body.series.iter().map(series::to_wire).collect(),
        usage: body.usage.iter().map(usage::to_wire).collect(),
        quarantined: body.quarantined.iter().map(quarantined_to_wire).collect(),
        event_ids: Vec::new(),
    }
}

fn from_wire(body: wire::Body) -> Result<Body, BlobError> {
    Ok(Body {
        series: body
            .series
            .into_iter()
            .map(series::from_wire)
            .collect::<Result<_, _>>()?,
        usage: body
            .usage
            .into_iter()
            .map(usage::from_wire)
            .collect::<Result<_, _>>()?,
        quarantined: body
            .quarantined
            .into_iter()
            .map(quarantined_from_wire)
            .collect::<Result<_, _>>()?,
        event_ids: body.event_ids,
    })
}

fn quarantined_to_wire(record: &Quarantined) -> wire::Quarantined {
    wire::Quarantined {
        position: record.position.to_string(),
        reason: record.reason.clone(),
        object: record.object.clone(),
    }
}

fn quarantined_from_wire(message: wire::Quarantined) -> Result<Quarantined, BlobError> {
    let position = message
        .position
        .parse()
        .map_err(|error| BlobError::Damaged(format!("{error}")))?;
    Ok(Quarantined {
        position,
        reason: message.reason,
        object: message.object,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{
        position::Position,
        series::{Aggregate, SeriesKey, SeriesMinute, Statistics},
        sketch::Sketch,
        usage::{TokenCounts, Usage, UsageKey, UsageRow},
    };

    fn series(name: &str, aggregate: Aggregate) -> SeriesMinute {
        let key = SeriesKey {
            namespace: "Picket/Test".into(),
            name: name.into(),
            unit: "Count".into(),
            dimensions: vec![("Environment".into(), "dev".into())],
        };
        SeriesMinute {
            key,
            minute: 28_333_440,
            aggregate,
        }
    }

    fn body() -> Body {
        let mut buckets = Sketch::of(-1.0).unwrap();
        (0..1_000).for_each(|i| assert!(buckets.add(f64::from(i) * 1.7)));
        let tokens = TokenCounts {
            input: 374,
            output: 44,
            cache_read: 1,
            cache_write_5m: 2,
            cache_write_1h: 3,
        };
        let key = UsageKey {
            date: date(2023, 11, 16),
            agent: "triage".into(),
            model: "amazon.nova-micro-v1:0".into(),
            incident: Some("INC-1".into()),
            price: None,
            batch: true,
        };
        let position = Position::new("4959", 3).unwrap();
        Body {
            series: vec![
                series(
                    "Sum",
                    Aggregate::Sum(Statistics {
                        count: 2,
                        sum: 3.5,
                        min: 1.0,
                        max: 2.5,
                    }),
                ),
                series(
                    "Exact",
                    Aggregate::Distribution(Sketch::from_exact(&[(1.5, 2), (8.0, 1)]).unwrap()),
                ),
                series("Buckets", Aggregate::Distribution(buckets)),
            ],
            usage: vec![UsageRow {
                key,
                usage: Usage {
                    requests: 1,
                    tokens,
                },
            }],
            quarantined: vec![Quarantined {
                position,
                reason: "not JSON".into(),
                object: "a/b".into(),
            }],
            event_ids: vec![7, u64::MAX],
        }
    }

    #[test]
    fn a_body_comes_back_as_it_went() {
        assert_eq!(decode(&encode(&body())).unwrap(), body());
        assert_eq!(decode(&encode(&Body::default())).unwrap(), Body::default());
    }

    #[test]
    fn a_body_is_not_longer_than_was_told() {
        let mut noise = body();
        let letters = |n: u32| char::from(b'0' + (n * 7_919).to_le_bytes()[1] % 75);
        noise.quarantined[0].reason = (0..9_000).map(letters).collect();
        noise.event_ids = (1..9_000_u64)
            .map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .collect();
        for body in [body(), Body::default(), noise] {
            assert!(encode(&body).len() <= longest(&body));
        }
    }

    #[test]
    fn the_next_version_is_read_and_the_one_after_is_a_passing_fault() {
        let mut bytes = encode(&body());
        bytes[0] = 2;
        assert!(decode(&bytes).is_ok());
        bytes[0] = 3;
        assert!(matches!(decode(&bytes), Err(BlobError::Version(3))));
    }

    #[test]
    fn damage_is_an_error_not_a_panic() {
        let bytes = encode(&body());
        assert!(decode(&[]).is_err());
        assert!(decode(&bytes[..bytes.len() / 2]).is_err());
        assert!(decode(b"\x01not deflate at all").is_err());
    }
}
