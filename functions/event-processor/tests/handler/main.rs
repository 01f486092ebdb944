//! The function's responses, and the order of its calls to ports.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

#[path = "../support/mod.rs"]
mod support;

mod attempts;
mod claims;
mod copies;
mod large;
mod overrides;
mod ports;

use event_processor::{error::Error, handler::Handler, rules::RuleSet};
use jiff::SignedDuration;
use picket_shared::{chain::Slice, position::Position};

use crate::{
    ports::{Fakes, Trouble},
    support::{Sent, event},
};

const ARRIVED: i64 = 1_795_155_245_120;

fn record(number: u64, payload: impl Into<Vec<u8>>) -> Sent {
    Sent {
        shard: "shardId-000000000000".into(),
        sequence_number: number.to_string(),
        partition_key: "agent".into(),
        arrived_at_ms: ARRIVED,
        payload: payload.into(),
    }
}

fn lines(numbers: impl IntoIterator<Item = u64>) -> Vec<u8> {
    let records: Vec<Sent> = numbers
        .into_iter()
        .map(|number| record(number, "ERROR out of slots"))
        .collect();
    event(&records)
}

fn handler() -> (Handler<Fakes>, Fakes) {
    let fakes = Fakes::default();
    (
        Handler::new(RuleSet::built_in("dev", "picket-dev"), fakes.clone()),
        fakes,
    )
}

/// The answer as Lambda reads it.
async fn answer(handler: &Handler<Fakes>, body: &[u8]) -> String {
    serde_json::to_string(&handler.handle(body).await.unwrap()).unwrap()
}

const SUCCESS: &str = r#"{"batchItemFailures":[]}"#;

#[tokio::test]
async fn an_empty_batch_is_a_success_and_calls_no_port() {
    let (handler, fakes) = handler();
    assert_eq!(answer(&handler, br#"{"Records":[]}"#).await, SUCCESS);
    assert!(fakes.state().calls.is_empty());
}

#[tokio::test]
async fn a_batch_is_one_slice_from_the_mark() {
    let (handler, fakes) = handler();
    assert_eq!(answer(&handler, &lines(1..=3)).await, SUCCESS);
    assert_eq!(answer(&handler, &lines(4..=5)).await, SUCCESS);
    let state = fakes.state();
    let commit = ["before-commit", "commit", "after-commit"];
    assert_eq!(
        state.calls,
        [&["read-mark", "read", "register"][..], &commit, &commit].concat()
    );
    let slices: Vec<_> = state.items.values().collect();
    assert_eq!(slices.len(), 2);
    assert_eq!(
        (&slices[0].before, &slices[0].first),
        (&Position::start(), &Position::new("1", 0).unwrap())
    );
    assert_eq!(
        (&slices[1].before, &slices[1].after),
        (&slices[0].after, &Position::new("5", 0).unwrap())
    );
    assert_eq!(state.registered.len(), 1);
}

#[tokio::test]
async fn a_retry_counts_nothing_twice() {
    let (handler, fakes) = handler();
    for batch in [lines(1..=3), lines(1..=3), lines(2..=3), lines(1..=1)] {
        assert_eq!(answer(&handler, &batch).await, SUCCESS);
    }
    assert_eq!(fakes.state().items.len(), 1);
}

#[tokio::test]
async fn a_stale_sandbox_collides_reads_again_and_counts_the_rest() {
    let (old, fakes) = handler();
    answer(&old, &lines(1..=2)).await;
    let other = Handler::new(RuleSet::built_in("dev", "picket-dev"), fakes.clone());
    answer(&other, &lines(3..=4)).await;
    assert_eq!(answer(&old, &lines(3..=6)).await, SUCCESS);
    let state = fakes.state();
    let first: Vec<_> = state
        .items
        .values()
        .map(|slice| slice.first.as_str().to_owned())
        .collect();
    assert_eq!(
        first,
        ["0011.0000000000", "0013.0000000000", "0015.0000000000"]
    );
}

#[tokio::test]
async fn sandboxes_that_take_turns_read_what_is_new_and_collide_once_each() {
    let (first, fakes) = handler();
    let core = || RuleSet::built_in("dev", "picket-dev");
    let nine = (0..9).map(|_| Handler::new(core(), fakes.clone()));
    let sandboxes: Vec<_> = [first].into_iter().chain(nine).collect();
    // Two hours of a batch every ten seconds.
    for batch in 0..720_u64 {
        let number = batch + 1;
        fakes.state().now = SignedDuration::from_secs(10 * batch.cast_signed());
        let place = usize::try_from(batch).unwrap() % sandboxes.len();
        let turn = answer(&sandboxes[place], &lines([number])).await;
        assert_eq!(turn, SUCCESS);
    }
    let state = fakes.state();
    assert_eq!(state.items.len(), 720);
    assert_eq!(state.collisions, 10, "each sandbox learns it once");
    // After the cold starts, nine of ten slices are of others: 710 turns read nine each, and one more that is no longer
    // put.
    let cold = (0..10).sum::<usize>();
    assert_eq!(state.slices_read, cold + 710 * 9);
}

#[tokio::test]
async fn a_lost_answer_ends_in_success() {
    let (handler, fakes) = handler();
    fakes.state().troubles.push_back(Trouble::AnswerLost);
    assert_eq!(answer(&handler, &lines(1..=3)).await, SUCCESS);
    assert_eq!(fakes.state().items.len(), 1);
}

#[tokio::test]
async fn a_transient_error_gives_back_from_the_lowest_record_not_committed() {
    let (handler, fakes) = handler();
    assert_eq!(answer(&handler, &lines(1..=2)).await, SUCCESS);
    fakes.state().troubles.extend([Trouble::Throttled; 2]);
    let expected = r#"{"batchItemFailures":[{"itemIdentifier":"3"}]}"#;
    assert_eq!(answer(&handler, &lines(1..=5)).await, expected);
    assert_eq!(answer(&handler, &lines(3..=5)).await, SUCCESS);
    assert_eq!(fakes.state().items.len(), 2);
}

#[tokio::test]
async fn one_throttle_is_tried_again_at_once() {
    let (handler, fakes) = handler();
    fakes.state().troubles.push_back(Trouble::Throttled);
    assert_eq!(answer(&handler, &lines(1..=2)).await, SUCCESS);
}

#[tokio::test]
async fn a_missing_table_fails_the_batch_and_says_what_to_do() {
    let (handler, fakes) = handler();
    fakes.state().table_missing = true;
    let error = handler.handle(&lines(1..=2)).await.unwrap_err();
    let message = lambda_runtime::Diagnostic::from(error).error_message;
    assert!(
        message
            .contains("chain table chains does not exist; deploy the stack or correct CHAIN_TABLE"),
        "{message}"
    );
    assert!(
        message.contains("its records stay in the stream"),
        "{message}"
    );
    assert!(fakes.state().items.is_empty());
}

#[tokio::test]
async fn a_table_deleted_meanwhile_fails_the_batch_too() {
    let (handler, fakes) = handler();
    fakes.state().troubles.push_back(Trouble::TableMissing);
    assert!(matches!(
        handler.handle(&lines(1..=2)).await,
        Err(Error::Permanent { .. })
    ));
}

#[tokio::test]
async fn what_is_no_kinesis_event_fails_the_invocation() {
    let (handler, _) = handler();
    assert!(matches!(
        handler.handle(b"{\"Records\":[{}]}").await,
        Err(Error::Event(_))
    ));
}

#[tokio::test]
async fn what_cannot_be_read_is_in_the_bucket_before_the_commit_names_it() {
    let (handler, fakes) = handler();
    let batch = event(&[
        record(7, "{\"broken\":"),
        record(8, "ERROR"),
        record(9, [0xff]),
    ]);
    assert_eq!(answer(&handler, &batch).await, SUCCESS);
    let state = fakes.state();
    assert_eq!(state.calls[1..3], ["read", "put"]);
    let (key, body) = state.objects.first_key_value().unwrap();
    let path = "records/events/shardId-000000000000/0017.0000000000-0019.0000000000-";
    assert!(key.starts_with(path), "{key}");
    let lines: Vec<serde_json::Value> = body
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        (&lines[0]["data"], &lines[0]["sequence_number"]),
        (&"eyJicm9rZW4iOg==".into(), &"7".into())
    );
    assert_eq!(lines[1]["partition_key"], "agent");
    let quarantined = &state.items.values().next().unwrap().body.quarantined;
    let named: Vec<_> = quarantined
        .iter()
        .map(|record| (record.position.as_str(), record.object.as_str()))
        .collect();
    assert_eq!(
        named,
        [
            ("0017.0000000000", key.as_str()),
            ("0019.0000000000", key.as_str())
        ]
    );
}

#[tokio::test]
async fn a_late_process_with_other_rules_replaces_no_object_that_a_commit_names() {
    let (handler, fakes) = handler();
    let batch = event(&[
        record(7, "{\"broken\":"),
        record(
            8,
            r#"{"request_id":"r","model_id":"m","input_tokens":"many"}"#,
        ),
    ]);
    // It knows the mark before the batch, and no rules that refuse the request.
    let late = Handler::new(
        RuleSet::new(
            vec![],
            picket_rules::prices::built_in().clone(),
            "dev",
            "picket-dev",
        ),
        fakes.clone(),
    );
    answer(&late, &event(&[record(6, "up")])).await;
    assert_eq!(answer(&handler, &batch).await, SUCCESS);
    let committed = fakes.state().objects.clone();
    assert_eq!(answer(&late, &batch).await, SUCCESS);
    let state = fakes.state();
    assert_eq!(state.objects.len(), committed.len() + 1);
    for (key, body) in committed {
        assert_eq!(state.objects[&key], body);
    }
}

#[tokio::test]
async fn a_bucket_that_does_not_answer_commits_nothing() {
    let (handler, fakes) = handler();
    fakes.state().bucket_fails = true;
    let batch = event(&[record(7, ""), record(8, "ERROR")]);
    assert_eq!(
        answer(&handler, &batch).await,
        r#"{"batchItemFailures":[{"itemIdentifier":"7"}]}"#
    );
    assert!(fakes.state().items.is_empty());
    fakes.state().bucket_fails = false;
    assert_eq!(answer(&handler, &batch).await, SUCCESS);
    assert_eq!(fakes.state().objects.len(), 1);
}

#[tokio::test]
async fn a_record_of_one_mebibyte_is_counted_and_a_broken_one_kept_whole() {
    let (handler, fakes) = handler();
    let padding = "x".repeat((1 << 20) - 40);
    let request = format!(r#"{{"event":"message","note":"{padding}"}}"#);
    let broken = format!("{{\"note\":\"{padding}");
    let batch = event(&[
        record(1, request),
        record(2, "ERROR ".to_owned() + &padding),
        record(3, broken.clone()),
    ]);
    assert_eq!(answer(&handler, &batch).await, SUCCESS);
    let state = fakes.state();
    let body = &state.items.values().next().unwrap().body;
    let has = |name: &str| body.series.iter().any(|series| series.key.name == name);
    assert!(has("Messages") && has("ErrorLines"));
    let line: serde_json::Value =
        serde_json::from_str(state.objects.values().next().unwrap()).unwrap();
    let data = base64_simd::STANDARD
        .decode_to_vec(line["data"].as_str().unwrap())
        .unwrap();
    assert_eq!(data, broken.as_bytes());
}

#[tokio::test]
async fn a_chain_is_registered_again_once_a_day() {
    let (handler, fakes) = handler();
    for (hours, number) in [(0, 1), (23, 2), (24, 3), (25, 4)] {
        fakes.state().now = SignedDuration::from_hours(hours);
        answer(&handler, &lines([number])).await;
    }
    assert_eq!(fakes.state().registered.len(), 2);
}

#[tokio::test]
async fn shards_of_one_event_have_chains_of_their_own() {
    let (handler, fakes) = handler();
    let mut other = record(1, "ERROR");
    other.shard = "shardId-000000000001".into();
    assert_eq!(
        answer(&handler, &event(&[record(1, "ERROR"), other])).await,
        SUCCESS
    );
    assert_eq!(fakes.state().items.len(), 2);
}

fn request(id: &str) -> String {
    format!(
        r#"{{"request_id":"{id}","model_id":"amazon.nova-micro-v1:0","input_tokens":374,"output_tokens":44}}"#
    )
}

fn requests(fakes: &Fakes) -> u64 {
    let state = fakes.state();
    let rows = state.items.values().flat_map(|slice| &slice.body.usage);
    rows.map(|row| row.usage.requests).sum()
}

#[tokio::test]
async fn an_event_that_its_producer_sends_again_counts_once() {
    let (handler, fakes) = handler();
    let twice = event(&[
        record(1, request("a")),
        record(2, request("a")),
        record(3, request("b")),
    ]);
    assert_eq!(answer(&handler, &twice).await, SUCCESS);
    assert_eq!(
        answer(&handler, &event(&[record(4, request("b"))])).await,
        SUCCESS
    );
    let cold = Handler::new(RuleSet::built_in("dev", "picket-dev"), fakes.clone());
    assert_eq!(
        answer(
            &cold,
            &event(&[record(5, request("a")), record(6, request("c"))])
        )
        .await,
        SUCCESS
    );
    assert_eq!(requests(&fakes), 3);
    assert_eq!(
        fakes.state().items.len(),
        3,
        "what repeats alone moves the mark as well"
    );
}

#[tokio::test]
async fn an_id_is_forgotten_after_a_quarter_of_an_hour_warm_or_cold() {
    let (warm, fakes) = handler();
    assert_eq!(
        answer(&warm, &event(&[record(1, request("a"))])).await,
        SUCCESS
    );
    fakes.state().now = SignedDuration::from_mins(15);
    assert_eq!(
        answer(&warm, &event(&[record(2, request("a"))])).await,
        SUCCESS
    );
    assert_eq!(requests(&fakes), 1);
    fakes.state().now = SignedDuration::from_mins(16);
    assert_eq!(
        answer(&warm, &event(&[record(3, request("a"))])).await,
        SUCCESS
    );
    assert_eq!(requests(&fakes), 2);
    fakes.state().now = SignedDuration::from_mins(32);
    let cold = Handler::new(RuleSet::built_in("dev", "picket-dev"), fakes.clone());
    assert_eq!(
        answer(&cold, &event(&[record(4, request("a"))])).await,
        SUCCESS
    );
    assert_eq!(requests(&fakes), 3);
}

#[tokio::test]
async fn how_events_fared_is_counted_in_the_slice_itself() {
    let (handler, fakes) = handler();
    let odd = r#"{"request_id":"x","model_id":"m","timestamp":"2020-01-01T00:00:00Z","latency_ms":"slow"}"#;
    let batch = event(&[
        record(1, odd),
        record(2, "hello"),
        record(3, ""),
        record(4, odd),
        record(
            5,
            r#"{"schemaType":"ModelInvocationLog","requestId":"y","modelId":"m"}"#,
        ),
        record(
            6,
            r#"{"messageType":"CONTROL_MESSAGE","logGroup":"","logEvents":[]}"#,
        ),
        record(
            7,
            r#"{"messageType":"DATA_MESSAGE","logGroup":"picket-dev-LogGroup-1","logEvents":[{"id":"1","timestamp":0,"message":"ERROR"}]}"#,
        ),
    ]);
    assert_eq!(answer(&handler, &batch).await, SUCCESS);
    let state = fakes.state();
    let series = &state.items.values().next().unwrap().body.series;
    let own: Vec<_> = series
        .iter()
        .filter(|series| series.key.namespace == "Picket")
        .map(|series| (series.key.name.as_str(), series.aggregate.statistics().sum))
        .collect();
    let expected = [
        ("ControlMessages", 1.0),
        // Without an agent, two of three roll-ups: of requests alone, there being no tokens, no latency and no price.
        ("DimensionSetsLeftOut", 2.0),
        ("OwnLogEventsDropped", 1.0),
        ("RecordsMatched", 2.0),
        ("RecordsQuarantined", 1.0),
        ("RecordsRead", 7.0),
        ("RecordsRepeated", 1.0),
        ("RecordsUnmatched", 4.0),
        // Bedrock's log: the workload's source is the application.
        ("RequestsOfAnotherSource", 1.0),
        ("TimestampsReplaced", 1.0),
        ("ValuesRefused", 1.0),
        // From the records' arrival to the fakes' present.
        ("IteratorAge", 54_880.0),
    ];
    assert_eq!(own, expected);
    let dimensions = [("Stack".to_owned(), "picket-dev".to_owned())];
    assert!(
        series
            .iter()
            .filter(|series| series.key.namespace == "Picket")
            .all(|series| series.key.dimensions == dimensions)
    );
}

#[tokio::test]
async fn what_the_function_notices_of_its_work_comes_with_the_next_slice_and_costs_no_call() {
    let (handler, fakes) = handler();
    answer(&handler, &lines(1..=3)).await;
    let calls = fakes.state().calls.len();
    answer(&handler, &lines(1..=3)).await;
    assert_eq!(
        fakes.state().calls.len(),
        calls,
        "all of it is in the chain"
    );
    answer(&handler, &lines(4..=4)).await;
    answer(&handler, &lines(5..=5)).await;
    let state = fakes.state();
    let own = |slice: &Slice| {
        let own = slice.body.series.iter().map(|series| {
            let name = series.key.name.clone();
            (name, series.aggregate.statistics().sum.to_string())
        });
        let noticed = [
            "IteratorAge",
            "CommitLatency",
            "BatchesRetried",
            "RecordsCommittedBefore",
        ];
        own.filter(|(name, _)| noticed.contains(&name.as_str()))
            .collect::<Vec<_>>()
    };
    let slices: Vec<_> = state.items.values().map(own).collect();
    let row = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    // From the record's arrival to the fakes' present.
    let age = row("IteratorAge", "54880");
    assert_eq!(slices[0], vec![age.clone()]);
    assert_eq!(
        slices[1],
        [
            age.clone(),
            row("CommitLatency", "0"),
            row("BatchesRetried", "1"),
            row("RecordsCommittedBefore", "3"),
        ]
    );
    assert_eq!(slices[2], [age, row("CommitLatency", "0")]);
}
