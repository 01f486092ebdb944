use std::io::Read;

use flate2::read::DeflateDecoder;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::{
    blob::{MOST_INFLATED, VERSION},
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

fn default(matched: bool) -> DefaultMinute {
    DefaultMinute {
        series: series("Errors", Aggregate::Sum(Statistics::of(0.5))),
        matched,
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
            reason: QuarantineReason::new("not JSON"),
            object: "a/b".into(),
        }],
        event_ids: vec![7, u64::MAX],
        defaults: [false, true].map(default).to_vec(),
    }
}

/// A body of version 1, as Python's zlib and a hand-written protobuf make it: one series' minute and two event ids.
const VERSION_1: &str = "01e20ae2e20ec84cce4e2dd10f492d2e11e2084a2d2c05328aa5589df34bf34a94b85df3ca328bf2f37253811ce694d4328d866b4\
    dd2064c960c60c0e3e008617cb0f78430581c00000000ffff011200edff22100700000000000000ffffffffffffffff";

fn version_1() -> Vec<u8> {
    let digits: Vec<u8> = VERSION_1.bytes().collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

/// The decoder of a build of version 1.
fn decode_as_version_1(bytes: &[u8]) -> Body {
    assert!((1..=2).contains(&bytes[0]));
    let mut message = Vec::new();
    DeflateDecoder::new(&bytes[1..])
        .take(64 << 20)
        .read_to_end(&mut message)
        .unwrap();
    from_wire(wire::Body::decode(message.as_slice()).unwrap()).unwrap()
}

#[test]
fn a_body_comes_back_as_it_went() {
    for body in [body(), Body::default()] {
        let bytes = encode(&body);
        assert_eq!(decode(&bytes).unwrap(), body);
        assert_eq!(decode_event_ids(&bytes).unwrap(), body.event_ids);
    }
}

#[test]
fn version_1_is_read_and_reads_version_2() {
    let statistics = Statistics {
        count: 2,
        sum: 3.5,
        min: 1.0,
        max: 2.5,
    };
    let expected = Body {
        series: vec![series("Requests", Aggregate::Sum(statistics))],
        event_ids: vec![7, u64::MAX],
        ..Body::default()
    };
    assert_eq!(decode_as_version_1(&version_1()), expected);
    assert_eq!(decode(&version_1()).unwrap(), expected);
    assert_eq!(decode_event_ids(&version_1()).unwrap(), [7, u64::MAX]);
    assert_eq!(decode_as_version_1(&encode(&body())), body());
}

#[test]
fn a_body_of_version_1_ends_with_its_stream() {
    let whole = version_1();
    let more = [whole.as_slice(), b"\0"].concat();
    for bytes in [&whole[..whole.len() - 1], &more] {
        assert!(matches!(decode(bytes), Err(BlobError::Damaged(_))));
    }
}

#[test]
fn the_next_version_is_read_and_what_it_cannot_be_read_as_is_a_transient_error() {
    let mut bytes = encode(&body());
    bytes[0] = VERSION + 1;
    assert_eq!(decode(&bytes).unwrap(), body());
    bytes.truncate(bytes.len() - 1);
    assert!(matches!(decode(&bytes), Err(BlobError::Version(3))));
    bytes[0] = VERSION + 2;
    assert!(matches!(decode(&bytes), Err(BlobError::Version(4))));
}

#[test]
fn a_body_that_inflates_beyond_the_limit_is_an_error_and_is_not_planned() {
    let mut long = body();
    long.quarantined[0].object = "a".repeat(MOST_INFLATED);
    let bytes = encode(&long);
    assert!(bytes.len() < 350 << 10, "{}", bytes.len());
    assert!(matches!(decode(&bytes), Err(BlobError::Damaged(_))));
    assert!(!fits(&long, 350 << 10));
    assert!(fits(&body(), 350 << 10) && !fits(&body(), 9));
}

#[test]
fn a_body_that_inflates_to_more_than_a_reader_holds_is_not_planned() {
    for (length, is_planned) in [(LARGEST_MESSAGE - 100_000, true), (LARGEST_MESSAGE, false)] {
        let mut long = body();
        long.quarantined[0].object = "a".repeat(length);
        assert!(encode(&long).len() < 350 << 10);
        assert_eq!(fits(&long, 350 << 10), is_planned, "{length}");
    }
}

#[test]
fn a_changed_bit_is_an_error_or_changes_nothing() {
    let bytes = encode(&body());
    let mut refused = 0;
    for place in 1..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1 << (place % 8);
        match decode(&changed) {
            Err(BlobError::Damaged(_)) => refused += 1,
            // The bits between a block and the next byte mean nothing.
            read => assert_eq!(read.unwrap(), body(), "{place}"),
        }
    }
    assert!(refused > bytes.len() - 4, "{refused} of {}", bytes.len());
    for end in 0..bytes.len() {
        let read = decode(&bytes[..end]);
        assert!(matches!(read, Err(BlobError::Damaged(_))), "{end}");
    }
    assert!(matches!(decode(b"\0"), Err(BlobError::Damaged(_))));
}

/// A body of about so many bytes before it is deflated, of which some hundredths are event ids: as the built-in
/// workload's.
fn body_of(bytes: usize, ids: usize, seed: u64) -> Body {
    let mut state = seed | 1;
    let mut next = move |below: u32| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u32::try_from((state >> 11) % u64::from(below)).unwrap()
    };
    let mut body = Body::default();
    let (mut size, series_size) = (0, bytes * (100 - ids) / 100);
    while size < series_size {
        let name = format!("agent-{}", next(100_000));
        let aggregate = if next(5) == 0 {
            let values: Vec<f64> = (0..=2_u32.pow(next(8)))
                .map(|_| f64::from(next(30_000)))
                .collect();
            size += 14 * values.len();
            Aggregate::Distribution(Sketch::of_all(&values).unwrap())
        } else {
            Aggregate::Sum(Statistics::of(f64::from(next(9_000_000))))
        };
        size += 110;
        let mut series = series("APILatency", aggregate);
        series.key.dimensions.push(("AgentId".into(), name));
        body.series.push(series);
    }
    body.event_ids = (0..bytes * ids / 800)
        .map(|_| u64::from(next(u32::MAX)).wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .collect();
    body
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_body_of_any_size_comes_back_whole_to_this_version_and_to_the_one_before(
        bytes in prop_oneof![0..85_000_usize, 85_000..400_000_usize, 400_000..1_600_000_usize],
        ids in 0..=100_usize,
        seed: u64,
    ) {
        let body = body_of(bytes, ids, seed);
        let encoded = encode(&body);
        prop_assert!(encoded.len() <= longest(&body));
        prop_assert!(decode(&encoded).unwrap() == body);
        prop_assert!(decode_as_version_1(&encoded) == body);
        prop_assert!(decode_event_ids(&encoded).unwrap() == body.event_ids);
    }
}
