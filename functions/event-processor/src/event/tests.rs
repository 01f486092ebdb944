use picket_shared::position::Position;
use proptest::prelude::*;

use super::*;

fn record(shard: &str, sequence_number: &str, arrival: &str) -> String {
    format!(
        r#"{{"kinesis":{{"kinesisSchemaVersion":"1.0","partitionKey":"a\"b","sequenceNumber":"{sequence_number}","data":"e30=","approximateArrivalTimestamp":{arrival}}},
            "eventSource":"aws:kinesis","eventVersion":"1.0","eventID":"{shard}:{sequence_number}","eventName":"aws:kinesis:record",
            "invokeIdentityArn":"arn:aws:iam::123456789012:role/r","awsRegion":"eu-west-1",
            "eventSourceARN":"arn:aws:kinesis:eu-west-1:123456789012:stream/orders"}}"#
    )
}

fn event(records: &[String]) -> String {
    format!(r#"{{"Records":[{}]}}"#, records.join(","))
}

#[test]
fn a_record_is_read_whole() {
    let event = event(&[record("shardId-000000000006", "4959", "1545084650.987")]);
    let shards = read(event.as_bytes()).unwrap();
    assert_eq!(shards[0].chain.to_string(), "orders/shardId-000000000006");
    let record = &shards[0].records[0];
    assert_eq!(record.position(0), Position::new("4959", 0).unwrap());
    assert_eq!(record.arrived_at.to_string(), "2018-12-17T22:10:50.987Z");
    assert_eq!((&*record.partition_key, &*record.data), ("a\"b", "e30="));
    assert_eq!(
        (&*record.region, &*record.sequence_number),
        ("eu-west-1", "4959")
    );
}

/// The record as a pipe sends it: without a level of its own for the fields of Kinesis.
fn piped(record: &str) -> serde_json::Value {
    let mut record: serde_json::Value = serde_json::from_str(record).unwrap();
    let kinesis = record.as_object_mut().unwrap().remove("kinesis").unwrap();
    let fields = kinesis.as_object().unwrap().clone();
    record.as_object_mut().unwrap().extend(fields);
    record
}

#[test]
fn the_array_of_a_pipe_is_the_same_records() {
    let records = [record("s", "1", "1.5"), record("t", "2", "2.25")];
    let pipe = serde_json::Value::from(records.each_ref().map(|record| piped(record)).to_vec());
    let shown = |bytes: &[u8]| format!("{:?}", read(bytes).unwrap());
    let expected = shown(event(&records).as_bytes());
    assert_eq!(shown(pipe.to_string().as_bytes()), expected);
    assert_eq!(shown(format!(" \n{pipe}").as_bytes()), expected);
    assert!(matches!(read(b"[]"), Err(ReadError::Shape { .. })));
}

#[test]
fn records_of_another_source_are_refused_by_its_name() {
    let sources = [
        (
            r#"{"eventSource":"aws:sqs","messageId":"m","body":"{}","awsRegion":"eu-west-1"}"#,
            "aws:sqs",
        ),
        (
            r#"{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"Keys":{}}}"#,
            "aws:dynamodb",
        ),
        (
            r#"{"EventSource":"aws:sns","Sns":{"Message":"m"}}"#,
            "aws:sns",
        ),
        (r#"{"eventSource":"aws:s3","s3":{}}"#, "aws:s3"),
        (r#"{"eventSource":"aws:kafka"}"#, "aws:kafka"),
        (r#"{"eventSource":"ActiveMQ"}"#, "ActiveMQ"),
    ];
    let good = record("s", "1", "1");
    for (foreign, source) in sources {
        let pipe = format!("[{foreign}]");
        let first = event(&[foreign.to_owned()]);
        let second = event(&[good.clone(), foreign.to_owned()]);
        for (bytes, index) in [(first, 0), (pipe, 0), (second, 1)] {
            let error = read(bytes.as_bytes()).unwrap_err().to_string();
            let expected = format!(
                "record {index} comes from {source:?}, not from aws:kinesis; check what invokes this function"
            );
            assert_eq!(error, expected, "{bytes}");
        }
    }
    for shapeless in [
        "{}",
        "[1]",
        "{\"Records\":[{}]}",
        r#"{"Records":[{"eventSource":"aws:kinesis"}]}"#,
    ] {
        let error = read(shapeless.as_bytes()).unwrap_err();
        assert!(
            matches!(error, ReadError::Shape { .. }),
            "{shapeless}: {error}"
        );
    }
}

#[test]
fn a_fraction_is_a_fraction_of_a_second() {
    for (text, milliseconds) in [
        ("1545084650.12", 1_545_084_650_120),
        ("1545084650.5", 1_545_084_650_500),
        ("1545084650.0004", 1_545_084_650_000),
        ("1545084650.98765", 1_545_084_650_988),
        ("1.545084650987E9", 1_545_084_650_987),
        ("1545084650", 1_545_084_650_000),
    ] {
        let event = event(&[record("s", "1", text)]);
        let arrived_at = read(event.as_bytes()).unwrap()[0].records[0].arrived_at;
        assert_eq!(arrived_at.as_millisecond(), milliseconds, "{text}");
    }
}

#[test]
fn records_come_in_their_shards_order_and_once() {
    let event = event(&[
        record("s", "10", "1"),
        record("t", "1", "1"),
        record("s", "9", "1"),
        record("s", "10", "1"),
    ]);
    let shards = read(event.as_bytes()).unwrap();
    let numbers: Vec<Vec<&str>> = shards
        .iter()
        .map(|shard| {
            shard
                .records
                .iter()
                .map(|record| &*record.sequence_number)
                .collect()
        })
        .collect();
    assert_eq!(numbers, [vec!["9", "10"], vec!["1"]]);
}

#[test]
fn an_empty_batch_is_no_shard() {
    assert!(read(br#"{"Records":[]}"#).unwrap().is_empty());
}

#[test]
fn enhanced_fan_out_names_the_same_stream() {
    let event = event(&[record("s", "1", "1")])
        .replace("stream/orders", "stream/orders/consumer/picket:1545084650");
    assert_eq!(read(event.as_bytes()).unwrap()[0].chain.stream(), "orders");
}

#[test]
fn what_is_no_kinesis_event_is_refused_with_the_reason() {
    let good = event(&[record("s", "1", "1")]);
    for (text, part) in [
        (String::new(), "EOF"),
        ("{".to_owned(), "not a Kinesis event"),
        ("null".to_owned(), "not a Kinesis event"),
        ("{}".to_owned(), "missing field `Records`"),
        (r#"{"Records":[{}]}"#.to_owned(), "missing field"),
        (
            good.replace("aws:kinesis\"", "aws:sqs\""),
            "record 0 comes from \"aws:sqs\"",
        ),
        (good.replace("s:1", "s1"), "stream and shard"),
        (
            good.replace("stream/orders", "table/orders"),
            "stream and shard",
        ),
        (
            good.replace("\"sequenceNumber\":\"1\"", "\"sequenceNumber\":\"x\""),
            "cannot be placed",
        ),
        (good.replace("Timestamp\":1", "Timestamp\":-1"), "no time"),
        (
            good.replace("Timestamp\":1", "Timestamp\":1e300"),
            "no time",
        ),
    ] {
        let error = read(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(part), "{text}: {error}");
        assert!(!error.contains('\n'), "{error}");
    }
    assert!(read(b"{\"Records\":[\xff]}").is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
    }

    #[test]
    fn a_cut_event_is_refused(cut in 0_usize..400) {
        let event = event(&[record("s", "1", "1")]);
        prop_assert!(read(&event.as_bytes()[..cut.min(event.len() - 1)]).is_err());
    }

    #[test]
    fn every_millisecond_is_kept(milliseconds in 0_i64..4_102_444_800_000) {
        let text = format!("{}.{:03}", milliseconds / 1_000, milliseconds % 1_000);
        prop_assert_eq!(arrival(text.parse().unwrap()).unwrap().as_millisecond(), milliseconds);
    }
}
