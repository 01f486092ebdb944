//! Whatever arrives, what is posted is inside every limit of Slack's, escaped, and mentions nobody.

mod slack;

use std::{
    fs,
    hash::{BuildHasher, Hasher, RandomState},
    path::PathBuf,
    sync::LazyLock,
};

use jiff::Timestamp;
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{RngSeed, TestRunner},
};
use serde_json::{Map, Value, json};
use slack_forwarder::explain;

/// Words that a formatter writes where it forgot that something may be missing.
const SLIPS: [&str; 5] = ["None", "null", "undefined", "NaN", "Some("];

fn check(event: &[u8]) {
    let explained = explain(event, Timestamp::UNIX_EPOCH);
    assert!(!explained.is_empty());
    for message in explained {
        slack::assert_valid(&message.slack);
        slack::assert_valid(&message.slack.plain());
    }
}

/// Characters that have hurt forwarders before, among all others.
fn text() -> impl Strategy<Value = String> {
    let nasty = prop_oneof![
        Just("<!channel>".to_owned()),
        Just("@here ".to_owned()),
        Just("<@U024BE7LH>".to_owned()),
        Just("```".to_owned()),
        Just("&amp;<|>".to_owned()),
        Just("\"\\".to_owned()),
        Just("\0\u{1b}\u{85}\u{2028}".to_owned()),
        Just("👩‍👩‍👧‍👦e\u{301}".to_owned()),
        Just("https://example.com/?a=1&b=<x>|y".to_owned()),
        Just("runbook: http://e.com/&".to_owned()),
        Just("x".repeat(4_000)),
        Just("&".repeat(700)),
        Just("\n".repeat(300)),
        any::<String>(),
        "[ -~]{0,40}",
    ];
    vec(nasty, 0..8).prop_map(|parts| parts.concat())
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 12, |inner| {
        let keys = prop_oneof![
            text(),
            Just("message".to_owned()),
            Just("title".to_owned()),
            Just("detail".to_owned()),
            Just("picket".to_owned()),
            Just("detail-type".to_owned()),
            Just("source".to_owned()),
            Just("alerts".to_owned()),
            Just("mail".to_owned()),
            Just("AlarmName".to_owned()),
            Just("Records".to_owned()),
        ];
        prop_oneof![
            vec(inner.clone(), 0..12).prop_map(Value::from),
            vec((keys, inner), 0..20)
                .prop_map(|entries| Value::from(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn sns(message: &str, subject: &Value) -> Vec<u8> {
    let topic = "arn:aws:sns:eu-west-1:111122223333:critical";
    json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": message, "Subject": subject, "TopicArn": topic, "MessageId": "id"}}]})
        .to_string()
        .into_bytes()
}

fn alarm() -> Value {
    json!({
        "AlarmName": "orders", "AlarmDescription": "d", "AWSAccountId": "111122223333", "NewStateValue": "ALARM",
        "NewStateReason": "Threshold Crossed: 1 out of the last 1 datapoints [5.0 (20/11/26 06:02:00)] was greater than the threshold (1.0).",
        "StateChangeTime": "2026-11-20T06:03:12.345+0000", "Region": "EU (Ireland)", "OldStateValue": "OK", "AlarmRule": null,
        "AlarmArn": "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders", "TriggeringChildren": [],
        "Trigger": {"MetricName": "Errors", "Namespace": "Shop", "Statistic": "SUM", "Unit": null, "Dimensions": [{"value": "v", "name": "n"}],
            "Period": 60, "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 1.0, "Metrics": []}
    })
}

fn remediation() -> Value {
    json!({"picket": {"kind": "remediation", "version": 1}, "stack": "s", "alarm_name": "a", "alarm_arn": "arn", "state_changed_at": "2026-11-20T06:03:12Z",
        "playbook": null, "target": null, "outcome": "refused", "text": "t", "requests": ["r"]})
}

fn cost_report() -> Value {
    json!({"picket": {"kind": "cost-report", "version": 1}, "stack": "s", "account": null, "date": "2026-11-19", "currency": "USD", "estimated": true,
        "total": null, "previous_total": null, "by_service": [{"service": "S", "amount": "1.5", "previous": null}], "absent": [],
        "by_agent": [{"agent": "a", "model": "m", "requests": 1, "tokens": {"input": 1, "output": 1, "cache_read": 0, "cache_write_5m": 0, "cache_write_1h": 0}, "cost_usd": null}],
        "token_cost_usd": null, "caveats": [], "requests": 0})
}

/// The samples of every kind that are JSON, and ours.
fn known() -> Vec<Value> {
    let samples = samples();
    let documents = samples
        .iter()
        .filter_map(|sample| serde_json::from_str(sample).ok());
    documents
        .chain([alarm(), remediation(), cost_report()])
        .collect()
}

fn samples() -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/samples");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("there are samples")
        .map(|entry| entry.expect("the folder can be listed").path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| fs::read_to_string(path).expect("a sample can be read"))
        .collect()
}

/// A sample's text, cut off, doubled or with something put into it: what was JSON is broken, what was text says more.
fn torn() -> impl Strategy<Value = String> {
    let places = vec((any::<prop::sample::Index>(), text()), 0..4);
    (
        prop::sample::select(samples()),
        places,
        any::<Option<prop::sample::Index>>(),
    )
        .prop_map(|(sample, places, end)| {
            let mut characters: Vec<char> = sample.chars().collect();
            for (at, put) in places {
                let at = at.index(characters.len() + 1);
                characters.splice(at..at, put.chars());
            }
            if let Some(end) = end {
                characters.truncate(end.index(characters.len() + 1));
            }
            characters.into_iter().collect()
        })
}

/// A known message with some of its values replaced by anything.
fn mutated() -> impl Strategy<Value = Value> {
    let known = prop::sample::select(known());
    let replacement = prop_oneof![any_json().boxed(), text().prop_map(Value::from).boxed()];
    (
        known,
        vec((any::<prop::sample::Index>(), replacement), 0..5),
    )
        .prop_map(|(mut value, changes)| {
            for (which, new) in changes {
                let mut pointers = Vec::new();
                list_pointers(&value, "", &mut pointers);
                let pointer = pointers.remove(which.index(pointers.len()));
                if let Some(place) = value.pointer_mut(&pointer) {
                    *place = new;
                }
            }
            value
        })
}

fn list_pointers(value: &Value, at: &str, out: &mut Vec<String>) {
    out.push(at.to_owned());
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(map) => map
            .iter()
            .for_each(|(key, inner)| list_pointers(inner, &format!("{at}/{}", escaped(key)), out)),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .for_each(|(index, inner)| list_pointers(inner, &format!("{at}/{index}"), out)),
        _ => {}
    }
}

/// Messages of a test run.
const MESSAGES: u32 = 10_000;
/// Messages that one case of each property checks, added up.
const MESSAGES_OF_A_ROUND: u32 = 13;
/// The seed of a test run.
const SEED: u64 = 20_261_120;

/// How many messages all properties check together, and from which seed: a few each in a test run, always the same;
/// `make soak` asks for more by `PICKET_SOAK_MESSAGES`, from another seed each time, or from `PICKET_SOAK_SEED`.
fn size() -> (u32, u64) {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's size is asked for by the environment"
    )]
    let asked = |name: &str| std::env::var(name).ok();
    match asked("PICKET_SOAK_MESSAGES").and_then(|number| number.parse().ok()) {
        Some(messages) => {
            let seed = asked("PICKET_SOAK_SEED").and_then(|seed| seed.parse().ok());
            (messages, seed.unwrap_or_else(any_seed))
        }
        None => (MESSAGES, SEED),
    }
}

/// One for all properties of a run.
fn any_seed() -> u64 {
    static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().build_hasher().finish());
    *SEED
}

/// Holds a property over its share of the messages, and says over how many, for `--nocapture`.
#[expect(clippy::print_stderr, reason = "a soak reports what it did")]
fn hold<S: Strategy>(property: &str, values: &S, check: impl Fn(S::Value)) {
    let (messages, seed) = size();
    let cases = messages.div_ceil(MESSAGES_OF_A_ROUND);
    let config = ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let held = TestRunner::new(config).run(values, |value| {
        check(value);
        Ok(())
    });
    if let Err(error) = held {
        panic!("{property}, seed {seed}: {error}");
    }
    eprintln!("{property}: held for {cases} cases from seed {seed}");
}

fn subject() -> impl Strategy<Value = Value> {
    prop_oneof![Just(Value::Null), text().prop_map(Value::from)]
}

#[test]
fn any_bytes_become_a_valid_message() {
    let bytes = vec(any::<u8>(), 0..2_000);
    hold("any bytes", &bytes, |bytes| check(&bytes));
}

#[test]
fn any_text_becomes_a_valid_message() {
    hold("any text", &(text(), subject()), |(message, subject)| {
        check(&sns(&message, &subject));
        check(message.as_bytes());
    });
}

#[test]
fn any_json_becomes_a_valid_message() {
    hold("any JSON", &any_json(), |value| {
        check(value.to_string().as_bytes());
        check(&sns(&value.to_string(), &Value::Null));
    });
}

#[test]
fn any_mutation_of_a_known_message_becomes_a_valid_message() {
    hold("any mutation", &mutated(), |value| {
        check(&sns(&value.to_string(), &Value::Null));
    });
}

#[test]
fn any_torn_sample_becomes_a_valid_message() {
    hold(
        "any torn sample",
        &(torn(), subject()),
        |(message, subject)| {
            check(&sns(&message, &subject));
            check(message.as_bytes());
        },
    );
}

#[test]
fn any_mutation_that_comes_directly_or_by_queue_becomes_a_valid_message() {
    hold(
        "any mutation, directly and by queue",
        &(mutated(), any_json()),
        |(value, attributes)| {
            check(value.to_string().as_bytes());
            let record = json!({"eventSource": "aws:sqs", "messageId": "r", "body": value.to_string(), "messageAttributes": attributes});
            check(json!({"Records": [record]}).to_string().as_bytes());
        },
    );
}

#[test]
fn what_is_missing_is_left_out_and_not_named() {
    let removed = vec(any::<prop::sample::Index>(), 0..6);
    let values = (prop::sample::select(known()), removed);
    hold("anything missing", &values, |(value, removed)| {
        let value = without(value, &removed);
        let dedicated = explain(
            &sns(&value.to_string(), &Value::Null),
            Timestamp::UNIX_EPOCH,
        )
        .into_iter()
        .filter(|message| message.dedicated);
        for message in dedicated {
            let posted = message.slack.to_json();
            for slip in SLIPS {
                assert!(!posted.contains(slip), "{slip} in {posted}");
            }
        }
    });
}

fn without(mut value: Value, removed: &[prop::sample::Index]) -> Value {
    for index in removed {
        let mut pointers = Vec::new();
        list_pointers(&value, "", &mut pointers);
        pointers.remove(0);
        if pointers.is_empty() {
            break;
        }
        let pointer = pointers.swap_remove(index.index(pointers.len()));
        if let Some(place) = value.pointer_mut(&pointer) {
            *place = Value::Null;
        }
    }
    value
}

/// An alarm whose incident no message of another alarm may claim.
const VICTIM: &str = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:victim";

/// ARNs that are not the victim's, however near.
fn other_arn() -> impl Strategy<Value = Value> {
    let near = [
        "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:victim2",
        "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:Victim",
        "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:victim ",
        "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:victim\u{200b}",
        "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:victim#1",
        "arn:aws:cloudwatch:eu-west-1:444455556666:alarm:victim",
        "arn:aws:cloudwatch:us-east-1:111122223333:alarm:victim",
        "arn:aws-cn:cloudwatch:eu-west-1:111122223333:alarm:victim",
        "arn:aws:sns:eu-west-1:111122223333:alarm:victim",
        "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:",
        "message/digest/2026-11-20",
        "",
    ];
    prop_oneof![
        prop::sample::select(near.to_vec()).prop_map(Value::from),
        Just(Value::Null),
        text().prop_map(Value::from),
        any_json(),
    ]
}

/// An alarm's change of any time, which names the victim everywhere but in its ARN.
fn claimed_change() -> impl Strategy<Value = Value> {
    let time = prop_oneof![
        Just("9999-12-30T00:00:00.000+0000".to_owned()),
        Just("1970-01-01T00:00:00.000+0000".to_owned()),
        Just("2026-11-20T06:03:12.345+0000".to_owned()),
        text(),
    ];
    let state = prop::sample::select(vec!["OK", "ALARM", "INSUFFICIENT_DATA"]);
    let link = prop::sample::select(vec![
        "",
        "runbook: https://console.aws.amazon.com@evil.example/",
        "https://evil.example/#alarmsV2:alarm/victim",
        VICTIM,
    ]);
    (other_arn(), time, state, link, any::<bool>()).prop_map(|(arn, time, state, link, is_event)| {
        if is_event {
            json!({"version": "0", "id": VICTIM, "detail-type": "CloudWatch Alarm State Change", "source": "aws.cloudwatch",
                "account": "111122223333", "time": time, "region": "eu-west-1", "resources": [arn],
                "detail": {"alarmName": "victim", "alarmArn": VICTIM, "state": {"value": state, "reason": link, "timestamp": time}}})
        } else {
            let mut body = alarm();
            body["AlarmName"] = json!("victim");
            body["Region"] = json!("eu-west-1");
            body["AlarmArn"] = arn;
            body["StateChangeTime"] = json!(time);
            body["NewStateValue"] = json!(state);
            body["AlarmDescription"] = json!(link);
            body
        }
    })
}

/// Notifications inside of each other, of which the inner ones claim topic, id and attributes.
fn nested(body: &Value, levels: usize) -> Value {
    (0..levels).fold(body.clone(), |inner, _| {
        json!({"Type": "Notification", "MessageId": VICTIM, "TopicArn": "arn:aws:sns:eu-west-1:111122223333:critical",
            "Message": inner.to_string(), "MessageAttributes": {"severity": {"Type": "String", "Value": "critical"}}})
    })
}

fn by_topic(topic: &str, body: &Value) -> Vec<u8> {
    let topic = format!("arn:aws:sns:eu-west-1:111122223333:{topic}");
    json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": body.to_string(), "TopicArn": topic, "MessageId": "id"}}]})
        .to_string()
        .into_bytes()
}

#[test]
fn no_message_claims_the_incident_of_another_alarm_or_chooses_its_own_severity() {
    let topics = prop::sample::select(vec!["info", "warning", "critical"]);
    let values = (claimed_change(), 0_usize..4, topics);
    hold("any claim", &values, |(body, levels, topic)| {
        let explained = |body: &Value| {
            let explained = explain(&by_topic(topic, body), Timestamp::UNIX_EPOCH);
            assert_eq!(explained.len(), 1);
            let explained = explained.into_iter().next();
            explained.expect("it is one")
        };
        let (plain, wrapped) = (explained(&body), explained(&nested(&body, levels)));
        assert_ne!(wrapped.incident.as_deref(), Some(VICTIM), "{body}");
        assert_eq!(wrapped.incident, plain.incident, "{body}");
        assert_eq!(wrapped.severity, plain.severity, "{body}");
        let of_topic = explained(&json!({"message": "hello"})).severity;
        assert_eq!(wrapped.severity, of_topic, "{body}");
        slack::assert_valid(&wrapped.slack);
    });
}

#[test]
fn a_message_of_sns_greatest_size_becomes_a_valid_one() {
    for piece in ["x", "&", "\"", "日本", "```", "\n", "<!channel> "] {
        let whole = piece.repeat(262_144 / piece.len());
        check(&sns(&whole, &Value::from("s".repeat(100))));
        check(&sns(
            &json!({"message": whole.as_str(), "list": [whole.as_str(), 1, null]}).to_string(),
            &Value::Null,
        ));
        let mut alarm = alarm();
        alarm["AlarmDescription"] = Value::from(whole.as_str());
        alarm["AlarmName"] = Value::from(piece.repeat(255));
        check(&sns(&alarm.to_string(), &Value::Null));
    }
}

#[test]
fn a_hostile_description_mentions_nobody_and_makes_no_link_of_its_own() {
    let mut alarm = alarm();
    alarm["AlarmDescription"] = json!(
        "<!channel> <@U1> @here <https://evil.example|Open in CloudWatch> ``` runbook: http://e.com/&@Here"
    );
    let posted = explain(
        &sns(&alarm.to_string(), &Value::Null),
        Timestamp::UNIX_EPOCH,
    )
    .remove(0)
    .slack
    .to_json();
    assert!(
        !posted.contains("<!")
            && !posted.contains("<@")
            && !posted.to_lowercase().contains("@here"),
        "{posted}"
    );
    assert!(
        !posted.contains("<https://evil.example|Open in CloudWatch>"),
        "{posted}"
    );
}
