//! A Kinesis event: our reader holds what serde_json reads of the very same fields, or refuses what it refuses.
#![no_main]

use std::borrow::Cow;

use picket_fuzz::event::ReadError;
use serde::Deserialize;

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(rename = "Records", borrow)]
    records: Vec<Record<'a>>,
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow)]
    kinesis: Kinesis<'a>,
    #[serde(rename = "eventSource", borrow)]
    source: Cow<'a, str>,
    #[serde(rename = "eventID", borrow)]
    event_id: Cow<'a, str>,
    #[serde(rename = "awsRegion", borrow)]
    region: Cow<'a, str>,
    #[serde(rename = "eventSourceARN", borrow)]
    arn: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kinesis<'a> {
    #[serde(borrow)]
    sequence_number: Cow<'a, str>,
    #[serde(borrow)]
    partition_key: Cow<'a, str>,
    #[serde(borrow)]
    data: Cow<'a, str>,
    approximate_arrival_timestamp: f64,
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // serde_json passes over what is not UTF-8 in a field that nobody reads, and JSON is UTF-8 (RFC 8259, 8.1).
    if std::str::from_utf8(bytes).is_err() {
        assert!(picket_fuzz::event::read(bytes).is_err());
        return;
    }
    // Fields that nobody reads are Lambda's own, and sonic-rs has no bound for what it skips.
    if bytes.iter().filter(|byte| b"[{".contains(byte)).count() > 500 {
        return;
    }
    let plain: Result<Event<'_>, _> = serde_json::from_slice(bytes);
    match (picket_fuzz::event::read(bytes), plain) {
        (Ok(shards), Ok(plain)) => {
            let mut read = 0;
            for shard in &shards {
                let in_order = |pair: &[picket_fuzz::event::Record<'_>]| {
                    pair[0].position(0) < pair[1].position(0)
                };
                assert!(shard.records.windows(2).all(in_order));
                for record in &shard.records {
                    read += 1;
                    assert!(
                        plain.records.iter().any(|other| is_it(record, other)),
                        "{record:?}"
                    );
                }
            }
            assert!(read <= plain.records.len());
            for record in &plain.records {
                assert_eq!(record.source, "aws:kinesis");
                let of_shard = |shard: &&picket_fuzz::event::ShardRecords<'_>| {
                    record.event_id.starts_with(shard.chain.shard())
                        && record.arn.contains(shard.chain.stream())
                };
                let number = |known: &picket_fuzz::event::Record<'_>| {
                    // Leading zeros are no part of a position.
                    known.sequence_number.trim_start_matches('0')
                        == record.sequence_number().trim_start_matches('0')
                };
                assert!(
                    shards
                        .iter()
                        .filter(of_shard)
                        .any(|shard| shard.records.iter().any(number)),
                    "a record was left out"
                );
            }
        }
        (Err(ReadError::Shape { .. }), Err(_)) => {}
        (Err(ReadError::Shape { problem }), Ok(_)) => panic!("serde_json reads it: {problem}"),
        (Ok(_), Err(error)) => panic!("serde_json refuses it: {error}"),
        // JSON of the right shape that is no event of Kinesis.
        (Err(_), Ok(_)) => {}
        (Err(error), Err(plain)) => panic!("{error}, but serde_json: {plain}"),
    }
});

impl Record<'_> {
    fn sequence_number(&self) -> &str {
        &self.kinesis.sequence_number
    }
}

fn is_it(record: &picket_fuzz::event::Record<'_>, plain: &Record<'_>) -> bool {
    let milliseconds = (plain.kinesis.approximate_arrival_timestamp * 1_000.0).round();
    record.sequence_number == plain.kinesis.sequence_number
        && record.partition_key == plain.kinesis.partition_key
        && record.data == plain.kinesis.data
        && record.region == plain.region
        && record.arrived_at.as_millisecond() as f64 == milliseconds
}
