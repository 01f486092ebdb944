//! Payloads are split into events, or rejected with a reason.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use serde_json::json;

use strum::VariantArray;

use super::decoder::MOST_EVENTS;
use super::{slow_path_fields::Container, *};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// As the producer library writes it: keys, and records of key index and data.
fn aggregate(records: &[&[u8]]) -> Vec<u8> {
    fn field(number: u8, bytes: &[u8], out: &mut Vec<u8>) {
        out.push(number << 3 | 2);
        prost::encode_length_delimiter(bytes.len(), out).unwrap();
        out.extend(bytes);
    }
    let mut protobuf = Vec::new();
    field(1, b"key", &mut protobuf);
    for data in records {
        let mut record = vec![1 << 3, 0];
        field(3, data, &mut record);
        field(3, &record, &mut protobuf);
    }
    sealed(&protobuf)
}

fn sealed(protobuf: &[u8]) -> Vec<u8> {
    use md5::{Digest, Md5};

    let magic: &[u8] = &[0xf3, 0x89, 0x9a, 0xc2];
    [magic, protobuf, &Md5::digest(protobuf)].concat()
}

fn subscription(group: &str, messages: &[&str]) -> Vec<u8> {
    let events: Vec<Value> = messages
        .iter()
        .zip(0_i64..)
        .map(|(message, n)| json!({"id": format!("id-{n}"), "timestamp": 1_700_158_546_680 + n, "message": message}))
        .collect();
    let envelope = json!({
        "messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": group, "logStream": "s",
        "subscriptionFilters": ["f"], "logEvents": events,
    });
    gzip(envelope.to_string().as_bytes())
}

/// Decodes with a rule that needs the whole JSON.
fn decode(record: &[u8], each: impl FnMut(Part<'_>)) {
    let mut lookups = Lookups::default();
    let rules = "
Workload: w
Rules:
  - FilterPattern: '{ $.a[*] = 1 }'
    MetricTransformations:
      - { MetricNamespace: N, MetricName: M, MetricValue: 1 }
";
    let mut rules = picket_rules::metrics::parse("m.yaml", rules).unwrap();
    rules.enter(&mut lookups);
    assert!(!lookups.suffice());
    let stack = "picket-dev";
    Decoder {
        stack,
        lookups: &lookups,
    }
    .decode(record, each);
}

/// Each part in a word: its text, or why there is none.
fn parts(record: &[u8]) -> Vec<String> {
    let mut seen = Vec::new();
    decode(record, |part| {
        assert_eq!(part.sub as usize, seen.len());
        seen.push(match part.found {
            Ok(Found::Event(payload)) => payload.text.to_owned(),
            Ok(Found::OwnLog) => "(own log)".to_owned(),
            Ok(Found::Control) => "(control)".to_owned(),
            Err(unreadable) => format!("! {unreadable}"),
        });
    });
    seen
}

fn alone(record: &[u8]) -> String {
    let mut parts = parts(record);
    assert_eq!(parts.len(), 1);
    parts.remove(0)
}

#[test]
fn json_and_text_are_events() {
    for (text, expected) in [
        (" {\"a\":1}\n", Some(json!({"a": 1}))),
        ("\u{feff}{\"a\":1}\r\n", Some(json!({"a": 1}))),
        ("[\"a\"]", Some(json!(["a"]))),
        ("{\"a\":1}\0", Some(json!({"a": 1}))),
        ("ERROR job failed", None),
        ("[ERROR] job failed", None),
        ("[2026-11-20] up", None),
        ("42", None),
        ("ünï", None),
        (r#""{\"a\":1}""#, Some(json!({"a": 1}))),
        (
            r#"" {\"a\":{\"b\":\"c\"}}\n""#,
            Some(json!({"a": {"b": "c"}})),
        ),
        (r#""{\"a\":1""#, None),
        (r#""{\"a\":1}" and more"#, None),
        (r#""[1]""#, None),
        (r#""hello""#, None),
    ] {
        decode(text.as_bytes(), |part| {
            let Ok(Found::Event(payload)) = part.found else {
                panic!("{text}")
            };
            assert_eq!(
                (payload.text, payload.json),
                (
                    text.trim_matches(['\u{feff}', '\0']).trim(),
                    expected.clone()
                )
            );
        });
    }
}

#[test]
fn what_cannot_be_read_says_why() {
    let truncated = gzip(b"hello, hello, hello");
    for (payload, reason) in [
        (&b""[..], "! the payload is empty"),
        (b" \n\t", "! the payload is empty"),
        (
            b"abc\xff",
            "! the payload is not UTF-8 text: byte 3 is no part of a character",
        ),
        (
            b"{\"a\":1",
            "! the payload begins like JSON and is not: EOF while parsing an object at line 1 column 6",
        ),
        (
            b"[{]",
            "! the payload begins like JSON and is not: key must be a string at line 1 column 3",
        ),
        (
            &truncated[..truncated.len() - 9],
            "! the payload begins like gzip and cannot be inflated: incomplete deflate stream",
        ),
        (
            br#"[1, {"a": 1}]"#,
            "! the payload is a list of objects and other values: put a list of objects alone, or an object",
        ),
        (
            br#"[{"a": 1}, [{"a": 1}]]"#,
            "! the payload is a list of objects and other values: put a list of objects alone, or an object",
        ),
        (b"\x1e\x00\xef\xbb\xbf", "! the payload is empty"),
        (&gzip(b""), "! the payload is empty"),
        (&gzip(&gzip(b"ERROR")), "! the payload is gzip inside gzip"),
        (
            b"\xf3\x89\x9a\xc2",
            "! the payload begins like a KPL aggregate and is not: it is cut off",
        ),
        (
            b"\xf3\x89\x9a\xc2\x0a\x00................",
            "! the payload begins like a KPL aggregate and is not: its MD5 differs",
        ),
        (
            &sealed(b"\x1a\xff"),
            "! the payload begins like a KPL aggregate and is not: its protobuf cannot be read",
        ),
        (
            &aggregate(&[]),
            "! the payload begins like a KPL aggregate and is not: it holds no records",
        ),
        (
            &subscription("app", &[]),
            "! the payload is a CloudWatch Logs subscription's and cannot be read: it holds no log events",
        ),
        (
            br#"{"messageType":"DATA_MESSAGE","logGroup":"app","logEvents":[{"id":"a"}]}"#,
            "! the payload is a CloudWatch Logs subscription's and cannot be read: missing field `timestamp` at line 1 column 70",
        ),
    ] {
        assert_eq!(alone(payload), reason);
    }
}

#[test]
fn nesting_that_would_break_the_stack_is_refused() {
    let payload = "[".repeat(1 << 20);
    assert!(alone(payload.as_bytes()).starts_with("! the payload begins like JSON and is not"));
}

/// Samples of a container: a new one has none, which the compiler reports here.
fn samples(container: Container) -> &'static [&'static str] {
    match container {
        Container::Subscription => &[
            r#"{"messageType":"DATA_MESSAGE","logGroup":"app","logEvents":[{"id":"a","timestamp":1,"message":"m"}]}"#,
        ],
        Container::FleetMessage => &[
            r#"{"picket":{"kind":"heartbeat","version":1},"stack":"s","sent_at":"2026-11-20T06:00:00Z"}"#,
        ],
        Container::InvocationLog => &[
            r#"{"schemaType":"ModelInvocationLog","requestId":"r","modelId":"m","input":{"inputTokenCount":3}}"#,
        ],
        Container::Usage => &[
            r#"{"requestId":"r","modelId":"m","usage":{"inputTokens":3,"outputTokens":4}}"#,
            r#"{"requestId":"r","modelId":"m","metadata":{"usage":{"prompt_tokens":3,"completion_tokens":4}}}"#,
        ],
        Container::InvocationMetrics => &[
            r#"{"requestId":"r","modelId":"m","amazon-bedrock-invocationMetrics":{"inputTokenCount":3,"outputTokenCount":4}}"#,
        ],
        Container::ConverseUsage => {
            &[r#"{"requestId":"r","modelId":"m","inputTokens":3,"outputTokens":4}"#]
        }
        Container::Headers => &[
            r#"{"requestId":"r","modelId":"m","x-amzn-bedrock-input-token-count":"3"}"#,
            r#"{"requestId":"r","modelId":"m","X-Amzn-Bedrock-Input-Token-Count":"3"}"#,
            r#"{"requestId":"r","modelId":"m","headers":{"x-amzn-bedrock-input-token-count":"3"}}"#,
            r#"{"requestId":"r","modelId":"m","ResponseMetadata":{"HTTPHeaders":{"x-amzn-bedrock-input-token-count":"3"}}}"#,
            r#"{"requestId":"r","modelId":"m","$response":{"headers":{"x-amzn-bedrock-input-token-count":"3"}}}"#,
            r#"{"requestId":"r","modelId":"m","$metadata":{"httpHeaders":{"x-amzn-bedrock-input-token-count":"3"}}}"#,
        ],
    }
}

#[test]
fn every_container_is_read_whole_though_no_rule_reads_its_fields() {
    let mut lookups = Lookups::default();
    slow_path_fields::watch(&mut lookups);
    let stack = "picket-dev";
    let lookups = &lookups;
    for container in Container::VARIANTS {
        for sample in samples(*container) {
            let event: Value = serde_json::from_str(sample).unwrap();
            assert!(container.is_in(event.as_object().unwrap()), "{sample}");
            let mut parts = 0;
            Decoder { stack, lookups }.decode(sample.as_bytes(), |part| {
                parts += 1;
                let Ok(Found::Event(payload)) = part.found else {
                    panic!("{sample}")
                };
                match container {
                    // Its events come out of it.
                    Container::Subscription => assert_eq!(payload.text, "m"),
                    Container::FleetMessage => assert!(payload.json.is_some(), "{sample}"),
                    Container::InvocationLog
                    | Container::Usage
                    | Container::InvocationMetrics
                    | Container::ConverseUsage
                    | Container::Headers => {
                        let tokens = payload.json.map(|json| json["input_tokens"].clone());
                        assert!(
                            tokens == Some(json!(3)) || tokens == Some(json!("3")),
                            "{sample}"
                        );
                    }
                }
            });
            assert_eq!(parts, 1, "{sample}");
        }
    }
}

/// A container is found by its fields, though an event without them is not searched for its texts.
#[test]
fn a_reader_that_watches_finds_what_one_that_searches_finds() {
    let searching = Lookups::default();
    let mut watching = Lookups::default();
    slow_path_fields::watch(&mut watching);
    let usage = r#"{"inputTokens":3,"outputTokens":4}"#;
    let headers = r#"{"X-Amzn-Bedrock-Input-Token-Count":"3"}"#;
    let ids = r#""requestId":"r","modelId":"m""#;
    for payload in [
        format!("{{{ids},{}", headers[1..].to_uppercase()),
        format!(r#"{{{ids},"headers":{}}}"#, headers.to_uppercase()),
        format!(r#"{{{ids},"headers":{{"x-Amzn-bedrock-Input-token-Count":"3"}}}}"#),
        format!(r#"{{{ids},"metadata":{{"usage":{usage}}}}}"#),
        format!(r#"{{{ids},"usage":{{"prompt_tokens":3,"completion_tokens":4}}}}"#),
        format!(r#"{{{ids},"amazon-bedrock-invocationMetrics":{{"inputTokenCount":3,"outputTokenCount":4}}}}"#),
        r#"{"usage":{"inputTokens":3}}"#.to_owned(),
        r#"{"a":1}"#.to_owned(),
        format!(r#"{{{ids},"usage":{usage}}}"#),
        format!(r#"{{{ids},"inputTokens":3,"outputTokens":4}}"#),
        format!(r#"{{{ids},"headers":{headers}}}"#),
        format!(r#"{{{ids},"ResponseMetadata":{{"HTTPHeaders":{headers}}}}}"#),
        format!(r#"{{{ids},"$response":{{"headers":{headers}}}}}"#),
        format!(r#"{{{ids},"$metadata":{{"httpHeaders":{headers}}}}}"#),
        format!("{{{ids},{}", &headers[1..]),
        format!("{{{ids},{}", headers[1..].to_lowercase()),
        format!(r#"{{{ids},"schemaType":"ModelInvocationLog"}}"#),
        r#"{"requestId":"r","schemaType":"ModelInvocationLog"}"#.to_owned(),
        r#"{"picket":{"kind":"heartbeat","version":1},"stack":"s","sent_at":"2026-11-20T06:00:00Z"}"#.to_owned(),
        r#"{"messageType":"CONTROL_MESSAGE","logGroup":"","logEvents":[]}"#.to_owned(),
        r#"{"messageType":"DATA_MESSAGE","logGroup":"","logEvents":[]}"#.to_owned(),
        r#"{"messageType":"DATA_MESSAGE","logGroup":"","logEvents":1}"#.to_owned(),
        r#"{"usage":"none","headers":[]}"#.to_owned(),
    ] {
        let found = |lookups: &Lookups| {
            let mut found = Vec::new();
            let stack = "picket-dev";
            Decoder { stack, lookups }.decode(payload.as_bytes(), |part| {
                let found_one = part.found.map(|found| match found {
                    // The slots are empty: no rule reads a field.
                    Found::Event(payload) => (payload.json, Some((payload.source, payload.incomplete))),
                    _ => (None, None),
                });
                found.push(format!("{found_one:?}"));
            });
            found
        };
        assert_eq!(found(&watching), found(&searching), "{payload}");
    }
}

#[test]
fn nesting_in_a_field_that_no_rule_reads_is_refused_too() {
    let lookups = Lookups::default();
    assert!(lookups.suffice());
    let stack = "picket-dev";
    for (opening, closing) in [("[", "]"), ("{\"a\":", "}")] {
        let nested = opening.repeat(100_000);
        let closed = format!("{nested}1{}", closing.repeat(100_000));
        for payload in [format!("{{\"x\":{nested}"), format!("{{\"x\":{closed}}}")] {
            let decoder = Decoder {
                stack,
                lookups: &lookups,
            };
            decoder.decode(payload.as_bytes(), |part| {
                let Err(Unreadable::BrokenJson(why)) = part.found else {
                    panic!("{opening}")
                };
                assert!(why.starts_with("recursion limit exceeded"), "{why}");
            });
        }
    }
}

#[test]
fn a_broken_escape_in_a_field_that_no_rule_reads_is_refused_too() {
    let lookups = Lookups::default();
    for (payload, is_json) in [
        (r#"{"a":"\q"}"#, false),
        (r#"{"a":{"\q":1}}"#, false),
        (r#"{"a":"\ud83d"}"#, false),
        (r#"{"a":"\ud83d\ude00 \u00e9 \" \\"}"#, true),
    ] {
        let stack = "picket-dev";
        let lookups = &lookups;
        Decoder { stack, lookups }.decode(payload.as_bytes(), |part| {
            assert_eq!(part.found.is_ok(), is_json, "{payload}: {:?}", part.found);
        });
    }
}

#[test]
fn a_bomb_is_not_inflated() {
    let bomb = gzip(&vec![b'a'; gzip::MOST_INFLATED + 1]);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(
        alone(&bomb),
        "! the record inflates to more than 16777216 bytes"
    );
    let half = gzip(&vec![b'a'; gzip::MOST_INFLATED / 2 + 1]);
    let said = parts(&aggregate(&[&half, &half, b"ERROR"]));
    assert_eq!(
        said,
        [
            "! the event has 8388609 bytes, and 1048576 are allowed",
            "! the record inflates to more than 16777216 bytes",
            "ERROR"
        ],
        "one allowance for the whole record"
    );
}

#[test]
fn an_aggregate_is_its_records_whatever_they_are() {
    let logs = subscription("app", &["first", "second"]);
    let record = aggregate(&[b"ERROR", b"{\"broken\":", &gzip(b"inflated"), &logs, b""]);
    assert_eq!(
        parts(&record),
        [
            "ERROR",
            "! the payload begins like JSON and is not: EOF while parsing a value at line 1 column 10",
            "inflated",
            "first",
            "second",
            "! the payload is empty",
        ]
    );
}

#[test]
fn a_text_is_its_events_wherever_it_stands() {
    let text = "{\"a\":1}\n{\"b\":2}\nERROR\n{broken}\n";
    let apart = [
        "{\"a\":1}",
        "{\"b\":2}",
        "ERROR",
        "! the payload begins like JSON and is not: key must be a string at line 1 column 2",
    ];
    assert_eq!(parts(text.as_bytes()), apart);
    assert_eq!(parts(&gzip(text.as_bytes())), apart);
    let inside = parts(&aggregate(&[b"first", text.as_bytes(), b"last"]));
    assert_eq!(inside, [&["first"], &apart[..], &["last"]].concat());
    // A log event is one event, whatever lines it has.
    assert_eq!(
        parts(&subscription("app", &["{\"a\":1}\n{\"b\":2}", "one\ntwo"])),
        ["{\"a\":1}\n{\"b\":2}", "one\ntwo"]
    );
}

#[test]
fn envelopes_one_after_another_are_all_of_their_log_events() {
    let both = [
        subscription("app", &["a", "b"]),
        subscription("picket-dev-x", &["c"]),
        gzip(b"{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[]}"),
    ];
    assert_eq!(
        parts(&both.concat()),
        [
            "a",
            "b",
            "(own log)",
            "! the payload is a CloudWatch Logs subscription's and cannot be read: missing field `logGroup` at line 1 column 45",
        ]
    );
}

/// What is quarantined of one event of several is that event alone, so that it can be put back alone.
#[test]
fn each_of_several_events_has_its_own_bytes() {
    let bytes = |record: &[u8]| {
        let mut all = Vec::new();
        decode(record, |part| all.push(part.bytes.map(<[u8]>::to_vec)));
        all
    };
    let own = |text: &str| Some(text.as_bytes().to_vec());
    assert_eq!(bytes(b"{\"a\":1}\n"), [None]);
    assert_eq!(bytes(b"{broken"), [None]);
    assert_eq!(
        bytes(b"{\"a\":1}\n{broken"),
        [own("{\"a\":1}"), own("{broken")]
    );
    assert_eq!(
        bytes(&aggregate(&[b"one\ntwo", b"three"])),
        [own("one"), own("two"), own("three")]
    );
}

#[test]
fn a_record_has_no_more_events_than_it_may() {
    let most = MOST_EVENTS as usize;
    for (lines, expected) in [(most, most), (most + 2, most + 1)] {
        let parts = parts("a\n".repeat(lines).as_bytes());
        assert_eq!(parts.len(), expected);
        let last = parts.last().unwrap();
        assert_eq!(last.contains("more than"), lines > most, "{last}");
    }
}

#[test]
fn an_aggregate_with_a_changed_bit_is_set_apart_whole() {
    let whole = aggregate(&[b"ERROR", b"up"]);
    for byte in 4..whole.len() {
        let mut changed = whole.clone();
        changed[byte] ^= 1;
        assert_eq!(
            alone(&changed),
            "! the payload begins like a KPL aggregate and is not: its MD5 differs"
        );
    }
}

#[test]
fn a_log_event_has_the_time_and_the_id_that_cloudwatch_gave_it() {
    let mut seen = Vec::new();
    let record = subscription("app", &["ERROR a", "{\"a\":1}", "{broken"]);
    decode(&record, |part| {
        let bytes = part.bytes.map(<[u8]>::to_vec);
        let Ok(Found::Event(payload)) = part.found else {
            panic!()
        };
        assert_eq!(bytes.as_deref(), Some(payload.text.as_bytes()));
        seen.push((
            payload.id.map(str::to_owned),
            payload.at.map(Timestamp::as_millisecond),
            payload.json,
        ));
    });
    let id = |id: &str| Some(id.to_owned());
    assert_eq!(
        seen,
        [
            (id("id-0"), Some(1_700_158_546_680), None),
            (id("id-1"), Some(1_700_158_546_681), Some(json!({"a": 1}))),
            (id("id-2"), Some(1_700_158_546_682), None),
        ]
    );
}

#[test]
fn our_own_logs_and_control_messages_take_places_and_count_nothing() {
    for (group, own) in [
        ("picket-dev-EventProcessorLogGroup-abc", true),
        ("/aws/lambda/picket-dev-EventProcessor-abc", true),
        ("picket-dev2-EventProcessorLogGroup-abc", false),
        ("/aws/lambda/orders", false),
        ("picket-dev", false),
    ] {
        let expected = if own {
            ["(own log)", "(own log)"]
        } else {
            ["a", "b"]
        };
        assert_eq!(
            parts(&subscription(group, &["a", "b"])),
            expected,
            "{group}"
        );
    }
    let control = br#"{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logStream":"","subscriptionFilters":[],
        "logEvents":[{"id":"","timestamp":1700158546680,"message":"CWL CONTROL MESSAGE: Checking health of destination Kinesis stream."}]}"#;
    assert_eq!(parts(&gzip(control)), ["(control)"]);
    let other = r#"{"messageType":"OTHER","logEvents":[]}"#;
    assert_eq!(parts(other.as_bytes()), [other]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_record_has_a_part_and_parts_are_numbered_from_zero(record in prop::collection::vec(any::<u8>(), 0..64)) {
        prop_assert!(!parts(&record).is_empty());
        let magic: &[u8] = &[0xf3, 0x89, 0x9a, 0xc2];
        prop_assert!(!parts(&[magic, &record].concat()).is_empty());
        prop_assert!(!parts(&sealed(&record)).is_empty());
        prop_assert!(!parts(&[&[0x1f, 0x8b], &record[..]].concat()).is_empty());
        prop_assert!(!parts(&gzip(&record)).is_empty());
    }

    #[test]
    fn an_aggregate_has_a_part_for_each_text(records in prop::collection::vec("[a-z]{1,9}", 1..40)) {
        let data: Vec<&[u8]> = records.iter().map(String::as_bytes).collect();
        prop_assert_eq!(parts(&aggregate(&data)), records);
    }
}
